import { ServerFailed, type StoreProblem } from '../store-problem.ts'
import type { Query } from './connections.ts'
import { losesWrites, noRights, readOnly, tooOld } from './problem.ts'
import { tablePrefix } from './rows.ts'

/** Throws `ServerFailed` where the database could not be used as a store, or would not keep what it acknowledges. */
export async function assertUsable(query: Query, name: string, least: number): Promise<void> {
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
       current_setting('default_transaction_read_only') = 'on' AS "isReadOnly",
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
