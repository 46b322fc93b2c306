import { StoreUnavailable } from '../../sharing/ports.ts'
import { answer } from '../answer.ts'
import { assertNamespace, type ServerDatabase } from '../rows.ts'
import { ServerFailed } from '../store-problem.ts'
import { postgresAddress } from './address.ts'
import { connectPostgres, type PostgresConnections } from './connections.ts'
import { holdOf } from './hold.ts'
import { leastVersion } from './problem.ts'
import { postgresRows, tablePrefix } from './rows.ts'
import { assertUsable, namespacesIn } from './state.ts'
import { tablesOf } from './table.ts'

export interface PostgresOptions {
  /** The oldest version that is taken: a newer one for tests. */
  least?: number
}

/** How long cleaning a table may take; the store's own deadline is shorter, and it then goes on by itself. */
const cleaningMs = 60_000

/**
 * A PostgreSQL database, with a table for each namespace in the schema that comes first for its user. Throws
 * `ServerFailed` where it cannot be read and written, or would not keep what it acknowledges.
 */
export async function openPostgres(
  url: string,
  { least = leastVersion }: PostgresOptions = {},
): Promise<ServerDatabase> {
  const address = postgresAddress(url)
  if (!address.ok) throw new ServerFailed(address.problem, 'address')
  const { name } = address.value
  const connections = await connectPostgres(address.value)
  const { query } = connections
  const ready = tablesOf(query)
  const hold = holdOf(connections, name)
  let closing: Promise<void> | undefined
  const isOpen = async () => {
    if (closing) throw new Error('the store is closed')
  }

  try {
    await assertUsable(query, name, least)
  } catch (error) {
    await connections.close()
    throw error
  }

  return {
    rows(namespace) {
      assertNamespace(namespace)
      return postgresRows({
        namespace,
        connections,
        async ready() {
          await isOpen()
          await ready(namespace)
        },
        assertAlone: () => hold.assertHeld(),
      })
    },

    namespaces: () => answer('namespaces', async () => namespacesIn(query)),

    assertInPlace: () =>
      answer('database', async () => {
        await isOpen()
        await assertUsable(query, name, least)
        await hold.assertHeld()
      }),

    scrub: () => answer('scrub', () => clean(connections)),

    holdAlone: () => hold.take(),

    close() {
      closing ??= hold.release().then(() => connections.close())
      return closing
    },
  }
}

/**
 * VACUUM alone leaves the bytes of removed rows in their pages; FULL writes each table anew, without them, and the old
 * file goes. The log of the server and its backups keep them, sealed, until they go their own way (docs/storage.md).
 */
async function clean({ query, ofItsOwn }: PostgresConnections): Promise<void> {
  const connection = await ofItsOwn({ statementMs: cleaningMs })
  try {
    for (const namespace of await namespacesIn(query)) {
      await connection.query(`VACUUM (FULL) ${tablePrefix}${namespace}`).catch((error: unknown) => {
        const isBusy = error instanceof ServerFailed && error.problem.kind === 'locked'
        if (!isBusy) throw error
        throw new StoreUnavailable('scrub: somebody is reading; removed rows are still in the table', {
          cause: error,
        })
      })
    }
  } finally {
    await connection.close()
  }
}
