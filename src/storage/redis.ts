import { randomBytes } from 'node:crypto'
import { type Log, silentLog } from '../lib/log.ts'
import { RedisConnection } from './redis-connection.ts'
import { RedisError, unavailable } from './redis-error.ts'
import { assertFit, warnOfGaps } from './redis-fitness.ts'
import { idKey, keysOfNamespace, registryKey, rowsOf } from './redis-rows.ts'
import { assertHome, listNamespaces, openDataSet } from './redis-scripts.ts'
import { scrubber } from './redis-scrub.ts'
import { parseRedisUrl } from './redis-url.ts'
import { assertNamespace, type Database } from './rows.ts'

export interface RedisOptions {
  log?: Log
}

/**
 * A Redis that keeps what it acknowledges. A namespace is a hash of the rows and a sorted set of their keys. The data
 * set has an id of its own, made at the first opening, and every script asks for it: a Redis that was emptied or
 * exchanged while the bot runs neither seems empty nor takes a write. Throws what `describeRedisError` has words for.
 */
export async function openRedis(
  url: string,
  { log = silentLog }: RedisOptions = {},
): Promise<Omit<Database, 'copyTo' | 'isSound'>> {
  const connection = await RedisConnection.open(parseRedisUrl(url), log)
  try {
    await assertFit(connection)
    const storeId = await idOfDataSet(connection)
    await warnOfGaps(connection, log)
    return databaseOf(connection, storeId)
  } catch (error) {
    await connection.close()
    throw error
  }
}

function databaseOf(connection: RedisConnection, storeId: string): Omit<Database, 'copyTo' | 'isSound'> {
  return {
    rows(namespace) {
      assertNamespace(namespace)
      return rowsOf(connection, namespace, storeId)
    },

    async namespaces() {
      const names = await connection.run('namespaces', listNamespaces, [idKey, registryKey], [storeId])
      if (!Array.isArray(names)) throw unavailable('namespaces', new RedisError('UNEXPECTED'))
      return names.map(String).sort()
    },

    // Both may change while it runs: by an administrator, by a copy that takes over, by a file from a backup.
    async assertInPlace() {
      await connection.run('database', assertHome, [idKey], [storeId])
      await assertFit(connection)
    },

    scrub: scrubber(connection),
    close: () => connection.close(),
  }
}

async function idOfDataSet(connection: RedisConnection): Promise<string> {
  const keys = [idKey, ...keysOfNamespace('-'), registryKey]
  const id = await connection.run('database', openDataSet, keys, [randomBytes(16).toString('hex')])
  if (typeof id !== 'string' || id === '') throw unavailable('database', new RedisError('UNEXPECTED'))
  return id
}
