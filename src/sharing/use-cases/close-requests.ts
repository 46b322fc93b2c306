import { requestKey, withdrawn } from '../access-request.ts'
import type { Actor } from '../policy.ts'
import type { Ports } from './ports.ts'
import { settleRequest } from './settle-request.ts'

/** Before the requests by or for a member are deleted: what waits is taken back, so that its card dies before it. */
export async function closeRequests(ports: Ports, { guildId, memberId }: Actor): Promise<void> {
  for (const request of ports.requests.ofMember(guildId, memberId)) {
    const key = requestKey(request)
    const now = ports.clock.now()
    await ports.requests.update(key, (each) => each && withdrawn(each, memberId, now))
    await settleRequest(ports, key)
  }
}
