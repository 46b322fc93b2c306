import type { Answer } from './answer.ts'
import { html } from './answer.ts'
import type { RequestEntry } from './request-entry.ts'
import type { DeadToken, PlexWorld } from './world.ts'

/** What can go wrong with one request. Without another word it goes wrong before anything was done. */
export type Fault =
  /** The answer, and the deed with it, takes its time. */
  | { fault: 'slow'; ms: number | ((entry: RequestEntry) => number) }
  /** Nothing happens until the fault is released; with `isDone` the deed is done at once, and only the answer waits. */
  | { fault: 'hangs'; isDone?: boolean }
  /** Another answer altogether, and nothing done. */
  | { fault: 'answers'; answer: Answer }
  /** It is done, and the answer says otherwise. */
  | { fault: 'answers after commit'; answer: Answer }
  | { fault: 'reset' }
  | { fault: 'reset after commit' }
  /** The connection is cut now, and it is done `afterMs` later by the pretence's clock, or when late ones are flushed. */
  | { fault: 'late commit'; afterMs?: number }
  /** Done, and only a part of the body comes: as a whole answer, or as one that breaks off. */
  | { fault: 'truncated'; keep: number | ((length: number) => number); breaksOff?: boolean }
  | { fault: 'content type'; contentType: string }
  | { fault: 'rewritten'; body: (text: string) => string }
  | { fault: 'dripped'; bytes: number; everyMs: number }
  /** A read shows another world than the one that is: an older one, one with fewer rows. */
  | { fault: 'shows'; world: (world: PlexWorld) => PlexWorld }
  | { fault: 'token dead'; how: DeadToken | 'revoked but 404' }

export type RetryAfter = { seconds: number } | { date: Date } | 'garbage' | 'none' | 'huge'

export function rateLimited(retryAfter: RetryAfter): Fault {
  const value = retryAfterValue(retryAfter)
  const headers = value === undefined ? {} : { 'Retry-After': value }
  return {
    fault: 'answers',
    answer: { status: 429, contentType: 'text/plain; charset=utf-8', body: 'Too Many Requests', headers },
  }
}

/** Plain text from Rails, or a page of Cloudflare's from 502 on. */
export function failing(status = 500): Fault {
  return { fault: 'answers', answer: failure(status) }
}

export function failingAfterCommit(status = 502): Fault {
  return { fault: 'answers after commit', answer: failure(status) }
}

/** A page that is no error by its status. */
export const cloudflarePage: Fault = {
  fault: 'answers',
  answer: html(200, cloudflareBody('plex.tv | 522: Connection timed out', 'Error 522')),
}

export const cloudflareChallenge: Fault = {
  fault: 'answers',
  answer: html(403, cloudflareBody('Just a moment...', 'Checking if the site connection is secure')),
}

export const emptyBody: Fault = { fault: 'rewritten', body: () => '' }

export function redirect(to: string): Fault {
  return { fault: 'answers', answer: { status: 302, contentType: null, body: '', headers: { Location: to } } }
}

/** Only a part of the people stands in the lists, and nothing tells. */
export function partialShares(keep: number): Fault {
  return {
    fault: 'shows',
    world: (world) => ({ ...world, shares: world.shares.slice(0, Math.floor(world.shares.length * keep)) }),
  }
}

/** A healthy server whose list of libraries is empty for a moment. */
export const noLibraries: Fault = {
  fault: 'shows',
  world: (world) => ({ ...world, servers: world.servers.map((server) => ({ ...server, libraries: [] })) }),
}

function failure(status: number): Answer {
  if (status < 502)
    return {
      status,
      contentType: 'text/html; charset=UTF-8',
      body: '<html><body><h1>We’re sorry, but something went wrong.</h1></body></html>',
    }
  return html(status, cloudflareBody(`${status} Bad Gateway`, 'cloudflare'))
}

function cloudflareBody(title: string, text: string): string {
  return `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center><hr><center>${text}</center></body></html>\n`
}

function retryAfterValue(retryAfter: RetryAfter): string | undefined {
  if (retryAfter === 'none') return undefined
  if (retryAfter === 'garbage') return '-5, soon'
  if (retryAfter === 'huge') return '86400'
  return 'seconds' in retryAfter ? String(retryAfter.seconds) : retryAfter.date.toUTCString()
}
