import { ServerFailed } from '../store-problem.ts'
import type { Query } from './connections.ts'
import { tablePrefix } from './rows.ts'

/**
 * Makes each namespace's table at its first use: also where the server was away then. A table that is dropped later is
 * not made again by this process, for an empty one would look as if nothing had been stored.
 */
export function tablesOf(query: Query): (namespace: string) => Promise<void> {
  const made = new Map<string, Promise<void>>()
  return (namespace) => {
    const existing = made.get(namespace)
    if (existing) return existing
    const making = makeTable(query, `${tablePrefix}${namespace}`).catch((error: unknown) => {
      made.delete(namespace)
      throw error
    })
    made.set(namespace, making)
    return making
  }
}

async function makeTable(query: Query, table: string): Promise<void> {
  // Looking first: CREATE asks for a right even where there is nothing to make.
  const there = await query('SELECT 1 WHERE to_regclass($1) IS NOT NULL', [table])
  if (there.count > 0) return
  try {
    await query(`CREATE TABLE IF NOT EXISTS ${table} (key text COLLATE "C" PRIMARY KEY, value text NOT NULL)`)
  } catch (error) {
    // Two that make it at the same moment: PostgreSQL tells one of them that its row type is there already.
    const isTwin = error instanceof ServerFailed && ['23505', '42P07', '42710'].includes(error.code)
    if (!isTwin) throw error
  }
}
