import { z } from 'zod'
import { PlexError } from '../errors.ts'
import { count, idText, instant, text, xmlRoot } from '../fields.ts'
import type { PlexHttp } from '../http.ts'
import { product } from '../identity.ts'
import { readAnswer } from '../parse.ts'

/** A sign-in that somebody completes in his own browser. plex.tv calls it a PIN; a Home PIN is something else. */
export interface SignInLink {
  id: string
  /** Four characters to type at plex.tv/link, or a long code that only works inside `address`. A secret until used. */
  code: string
  /** Where the person goes. */
  address: string
  expiresAt: Date
}

/**
 * Begins a sign-in. A short code is for typing and lives 15 minutes, a long one for clicking and lives 30.
 * @throws PlexError
 */
export async function createLink(http: PlexHttp, form: 'short' | 'long'): Promise<SignInLink> {
  const answer = await http.send({
    method: 'POST',
    host: 'clients',
    route: '/api/v2/pins',
    anonymous: true,
    query: { strong: form === 'long' ? 'true' : undefined },
  })
  const { id, code, expiresAt, expiresIn } = await readAnswer(answer, linkAnswer)
  // The seconds that are left are true by any clock, plex.tv's instant only by its own.
  const leftMs = (expiresIn ?? 0) * 1_000
  return {
    id,
    code,
    address: form === 'long' ? clickAddress(http.clientIdentifier, code) : 'https://plex.tv/link',
    expiresAt: leftMs > 0 ? new Date(http.clock.now().getTime() + leftMs) : (expiresAt ?? http.clock.now()),
  }
}

/**
 * The token, or nothing while nobody has completed the sign-in.
 * @throws PlexError `linkExpired`
 */
export async function pollLink(http: PlexHttp, link: Pick<SignInLink, 'id'>): Promise<string | undefined> {
  const answer = await http.send({
    method: 'GET',
    host: 'clients',
    route: '/api/v2/pins/{link}',
    path: { link: link.id },
    anonymous: true,
  })
  // An empty token is none.
  return (await readAnswer(answer, linkAnswer)).authToken
}

/** What became of a link: `expired` calls for a new one. */
export type LinkOutcome = { kind: 'signedIn'; token: string } | { kind: 'expired' } | { kind: 'cancelled' }

/**
 * Waits until somebody has signed in. Asks every two seconds, and once more when the time is over, since the last
 * moment is when people click. Trouble on the way is no answer: it goes on asking.
 * @throws PlexError only if the very last question could not be asked
 */
export async function waitForLink(
  http: PlexHttp,
  link: SignInLink,
  signal?: AbortSignal,
): Promise<LinkOutcome> {
  for (;;) {
    if (signal?.aborted) return { kind: 'cancelled' }
    const leftMs = link.expiresAt.getTime() - http.clock.now().getTime()
    const isLast = leftMs <= 0
    try {
      const token = await pollLink(http, link)
      if (token !== undefined) return { kind: 'signedIn', token }
    } catch (error) {
      if (!(error instanceof PlexError)) throw error
      if (error.kind === 'linkExpired' || error.kind === 'notFound') return { kind: 'expired' }
      if (isLast) throw error
    }
    if (isLast) return { kind: 'expired' }
    await http.clock.wait(Math.min(pollEveryMs, leftMs), signal)
  }
}

const pollEveryMs = 2_000

/** What follows `#` never reaches a server's log. */
function clickAddress(clientIdentifier: string, code: string): string {
  const query = new URLSearchParams({ clientID: clientIdentifier, code, 'context[device][product]': product })
  return `https://app.plex.tv/auth#?${query}`
}

/** `location`, the town of whoever asked, is not read. */
const linkFields = z.object({
  id: idText,
  code: z.string().min(1),
  expiresIn: count,
  expiresAt: instant,
  authToken: text,
})
const linkAnswer = z.union([xmlRoot('pin', linkFields), linkFields])
