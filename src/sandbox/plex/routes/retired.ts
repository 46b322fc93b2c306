import { type Answer, errors, goneText, response } from '../answer.ts'
import type { PlexRequest } from '../request.ts'
import type { Route } from '../router.ts'

/** The friends: v1's removal went in May 2024, v2's list and its siblings in August 2026. */
export const retired: readonly Route[] = [
  ['GET', '/api/v2/friends'],
  ['POST', '/api/v2/friends/invite'],
  ['POST', '/api/v2/friends/{userId}/accept'],
  ['DELETE', '/api/v2/friends/{userId}'],
  ['DELETE', '/api/friends/{userId}'],
].map(([method = '', path = '']) => ({ method, path, handle: ({ request }) => gone(request) }))

/** How a retired route answers: permanently, and whoever asks. */
export function gone(request: PlexRequest): Answer {
  return request.path.startsWith('/api/v2/')
    ? errors(request, 410, { code: 410, message: goneText })
    : response(410, goneText)
}
