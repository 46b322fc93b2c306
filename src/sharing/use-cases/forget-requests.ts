import { requestKey, withdrawn } from '../access-request.ts'
import type { Actor } from '../policy.ts'
import { slotKey } from '../requests.ts'
import type { Ports } from './ports.ts'
import { settleRequest } from './settle-request.ts'

/** Deletes every request by or for a member: what waits is taken back first, so that its card dies before it. */
export async function forgetRequests(ports: Ports, { guildId, memberId }: Actor): Promise<void> {
  for (const request of ports.requests.ofMember(guildId, memberId)) {
    const key = requestKey(request)
    const now = ports.clock.now()
    await ports.requests.update(key, (each) => each && withdrawn(each, memberId, now))
    await settleRequest(ports, key)
    await ports.requests.remove(key)
    await ports.waiting.remove(slotKey(guildId, request.serverId, memberId))
  }
  await ports.counters.remove(`${guildId}:requests:${memberId}`)
}
