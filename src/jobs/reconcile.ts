import type { GuildId } from '../lib/ids.ts'
import { driftKey } from '../sharing/drift-record.ts'
import { compareAndNote, compareEveryMs } from '../sharing/use-cases/compare.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'

/** Compares every guild's server with plex.tv when its time has come: every 15 minutes, over restarts too. */
export async function reconcileAll(ports: Ports, guildIds: readonly GuildId[]): Promise<void> {
  for (const guildId of guildIds) {
    const connection = await ports.connections.of(guildId)
    if (!connection.ok) continue
    const sharing = connection.value
    const record = await ports.drift.get(driftKey(guildId, sharing.serverId))
    if (record && isAhead(record.nextAt, ports.clock.now())) continue
    const compared = await compareAndNote(ports, sharing, guildId)
    if (!compared.ok) {
      ports.log.warn(
        { guildId, trouble: compared.problem.kind, plexCode: compared.problem.code },
        'plex.tv could not be compared; nothing was concluded from it',
      )
    }
  }
}

/** A clock that was set back does not keep the next comparison away for ever. */
function isAhead(nextAt: Date, now: Date): boolean {
  const waitMs = nextAt.getTime() - now.getTime()
  return waitMs > 0 && waitMs <= 4 * compareEveryMs
}
