import type { RedisConnection } from './redis-connection.ts'
import { RedisError, unavailable } from './redis-error.ts'
import { getRow, readAfter, readRange, type Script, swapRows } from './redis-scripts.ts'
import type { Row, Rows } from './rows.ts'

/** One hash tag for everything: what one script touches has to lie in one place of a cluster. */
const prefix = '{usherr}:'
export const idKey = `${prefix}id`
export const registryKey = `${prefix}namespaces`

/** The rows themselves, key to text, and their keys in order. */
export const keysOfNamespace = (namespace: string): [rows: string, order: string] => [
  `${prefix}${namespace}:rows`,
  `${prefix}${namespace}:keys`,
]

/** One namespace as `Rows`. `storeId` tells the data set that was opened from any other. */
export function rowsOf(connection: RedisConnection, namespace: string, storeId: string): Rows {
  const keys = [idKey, ...keysOfNamespace(namespace), registryKey]
  const run = (script: Script, ...values: string[]) =>
    connection.run(namespace, script, keys, [storeId, ...values])

  return {
    async get(key) {
      const text = await run(getRow, key)
      if (text === null) return undefined
      return typeof text === 'string' ? text : unexpected(namespace)
    },

    // Keys are ASCII below DEL, so everything with the prefix lies below prefix + DEL.
    range: async (begin) => toRows(namespace, await run(readRange, `[${begin}`, `(${begin}\u007f`)),

    after: async (key, limit) => toRows(namespace, await run(readAfter, `(${key}`, String(limit))),

    async swap(changes) {
      const values = changes.flatMap(({ key, from, to }) => [key, ...maybe(from), ...maybe(to)])
      const done = await run(swapRows, namespace, ...values)
      if (done === 1) return true
      return done === 0 ? false : unexpected(namespace)
    },
  }
}

/** An empty text is something else than none. */
const maybe = (text: string | undefined) => (text === undefined ? ['0', ''] : ['1', text])

function toRows(namespace: string, answered: unknown): Row[] {
  if (!Array.isArray(answered) || answered.length % 2 !== 0) return unexpected(namespace)
  const rows: Row[] = []
  for (let at = 0; at < answered.length; at += 2) {
    const [key, text]: unknown[] = answered.slice(at, at + 2)
    if (typeof key !== 'string' || typeof text !== 'string') return unexpected(namespace)
    rows.push({ key, text })
  }
  return rows
}

function unexpected(what: string): never {
  throw unavailable(what, new RedisError('UNEXPECTED'))
}
