import type { LedgerEntry } from '../../src/sandbox/plex/ledger.ts'
import { isLive } from '../../src/sandbox/plex/look-up.ts'
import type { PlexShare } from '../../src/sandbox/plex/world.ts'

/** Counts what became of the approved and of the others at plex.tv; all are addresses without an account. */
export function shareJudge(plex: {
  ledger: readonly LedgerEntry[]
  world: { shares: readonly PlexShare[] }
}) {
  const created = new Map<string, number>()
  for (const entry of plex.ledger) {
    if (entry.did !== 'share-created' || entry.details.invitedEmail === null) continue
    const { invitedEmail } = entry.details
    created.set(invitedEmail, (created.get(invitedEmail) ?? 0) + 1)
  }
  const live = new Set(plex.world.shares.filter(isLive).map((share) => share.invitedEmail))
  return (email: string, isApproved: boolean, sum: { lost: number; doubled: number; forgotten: number }) => {
    const times = created.get(email) ?? 0
    if (times > 1) sum.doubled++
    if (isApproved && !live.has(email)) sum.lost++
    // What took effect had been decided.
    if (!isApproved && times > 0) sum.forgotten++
  }
}
