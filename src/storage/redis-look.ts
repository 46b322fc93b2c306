import { silentLog } from '../lib/log.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import { RedisConnection } from './redis-connection.ts'
import { RedisError, serverFailed } from './redis-error.ts'
import { assertFit } from './redis-fitness.ts'
import { idKey, registryKey, rowsOf } from './redis-rows.ts'
import { listNamespaces } from './redis-scripts.ts'
import { parseRedisUrl } from './redis-url.ts'
import { noRows, type RowsLook, refuseToWrite } from './rows-look.ts'

/**
 * Looks at a Redis and writes nothing, not even the id of a new data set; the bot may run meanwhile. `undefined` where
 * no store is in it. Throws `ServerFailed`.
 */
export async function openRedisLook(url: string): Promise<RowsLook | undefined> {
  const connection = await RedisConnection.open(addressOf(url), silentLog)
  try {
    const storeId = await connection.ask('look', 'GET', idKey)
    if (typeof storeId !== 'string') {
      await assertFit(connection)
      await connection.close()
      return undefined
    }
    const names = await connection.run('namespaces', listNamespaces, [idKey, registryKey], [storeId])
    if (!Array.isArray(names)) throw connection.unavailable('namespaces', new RedisError('UNEXPECTED'))
    const known = new Set(names.map(String).sort())
    return {
      database: {
        namespaces: async () => [...known],
        rows: (namespace) =>
          known.has(namespace)
            ? {
                ...rowsOf(connection, namespace, { storeId, hold: { token: '', forMs: 0 } }),
                swap: refuseToWrite,
              }
            : noRows,
        close: () => connection.close(),
      },
      assertWritable: () => assertFit(connection),
    }
  } catch (error) {
    await connection.close()
    throw error instanceof StoreUnavailable ? (error.cause ?? error) : error
  }
}

function addressOf(url: string) {
  try {
    return parseRedisUrl(url)
  } catch (error) {
    throw serverFailed(error, 'Redis')
  }
}
