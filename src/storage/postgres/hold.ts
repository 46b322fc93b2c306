import { ok, problem, type Result } from '../../lib/result.ts'
import { ServerFailed, type StoreProblem } from '../store-problem.ts'
import type { OwnConnection, PostgresConnections } from './connections.ts'
import { inUse, postgresFailure } from './problem.ts'
import { aloneLock } from './rows.ts'

/** The lock by which one bot at a time works on a store. It lives as long as a connection of its own. */
export interface PostgresHold {
  take(): Promise<Result<void, StoreProblem>>
  /** Before every write: returns at once where the lock was never asked for, or is held. Throws `ServerFailed`. */
  assertHeld(): Promise<void>
  release(): Promise<void>
}

/** A connection can be lost without a word; it is asked again after that long. */
const trustedMs = 5000

export function holdOf({ ofItsOwn }: Pick<PostgresConnections, 'ofItsOwn'>, name: string): PostgresHold {
  let isWanted = false
  let held: { connection: OwnConnection; life: object; seenAt: number } | undefined
  let taking: Promise<void> | undefined

  async function lock(): Promise<void> {
    const life = { isOver: false }
    const onLost = () => {
      life.isOver = true
      if (held?.life === life) held = undefined
    }
    const connection = await ofItsOwn({ statementMs: 1500, onLost })
    try {
      // A bot that dies with its machine says no goodbye: the server shall ask for it. Older servers do not know the last.
      await connection.query(
        `SELECT set_config(name, value, false)
         FROM (VALUES ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '4'),
           ('idle_session_timeout', '0')) AS wanted (name, value) JOIN pg_settings USING (name)`,
      )
      const got = await connection.query(
        'SELECT 1 WHERE pg_try_advisory_lock($1, hashtext(current_schema()))',
        [aloneLock],
      )
      if (got.count === 0) throw new ServerFailed(inUse(name), 'in use')
      if (life.isOver) throw postgresFailure(new Error('Connection terminated'), name)
      held = { connection, life, seenAt: performance.now() }
    } catch (error) {
      await connection.close()
      throw error
    }
  }
  function lockOnce(): Promise<void> {
    taking ??= lock().finally(() => {
      taking = undefined
    })
    return taking
  }

  return {
    async take() {
      isWanted = true
      try {
        await lockOnce()
        return ok(undefined)
      } catch (error) {
        if (!(error instanceof ServerFailed)) throw error
        return problem(error.problem)
      }
    },

    async assertHeld() {
      if (!isWanted) return
      if (held && performance.now() - held.seenAt > trustedMs) {
        const asked = held
        try {
          await asked.connection.query('SELECT 1')
          asked.seenAt = performance.now()
        } catch {
          if (held === asked) held = undefined
          await asked.connection.close()
        }
      }
      if (!held) await lockOnce()
    },

    async release() {
      isWanted = false
      await taking?.catch(() => {})
      const last = held
      held = undefined
      await last?.connection.close()
    },
  }
}
