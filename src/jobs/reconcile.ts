import { driftKey } from '../sharing/drift-record.ts'
import { compareAndNote, compareEveryMs } from '../sharing/use-cases/compare.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'

/** Compares every guild's servers with plex.tv when their time has come: every 15 minutes, over restarts too. */
export async function reconcileAll(ports: Ports): Promise<void> {
  for (const guildId of ports.connections.guildIds()) {
    for (const connection of await ports.connections.all(guildId)) {
      if (!connection.ok) continue
      const sharing = connection.value
      const record = await ports.drift.get(driftKey(guildId, sharing.serverId))
      if (record && isAhead(record.nextAt, ports.clock.now())) continue
      const compared = await compareAndNote(ports, sharing, guildId)
      if (compared.ok) continue
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
