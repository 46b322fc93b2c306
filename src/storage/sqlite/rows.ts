import { answer } from '../answer.ts'
import type { Row, Rows } from '../rows.ts'
import type { SqliteTable, StoredRow } from './table.ts'

/** One table as `Rows`. `assertSameFile` is asked before every write. */
export function rowsOf(table: SqliteTable, assertSameFile: () => Promise<void>): Rows {
  return {
    get: (key) => answer(table.namespace, () => table.get(key)),

    // Keys are ASCII below DEL, so everything with the prefix lies below prefix + DEL.
    range: (prefix) =>
      answer(table.namespace, async () =>
        (
          await table.query(
            `SELECT key, value FROM ${table.name} WHERE key >= ?1 AND key < ?2 AND value IS NOT NULL ORDER BY key`,
            prefix,
            `${prefix}\u007f`,
          )
        ).map(toRow),
      ),

    after: (key, limit) =>
      answer(table.namespace, async () =>
        (
          await table.query(
            `SELECT key, value FROM ${table.name} WHERE key > ?1 AND value IS NOT NULL ORDER BY key LIMIT ?2`,
            key,
            limit,
          )
        ).map(toRow),
      ),

    // One statement, so it is atomic without BEGIN and COMMIT, which a time-out could leave half-way. The first part
    // asks whether every row is as expected; SQLite finishes asking before it writes. A row that becomes NULL is
    // deleted by the table's trigger.
    swap: (changes) =>
      answer(table.namespace, async () => {
        await assertSameFile()
        const done = await table.query(
          `INSERT INTO ${table.name} (key, value)
           SELECT change.value ->> 'key', change.value ->> 'to' FROM json_each(?1) AS change
           WHERE NOT EXISTS (
             SELECT 1 FROM json_each(?1) AS expected
             LEFT JOIN ${table.name} AS stored ON stored.key = expected.value ->> 'key'
             WHERE stored.value IS NOT expected.value ->> 'from')
           ON CONFLICT (key) DO UPDATE SET value = excluded.value
           RETURNING key, '' AS value`,
          JSON.stringify(changes),
        )
        return done.length > 0
      }),
  }
}

export const toRow = ({ key, value }: StoredRow): Row => ({ key, text: value ?? '' })
