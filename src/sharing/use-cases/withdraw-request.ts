import { type AccessRequest, requestKey, withdrawn } from '../access-request.ts'
import type { Actor } from '../policy.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { Ports } from './ports.ts'
import { settleRequest } from './settle-request.ts'

/** Who asked may take it back while nobody has decided, whatever rights he has left. */
export async function withdrawRequest(
  ports: Ports,
  actor: Actor,
  press: { requestId: string },
): Promise<{ outcome: 'withdrawn'; request: AccessRequest } | Refusal> {
  const key = requestKey({ guildId: actor.guildId, id: press.requestId })
  const request = await ports.requests.get(key)
  if (!request || request.memberId !== actor.memberId) return refuse({ reason: 'requestGone' })
  const now = ports.clock.now()
  const stored = await ports.requests.update(key, (each) => each && withdrawn(each, actor.memberId, now))
  if (stored?.state !== 'withdrawn') return refuse({ reason: 'requestClosed', request: stored ?? request })
  return { outcome: 'withdrawn', request: (await settleRequest(ports, key)) ?? stored }
}
