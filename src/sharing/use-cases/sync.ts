import type { GuildId, MemberId, PersonId, ServerId } from '../../lib/ids.ts'
import type { Held } from '../drift-record.ts'
import { isDue } from '../end-date.ts'
import type { Person } from '../person.ts'
import type { Actor } from '../policy.ts'
import type { Library, LibrarySharing, Share } from '../ports.ts'
import type { Drift, Note } from '../reconcile.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { type Comparison, compare, compareAndNote } from './compare.ts'
import { namesOf } from './list-people.ts'
import { keepDraft, mayNot, type Ports } from './ports.ts'

/** A difference as `/sync` shows it: between plex.tv and the records, or between Discord and the records. */
export type SyncItem =
  | Drift
  | { kind: 'memberLeft'; key: string; person: Person & { memberId: MemberId }; share: Share }

export interface SyncPreview {
  outcome: 'sync'
  /** In the order of the buttons, those that somebody said to ignore left out unless asked for. */
  items: readonly SyncItem[]
  ignored: readonly string[]
  /** What the next comparison will take note of by itself. */
  notes: readonly Note[]
  halted?: Omit<Held, 'at'>
  endsHeld?: Held
  /** How many rows of plex.tv's lists could not be told, and of how many people nothing is believed for it. */
  untold: number
  inDoubt: number
  serverName: string
  serverId: ServerId
  libraries: readonly Library[]
  readAt: Date
  draftId: string
  page: number
}

export interface SyncWish {
  server?: string
  /** Those that were ignored as well. */
  all?: boolean
  page?: number
}

/** What differs between plex.tv, Discord and the records. Nothing is changed by looking. */
export async function previewSync(
  ports: Ports,
  actor: Actor,
  wish: SyncWish,
): Promise<SyncPreview | Refusal> {
  const denied = await mayNot(ports, actor, 'audit')
  if (denied) return denied
  return look(ports, actor, wish, (sharing) => compare(ports, sharing, actor.guildId))
}

export type SyncApplied = { outcome: 'applied'; notes: readonly Note[]; rest: SyncPreview } | Refusal

/** Compares now instead of at the next turn: takes note of what is certain, and shows what somebody has to decide. */
export async function applySync(ports: Ports, actor: Actor, wish: SyncWish): Promise<SyncApplied> {
  const denied = (await mayNot(ports, actor, 'audit')) ?? (await mayNot(ports, actor, 'change'))
  if (denied) return denied
  const connection = await ports.connections.of(actor.guildId, wish.server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const compared = await compareAndNote(ports, connection.value, actor.guildId)
  if (!compared.ok) return refuse({ reason: 'plexTrouble', trouble: compared.problem })
  const rest = await look(ports, actor, wish, (sharing) => compare(ports, sharing, actor.guildId))
  return rest.outcome === 'refused' ? rest : { outcome: 'applied', notes: compared.value.notes, rest }
}

async function look(
  ports: Ports,
  actor: Actor,
  wish: SyncWish,
  comparing: (sharing: LibrarySharing) => ReturnType<typeof compare>,
): Promise<SyncPreview | Refusal> {
  const { guildId } = actor
  const connection = await ports.connections.of(guildId, wish.server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  const compared = await comparing(sharing)
  if (!compared.ok) return refuse({ reason: 'plexTrouble', trouble: compared.problem })
  const { record, halted, notes, read, inDoubt } = compared.value
  const everything = [...compared.value.drift, ...(await membersLeft(ports, guildId, compared.value))]
  const isIgnored = new Set(record.ignored)
  const items = everything.filter(({ key }) => wish.all || !isIgnored.has(key)).sort(byName)
  const { endsHeld } = record
  const draft = await keepDraft(ports, guildId, {
    is: 'sync',
    by: actor.memberId,
    serverId: sharing.serverId,
    keys: items.map(({ key }) => key),
    held: heldIds(ports, compared.value, endsHeld !== undefined),
  })
  return {
    outcome: 'sync',
    items,
    ignored: everything.flatMap(({ key }) => (isIgnored.has(key) ? [key] : [])),
    notes,
    ...(halted ? { halted } : {}),
    ...(endsHeld ? { endsHeld } : {}),
    untold: read.untold.length,
    inDoubt: inDoubt.length,
    serverName: sharing.serverName,
    serverId: sharing.serverId,
    libraries: sharing.lastRead().libraries ?? [],
    readAt: read.readAt,
    draftId: draft.id,
    page: wish.page ?? 0,
  }
}

const byName = (a: SyncItem, b: SyncItem) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true })
const nameOf = (item: SyncItem) => {
  const { name, email } = namesOf('share' in item ? item.share.who : item.person.who)
  return name || (email ?? '')
}

/** Whom the brakes hold back at this moment: a press means these and no others. */
function heldIds(ports: Ports, { drift, persons, halted }: Comparison, areEndsHeld: boolean): PersonId[] {
  const now = ports.clock.now()
  const vanished = halted
    ? drift.flatMap((item) => (item.kind === 'notShown' && item.isConfirmed ? [item.person.id] : []))
    : []
  return [...vanished, ...(areEndsHeld ? persons.filter((each) => isDue(each, now)).map(({ id }) => id) : [])]
}

/** So many members are asked about at a time, and in one look: Discord answers for one at a time only. */
const askedAtATime = 5
const mostAsked = 200

/** People with access who are members of the Discord server no longer. Where Discord does not say, nobody has left. */
export async function membersLeft(
  ports: Pick<Ports, 'members' | 'log'>,
  guildId: GuildId,
  { persons, read }: Pick<Comparison, 'persons' | 'read'>,
): Promise<SyncItem[]> {
  const shares = new Map([...read.pending, ...read.active].map((share) => [share.id, share]))
  const linked = persons.flatMap((person) => {
    const { memberId, seen, intent } = person
    const share = 'shareId' in seen ? shares.get(seen.shareId) : undefined
    return memberId !== undefined && share && !intent ? [{ person: { ...person, memberId }, share }] : []
  })
  const left: SyncItem[] = []
  for (let at = 0; at < Math.min(linked.length, mostAsked); at += askedAtATime) {
    const asked = linked.slice(at, at + askedAtATime)
    const found = await Promise.all(asked.map(({ person }) => isMember(ports, guildId, person.memberId)))
    for (const [index, { person, share }] of asked.entries()) {
      if (found[index] !== false) continue
      left.push({ kind: 'memberLeft', key: `left ${person.id} ${person.memberId}`, person, share })
    }
  }
  return left
}

/** `undefined` where Discord could not be asked: that is never "no". */
async function isMember(
  ports: Pick<Ports, 'members' | 'log'>,
  guildId: GuildId,
  memberId: MemberId,
): Promise<boolean | undefined> {
  try {
    return (await ports.members.actor(guildId, memberId)) !== undefined
  } catch (error) {
    ports.log.warn({ guildId, memberId, error }, 'Discord did not say whether somebody is a member')
    return undefined
  }
}
