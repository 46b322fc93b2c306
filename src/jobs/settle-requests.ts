import { requestKey } from '../sharing/access-request.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'
import { settleRequest } from '../sharing/use-cases/settle-request.ts'

/**
 * Does for requests what could not be done at once, by the same way as a press does: cards that could not be hung up
 * or changed, approvals that a crash or an outage interrupted, people who are still to be told, requests whose time
 * is over. One that fails keeps none of the others back.
 */
export async function settleRequests(ports: Ports): Promise<void> {
  const served = new Set(ports.connections.guildIds())
  for (const request of ports.requests.unsettled()) {
    // Of a guild that the bot has left, nothing can be shown or carried out; it is there again when the bot is.
    if (!served.has(request.guildId)) continue
    try {
      await settleRequest(ports, requestKey(request))
    } catch (error) {
      ports.log.error({ requestId: request.id, error }, 'a request could not be settled; it is tried again')
    }
  }
}
