import type { AccountId, MemberId, PersonId, ServerId, ShareId } from '../../lib/ids.ts'
import type { LibraryAccess } from '../library-access.ts'
import { personKeysOf } from '../people.ts'
import { accessOf, type Person, type PersonState, since, stateOf } from '../person.ts'
import { type Actor, may } from '../policy.ts'
import type { HomeUser, Library, LibrarySharing, PlexIdentity, Share, UntoldRow } from '../ports.ts'
import type { Drift } from '../reconcile.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { endedAccess, restorableUntil } from '../reversal.ts'
import { compare } from './compare.ts'
import { whoValue } from './find-access.ts'
import { mayNot, type Ports, settingsOf } from './ports.ts'

export const peopleFilters = [
  'pending',
  'active',
  'suspended',
  'ended',
  'expiring',
  'unlinked',
  'unsettled',
  'drift',
  'home',
] as const
export type PeopleFilter = (typeof peopleFilters)[number]

/** One line of the list: what plex.tv shows, joined with what the bot knows. */
export interface PersonRow {
  /** What autocomplete and buttons call this person. */
  shareId?: ShareId
  /** Where the bot has a document about him. */
  personId?: PersonId
  accountId?: AccountId
  username?: string
  name: string
  /** Absent where the reader may not see e-mail addresses. */
  email?: string
  memberId?: MemberId
  state: PersonState | 'home'
  access: LibraryAccess | undefined
  /** When access began, or the invitation was sent. */
  since?: Date
  endsAt?: Date
  /** His access is over and can be given back: for good, or until then. */
  restorable?: { until?: Date }
  /** How what plex.tv shows differs from the records. */
  drift?: Drift['kind']
}

export interface PeopleList {
  outcome: 'people'
  rows: readonly PersonRow[]
  libraries: readonly Library[]
  serverName: string
  serverId: ServerId
  /** When plex.tv was read. */
  readAt: Date
  /** How many rows of plex.tv's lists could not be told: so many people may be missing here. */
  untold: number
  seesEmails: boolean
}

/** Everybody with access, or about to have it. Two requests for any number of people, none while they are fresh. */
export async function listPeople(
  ports: Ports,
  actor: Actor,
  wish: { filter?: PeopleFilter; search?: string; server?: string },
): Promise<PeopleList | Refusal> {
  const denied = await mayNot(ports, actor, 'see-people')
  if (denied) return denied
  const connection = await ports.connections.of(actor.guildId, wish.server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  const { bindings } = await settingsOf(ports, actor.guildId)
  const seesEmails = may(actor, 'see-emails', bindings)

  const read = await readRows(ports, actor, sharing, wish.filter)
  if (read.outcome === 'refused') return read
  const visible = seesEmails ? read.rows : read.rows.map(({ email: _, ...row }) => row)
  const rows = visible.filter((row) => isShown(row, wish, ports.clock.now())).sort(byName)
  const { libraries } = sharing.lastRead()
  const { serverName, serverId } = sharing
  const { readAt, untold } = read
  return {
    outcome: 'people',
    rows,
    libraries: libraries ?? [],
    serverName,
    serverId,
    readAt,
    untold: untold.length,
    seesEmails,
  }
}

export async function readRows(
  ports: Ports,
  actor: Actor,
  sharing: LibrarySharing,
  filter: PeopleFilter | undefined,
): Promise<{ outcome: 'rows'; rows: PersonRow[]; readAt: Date; untold: readonly UntoldRow[] } | Refusal> {
  if (filter === 'home') {
    const home = await sharing.home()
    if (!home.ok) return refuse({ reason: 'plexTrouble', trouble: home.problem })
    const { value, readAt } = home.value
    return { outcome: 'rows', rows: value.map(homeRow), readAt, untold: [] }
  }
  if (filter === 'drift') {
    const compared = await compare(ports, sharing, actor.guildId)
    if (!compared.ok) return refuse({ reason: 'plexTrouble', trouble: compared.problem })
    const { drift, persons, record, read } = compared.value
    const shown = drift.filter(({ key }) => !record.ignored.includes(key))
    const { readAt, untold } = read
    return { outcome: 'rows', rows: driftRows(shown, persons), readAt, untold }
  }
  const [pending, active, persons] = await Promise.all([
    filter === 'active' ? undefined : sharing.shares('pending'),
    filter === 'pending' ? undefined : sharing.shares('active'),
    ports.people.list(personKeysOf(actor.guildId)),
  ])
  for (const reading of [pending, active]) {
    if (reading && !reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  }
  const readings = [pending, active].flatMap((reading) => (reading?.ok ? [reading.value] : []))
  const shares = readings.flatMap((reading) => reading.value)
  const mine = persons.filter((person) => person.serverId === sharing.serverId)
  const rows = [...joined(shares, mine), ...withoutShare(shares, mine)]
  const readAt = new Date(Math.min(...readings.map((reading) => reading.readAt.getTime())))
  return { outcome: 'rows', rows, readAt, untold: readings.flatMap((reading) => reading.untold) }
}

function joined(shares: readonly Share[], persons: readonly Person[]): PersonRow[] {
  const byShare = new Map(
    persons.flatMap((each) => ('shareId' in each.seen ? [[each.seen.shareId, each]] : [])),
  )
  return shares.map((share) => {
    const person = byShare.get(share.id)
    const began = since(share, person)
    return {
      shareId: share.id,
      ...(person === undefined ? {} : { personId: person.id }),
      ...(share.who.accountId === undefined ? {} : { accountId: share.who.accountId }),
      ...(share.who.username === undefined ? {} : { username: share.who.username }),
      ...namesOf(share.who, share.title),
      ...(person?.memberId === undefined ? {} : { memberId: person.memberId }),
      state: person?.intent ? stateOf(person) : share.status,
      access: share.access,
      ...(began === undefined ? {} : { since: began }),
      ...(person?.endsAt === undefined ? {} : { endsAt: person.endsAt }),
    }
  })
}

/** Those whom plex.tv does not show, but of whom the bot knows: on their way, suspended, parked, ended. */
function withoutShare(shares: readonly Share[], persons: readonly Person[]): PersonRow[] {
  const shown = new Set(shares.map((share) => share.id))
  return persons
    .filter((person) => person.intent !== undefined || person.seen.is === 'gone')
    .filter((person) => !('shareId' in person.seen && shown.has(person.seen.shareId)))
    .map((person) => ({
      personId: person.id,
      ...namesOf(person.who),
      ...(person.memberId === undefined ? {} : { memberId: person.memberId }),
      state: stateOf(person),
      access: wantedAccess(person),
      ...(person.intent === undefined ? {} : { since: person.intent.decidedAt }),
      ...restorable(person),
    }))
}

function driftRows(drift: readonly Drift[], persons: readonly Person[]): PersonRow[] {
  const kinds = new Map(drift.flatMap((item) => ('share' in item ? [[item.share.id, item.kind]] : [])))
  const shares = drift.flatMap((item) => ('share' in item ? [item.share] : []))
  const shown = joined(shares, persons).map((row) => {
    const kind = row.shareId && kinds.get(row.shareId)
    return kind ? { ...row, drift: kind } : row
  })
  const missing = drift.flatMap((item) => (item.kind === 'notShown' ? [item.person] : []))
  return [
    ...shown,
    ...missing.map((person) => ({
      ...namesOf(person.who),
      ...(person.memberId === undefined ? {} : { memberId: person.memberId }),
      state: stateOf(person),
      access: accessOf(person.seen),
      drift: 'notShown' as const,
    })),
  ]
}

function wantedAccess(person: Person): LibraryAccess | undefined {
  const { intent, suspended } = person
  return intent && intent.want.to !== 'end' ? intent.want.access : (suspended ?? endedAccess(person))
}

function restorable(person: Person): Pick<PersonRow, 'restorable'> {
  if (person.intent || endedAccess(person) === undefined) return {}
  const until = restorableUntil(person)
  return { restorable: until === undefined ? {} : { until } }
}

function homeRow(user: HomeUser): PersonRow {
  return {
    accountId: user.accountId,
    name: user.title,
    ...(user.email === undefined ? {} : { email: user.email }),
    state: 'home',
    access: undefined,
  }
}

/** What selects and buttons call a person: by the share while there is one, else by the bot's own document. */
export function whoOf({ shareId, personId }: PersonRow): string | undefined {
  if (shareId !== undefined) return whoValue.share(shareId)
  return personId === undefined ? undefined : whoValue.person(personId)
}

/** A name for people: the user name, else a title, unless it is an address, which some choose as theirs; an address without an account has nothing but its address. */
export function namesOf(who: PlexIdentity, title?: string): { name: string; email?: string } {
  const [name = ''] = [who.username, title].filter((text) => text !== undefined && !text.includes('@'))
  const email = who.email ?? (who.username?.includes('@') ? who.username : undefined)
  return { name, ...(email === undefined ? {} : { email }) }
}

function isShown(row: PersonRow, wish: { filter?: PeopleFilter; search?: string }, now: Date): boolean {
  return fits(row, wish.filter, now) && (wish.search === undefined || mentions(row, wish.search))
}

function fits(row: PersonRow, filter: PeopleFilter | undefined, now: Date): boolean {
  switch (filter) {
    case undefined:
      return row.state !== 'gone'
    case 'home':
    case 'drift':
      return true
    case 'ended':
      return row.state === 'gone' && row.restorable?.until !== undefined && row.restorable.until > now
    case 'suspended':
    case 'pending':
    case 'active':
      return row.state === filter
    case 'expiring':
      return row.endsAt !== undefined && row.endsAt.getTime() - now.getTime() < 14 * 86_400_000
    case 'unlinked':
      return row.memberId === undefined && row.state !== 'gone'
    case 'unsettled':
      return !['pending', 'active', 'suspended', 'gone', 'home'].includes(row.state)
    default:
      return filter satisfies never
  }
}

/** An address is searched only where the reader may see it: by then the row has none otherwise. */
function mentions(row: PersonRow, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  return [row.name, row.email].some((text) => text?.toLowerCase().includes(wanted))
}

const byName = (a: PersonRow, b: PersonRow) =>
  (a.name || a.email || '').localeCompare(b.name || b.email || '', 'en', {
    sensitivity: 'base',
    numeric: true,
  })
