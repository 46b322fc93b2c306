import { id, type ServerId, type ShareId } from '../lib/ids.ts'
import type { Share, UntoldRow } from '../sharing/ports.ts'
import type { ShareRow } from './api/share-row.ts'
import type { ShareList } from './api/shares.ts'
import { shareOf, whoIn } from './share.ts'

export interface ToldShares {
  shares: readonly Share[]
  untold: readonly UntoldRow[]
  /** Why they could not be told, for the log. */
  counts: { withoutId: number; sharedIds: number; ofNoKnownServer: number; unread: number }
}

/**
 * Which rows of a list are shares of this server, and which cannot be told: nothing can be written to a row without an
 * id, an id that stands in two rows might hit the other one, and a row of a server that is none of the owner's may be
 * of any. A row of another server that he owns is told: it is not meant here.
 */
export function toldShares(
  list: ShareList,
  status: Share['status'],
  servers: { here: ServerId; owned: ReadonlySet<ServerId> },
): ToldShares {
  const isElsewhere = ({ server }: ShareRow) =>
    server !== undefined && server !== servers.here && servers.owned.has(id<ServerId>(server))
  const odd = list.others.filter((row) => !isElsewhere(row))
  const unclear = sharedIds([...list.rows, ...list.others])
  const shares = new Map<ShareId, Share>()
  const untold = odd.map(untoldRow)
  let withoutId = 0
  for (const row of list.rows) {
    const share = shareOf({ ...row, accepted: status === 'active' })
    if (share && !unclear.has(share.id)) {
      if (!shares.has(share.id)) shares.set(share.id, share)
      continue
    }
    if (!share) withoutId += 1
    untold.push(untoldRow(row))
  }
  const unread = Math.min(list.unread, mostUnread)
  untold.push(...Array.from({ length: unread }, () => ({ who: {} })))
  const counts = { withoutId, sharedIds: unclear.size, ofNoKnownServer: odd.length, unread }
  return { shares: [...shares.values()], untold, counts }
}

/** A size that plex.tv only claims must not fill the memory; whether there is one or a thousand makes no difference. */
const mostUnread = 1_000

/** The ids that stand in rows of two people, or of two servers. */
function sharedIds(rows: readonly ShareRow[]): Set<string> {
  const first = new Map<string, ShareRow>()
  const shared = new Set<string>()
  for (const row of rows) {
    if (row.id === undefined) continue
    const same = first.get(row.id)
    if (same && (same.server !== row.server || !isSamePerson(same, row))) shared.add(row.id)
    else first.set(row.id, row)
  }
  return shared
}

function isSamePerson(one: ShareRow, other: ShareRow): boolean {
  const [a, b] = [whoIn(one), whoIn(other)]
  return a.accountId !== undefined || b.accountId !== undefined
    ? a.accountId === b.accountId
    : a.email?.toLowerCase() === b.email?.toLowerCase()
}

const untoldRow = (row: ShareRow): UntoldRow => ({
  ...(row.id !== undefined && { id: id<ShareId>(row.id) }),
  who: whoIn(row),
})
