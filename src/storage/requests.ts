import { type AccessRequest, isUnsettled, requestKey } from '../sharing/access-request.ts'
import type { Documents } from '../sharing/ports.ts'
import type { Requests } from '../sharing/requests.ts'
import { type Rereadable, remembered } from './remembered.ts'

/** The requests, with what jobs and cards ask of all of them kept in memory. The rows alone are the truth. */
export async function openRequests(documents: Documents<AccessRequest>): Promise<Requests & Rereadable> {
  const { documents: kept, known, reread } = await remembered(documents, requestKey)
  return {
    ...kept,
    reread,
    unsettled: () => [...known.values()].filter(isUnsettled),
    ofMember: (guildId, memberId) =>
      [...known.values()].filter(
        (each) => each.guildId === guildId && (each.forMember ?? each.memberId) === memberId,
      ),
  }
}
