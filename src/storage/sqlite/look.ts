import { promisify } from 'node:util'
import sqlite3 from 'sqlite3'
import { answer } from '../answer.ts'
import type { Rows } from '../rows.ts'
import { noRows, type RowsLook, refuseToWrite } from '../rows-look.ts'
import { toRow } from './rows.ts'
import { busyTimeoutMs, storedRows, tablePrefix } from './table.ts'

/**
 * Opens a SQLite file that is there, without Keyv: its adapter makes a table wherever it connects, and this changes
 * nothing. Throws SQLite's error where it cannot be read.
 */
export async function openSqliteLook(file: string): Promise<RowsLook> {
  // Without OPEN_CREATE. Read only would not do: then nothing tells of another program's lock.
  const connection = await connect(file, sqlite3.OPEN_READWRITE).catch(() =>
    connect(file, sqlite3.OPEN_READONLY),
  )
  const query = async (sql: string, ...parameters: unknown[]) =>
    storedRows(await connection.all(sql, parameters))
  const namespaces = async () => {
    const tables = await query(
      "SELECT name AS key, '' AS value FROM sqlite_master WHERE type = 'table' ORDER BY name",
    )
    return tables
      .map(({ key }) => key)
      .filter((name) => name.startsWith(tablePrefix))
      .map((name) => name.slice(tablePrefix.length))
  }
  let closing: Promise<void> | undefined
  let known: ReadonlySet<string>
  try {
    known = new Set(await namespaces())
  } catch (error) {
    await connection.close().catch(() => {})
    throw error
  }

  return {
    database: {
      namespaces: async () => [...known],
      rows: (namespace) => (known.has(namespace) ? readingRows(namespace, query) : noRows),
      close() {
        closing ??= connection.close()
        return closing
      },
    },
    async assertWritable() {
      await connection.all('BEGIN IMMEDIATE', [])
      await connection.all('ROLLBACK', [])
    },
  }
}

type Query = (sql: string, ...parameters: unknown[]) => Promise<{ key: string; value: string | null }[]>

function readingRows(namespace: string, query: Query): Rows {
  const select = (where: string, ...parameters: unknown[]) =>
    answer(namespace, async () => {
      const sql = `SELECT key, value FROM ${tablePrefix}${namespace} WHERE value IS NOT NULL AND ${where}`
      return (await query(sql, ...parameters)).map(toRow)
    })
  return {
    get: async (key) => (await select('key = ?1', key))[0]?.text,
    range: (prefix) => select('key >= ?1 AND key < ?2 ORDER BY key', prefix, `${prefix}\u007f`),
    after: (key, limit) => select('key > ?1 ORDER BY key LIMIT ?2', key, limit),
    swap: refuseToWrite,
  }
}

interface Connection {
  all(sql: string, parameters: readonly unknown[]): Promise<unknown>
  close(): Promise<void>
}

function connect(file: string, mode: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, mode, (error) => {
      if (error) return reject(error)
      database.configure('busyTimeout', busyTimeoutMs)
      const all = promisify(database.all.bind(database) as All)
      const close = promisify(database.close.bind(database) as Close)
      resolve({ all, close })
    })
  })
}

/** One of the several signatures that sqlite3 declares for each: promisify takes the last one and not this. */
type All = (
  sql: string,
  parameters: readonly unknown[],
  done: (error: Error | null, rows: unknown) => void,
) => void
type Close = (done: (error: Error | null) => void) => void
