import { mayBeIn } from './absence.ts'
import { mostRemovals } from './brake.ts'
import type { Missing } from './drift-record.ts'
import { contradicts, finderAmong } from './find-person.ts'
import { type LibraryAccess, sameAccess } from './library-access.ts'
import { accessOf, type Person, type Seen } from './person.ts'
import type { Share, UntoldRow } from './ports.ts'

/** Both lists of one server, each of them read to its end. */
export interface SharesRead {
  pending: readonly Share[]
  active: readonly Share[]
  /** The rows of both that could not be told. */
  untold: readonly UntoldRow[]
  /** When the earlier of the two was asked for. */
  readAt: Date
}

/** A difference between plex.tv and what is known here, for somebody to decide. Nothing is done about it unasked. */
export type Drift = {
  key: string
} /** A share that nobody here made; `person` where it is somebody whose access had ended. */ & (
  | { kind: 'unknownShare'; share: Share; person?: Person }
  | { kind: 'librariesDiffer'; person: Person; share: Share; believed: LibraryAccess }
  /** Somebody believed to have access is not shown. One reading proves nothing. */
  | { kind: 'notShown'; person: Person; since: Date; isConfirmed: boolean }
)

/** What plex.tv shows and nobody has to decide: it only changes what is known. */
export type Note =
  | { kind: 'accepted' | 'reappeared' | 'seen'; person: Person; share: Share }
  | { kind: 'vanished'; person: Person }

export interface Reconciliation {
  drift: readonly Drift[]
  notes: readonly Note[]
  missing: readonly Missing[]
  /** Those who are not shown, but may be in a row that could not be told: nothing is believed of them. */
  inDoubt: readonly Person[]
  /** How many would have vanished, where that is more than is believed without a human: then none has. */
  halted?: { count: number; most: number }
}

/**
 * Compares lists of plex.tv with what is known. Absence is believed only where no row can be the person's, after two
 * readings that agree, at least `intervalMs` apart, and never of more people than the brake allows. Who has something on its way, or was
 * confirmed after the reading began, is not judged by it. The cost grows with the number of people and shares.
 */
export function reconcile(
  read: SharesRead,
  persons: readonly Person[],
  before: { missing: readonly Missing[]; ignored: readonly string[] },
  intervalMs: number,
  mostGone = mostRemovals,
): Reconciliation {
  const { shares, twofold } = distinct([...read.pending, ...read.active])
  const { shareOf, unclaimed, misread, ambiguous } = matched(shares, persons)
  const untold = [...read.untold, ...twofold, ...misread]
  const withAddress = byAddress(shares.values())
  const missingSince = new Map(before.missing.map(({ personId, since }) => [personId, since]))
  const ignored = new Set(before.ignored)

  const drift: Drift[] = []
  const notes: Note[] = []
  const vanishing: Note[] = []
  const missing: Missing[] = []
  const inDoubt: Person[] = []
  for (const person of persons) {
    if (person.intent || !isPresent(person.seen) || person.seen.confirmedAt >= read.readAt) continue
    const share = shareOf.get(person)
    if (share) {
      const differs = difference(person, share)
      if (differs) drift.push(differs)
      else if (isNews(person.seen, share)) notes.push(news(person, share))
      continue
    }
    const missedSince = missingSince.get(person.id)
    const sought = { who: person.who, shareId: person.seen.shareId }
    const value = withAddress.get(addressOf(person)) ?? []
    if (mayBeIn(sought, { value, untold }) || ambiguous.has(person)) {
      inDoubt.push(person)
      // What an earlier reading did not show stays so: nothing was learnt for it or against it.
      if (missedSince) missing.push({ personId: person.id, since: missedSince })
      continue
    }
    const since = firstMissed(missedSince, person.seen, read.readAt)
    const isConfirmed = read.readAt.getTime() - since.getTime() >= intervalMs
    const key = `missing ${person.id} ${person.seen.shareId}`
    missing.push({ personId: person.id, since })
    drift.push({ kind: 'notShown', key, person, since, isConfirmed })
    if (isConfirmed && !ignored.has(key)) vanishing.push({ kind: 'vanished', person })
  }

  const findAmongThem = finderAmong(persons)
  for (const share of unclaimed) {
    const found = findAmongThem(share.who)
    const person = found.kind === 'found' ? found.value : undefined
    if (person?.intent) continue
    if (person && lastVanished(person) === share.id) notes.push({ kind: 'reappeared', person, share })
    else drift.push({ kind: 'unknownShare', key: `share ${share.id}`, share, ...(person ? { person } : {}) })
  }

  const most = mostGone(persons.filter((person) => isPresent(person.seen)).length)
  return vanishing.length > most
    ? { drift, notes, missing, inDoubt, halted: { count: vanishing.length, most } }
    : { drift, notes: [...notes, ...vanishing], missing, inDoubt }
}

const addressOf = ({ who }: { who: Share['who'] }) => who.email?.trim().toLowerCase() ?? ''

function byAddress(shares: Iterable<Share>): Map<string, Share[]> {
  const named = new Map<string, Share[]>()
  for (const share of shares) {
    const same = named.get(addressOf(share))
    if (same) same.push(share)
    else named.set(addressOf(share), [share])
  }
  return named
}

/** The shares by id. One that stands in both lists was accepted in between; one id of two people is nobody's. */
function distinct(all: readonly Share[]) {
  const shares = new Map<Share['id'], Share>()
  const twofold: Share[] = []
  for (const share of all) {
    const same = shares.get(share.id)
    if (same && contradicts(same.who, share.who)) twofold.push(same, share)
    shares.set(share.id, share)
  }
  for (const { id } of twofold) shares.delete(id)
  return { shares, twofold }
}

/** Whose share is whose: by its own id, else by who he is. The shares that are left belong to nobody who has access. */
function matched(shares: ReadonlyMap<Share['id'], Share>, persons: readonly Person[]) {
  const shareOf = new Map<Person, Share>()
  const left = new Map(shares)
  const misread: Share[] = []
  /** Two rows answer to his name: one of them is his. */
  const ambiguous = new Set<Person>()
  for (const person of persons) {
    const share = 'shareId' in person.seen ? shares.get(person.seen.shareId) : undefined
    if (!share) continue
    left.delete(share.id)
    // A share does not change hands: the row of another account under its id is nobody's.
    if (contradicts(person.who, share.who)) misread.push(share)
    else shareOf.set(person, share)
  }
  const findAmongLeft = finderAmong(left.values())
  for (const person of persons) {
    if (shareOf.has(person) || !(isPresent(person.seen) || person.intent)) continue
    const found = findAmongLeft(person.who)
    if (found.kind === 'ambiguous') ambiguous.add(person)
    if (found.kind !== 'found') continue
    shareOf.set(person, found.value)
    left.delete(found.value.id)
  }
  return { shareOf, unclaimed: [...left.values()], misread, ambiguous }
}

type Present = Extract<Seen, { shareId: unknown }>
const isPresent = (seen: Seen): seen is Present => seen.is === 'pending' || seen.is === 'active'

/** The libraries are others than were last confirmed. What plex.tv does not say, or never said, does not differ. */
function difference(person: Person, share: Share): Drift | undefined {
  const believed = accessOf(person.seen)
  if (!believed || !share.access || sameAccess(believed, share.access)) return undefined
  const shown = share.access.kind === 'all' ? 'all' : share.access.libraries.join(',')
  return { kind: 'librariesDiffer', key: `libraries ${person.id} ${shown}`, person, share, believed }
}

function isNews(seen: Present, share: Share): boolean {
  if (seen.shareId !== share.id) return true
  // What was accepted does not become an invitation again: such a row is misread.
  if (seen.is === 'active' && share.status === 'pending') return false
  return seen.is !== share.status || (!seen.access && share.access !== undefined)
}

const news = (person: Person, share: Share): Note => ({
  kind: person.seen.is === 'pending' && share.status === 'active' ? 'accepted' : 'seen',
  person,
  share,
})

/** Since when somebody has not been shown. Who was confirmed in between, or a clock set back, begins anew. */
function firstMissed(since: Date | undefined, seen: Present, readAt: Date): Date {
  return since && since >= seen.confirmedAt && since <= readAt ? since : readAt
}

/** The share that vanished last, of somebody whose access has not been decided about since. */
function lastVanished(person: Person): Share['id'] | undefined {
  const last = person.history.findLast((event) => event.what !== 'noticeFailed')
  return last?.what === 'vanished' ? last.shareId : undefined
}
