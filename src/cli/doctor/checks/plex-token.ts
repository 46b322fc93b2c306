import { label } from '../../../discord/text.ts'
import type { Account } from '../../../plex/api/account.ts'
import { defineCheck, type Finding, fine, note, trouble } from '../check.ts'
import type { Examination } from '../examination.ts'
import type { SignIn } from '../plex-readings.ts'
import { signInNames } from '../sign-in-names.ts'

/** Whose the tokens are, and whether plex.tv still takes them. */
export default defineCheck({
  title: 'Plex accounts',
  async run(examined) {
    const { plex, store } = examined
    const [signIns, stored, identifier] = await Promise.all([
      plex.signIns(),
      store.connections(),
      plex.clientIdentifier(),
    ])
    if (!signIns.ok) return [signIns.problem]
    // What the environment names is looked at also where the store cannot be read.
    const notRead = stored.ok ? [] : [stored.problem]
    if (signIns.value.length === 0) return [note('no Plex account is connected yet', whatIsNext)]
    if (!identifier.ok) return [identifier.problem]
    if (identifier.value === undefined) {
      return [
        note(
          'PLEX_TOKEN was not tried: the name by which plex.tv knows this installation is made by the first start',
          'Start the bot (`npm start`), then run this again.',
        ),
      ]
    }
    const nameOf = await signInNames(examined)
    const found = await Promise.all(signIns.value.map((each) => judged(examined, each, nameOf(each))))
    return [...found, ...notRead]
  },
})

const whatIsNext =
  'Somebody who may manage the Discord server types `/setup plex` there; or set PLEX_TOKEN and DISCORD_GUILD_IDS (docs/configuration.md).'

async function judged({ plex }: Examination, signIn: SignIn, name: string): Promise<Finding> {
  const { account } = await plex.account(signIn)
  if (!account.ok) {
    if (account.problem.kind !== 'unauthorised') return plex.notRead(account.problem)
    return trouble(`${name}: plex.tv does not accept the token any more`, again(signIn))
  }
  const who = nameOfAccount(account.value)
  if (signIn.of.is === 'guild' && signIn.of.accountId !== account.value.id) {
    return trouble(
      `${name}: the token is that of ${who}, and not of ${label(signIn.of.username, 'the account that signed in')}`,
      again(signIn),
    )
  }
  return fine(
    signIn.of.is === 'guild' ? `${name}: the token lives` : `${name} is that of ${who}, and it lives`,
  )
}

const nameOfAccount = ({ username, title }: Account) =>
  label(username ?? title ?? '', 'an account without a name')

const again = ({ of }: SignIn) =>
  of.is === 'guild'
    ? 'In that Discord server: `/setup plex`, and sign in again with the account that owns the Plex server.'
    : 'Take the present token of the account that owns the server (https://support.plex.tv/articles/204059436), put it into PLEX_TOKEN, and start the bot again.'
