import { id, type MemberId } from '../lib/ids.ts'
import { finderAmong } from './find-person.ts'
import { adopted, withoutOldEnd } from './note.ts'
import type { PeerRow } from './peer-row.ts'
import type { Person } from './person.ts'
import type { Owner, PlexIdentity, Share } from './ports.ts'
import { isOwner } from './recipient.ts'

/** What becomes of one row, or would become of it. */
export type RowFate =
  | { is: 'takenOver'; share: Share; does: readonly TakenOver[]; end?: EndNote }
  | { is: 'alreadySo'; share: Share; sameAs?: string; end?: EndNote }
  /** plex.tv shows no share with him: there is nothing to take over, and the mere address is not kept. */
  | { is: 'noShare' }
  | { is: 'owner' }
  | { is: 'refused'; because: RowRefusal }

/** In this order: the share comes into the records, the member is linked, the end date is set. */
export type TakenOver = 'adopt' | 'link' | 'endDate'

/** Why an end date of the file was left out; the rest of the row counts all the same. */
export type EndNote = { is: 'past'; endsAt: Date } | { is: 'otherHere'; endsAt: Date; here: Date }

export type RowRefusal =
  | { reason: 'badMemberId' }
  | { reason: 'ambiguous'; candidates: readonly PlexIdentity[] }
  /** Several rows name this member. */
  | { reason: 'memberTwice'; rows: readonly string[] }
  /** Several rows are about this Plex account and do not agree on the member or on the end date. */
  | { reason: 'accountTwice'; rows: readonly string[] }
  /** The account is another member's already. */
  | { reason: 'otherMember'; memberId?: MemberId }
  /** The member is linked to another Plex account already. */
  | { reason: 'memberHasOther'; who: PlexIdentity }
  /** plex.tv does not show him, but lists rows that cannot be told, and one of them may be his. */
  | { reason: 'maybeThere' }
  /** A decision about him is on its way to plex.tv, or waits for a human. */
  | { reason: 'underWay'; isParked: boolean }

/** A row that stands for itself: whom plex.tv knows by it, and which member it is. */
export interface Matched {
  is: 'matched'
  share: Share
  memberId: MemberId | undefined
}

/**
 * What can be said of the rows before the records are asked. Rows that contradict each other are all refused: which of
 * them is right only a human can know.
 */
export function matchRows(
  rows: readonly PeerRow[],
  shares: readonly Share[],
  owner: Owner,
): readonly { row: PeerRow; fate: RowFate | Matched }[] {
  const find = finderAmong(shares)
  const found = new Map(rows.map((row) => [row, find(row.who)]))
  const ofMember = grouped(rows, ({ memberId }) => (memberId === undefined ? [] : [memberId]))
  const ofAccount = grouped(rows, (row) => {
    const met = found.get(row)
    return [...namesOf(row.who), ...(met?.kind === 'found' ? [`share ${met.value.id}`] : [])]
  })

  return rows.map((row) => ({ row, fate: fateOf(row) }))

  function fateOf(row: PeerRow): RowFate | Matched {
    const same = ofAccount(row)
    if (!same.every((other) => agree(row, other))) return refused('accountTwice', same)
    const memberRows = ofMember(row)
    if (memberRows.some((other) => !same.includes(other))) return refused('memberTwice', memberRows)
    const member = memberIdOf(row)
    if (member === 'none') return { is: 'refused', because: { reason: 'badMemberId' } }
    const met = found.get(row)
    if (met?.kind === 'ambiguous') {
      const candidates = met.candidates.map(({ who }) => who)
      return { is: 'refused', because: { reason: 'ambiguous', candidates } }
    }
    if (isOwner(row.who, owner)) return { is: 'owner' }
    if (met?.kind !== 'found') return { is: 'noShare' }
    const [first] = same
    return first && first !== row
      ? { is: 'alreadySo', share: met.value, sameAs: first.at }
      : { is: 'matched', share: met.value, memberId: member }
  }
}

const refused = (reason: 'memberTwice' | 'accountTwice', rows: readonly PeerRow[]): RowFate => ({
  is: 'refused',
  because: { reason, rows: rows.map(({ at }) => at) },
})

/** Discord's ids are 17 to 20 digits. @see https://docs.discord.com/developers/reference#snowflakes */
function memberIdOf({ memberId }: PeerRow): MemberId | undefined | 'none' {
  if (memberId === undefined) return undefined
  return /^\d{17,20}$/u.test(memberId) ? id<MemberId>(memberId) : 'none'
}

const agree = (a: PeerRow, b: PeerRow) =>
  a.memberId === b.memberId && a.endsAt?.getTime() === b.endsAt?.getTime()

const namesOf = ({ accountId, email, username }: PlexIdentity) => [
  ...(accountId === undefined ? [] : [`account ${accountId}`]),
  ...(email === undefined ? [] : [`email ${email.trim().toLowerCase()}`]),
  ...(username === undefined ? [] : [`username ${username.trim().toLowerCase()}`]),
]

/** For each row, those that share a key with it, itself among them, in the order of the file. */
function grouped(rows: readonly PeerRow[], keysOf: (row: PeerRow) => readonly string[]) {
  const groups = new Map<string, PeerRow[]>()
  for (const row of rows) {
    for (const key of keysOf(row)) {
      const group = groups.get(key)
      if (group) group.push(row)
      else groups.set(key, [row])
    }
  }
  return (row: PeerRow): readonly PeerRow[] => {
    const sets = keysOf(row).map((key) => groups.get(key) ?? [])
    const [only = []] = sets
    if (sets.length < 2) return only
    const all = new Set(sets.flat())
    return all.size === only.length ? only : rows.filter((each) => all.has(each))
  }
}

/** What a row asks of one person's document. */
export interface Wished {
  share: Share
  memberId: MemberId | undefined
  endsAt: Date | undefined
  /** The name of the program whose file it is. */
  from: string
}

/** The document as it should become, and what is new in it; nothing new where it is so already. */
export function takenOver(
  person: Person,
  { share, memberId, endsAt, from }: Wished,
  decisionId: string,
  now: Date,
): { person: Person; does: readonly TakenOver[]; end?: EndNote } | { because: RowRefusal } {
  if (person.intent) {
    return { because: { reason: 'underWay', isParked: person.intent.progress.is === 'parked' } }
  }
  if (memberId !== undefined && person.memberId !== undefined && person.memberId !== memberId) {
    return { because: { reason: 'otherMember', memberId: person.memberId } }
  }
  const adopts = !('shareId' in person.seen && person.seen.shareId === share.id)
  const links = memberId !== undefined && person.memberId === undefined
  const before = adopts ? withoutOldEnd(person, now) : person
  const end = endsAt && endOf(before, endsAt, now)
  const news = {
    ...(links ? { memberId } : {}),
    ...(end?.is === 'set' ? { endsAt: end.endsAt } : {}),
  }
  const does: TakenOver[] = [
    ...(adopts ? (['adopt'] as const) : []),
    ...(links ? (['link'] as const) : []),
    ...('endsAt' in news ? (['endDate'] as const) : []),
  ]
  const left = end && (end.is === 'past' || end.is === 'otherHere') ? { end } : {}
  if (does.length === 0) return { person, does, ...left }
  const then = adopts ? adopted(before, share, { id: decisionId, by: 'import' }, now) : before
  return {
    does,
    ...left,
    person: {
      ...then,
      ...news,
      version: person.version + 1,
      history: [
        ...then.history,
        { what: 'imported', at: now, about: decisionId, by: 'import', from, ...news },
      ],
    },
  }
}

/**
 * What becomes of an end date of the file. One that has come would end the access at the next turn of the clock, which
 * nobody asked for; and one that somebody gave here counts more than the other program's.
 */
function endOf(
  person: Person,
  endsAt: Date,
  now: Date,
): EndNote | { is: 'so' } | { is: 'set'; endsAt: Date } {
  const imported = person.history.flatMap((event) =>
    event.what === 'imported' && event.endsAt ? [event.endsAt.getTime()] : [],
  )
  const here = person.endsAt
  if (here?.getTime() === endsAt.getTime() || imported.at(-1) === endsAt.getTime()) return { is: 'so' }
  if (endsAt <= now) return { is: 'past', endsAt }
  if (here && imported.at(-1) !== here.getTime()) return { is: 'otherHere', endsAt, here }
  return { is: 'set', endsAt }
}
