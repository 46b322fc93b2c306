import { silentLog } from '../../lib/log.ts'
import { assertNamespace } from '../rows.ts'
import { type RowsLook, refuseToWrite } from '../rows-look.ts'
import { RedisConnection } from './connection.ts'
import { causeOf, RedisError } from './error.ts'
import { assertFit } from './fitness.ts'
import { idKey, keysForTrying, namespacesOf, rowsOf } from './rows.ts'
import { tryWriting } from './scripts.ts'

/**
 * Looks at a Redis beside a bot that may be running: no row is made or changed, and no store is begun. `undefined`
 * where none was ever begun. Throws `ServerFailed`.
 */
export async function openRedisLook(url: string): Promise<RowsLook | undefined> {
  const connection = await RedisConnection.open(url, silentLog)
  try {
    const storeId = await connection.ask('database', 'GET', idKey)
    if (storeId === null) {
      await assertFit(connection)
      await connection.close()
      return undefined
    }
    if (typeof storeId !== 'string') throw connection.unavailable('database', new RedisError('UNEXPECTED'))
    return lookOf(connection, storeId)
  } catch (error) {
    await connection.close()
    throw causeOf(error)
  }
}

function lookOf(connection: RedisConnection, storeId: string): RowsLook {
  return {
    database: {
      namespaces: () => namespacesOf(connection, storeId),
      rows(namespace) {
        assertNamespace(namespace)
        return { ...rowsOf(connection, namespace, { storeId, hold: nobody }), swap: refuseToWrite }
      },
      close: () => connection.close(),
    },
    // Everything that a write does, in a place of its own, and undone.
    async assertWritable() {
      await assertFit(connection)
      await connection.run('database', tryWriting, keysForTrying, [storeId])
    },
  }
}

const nobody = { token: '', forMs: 0 }
