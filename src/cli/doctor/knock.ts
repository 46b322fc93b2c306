import type { Clock } from '../../lib/clock.ts'

/** What came of asking an address without any secret: whether somebody answers there, and what time he has. */
export type Knocked =
  | {
      host: string
      isAnswered: true
      status: number
      /** An HTML page: what stands before the service, and not the service itself. */
      isPage: boolean
      /** How far the own clock is ahead of the `Date` of the answer; absent where it has none. */
      aheadMs?: number
    }
  | { host: string; isAnswered: false; reason: string }

/** Asks once, follows nothing, and is over after `timeoutMs`. */
export async function knock(
  address: string,
  userAgent: string,
  clock: Clock,
  timeoutMs: number,
): Promise<Knocked> {
  const { host } = new URL(address)
  const askedAt = clock.now().getTime()
  try {
    const response = await fetch(address, {
      headers: { accept: 'application/json', 'user-agent': userAgent },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const middle = (askedAt + clock.now().getTime()) / 2
    await response.body?.cancel()
    const { status, headers } = response
    const isPage = headers.get('content-type')?.startsWith('text/html') ?? false
    const date = Date.parse(headers.get('date') ?? '')
    // The header has whole seconds: on average it is half a second late.
    const ahead = Number.isNaN(date) ? {} : { aheadMs: middle - date - 500 }
    return { host, isAnswered: true, status, isPage, ...ahead }
  } catch (error) {
    return { host, isAnswered: false, reason: reasonOf(error, timeoutMs) }
  }
}

/** fetch wraps what happened in an error of its own; the system's code says most in the fewest words. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection'
}
