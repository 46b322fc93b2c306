import { randomBytes } from 'node:crypto'
import { type Log, silentLog } from '../../lib/log.ts'
import { assertNamespace, type ServerDatabase } from '../rows.ts'
import { RedisConnection } from './connection.ts'
import { causeOf, RedisError } from './error.ts'
import { assertFit, warnOfGaps } from './fitness.ts'
import { createHold } from './hold.ts'
import { idKey, keysForTrying, namespacesOf, rowsOf } from './rows.ts'
import { assertHome, openDataSet } from './scripts.ts'
import { scrubber } from './scrub.ts'

export interface RedisOptions {
  log?: Log
  /** For how long a bot has the store alone without saying so again; less for tests. */
  holdForMs?: number
}

/**
 * A Redis that keeps what it acknowledges. A namespace is a hash of the rows and a sorted set of their keys. The data
 * set has an id of its own, made at the first opening, and every script asks for it: a Redis that was emptied or
 * exchanged while the bot runs neither seems empty nor takes a write. Throws `ServerFailed`.
 */
export async function openRedis(
  url: string,
  { log = silentLog, holdForMs }: RedisOptions = {},
): Promise<ServerDatabase> {
  const connection = await RedisConnection.open(url, log)
  try {
    await assertFit(connection)
    const storeId = await idOfDataSet(connection)
    await warnOfGaps(connection, log)
    return databaseOf(connection, storeId, log, holdForMs)
  } catch (error) {
    await connection.close()
    throw causeOf(error)
  }
}

function databaseOf(
  connection: RedisConnection,
  storeId: string,
  log: Log,
  holdForMs: number | undefined,
): ServerDatabase {
  const hold = createHold(connection, storeId, log, holdForMs)
  let closing: Promise<void> | undefined
  return {
    rows(namespace) {
      assertNamespace(namespace)
      return rowsOf(connection, namespace, { storeId, hold })
    },

    namespaces: () => namespacesOf(connection, storeId),

    // Both may change while it runs: by an administrator, by a copy that takes over, by a file from a backup.
    async assertInPlace() {
      await connection.run('database', assertHome, [idKey], [storeId])
      await assertFit(connection)
      await hold.assertHeld()
    },

    scrub: scrubber(connection),
    holdAlone: () => hold.take(),

    close() {
      closing ??= hold.letGo().then(() => connection.close())
      return closing
    },
  }
}

async function idOfDataSet(connection: RedisConnection): Promise<string> {
  const offered = randomBytes(16).toString('hex')
  const id = await connection.run('database', openDataSet, keysForTrying, [offered])
  if (typeof id !== 'string' || id === '')
    throw connection.unavailable('database', new RedisError('UNEXPECTED'))
  return id
}
