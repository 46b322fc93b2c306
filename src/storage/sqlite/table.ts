import { KeyvSqlite } from '@keyv/sqlite'
import { Keyv } from 'keyv'
import { systemClock } from '../../lib/clock.ts'
import { errorCode } from '../store-problem.ts'

/** How long SQLite itself waits for a lock, well within the store's deadline. It holds one of libuv's four threads. */
export const busyTimeoutMs = 800
export const tablePrefix = 'usherr_'

export interface SqliteOptions {
  /** The most pages of 4 KiB that the file may have: a full disk for tests. */
  mostPages?: number
}

/** One namespace's adapter, connected at the first use and again after a failure to connect. */
export class SqliteTable {
  readonly namespace: string
  readonly name: string
  readonly #file: string
  readonly #options: SqliteOptions
  readonly #isClosed: () => boolean
  #connection: Promise<Connection> | undefined

  constructor(file: string, namespace: string, options: SqliteOptions, isClosed: () => boolean) {
    this.namespace = namespace
    this.name = `${tablePrefix}${namespace}`
    this.#file = file
    this.#options = options
    this.#isClosed = isClosed
  }

  async get(key: string): Promise<string | undefined> {
    const { keyv } = await this.#connect()
    return (await keyv.get<string>(key)) ?? undefined
  }

  async query(sql: string, ...parameters: unknown[]): Promise<StoredRow[]> {
    const { adapter } = await this.#connect()
    return storedRows(await adapter.query(sql, ...parameters))
  }

  /** Runs a pragma and gives one column of its answer. */
  async pragma(pragma: string, column: string): Promise<unknown> {
    const { adapter } = await this.#connect()
    return firstColumn(await adapter.query(`PRAGMA ${pragma}`), column)
  }

  async assertWritable(): Promise<void> {
    const { adapter } = await this.#connect()
    await adapter.query('BEGIN IMMEDIATE')
    await adapter.query('ROLLBACK')
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined)
    await connection?.adapter.close()
  }

  #connect(): Promise<Connection> {
    if (this.#isClosed()) return Promise.reject(new Error('the store is closed'))
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = undefined
      throw error
    })
    return this.#connection
  }

  async #open(): Promise<Connection> {
    const adapter = new KeyvSqlite({
      uri: `sqlite://${this.#file}`,
      table: this.name,
      busyTimeout: busyTimeoutMs,
    })
    // Without a listener the emitter would throw; the same error rejects the query below.
    adapter.on('error', () => {})
    try {
      await becomeWal(adapter)
      await adapter.query('PRAGMA synchronous = FULL')
      await adapter.query('PRAGMA secure_delete = ON')
      if (this.#options.mostPages) await adapter.query(`PRAGMA max_page_count = ${this.#options.mostPages}`)
      for (const event of ['INSERT', 'UPDATE']) {
        await adapter.query(
          `CREATE TRIGGER IF NOT EXISTS ${this.name}_gone_by_${event.toLowerCase()} AFTER ${event} ON ${this.name}
           WHEN NEW.value IS NULL BEGIN DELETE FROM ${this.name} WHERE key = NEW.key; END`,
        )
      }
    } catch (error) {
      await adapter.close().catch(() => {})
      throw error
    }
    const keyv = new Keyv<string>({
      store: adapter,
      namespace: this.namespace,
      // The table is the namespace. Keyv's prefix would also leave out itself where a key happens to begin with it.
      useKeyPrefix: false,
      // Without it a failing `get` is `undefined`, that is: "nothing stored".
      throwOnErrors: true,
      // The row is the envelope itself; Keyv's wrapping has only its expiry, which we do not use.
      serialize: ({ value }) => String(value),
      deserialize: asStored,
    })
    return { adapter, keyv }
  }
}

interface Connection {
  adapter: KeyvSqlite
  keyv: Keyv<string>
}

/** Keyv's signature promises the caller any type he names; we only ever name `string`. */
const asStored = <Value>(text: string) => ({ value: text as Value })

/** Two processes that make the database at the same moment: SQLite refuses one at once instead of waiting. */
async function becomeWal(adapter: KeyvSqlite): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const mode = firstColumn(await adapter.query('PRAGMA journal_mode = WAL'), 'journal_mode')
      if (mode !== 'wal') throw new Error(`SQLite keeps journal_mode ${String(mode)} where WAL was asked for`)
      return
    } catch (error) {
      if (errorCode(error) !== 'SQLITE_BUSY' || attempt === 10) throw error
      await systemClock.wait(50)
    }
  }
}

export interface StoredRow {
  key: string
  value: string | null
}

export function storedRows(answered: unknown): StoredRow[] {
  if (Array.isArray(answered) && answered.every(isStoredRow)) return answered
  throw new Error('SQLite answered something else than rows')
}

function isStoredRow(row: unknown): row is StoredRow {
  if (typeof row !== 'object' || row === null || !('key' in row) || !('value' in row)) return false
  return typeof row.key === 'string' && (typeof row.value === 'string' || row.value === null)
}

function firstColumn(answered: unknown, column: string): unknown {
  const first: unknown = Array.isArray(answered) ? answered[0] : undefined
  return typeof first === 'object' && first !== null ? Reflect.get(first, column) : undefined
}
