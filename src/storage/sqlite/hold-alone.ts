import { open } from 'node:fs/promises'
import { KeyvSqlite } from '@keyv/sqlite'
import type { GuildId } from '../../lib/ids.ts'
import { ok, problem, type Result } from '../../lib/result.ts'
import { describeError, errorCode, type StoreProblem } from '../store-problem.ts'
import { guildIn } from '../survey.ts'
import { tablePrefix } from './table.ts'

/** The database with nobody else in it, and nobody else let in. */
export interface HeldAlone {
  /** The guilds of which it holds anything. */
  guildIds: readonly GuildId[]
  release(): Promise<void>
}

/**
 * Takes the database for this process alone, or says that somebody has it open. Whoever has a database open in WAL mode,
 * idle or frozen, in this container or another one, holds a lock on the file that ends with his process and not before:
 * leaving WAL mode needs all of those gone. What the log holds is in the file then, and the log is no more.
 * @see https://sqlite.org/wal.html and docs/decisions/010-observe-after-restore.md
 */
export async function holdAlone(file: string): Promise<Result<HeldAlone, StoreProblem>> {
  // SQLite would throw away the log of a file that it does not know, and the log may be all that is left.
  if (!(await beginsAsOne(file))) return problem(describeError({ code: 'SQLITE_NOTADB' }, file))
  const connection = new KeyvSqlite({
    uri: `sqlite://${file}`,
    table: `${tablePrefix}meta`,
    busyTimeout: 500,
  })
  // Without a listener the emitter would throw; the same error rejects the query below.
  connection.on('error', () => {})
  const release = () => connection.close().catch(() => {})
  try {
    await connection.query('PRAGMA journal_mode = DELETE')
    await connection.query('BEGIN EXCLUSIVE')
    // Between the two somebody may have come in and put it into WAL mode again, where EXCLUSIVE keeps nobody out.
    const mode = rowsOf(await connection.query('PRAGMA journal_mode'))[0]?.journal_mode
    if (mode !== 'delete') {
      await release()
      return problem(inUse(file))
    }
    return ok({ guildIds: await guildsIn(connection), release })
  } catch (error) {
    await release()
    const code = errorCode(error)
    const isInUse = code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED'
    return problem(isInUse ? inUse(file) : describeError(error, file))
  }
}

/** An empty file is a database in which nothing has been stored. */
async function beginsAsOne(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0)
    return bytesRead === 0 || buffer.toString('latin1') === 'SQLite format 3\0'
  } finally {
    await handle.close()
  }
}

async function guildsIn(connection: KeyvSqlite): Promise<readonly GuildId[]> {
  const tables = rowsOf(await connection.query("SELECT name FROM sqlite_master WHERE type = 'table'"))
  const found = new Set<GuildId>()
  for (const { name } of tables) {
    // Names of tables cannot be parameters; ours are lower-case letters.
    if (typeof name !== 'string' || !/^usherr_[a-z]+$/u.test(name) || name === `${tablePrefix}meta`) continue
    for (const { key } of rowsOf(await connection.query(`SELECT key FROM ${name}`))) {
      for (const guildId of guildIn(String(key))) found.add(guildId)
    }
  }
  return [...found]
}

function rowsOf(answered: unknown): Record<string, unknown>[] {
  return Array.isArray(answered) ? answered.filter((row) => typeof row === 'object' && row !== null) : []
}

function inUse(file: string): StoreProblem {
  return {
    kind: 'locked',
    what: `${file} is in use: the bot runs, or another program has it open.`,
    next: 'Stop the bot (in a container: docker compose stop), close what else has it open, then run this again.',
  }
}
