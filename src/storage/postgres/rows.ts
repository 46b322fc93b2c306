import { answer } from '../answer.ts'
import type { Change, Row, Rows } from '../rows.ts'
import { ServerFailed } from '../store-problem.ts'
import type { Answered, PostgresConnections, Query } from './connections.ts'

export const tablePrefix = 'usherr_'

export interface RowsOptions {
  namespace: string
  connections: Pick<PostgresConnections, 'query' | 'inTransaction'>
  /** Asked before every step: makes the table where it is missing. */
  ready(): Promise<void>
  /** Asked before every write: throws where another bot has the store. */
  assertAlone(): Promise<void>
}

/** One table as `Rows`. Its keys are compared byte by byte (`COLLATE "C"`), whatever the database's language is. */
export function postgresRows({ namespace, connections, ready, assertAlone }: RowsOptions): Rows {
  const table = `${tablePrefix}${namespace}`
  const answered = <T>(work: () => Promise<T>) =>
    answer(namespace, async () => {
      await ready()
      return work()
    })
  const read = (where: string, ...values: unknown[]) =>
    answered(async () =>
      rowsIn(await connections.query(`SELECT key, value FROM ${table} WHERE ${where}`, values)),
    )

  return {
    get: async (key) => (await read('key = $1', key))[0]?.text,
    // Keys are ASCII below DEL, so everything with the prefix lies below prefix + DEL.
    range: (prefix) => read('key >= $1 AND key < $2 ORDER BY key', prefix, `${prefix}\u007f`),
    after: (key, limit) => read('key > $1 ORDER BY key LIMIT $2', key, limit),
    swap: (changes) =>
      answered(async () => {
        await assertAlone()
        const [only, ...more] = changes
        if (only === undefined) return true
        return more.length === 0
          ? await swapOne(connections.query, table, only)
          : await swapAll(connections, table, changes)
      }),
  }
}

/** One statement, which is atomic by itself: of two at the same moment the second waits, and then compares anew. */
async function swapOne(query: Query, table: string, { key, from, to }: Change): Promise<boolean> {
  const { count } = await (from === undefined
    ? to === undefined
      ? query(`SELECT 1 WHERE NOT EXISTS (SELECT FROM ${table} WHERE key = $1)`, [key])
      : query(`INSERT INTO ${table} (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, [key, to])
    : to === undefined
      ? query(`DELETE FROM ${table} WHERE key = $1 AND value = $2`, [key, from])
      : query(`UPDATE ${table} SET value = $3 WHERE key = $1 AND value = $2`, [key, from, to]))
  return count === 1
}

/**
 * Steps of several rows take turns within a table, by a lock that ends with the transaction: so two of them never wait
 * for each other crosswise, and what one found missing is still missing when it is done, as far as the other is
 * concerned. Steps of one row do not wait for that lock; the rows themselves are locked against them, in one order.
 */
async function swapAll(
  { inTransaction }: Pick<PostgresConnections, 'inTransaction'>,
  table: string,
  changes: readonly Change[],
): Promise<boolean> {
  const swapped = async (query: Query): Promise<true | undefined> => {
    await query('SELECT pg_advisory_xact_lock($1, hashtext(current_schema() || $2))', [swapLock, table])
    const keys = changes.map(({ key }) => key)
    const stored = rowsIn(
      await query(`SELECT key, value FROM ${table} WHERE key = ANY($1) ORDER BY key FOR UPDATE`, [keys]),
    )
    const textOf = new Map(stored.map(({ key, text }) => [key, text]))
    if (changes.some(({ key, from }) => textOf.get(key) !== from)) return undefined
    const gone = changes.filter(({ from, to }) => from !== undefined && to === undefined)
    const changed = changes.filter(({ from, to }) => from !== undefined && to !== undefined)
    const made = changes.filter(({ from, to }) => from === undefined && to !== undefined)
    const texts = (of: readonly Change[]) => [of.map(({ key }) => key), of.map(({ to }) => to)]
    if (gone.length > 0) await query(`DELETE FROM ${table} WHERE key = ANY($1)`, [gone.map(({ key }) => key)])
    if (changed.length > 0) {
      await query(
        `UPDATE ${table} AS stored SET value = change.value
         FROM unnest($1::text[], $2::text[]) AS change (key, value) WHERE stored.key = change.key COLLATE "C"`,
        texts(changed),
      )
    }
    if (made.length > 0) {
      const inserted = await query(
        `INSERT INTO ${table} (key, value) SELECT key, value FROM unnest($1::text[], $2::text[]) AS change (key, value)
         ORDER BY key COLLATE "C" ON CONFLICT (key) DO NOTHING`,
        texts(made),
      )
      // A step of one row was faster.
      if (inserted.count < made.length) return undefined
    }
    return true
  }
  try {
    return (await inTransaction(swapped)) ?? false
  } catch (error) {
    // The server broke up a race in which this was the loser; nothing of it is left. Whoever asked looks again.
    if (error instanceof ServerFailed && (error.code === '40P01' || error.code === '40001')) return false
    throw error
  }
}

/** Of all locks in the database that programs have made up, these are ours: "ushr". */
const swapLock = 0x75736872
export const aloneLock = swapLock + 1

export function rowsIn({ rows }: Answered): Row[] {
  return rows.map((row) => {
    if (typeof row !== 'object' || row === null || !('key' in row) || !('value' in row)) throw notRows
    const { key, value: text } = row
    if (typeof key !== 'string' || typeof text !== 'string') throw notRows
    return { key, text }
  })
}

const notRows = new Error('PostgreSQL answered something else than rows')
