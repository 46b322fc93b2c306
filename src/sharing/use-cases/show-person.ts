import type { MemberId } from '../../lib/ids.ts'
import { incomplete, mayBeIn } from '../absence.ts'
import { eventWithoutEmails } from '../audit.ts'
import { findPerson } from '../find-person.ts'
import { isPersonId, personKey } from '../people.ts'
import type { Person, PersonEvent } from '../person.ts'
import { type Actor, may } from '../policy.ts'
import type { Library, LibrarySharing, UntoldRow } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { whoValue } from './find-access.ts'
import { type PersonRow, readRows, whoOf } from './list-people.ts'
import { mayNot, type Ports, settingsOf } from './ports.ts'

export interface PersonShown {
  outcome: 'person'
  row: PersonRow
  /** The newest last; empty where the bot has never decided anything about him. */
  history: readonly PersonEvent[]
  libraries: readonly Library[]
  serverName: string
  /** The guild's other servers on which he has something as well. */
  alsoOn: readonly string[]
  now: Date
}

/** Everything about one person: whom a select names, or whom a member is known to be. */
export async function showPerson(
  ports: Ports,
  actor: Actor,
  wish: ({ who: string } | { member: MemberId }) & { server?: string },
): Promise<PersonShown | { outcome: 'nobody'; member?: MemberId } | Refusal> {
  const denied = await mayNot(ports, actor, 'see-people')
  if (denied) return denied
  const { guildId } = actor
  const { server } = wish
  const named = server === undefined ? undefined : await ports.connections.of(guildId, server)
  const connections = named ? [named] : await ports.connections.all(guildId)
  if (connections.length === 0) return refuse({ reason: 'noConnection', problem: { problem: 'notSetUp' } })
  const found: { row: PersonRow; sharing: LibrarySharing }[] = []
  const untold: UntoldRow[] = []
  for (const connection of connections) {
    if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
    const sharing = connection.value
    const read = await readRows(ports, actor, sharing, undefined)
    if (read.outcome === 'refused') return read
    const { rows } = read
    untold.push(...read.untold)
    const row = 'who' in wish ? rows.find((each) => whoOf(each) === wish.who) : await rowOf(rows, wish.member)
    if (row) found.push({ row, sharing })
  }
  const [first] = [...found.filter(({ row }) => row.shareId !== undefined), ...found]
  if (!first) {
    if (await mayBeUntold()) return refuse({ reason: 'plexTrouble', trouble: incomplete })
    return { outcome: 'nobody', ...('member' in wish ? { member: wish.member } : {}) }
  }
  const { row, sharing } = first
  const { bindings } = await settingsOf(ports, guildId)
  const seesEmails = may(actor, 'see-emails', bindings)
  const history = (await documentOf(row))?.history ?? []
  const { email: _, ...masked } = row
  return {
    outcome: 'person',
    row: seesEmails ? row : masked,
    history: seesEmails ? history : history.map(eventWithoutEmails),
    libraries: sharing.lastRead().libraries ?? [],
    serverName: sharing.serverName,
    alsoOn: found.filter((each) => each !== first).map((each) => each.sharing.serverName),
    now: ports.clock.now(),
  }

  /** Whom the bot shared with for this member; else the account that he is linked to. What he has now comes first. */
  async function rowOf(rows: readonly PersonRow[], member: MemberId): Promise<PersonRow | undefined> {
    const his = rows.filter((each) => each.memberId === member)
    const link = await ports.links.ofMember(guildId, member)
    const linked = link && findPerson(link.who, rows.map(identified))
    return (
      his.find((each) => each.shareId !== undefined) ??
      (linked?.kind === 'found' ? { ...linked.value.row, memberId: member } : undefined) ??
      his[0]
    )
  }

  /** Whether he may be in a row that could not be told. Of a member whose account is not known nothing is said anyway. */
  async function mayBeUntold(): Promise<boolean> {
    if ('who' in wish) return untold.some(({ id }) => id === undefined || whoValue.share(id) === wish.who)
    const link = await ports.links.ofMember(guildId, wish.member)
    return link !== undefined && mayBeIn({ who: link.who }, { value: [], untold })
  }

  async function documentOf({ personId }: PersonRow): Promise<Person | undefined> {
    return personId !== undefined && isPersonId(personId)
      ? ports.people.get(personKey({ guildId, id: personId }))
      : undefined
  }
}

const identified = (row: PersonRow) => ({
  row,
  who: {
    ...(row.accountId === undefined ? {} : { accountId: row.accountId }),
    ...(row.email === undefined ? {} : { email: row.email }),
    ...(row.username === undefined ? {} : { username: row.username }),
  },
})
