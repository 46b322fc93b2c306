import { StoreUnavailable } from '../sharing/ports.ts'
import { postgresAddress } from './postgres-address.ts'
import { connectPostgres, type PostgresConnections, type Query } from './postgres-connections.ts'
import { holdOf } from './postgres-hold.ts'
import { leastVersion, losesWrites, noRights, readOnly, tooOld } from './postgres-problem.ts'
import { postgresRows, tablePrefix } from './postgres-rows.ts'
import { tablesOf } from './postgres-table.ts'
import { assertNamespace, type ServerDatabase } from './rows.ts'
import { answer } from './sqlite-rows.ts'
import { ServerFailed, type StoreProblem } from './store-problem.ts'

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
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<ServerDatabase> {
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
    await assertUsable(query, name, options.least ?? leastVersion)
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
        const { isStandby, isReadOnly } = await stateOf(query)
        if (isStandby || isReadOnly) throw new ServerFailed(readOnly(name, '25006'), '25006')
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

async function assertUsable(query: Query, name: string, least: number): Promise<void> {
  const refuse = (why: StoreProblem, code: string) => {
    throw new ServerFailed(why, code)
  }
  const { version, isStandby, isReadOnly, mayMake, commits } = await stateOf(query)
  if (version < least) refuse(tooOld(name, version, least), String(version))
  if (isStandby || isReadOnly) refuse(readOnly(name, isStandby ? 'standby' : 'read only'), '25006')
  if (!mayMake) refuse(noRights(name, '42501'), '42501')
  if (commits !== 'on') refuse(losesWrites(name), commits)
}

/** What the server says of itself and of what this user may do. */
async function stateOf(query: Query) {
  const { rows } = await query(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, pg_is_in_recovery() AS "isStandby",
       current_setting('transaction_read_only') = 'on' AS "isReadOnly",
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS "mayMake",
       current_setting('synchronous_commit') AS commits`,
  )
  const said: unknown = rows[0]
  const of = (what: string): unknown =>
    typeof said === 'object' && said !== null ? Reflect.get(said, what) : undefined
  return {
    version: Number(of('version')),
    isStandby: of('isStandby') === true,
    isReadOnly: of('isReadOnly') === true,
    mayMake: of('mayMake') === true,
    commits: String(of('commits')),
  }
}

/** The underscore of a name is one of LIKE's wildcards; an expression has none such. */
export async function namespacesIn(query: Query): Promise<readonly string[]> {
  const { rows } = await query(
    `SELECT tablename AS name FROM pg_tables
     WHERE schemaname = current_schema() AND tablename ~ '^${tablePrefix}[a-z]{1,30}$' ORDER BY tablename COLLATE "C"`,
  )
  return rows.flatMap((row) =>
    typeof row === 'object' && row !== null && 'name' in row && typeof row.name === 'string'
      ? [row.name.slice(tablePrefix.length)]
      : [],
  )
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
