import type { Row, Rows } from '../rows.ts'
import type { RedisConnection } from './connection.ts'
import { RedisError } from './error.ts'
import type { Hold } from './hold.ts'
import { getRow, listNamespaces, readAfter, readRange, type Script, swapRows } from './scripts.ts'

/** One hash tag for everything: what one script touches has to lie in one place of a cluster. */
const prefix = '{usherr}:'
export const idKey = `${prefix}id`
export const registryKey = `${prefix}namespaces`
export const holderKey = `${prefix}holder`
export const lastHolderKey = `${prefix}last-holder`

/** The rows themselves, key to text, and their keys in order. */
export const keysOfNamespace = (namespace: string): [rows: string, order: string] => [
  `${prefix}${namespace}:rows`,
  `${prefix}${namespace}:keys`,
]

/** For `tryWriting` and `openDataSet`: of no namespace and of no bot. */
export const keysForTrying = [idKey, ...keysOfNamespace('-'), registryKey, `${holderKey}:-`]

/** One namespace as `Rows`. `storeId` tells the data set that was opened from any other. */
export function rowsOf(connection: RedisConnection, namespace: string, { storeId, hold }: DataSet): Rows {
  const keys = [idKey, ...keysOfNamespace(namespace)]
  const run = (script: Script, ...values: string[]) =>
    connection.run(namespace, script, keys, [storeId, ...values])

  const unexpected = () => connection.unavailable(namespace, new RedisError('UNEXPECTED'))
  function toRows(answered: unknown): Row[] {
    if (!Array.isArray(answered) || answered.length % 2 !== 0) throw unexpected()
    const rows: Row[] = []
    for (let at = 0; at < answered.length; at += 2) {
      const [key, text]: unknown[] = answered.slice(at, at + 2)
      if (typeof key !== 'string' || typeof text !== 'string') throw unexpected()
      rows.push({ key, text })
    }
    return rows
  }

  return {
    async get(key) {
      const text = await run(getRow, key)
      if (text === null) return undefined
      if (typeof text !== 'string') throw unexpected()
      return text
    },

    // Keys are ASCII below DEL, so everything with the prefix lies below prefix + DEL.
    range: async (begin) => toRows(await run(readRange, `[${begin}`, `(${begin}\u007f`)),

    after: async (key, limit) => toRows(await run(readAfter, `(${key}`, String(limit))),

    async swap(changes) {
      const values = changes.flatMap(({ key, from, to }) => [key, ...maybe(from), ...maybe(to)])
      const done = await connection.run(
        namespace,
        swapRows,
        [...keys, registryKey, holderKey, lastHolderKey],
        [storeId, namespace, hold.token, String(hold.forMs), ...values],
      )
      if (done !== 0 && done !== 1) throw unexpected()
      return done === 1
    },
  }
}

export async function namespacesOf(connection: RedisConnection, storeId: string): Promise<string[]> {
  const names = await connection.run('namespaces', listNamespaces, [idKey, registryKey], [storeId])
  if (!Array.isArray(names)) throw connection.unavailable('namespaces', new RedisError('UNEXPECTED'))
  return names.map(String).sort()
}

/** Which data set was opened, and for whom. */
export interface DataSet {
  storeId: string
  hold: Pick<Hold, 'token' | 'forMs'>
}

/** An empty text is something else than none. */
const maybe = (text: string | undefined) => (text === undefined ? ['0', ''] : ['1', text])
