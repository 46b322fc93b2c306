import { chmod, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreUnavailable } from '../../sharing/ports.ts'
import { answer } from '../answer.ts'
import { assertNamespace, type FileDatabase } from '../rows.ts'
import { rowsOf } from './rows.ts'
import { type SqliteOptions, SqliteTable, tablePrefix } from './table.ts'

/**
 * A SQLite file, made where it is missing (0600, its folder 0700). Throws the file system's or SQLite's error where it
 * cannot be read and written. One adapter, and so one connection and one table, a namespace: an adapter shared by two
 * namespaces uses the last one's name for both.
 */
export async function openSqlite(file: string, options: SqliteOptions = {}): Promise<FileDatabase> {
  await makePrivateFile(file)
  const opened = await stat(file)
  const tables = new Map<string, SqliteTable>()
  let closing: Promise<void> | undefined

  /** SQLite goes on quietly in a file that was deleted or replaced: what it writes there is gone at the next start. */
  async function assertSameFile() {
    const now = await stat(file)
    if (now.ino !== opened.ino || now.dev !== opened.dev) throw new Error('the database file was replaced')
  }
  function table(namespace: string): SqliteTable {
    assertNamespace(namespace)
    const existing = tables.get(namespace)
    if (existing) return existing
    const added = new SqliteTable(file, namespace, options, () => closing !== undefined)
    tables.set(namespace, added)
    return added
  }
  /** One after another: the last connection to close empties the log, and two at once are neither of them last. */
  async function closeAll() {
    for (const each of tables.values()) await each.close()
  }
  const meta = table('meta')

  const database: FileDatabase = {
    rows: (namespace) => rowsOf(table(namespace), assertSameFile),

    async namespaces() {
      const names = await answer('namespaces', () =>
        meta.query("SELECT name AS key, '' AS value FROM sqlite_master WHERE type = 'table' ORDER BY name"),
      )
      return names
        .map((row) => row.key)
        .filter((name) => name.startsWith(tablePrefix))
        .map((name) => name.slice(tablePrefix.length))
    },

    assertInPlace: () => answer('database', assertSameFile),

    async copyTo(copy) {
      // SQLite would make it with the usual mode; an empty file of ours it takes as it is.
      await answer('copy', async () => (await open(copy, 'wx', 0o600)).close())
      await answer('copy', () => meta.query('VACUUM INTO ?1', copy))
    },

    async isSound() {
      const found = await answer('integrity', () => meta.pragma('integrity_check(1)', 'integrity_check'))
      return found === 'ok'
    },

    async scrub() {
      // The log still has the pages as they were; TRUNCATE copies them over and empties it. `busy` is 1 where a
      // reader kept it from that. @see https://sqlite.org/pragma.html#pragma_wal_checkpoint
      const left = await answer('scrub', () => meta.pragma('wal_checkpoint(TRUNCATE)', 'busy'))
      if (left !== 0)
        throw new StoreUnavailable('scrub: somebody is reading; removed rows are still in the log')
    },

    close() {
      closing ??= closeAll()
      return closing
    },
  }

  try {
    await meta.assertWritable()
  } catch (error) {
    await database.close().catch(() => {})
    throw error
  }
  return database
}

/** SQLite gives its log and its index the same mode as the file. */
async function makePrivateFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(file, 'a', 0o600)
  await handle.close()
  const { mode } = await stat(file)
  if ((mode & 0o077) !== 0) await chmod(file, 0o600)
}
