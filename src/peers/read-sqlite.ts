import { open } from 'node:fs/promises'
import sqlite3 from 'sqlite3'
import { z } from 'zod'
import { ok, problem, type Result } from '../lib/result.ts'
import { type PeerName, type PeerProblem, peerNames } from './peer.ts'
import { fileProblem, withQuietCopy } from './quiet-copy.ts'

/** The tables of a database, and questions to it. */
export interface Tables {
  /** The columns of each table. */
  columns: ReadonlyMap<string, readonly string[]>
  all(sql: string): Promise<readonly unknown[]>
}

const startOfSqlite = 'SQLite format 3\0'

/** Opens another program's SQLite file and reads from it; nothing is written into it or beside it. */
export async function readSqlite<T>(
  file: string,
  peer: PeerName,
  read: (tables: Tables) => Promise<Result<T, PeerProblem>>,
  options: { afterCopy?: (() => Promise<void>) | undefined } = {},
): Promise<Result<T, PeerProblem>> {
  const start = await startOf(file)
  if (!start.ok) return start
  if (start.value === '') return problem(emptyFile(file))
  if (!start.value.startsWith(startOfSqlite)) return problem(notADatabase(file, start.value))
  return withQuietCopy(
    file,
    async (copy) => {
      const database = await openCopy(copy)
      try {
        const all = (sql: string) => allOf(database, sql)
        const check = quickCheck.parse(await all('PRAGMA quick_check(1)'))
        if (check[0]?.quick_check !== 'ok') return problem(damaged(file))
        const tables: Tables = { columns: await columnsOf(all), all }
        const other = programOf(tables.columns)
        if (other !== undefined && other !== peer) return problem(otherProgram(file, other))
        return await read(tables)
      } catch (error) {
        return problem(describe(error, file))
      } finally {
        await new Promise((resolve) => database.close(resolve))
      }
    },
    options,
  )
}

async function startOf(file: string): Promise<Result<string, PeerProblem>> {
  try {
    const handle = await open(file, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
      return ok(buffer.toString('latin1', 0, bytesRead))
    } finally {
      await handle.close()
    }
  } catch (error) {
    return problem(fileProblem(error, file))
  }
}

/** For writing: a half step, or rows that are only in the log, are settled in the copy. */
function openCopy(copy: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(copy, sqlite3.OPEN_READWRITE, (error) =>
      error ? reject(error) : resolve(database),
    )
  })
}

function allOf(database: sqlite3.Database, sql: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    database.all(sql, (error: Error | null, rows: unknown[]) => (error ? reject(error) : resolve(rows)))
  })
}

const quickCheck = z.array(z.object({ quick_check: z.string() }))
const columnRows = z.array(z.object({ table_name: z.string(), column_name: z.string() }))

async function columnsOf(all: Tables['all']): Promise<Tables['columns']> {
  const rows = columnRows.parse(
    await all(
      `SELECT entry.name AS table_name, field.name AS column_name
       FROM sqlite_master AS entry, pragma_table_info(entry.name) AS field
       WHERE entry.type = 'table'`,
    ),
  )
  const columns = new Map<string, string[]>()
  for (const { table_name, column_name } of rows) {
    const known = columns.get(table_name)
    if (known) known.push(column_name)
    else columns.set(table_name, [column_name])
  }
  return columns
}

/** Whose database it is, by the tables that only this program makes. */
function programOf(columns: Tables['columns']): PeerName | 'usherr' | undefined {
  if (columns.has('usherr_meta')) return 'usherr'
  if (columns.get('clients')?.includes('jellyfin_username')) return 'membarr'
  if ((columns.get('clients') ?? columns.get('USERS'))?.includes('discord_username')) return 'invitarr'
  const isWizarr =
    (columns.has('user') && columns.has('invitation')) || (columns.has('users') && columns.has('invitations'))
  return isWizarr ? 'wizarr' : undefined
}

const titles: Readonly<Record<PeerName, string>> = {
  membarr: 'Membarr',
  invitarr: 'Invitarr',
  plexfriends: 'Discord-PlexFriends',
  wizarr: 'Wizarr',
}

function otherProgram(file: string, other: PeerName | 'usherr'): PeerProblem {
  return other === 'usherr'
    ? {
        kind: 'otherProgram',
        what: `${file} is Usherr's own database.`,
        next: 'Name the file of the program that you come from.',
      }
    : {
        kind: 'otherProgram',
        what: `${file} looks like ${titles[other]}'s database.`,
        next: `Use: npm run import -- ${other} ${file} --preview`,
      }
}

const emptyFile = (file: string): PeerProblem => ({
  kind: 'empty',
  what: `${file} is empty: it has no bytes at all.`,
  next: 'Look for the file that the other program really uses, or put a backup of it in its place.',
})

const notADatabase = (file: string, start: string): PeerProblem => ({
  kind: 'notADatabase',
  what: `${file} is no SQLite database.`,
  next: /^\s*[[{]/u.test(start)
    ? `It looks like JSON. Where it is Discord-PlexFriends' members.json, use: npm run import -- plexfriends ${file} --preview`
    : 'Look for the database of the other program: its page under docs/migration says where it lies.',
})

const damaged = (file: string): PeerProblem => ({
  kind: 'damaged',
  what: `${file} is damaged or only half there. Nothing was taken from it.`,
  next: 'Stop the other program and copy the file anew, or use a backup of it.',
})

const strangeRows = (file: string): PeerProblem => ({
  kind: 'unknownVersion',
  what: `${file} has the right tables, but what stands in them is of another kind than any version I know writes.`,
  next: 'Please open an issue; the forms that are known stand under docs/migration.',
})

/** Names every column that is not there, of a table that should have them. */
export function unknownVersion(file: string, title: string, lacks: readonly string[]): PeerProblem {
  return {
    kind: 'unknownVersion',
    what: `${file} is of no version of ${title} that I know: it lacks ${lacks.join(', ')}.`,
    next: `Is it the right file? Known versions: docs/migration/${peerNames.find((name) => titles[name] === title) ?? 'README'}.md. For a newer one please open an issue, with the output of: sqlite3 ${file} .schema`,
  }
}

function describe(error: unknown, file: string): PeerProblem {
  if (error instanceof z.ZodError) return strangeRows(file)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') return damaged(file)
  if (code.startsWith('SQLITE_') || code.startsWith('E')) return fileProblem(error, file)
  throw error
}
