import { type GuildId, id, type PersonId, type ServerId, type ShareId } from '../../lib/ids.ts'
import type { Result } from '../../lib/result.ts'
import { type FoundShare, incomplete, lookForShare, mayHide } from '../absence.ts'
import type {
  HomeUser,
  KnownServer,
  LibrarySharing,
  PlexIdentity,
  ReadOptions,
  Share,
  SharesReading,
} from '../ports.ts'
import { readRecipient } from '../recipient.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { isOutOfReach } from '../remembered-server.ts'
import type { Ports } from './ports.ts'

/** Whom somebody typed or chose: a share, a Home user, or a name. */
export type Found = { is: 'share'; share: Share } | { is: 'home'; user: HomeUser }

/** What autocomplete fills in for people: ids, because titles and names can be anybody's. */
export const whoValue = {
  share: (id: ShareId) => `share:${id}`,
  home: (user: Pick<HomeUser, 'accountId'>) => `home:${user.accountId}`,
  /** Somebody whom plex.tv shows no longer, or not yet. */
  person: (id: PersonId) => `person:${id}`,
}

/**
 * Finds who is meant by what was typed or chosen, on this one server. Only the lists that can answer are read, and
 * the one where the person was last seen comes first. "Nobody" and "not accepted yet" are never said on the word of
 * an older reading: then plex.tv is asked once more; nor is "nobody" where a row could not be told. (Whoever ends a share need not know whether it was accepted.)
 */
export async function findAccess(
  sharing: LibrarySharing,
  typed: string,
  now: Date,
  { isPendingFine = false }: { isPendingFine?: boolean } = {},
): Promise<{ outcome: 'found'; found: Found } | Refusal> {
  const [, kind, wanted] = /^(share|home):(\d+)$/u.exec(typed.trim()) ?? []
  if (kind === 'home') return findHomeUser(sharing, typed, wanted ?? '')

  const read = kind === 'share' ? undefined : readRecipient(typed)
  if (read && !read.ok) return refuse({ reason: 'badRecipient', problem: read.problem, typed })
  const sought: Sought = {
    typed,
    shareId: wanted === undefined ? undefined : id<ShareId>(wanted),
    who: read?.who,
  }
  const { refusal, answer, mayBeThere } = await findShareNow(sharing, sought, now, isPendingFine)
  if (refusal) return refusal
  if (answer) return { outcome: 'found', found: { is: 'share', share: answer } }
  return mayBeThere
    ? refuse({ reason: 'plexTrouble', trouble: incomplete })
    : refuse({ reason: 'unknownPerson', typed })
}

/** The share of this account, found with the same care; nothing where plex.tv shows none. */
export async function findShareOfAccount(
  sharing: LibrarySharing,
  who: PlexIdentity,
  now: Date,
  options: ReadOptions = {},
): Promise<{ outcome: 'looked'; share: Share | undefined } | Refusal> {
  const sought: Sought = { typed: who.username ?? who.email ?? '', shareId: undefined, who }
  const { refusal, answer, mayBeThere } = options.fresh
    ? await findShareOf(sharing, sought, options)
    : await findShareNow(sharing, sought, now, false)
  if (refusal) return refusal
  if (!answer && mayBeThere) return refuse({ reason: 'plexTrouble', trouble: incomplete })
  return { outcome: 'looked', share: answer }
}

async function findShareNow(sharing: LibrarySharing, sought: Sought, now: Date, isPendingFine: boolean) {
  const first = await findShareOf(sharing, sought, {})
  const mayHaveChanged = first.answer === undefined || (first.answer.status === 'pending' && !isPendingFine)
  const isNew = first.readAt !== undefined && first.readAt >= now
  return first.refusal || !mayHaveChanged || isNew ? first : findShareOf(sharing, sought, { fresh: true })
}

/**
 * Finds who is meant on the server that is named, or on all of the guild's. A share or a Home user is on one of them; who
 * was typed by name or address and is on several is not guessed. "Nobody" is said only where each of them could be read.
 */
export async function findAccessIn(
  ports: Pick<Ports, 'connections' | 'clock'>,
  guildId: GuildId,
  { who, server }: { who: string; server?: string },
): Promise<FoundIn | Refusal> {
  const now = ports.clock.now()
  const named = server === undefined ? undefined : await ports.connections.of(guildId, server)
  const connections = named ? [named] : await ports.connections.all(guildId)
  if (connections.length === 0) return refuse({ reason: 'noConnection', problem: { problem: 'notSetUp' } })
  const isOne = /^(share|home):/u.test(who.trim())
  const hits: { found: Found; sharing: LibrarySharing }[] = []
  let refusal: Refusal | undefined
  for (const connection of likelyFirst(connections, who)) {
    if (!connection.ok) {
      refusal ??= refuse({ reason: 'noConnection', problem: connection.problem })
      continue
    }
    const sharing = connection.value
    const answer = await findAccess(sharing, who, now)
    if (answer.outcome === 'refused') {
      // That one server does not know somebody is the least that can be said.
      if (!refusal || refusal.reason === 'unknownPerson') refusal = answer
      continue
    }
    hits.push({ found: answer.found, sharing })
    if (isOne) break
  }
  const [hit, another] = hits
  if (hit && another) {
    const servers = hits.map(({ sharing }) => sharing.serverName)
    return refuse({ reason: 'onSeveralServers', typed: who, servers })
  }
  if (hit && (isOne || !refusal || refusal.reason === 'unknownPerson')) return { outcome: 'found', ...hit }
  return refusal ?? refuse({ reason: 'unknownPerson', typed: who })
}

/** Whether a server is meant by its id or its name. */
export const isCalled = (
  { serverId, serverName }: Pick<KnownServer, 'serverId' | 'serverName'>,
  server: string,
) => serverId === server || serverName.toLowerCase() === server.trim().toLowerCase()

export interface FoundIn {
  outcome: 'found'
  found: Found
  sharing: LibrarySharing
  /** plex.tv is out of reach, and this is what it confirmed then: the bot's own record. */
  recordedAt?: Date
}

/**
 * The same for a decision that can wait. Where plex.tv is out of reach, whom the bot's own records show on exactly one of
 * the servers is found there: he is decided about, and plex.tv is looked at when it is carried out. Whom they do not show
 * may be there all the same, and the refusal stays what it was.
 */
export async function findAccessToDecide(
  ports: Pick<Ports, 'connections' | 'people' | 'clock'>,
  guildId: GuildId,
  wish: { who: string; server?: string },
): Promise<FoundIn | Refusal> {
  const now = await findAccessIn(ports, guildId, wish)
  if (now.outcome === 'found' || !isUnanswered(now)) return now
  const hits: FoundIn[] = []
  for (const { serverId, serverName } of ports.connections.known(guildId)) {
    if (wish.server !== undefined && !isCalled({ serverId, serverName }, wish.server)) continue
    const recorded = await recordedShare(ports, { guildId, serverId }, wish.who)
    if (!recorded) continue
    const connection = await ports.connections.toDecide(guildId, serverId)
    if (connection.ok) {
      const found = { is: 'share' as const, share: recorded.share }
      hits.push({ outcome: 'found', found, sharing: connection.value, recordedAt: recorded.at })
    }
  }
  const [hit, another] = hits
  return hit && !another ? hit : now
}

/** Nobody was found because plex.tv could not be asked, and for no other reason. */
export function isUnanswered(refusal: Refusal): boolean {
  if (refusal.reason === 'plexTrouble') return isOutOfReach(refusal.trouble)
  return (
    refusal.reason === 'noConnection' &&
    refusal.problem.problem === 'trouble' &&
    isOutOfReach(refusal.problem.trouble)
  )
}

/** What plex.tv would have to be asked first, and cannot. */
export async function cannotRead(sharing: LibrarySharing): Promise<Refusal> {
  const reading = await sharing.shares('active')
  return refuse({ reason: 'plexTrouble', trouble: reading.ok ? incomplete : reading.problem })
}

/** The share that plex.tv confirmed last, by the bot's own record, with when that was. */
export async function recordedShare(
  ports: Pick<Ports, 'people'>,
  { guildId, serverId }: { guildId: GuildId; serverId: ServerId },
  typed: string,
): Promise<{ share: Share; at: Date } | undefined> {
  const [, shareId] = /^share:(\d+)$/u.exec(typed.trim()) ?? []
  const read = shareId === undefined ? readRecipient(typed) : undefined
  if (read && !read.ok) return undefined
  const names = read ? { who: read.who } : { shareId: id<ShareId>(shareId ?? '') }
  const person = await ports.people.find(guildId, serverId, names)
  if (!person || (person.seen.is !== 'pending' && person.seen.is !== 'active')) return undefined
  const { seen, who } = person
  const { shareId: share, is: status, access, settings = {}, confirmedAt: at } = seen
  return { share: { id: share, status, who, access, settings }, at }
}

/** A share stands on one server: the one that showed it last is asked first, and then often alone. */
function likelyFirst<C extends Result<LibrarySharing, unknown>>(connections: readonly C[], who: string): C[] {
  const [, shareId] = /^share:(\d+)$/u.exec(who.trim()) ?? []
  const shows = (connection: C) => {
    if (!connection.ok || shareId === undefined) return false
    const { pending = [], active = [] } = connection.value.lastRead()
    return [...pending, ...active].some((share) => share.id === shareId)
  }
  return [...connections.filter(shows), ...connections.filter((each) => !shows(each))]
}

interface Sought {
  typed: string
  shareId: ShareId | undefined
  who: PlexIdentity | undefined
}

async function findShareOf(
  sharing: LibrarySharing,
  { typed, shareId, who }: Sought,
  options: ReadOptions,
): Promise<{ refusal?: Refusal; answer?: Share; readAt?: Date; mayBeThere?: boolean }> {
  let readAt: Date | undefined
  let mayBeThere = false
  const isMeant = (share: Share) => pick({ value: [share], untold: [] }, shareId, who).kind === 'found'
  for (const status of likelyOrder(sharing, isMeant)) {
    const reading = await sharing.shares(status, options)
    if (!reading.ok) return { refusal: refuse({ reason: 'plexTrouble', trouble: reading.problem }) }
    if (!readAt || reading.value.readAt < readAt) readAt = reading.value.readAt
    const found = pick(reading.value, shareId, who)
    if (found.kind === 'ambiguous') {
      const choices = found.candidates.map((share) => share.who)
      return { refusal: refuse({ reason: 'ambiguousPerson', typed, choices }) }
    }
    if (found.kind === 'found') return { answer: found.value, readAt }
    mayBeThere ||= found.kind === 'untold'
  }
  return { mayBeThere, ...(readAt ? { readAt } : {}) }
}

async function findHomeUser(sharing: LibrarySharing, typed: string, accountId: string) {
  const reading = await sharing.home()
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const user = reading.value.value.find((each) => each.accountId === accountId)
  return user
    ? ({ outcome: 'found', found: { is: 'home', user } } as const)
    : refuse({ reason: 'unknownPerson', typed })
}

function pick(
  shown: Pick<SharesReading, 'value' | 'untold'>,
  shareId: ShareId | undefined,
  who: PlexIdentity | undefined,
): FoundShare {
  if (who) return lookForShare({ who }, shown)
  const value = shown.value.find((share) => share.id === shareId)
  if (value) return { kind: 'found', value }
  return { kind: shareId !== undefined && mayHide(shareId, shown) ? 'untold' : 'none' }
}

/** Pending and active shares are separate lists at plex.tv: the one that showed the person last is read first. */
function likelyOrder(sharing: LibrarySharing, isMeant: (share: Share) => boolean): Share['status'][] {
  return sharing.lastRead().pending?.some(isMeant) ? ['pending', 'active'] : ['active', 'pending']
}
