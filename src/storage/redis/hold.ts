import { randomBytes } from 'node:crypto'
import { systemClock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { ok, problem, type Result } from '../../lib/result.ts'
import type { StoreProblem } from '../store-problem.ts'
import type { RedisConnection } from './connection.ts'
import { RedisError } from './error.ts'
import { describeRedis } from './problem.ts'
import { holderKey, idKey, lastHolderKey } from './rows.ts'
import { keepHold, letGo, takeHold } from './scripts.ts'

/** How long a bot that died keeps the next one waiting. */
const usualMs = 10_000

/**
 * Who may write, where one bot at a time shall: a key with an expiry that its holder renews, and that each of his swaps
 * asks for in the same step.
 */
export interface Hold {
  /** Empty until it is asked for: who does not hold the store is not asked whether he does. */
  readonly token: string
  readonly forMs: number
  take(): Promise<Result<void, StoreProblem>>
  /** Throws `StoreUnavailable` where it was asked for and another bot has it. */
  assertHeld(): Promise<void>
  letGo(): Promise<void>
}

export function createHold(connection: RedisConnection, storeId: string, log: Log, forMs = usualMs): Hold {
  const keys = [idKey, holderKey, lastHolderKey]
  const own = randomBytes(16).toString('hex')
  const values = [storeId, own, String(forMs)]
  let token = ''
  let renewing: NodeJS.Timeout | undefined
  let isLost = false

  const stillMs = async () => {
    const left = await connection.run('hold', takeHold, keys, values)
    if (typeof left !== 'number') throw connection.unavailable('hold', new RedisError('UNEXPECTED'))
    return left
  }
  async function renew() {
    const kept = await connection.run('hold', keepHold, keys, values).catch(() => undefined)
    if (kept === 0 && !isLost)
      log.error({}, 'Another bot has taken over this Redis; this one writes nothing more')
    if (kept !== undefined) isLost = kept === 0
  }

  return {
    get token() {
      return token
    },
    forMs,

    async take() {
      // A bot that was killed has let nothing go: what nobody renews is waited for, what somebody renews is in use.
      for (let before = Number.POSITIVE_INFINITY; ; ) {
        const left = await stillMs()
        if (left === 0) break
        if (left > before) return problem(describeRedis(new RedisError('INUSE'), connection.server))
        before = left
        await systemClock.wait(Math.min(left, forMs / 20))
      }
      token = own
      renewing ??= setInterval(() => void renew(), forMs / 3).unref()
      return ok(undefined)
    },

    async assertHeld() {
      if (token === '') return
      const kept = await connection.run('hold', keepHold, keys, values)
      if (kept !== 1)
        throw connection.unavailable('hold', new RedisError(kept === 0 ? 'INUSE' : 'UNEXPECTED'))
    },

    async letGo() {
      clearInterval(renewing)
      if (token !== '') await connection.run('hold', letGo, keys, values).catch(() => {})
    },
  }
}
