import type { GuildId, MemberId, PersonId } from '../../lib/ids.ts'
import { type AccessRequest, isOpen, requestKey } from '../access-request.ts'
import type { LibrarySharing } from '../ports.ts'
import { slotKey } from '../requests.ts'
import type { Ports } from './ports.ts'

type SlotPorts = Pick<Ports, 'waiting' | 'requests' | 'people' | 'clock'>

/** The open request of somebody on this server, if there is one. */
export async function waitingRequest(
  ports: SlotPorts,
  sharing: Pick<LibrarySharing, 'serverId'>,
  { guildId, whom }: { guildId: GuildId; whom: MemberId | PersonId },
): Promise<AccessRequest | undefined> {
  const slot = await ports.waiting.get(slotKey(guildId, sharing.serverId, whom))
  const request = slot && (await ports.requests.get(requestKey({ guildId, id: slot.requestId })))
  return request && isOpen(request, ports.clock.now()) ? request : undefined
}

/**
 * Takes the one place for a waiting request of this person, or finds who has it: the id of the request that has it
 * then. A request that is closed makes way.
 */
export async function takeSlot(ports: SlotPorts, request: AccessRequest): Promise<string> {
  const { guildId, serverId, id } = request
  const key = slotKey(
    guildId,
    serverId,
    request.forMember ?? ports.people.idFor(guildId, serverId, request.who),
  )
  for (;;) {
    const before = await ports.waiting.get(key)
    if (before?.requestId === id) return id
    if (before) {
      const other = await ports.requests.get(requestKey({ guildId, id: before.requestId }))
      if (other && isOpen(other, ports.clock.now())) return other.id
    }
    const slot = await ports.waiting.update(key, (current) =>
      current?.requestId === before?.requestId ? { schema: 1, requestId: id } : undefined,
    )
    // Somebody else was faster: his request is looked at anew.
    if (slot?.requestId === id) return id
  }
}
