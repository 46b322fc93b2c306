import { deliver } from '../sharing/deliver.ts'
import { personKey } from '../sharing/people.ts'
import type { Person } from '../sharing/person.ts'
import type { LibrarySharing } from '../sharing/ports.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'
import { deliverNotice } from '../sharing/use-cases/tell.ts'

/**
 * Carries out what could not be carried out at once, by the same way as a command does: what plex.tv was down for,
 * what was unclear, what a crash interrupted; then tells those who are waiting to hear of it.
 */
export async function deliverOwed(ports: Ports): Promise<void> {
  for (const person of ports.people.unsettled()) {
    if (person.intent === undefined && person.owed.length === 0) continue
    const connection = await ports.connections.of(person.guildId, person.serverId)
    if (!connection.ok) continue
    await settle(ports, connection.value, person)
  }
}

async function settle(ports: Ports, sharing: LibrarySharing, person: Person): Promise<void> {
  const then = await deliver(ports, sharing, personKey(person))
  if (!then) return
  const isStillOpen = (about: string) => then.intent?.id === about && then.intent.progress.is !== 'parked'
  for (const notice of then.owed) {
    if (!isStillOpen(notice.about)) await deliverNotice(ports, sharing, then, notice)
  }
}
