import { systemClock } from '../../lib/clock.ts'
import { StoreUnavailable } from '../../sharing/ports.ts'
import type { RedisConnection } from './connection.ts'
import { causeOf, codeOf } from './error.ts'
import { infoOf } from './fitness.ts'

const askAgainMs = 20
const longestMs = 60_000

/**
 * Makes Redis write its append-only file anew, from what is stored now; the one with the removed rows in it is deleted.
 * Who asks while that is under way is served by the next one, which begins after his deletion. Throws
 * `StoreUnavailable` where it was not done.
 */
export function scrubber(connection: RedisConnection): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const start = () => {
    running = rewrite(connection).finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (!running) return start()
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined
        return start()
      })
    return next
  }
}

async function rewrite(connection: RedisConnection): Promise<void> {
  do {
    // One that began earlier may still write down what was removed since.
    await untilNoneRuns(connection)
  } while (!(await begin(connection)))
  const facts = await untilNoneRuns(connection)
  if (facts.get('aof_last_bgrewrite_status') !== 'ok')
    throw new StoreUnavailable('scrub: Redis could not rewrite its append-only file; see its log')
}

/** Says `false` where Redis has just begun one by itself. */
async function begin(connection: RedisConnection): Promise<boolean> {
  try {
    await connection.ask('scrub', 'BGREWRITEAOF')
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'REWRITING') return false
    if (code !== 'NOPERM' && code !== 'UNKNOWN') throw error
    throw new StoreUnavailable(
      'scrub: this account may not rewrite the append-only file; removed rows stay in it until Redis does so by itself',
      { cause: causeOf(error) },
    )
  }
}

/** Redis tells of the end of its work only to those who ask. */
async function untilNoneRuns(connection: RedisConnection): Promise<ReadonlyMap<string, string>> {
  const began = performance.now()
  for (;;) {
    const facts = await infoOf(connection)
    const isRunning =
      facts.get('aof_rewrite_in_progress') !== '0' || facts.get('aof_rewrite_scheduled') !== '0'
    if (!isRunning) return facts
    if (performance.now() - began > longestMs)
      throw new StoreUnavailable('scrub: Redis still rewrites its append-only file')
    await systemClock.wait(askAgainMs)
  }
}
