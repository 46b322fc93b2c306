import type { Account } from '../../../plex/api/account.ts'
import type { HomeUserRow } from '../../../plex/api/home.ts'
import type { ShareRow } from '../../../plex/api/share-row.ts'
import { defineCheck, type Finding, fine, note } from '../check.ts'
import { eachSignIn } from '../each-sign-in.ts'
import type { Examination } from '../examination.ts'
import type { AccountReads, SignIn } from '../plex-readings.ts'

/** Reported by many and documented nowhere: plex.tv itself decides, and only a note is made of it. */
const reportedLimit = 100
const nearLimit = 90

/** How many places of the Plex Home are used, and with how many people the account shares. */
export default defineCheck({
  title: 'Places used',
  async run(examined) {
    const signIns = await eachSignIn(examined)
    if (!signIns.ok) return [signIns.problem]
    if (signIns.value.length === 0) return [fine('none yet')]
    const found = await Promise.all(signIns.value.map(({ signIn, name }) => judged(examined, signIn, name)))
    return found.flat()
  },
})

async function judged({ plex }: Examination, signIn: SignIn, name: string): Promise<Finding[]> {
  const reads = await plex.reads(signIn)
  if (!reads.ok) return [reads.problem]
  const { account, servers, home, shares } = reads.value
  if (!account.ok) return [await plex.notRead(account.problem)]
  // Without the list of servers there are no shares, and that nobody has one would be said of nothing.
  const failed = [servers, home, ...shares].find((each) => !each.ok)
  if (failed && !failed.ok) return [await plex.notRead(failed.problem)]
  const people = peopleOf(account.value, reads.value)
  const { homeSize = 1, maxHomeSize } = account.value
  const found: Finding[] = []
  if (maxHomeSize !== undefined && homeSize >= maxHomeSize) {
    found.push(
      note(
        `${name}: the Plex Home is full (${homeSize} of ${maxHomeSize})`,
        'Nobody can be added to it until somebody is removed: app.plex.tv → *Settings* → *Users & Sharing*.',
      ),
    )
  }
  if (people >= nearLimit) {
    found.push(
      note(
        `${name}: the account shares with ${people} people; a limit of about ${reportedLimit}, Home included, is reported, and plex.tv decides`,
        'End access that nobody uses: `/users` shows it, `/revoke` ends it.',
      ),
    )
  }
  if (found.length > 0) return found
  const most = maxHomeSize === undefined ? '' : ` of ${maxHomeSize}`
  return [
    fine(`${name}: ${homeSize}${most} places of the Plex Home, ${people} of about ${reportedLimit} people`),
  ]
}

/** Everybody once, whichever servers he has and whether or not he has accepted; the owner himself is none of them. */
function peopleOf(account: Account, { shares, home }: AccountReads): number {
  const ofShares = shares.flatMap((each) => (each.ok ? each.value.rows.map(nameOf) : []))
  const ofHome = home.ok ? home.value.map(({ id }: HomeUserRow) => id) : []
  return new Set([...ofShares, ...ofHome].filter((each) => each !== account.id)).size
}

const nameOf = ({ person, id, server }: ShareRow) =>
  person.accountId ?? (person.email ?? person.invitedEmail)?.toLowerCase() ?? `${server} ${id}`
