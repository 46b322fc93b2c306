import { noRows, type RowsLook, refuseToWrite } from '../rows-look.ts'
import { ServerFailed } from '../store-problem.ts'
import { postgresAddress } from './address.ts'
import { connectPostgres } from './connections.ts'
import { leastVersion, noRights } from './problem.ts'
import { postgresRows, tablePrefix } from './rows.ts'
import { assertUsable, namespacesIn } from './state.ts'

/**
 * Looks at a PostgreSQL database in transactions that only read: no table is made, and the bot may run meanwhile.
 * `undefined` where no table of ours is there. Throws `ServerFailed`.
 */
export async function openPostgresLook(url: string): Promise<RowsLook | undefined> {
  const address = postgresAddress(url)
  if (!address.ok) throw new ServerFailed(address.problem, 'address')
  const { name } = address.value
  const connections = await connectPostgres(address.value, { isReadOnly: true })
  const { query } = connections
  try {
    const known = new Set(await namespacesIn(query))
    if (known.size === 0) {
      await assertUsable(query, name, leastVersion)
      await connections.close()
      return undefined
    }
    return {
      database: {
        namespaces: async () => [...known],
        rows: (namespace) =>
          known.has(namespace)
            ? postgresRows({ namespace, connections, ready: async () => {}, assertAlone: refuseToWrite })
            : noRows,
        close: () => connections.close(),
      },
      async assertWritable() {
        await assertUsable(query, name, leastVersion)
        for (const namespace of known) {
          const { count } = await query(
            "SELECT 1 WHERE has_table_privilege($1, 'SELECT') AND has_table_privilege($1, 'INSERT') AND has_table_privilege($1, 'UPDATE') AND has_table_privilege($1, 'DELETE')",
            [`${tablePrefix}${namespace}`],
          )
          if (count === 0) throw new ServerFailed(noRights(name, '42501'), '42501')
        }
      },
    }
  } catch (error) {
    await connections.close()
    throw error
  }
}
