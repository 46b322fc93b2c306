import { type AccessRequest, isUnsettled, requestKey } from '../sharing/access-request.ts'
import type { Documents } from '../sharing/ports.ts'
import type { Requests } from '../sharing/requests.ts'

/** The requests, with what jobs and cards ask of all of them kept in memory. The rows alone are the truth. */
export async function openRequests(documents: Documents<AccessRequest>): Promise<Requests> {
  const known = new Map<string, AccessRequest>()
  const note = (request: AccessRequest | undefined) => {
    if (request) known.set(requestKey(request), request)
    return request
  }
  for (const request of await documents.list('')) note(request)

  return {
    get: (key) => documents.get(key),
    list: (prefix) => documents.list(prefix),
    async update(key, change) {
      return note(await documents.update(key, change))
    },
    async remove(key) {
      await documents.remove(key)
      known.delete(key)
    },
    unsettled: () => [...known.values()].filter(isUnsettled),
    ofMember: (guildId, memberId) =>
      [...known.values()].filter(
        (each) => each.guildId === guildId && (each.forMember ?? each.memberId) === memberId,
      ),
  }
}
