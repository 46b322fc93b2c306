import type { GuildId } from '../../lib/ids.ts'
import { mayBeIn } from '../absence.ts'
import { findPerson } from '../find-person.ts'
import type { PeerRow } from '../peer-row.ts'
import { personKey } from '../people.ts'
import { newPerson, type Person } from '../person.ts'
import type { LibrarySharing, Link, PlexIdentity } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import {
  type Matched,
  matchRows,
  type RowFate,
  type RowRefusal,
  type TakenOver,
  takenOver,
  type Wished,
} from '../take-over.ts'
import type { Ports } from './ports.ts'

export interface TakeOverWish {
  guildId: GuildId
  /** The name or the identifier, where the guild has several. */
  server?: string
  rows: readonly PeerRow[]
  /** The name of the program whose file it is, for the history. */
  from: string
  /** Nothing is written: the fates are what would happen. */
  isPreview: boolean
}

export interface TakeOverOutcome {
  outcome: 'tookOver'
  serverName: string
  readAt: Date
  rows: readonly { row: PeerRow; fate: RowFate }[]
}

export type TakeOverPorts = Pick<Ports, 'people' | 'links' | 'connections' | 'clock' | 'newId'>

/**
 * Takes over who has what from another program's file: what plex.tv shows comes into the records, with the member and
 * the end date that the file knows. Nothing is sent to plex.tv but the two readings. It may be stopped at any row and
 * run again: what is so already is not written a second time.
 */
export async function takeOver(ports: TakeOverPorts, wish: TakeOverWish): Promise<TakeOverOutcome | Refusal> {
  const connection = await ports.connections.of(wish.guildId, wish.server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  // Who accepts between the two stands in both lists; the other way round he would stand in neither.
  const pending = await sharing.shares('pending', { fresh: true })
  if (!pending.ok) return refuse({ reason: 'plexTrouble', trouble: pending.problem })
  const active = await sharing.shares('active', { fresh: true })
  if (!active.ok) return refuse({ reason: 'plexTrouble', trouble: active.problem })
  const shares = new Map([...pending.value.value, ...active.value.value].map((share) => [share.id, share]))

  const untold = [...pending.value.untold, ...active.value.untold]

  const decisionId = `import ${ports.newId()}`
  const rows: { row: PeerRow; fate: RowFate }[] = []
  for (const { row, fate } of matchRows(wish.rows, [...shares.values()], sharing.owner)) {
    const then = fate.is === 'matched' ? await takeOne(ports, sharing, wish, row, fate, decisionId) : fate
    const isDoubtful = then.is === 'noShare' && mayBeIn({ who: row.who }, { value: [], untold })
    rows.push({ row, fate: isDoubtful ? maybeThere : then })
  }
  return { outcome: 'tookOver', serverName: sharing.serverName, readAt: active.value.readAt, rows }
}

async function takeOne(
  ports: TakeOverPorts,
  { serverId }: LibrarySharing,
  { guildId, from, isPreview }: TakeOverWish,
  row: PeerRow,
  { share, memberId }: Matched,
  decisionId: string,
): Promise<RowFate> {
  const who: PlexIdentity = { ...row.who, ...share.who }
  const link = await linkFor(ports, guildId, memberId, who)
  if ('because' in link) return { is: 'refused', because: link.because }

  const wished: Wished = { share, memberId, endsAt: row.endsAt, from }
  const known = await ports.people.find(guildId, serverId, { shareId: share.id, who })
  const id = known?.id ?? ports.people.idFor(guildId, serverId, share.who)
  const now = ports.clock.now()
  const plan = (current: Person | undefined) =>
    takenOver(current ?? newPerson({ id, guildId, serverId, who: share.who }), wished, decisionId, now)

  const planned = plan(known)
  if ('because' in planned) return { is: 'refused', because: planned.because }
  const isNew = link.isNew || planned.does.length > 0
  if (isNew && !isPreview) {
    if (link.isNew && memberId !== undefined) {
      const linked = { guildId, memberId, who, linkedAt: now, linkedBy: 'import' as const }
      if ((await ports.links.link(linked)) === 'taken') return takenMeanwhile
    }
    const key = personKey({ guildId, id })
    const stored = await ports.people.update(key, (current) => {
      const next = plan(current)
      return 'because' in next || next.does.length === 0 ? undefined : next.person
    })
    // The bot may have decided something between looking and writing.
    const then = plan(stored)
    if ('because' in then) return { is: 'refused', because: then.because }
  }
  const { end } = planned
  const does = link.isNew && !planned.does.includes('link') ? linkToo(planned.does) : planned.does
  const about = { share, ...(end ? { end } : {}) }
  return isNew ? { is: 'takenOver', does, ...about } : { is: 'alreadySo', ...about }
}

const maybeThere: RowFate = { is: 'refused', because: { reason: 'maybeThere' } }
const takenMeanwhile: RowFate = { is: 'refused', because: { reason: 'otherMember' } }

const order: readonly TakenOver[] = ['adopt', 'link', 'endDate']
const linkToo = (does: readonly TakenOver[]) => order.filter((each) => each === 'link' || does.includes(each))

/** Whether the member is still to be linked to the account, or why he may not be. */
async function linkFor(
  ports: TakeOverPorts,
  guildId: GuildId,
  memberId: Link['memberId'] | undefined,
  who: PlexIdentity,
): Promise<{ isNew: boolean } | { because: RowRefusal }> {
  if (memberId === undefined) return { isNew: false }
  const holder = who.email === undefined ? undefined : await ports.links.ofEmail(guildId, who.email)
  if (holder && holder.memberId !== memberId) {
    return { because: { reason: 'otherMember', memberId: holder.memberId } }
  }
  const link = await ports.links.ofMember(guildId, memberId)
  if (!link) return { isNew: true }
  return findPerson(who, [link]).kind === 'found'
    ? { isNew: false }
    : { because: { reason: 'memberHasOther', who: link.who } }
}
