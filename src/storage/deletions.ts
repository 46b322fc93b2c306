import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InTurn } from '../lib/in-turn.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import { type Deleted, type Deletions, StoreUnavailable } from '../sharing/ports.ts'
import type { KeyedHash } from './index-key.ts'
import { syncFolderOf } from './on-disk.ts'
import { describeError, errorCode, type StoreProblem } from './store-problem.ts'

/**
 * Who had what is about him deleted, and when: lines that are only added, in a file beside the database, because a
 * backup of the database would forget the deletions that came after it. Hashes under the store's index key, which
 * outlives rotations: the file reveals nobody, and only this store knows them again.
 */
export interface DeletionFile extends Deletions {
  /** Makes the file where there is none, so that a missing one means something. */
  begin(): Promise<Result<void, StoreProblem>>
  /** Which members and guilds were deleted after this moment; nothing where the file is missing or another store's. */
  after(
    moment: Date,
  ): Promise<{ are: 'known'; deleted: ReadonlySet<string> } | { are: 'missing' | 'foreign' }>
  /** As the lines call it. */
  hashOf(deleted: Deleted): string
}

interface Line {
  at: Date
  hash: string
}

export function openDeletions(file: string, keyedHash: KeyedHash): DeletionFile {
  const turns = new InTurn()
  const inTurn = <T>(work: () => Promise<T>) => turns.run('file', () => named(file, work))
  const heading = `usherr deletions 1 ${keyedHash('deletions', 'file')}`
  const hashOf = ({ guildId, memberId }: Deleted) =>
    memberId === undefined
      ? keyedHash('deleted guild', guildId)
      : keyedHash(`deleted of ${guildId}`, memberId)

  return {
    hashOf,
    async begin() {
      try {
        const isThere = isOurs(await textOf(file), heading)
        // Another database may have lain here before: its lines stay, and mean nothing to this one.
        if (!isThere) await append(file, heading, [heading])
        return ok(undefined)
      } catch (error) {
        return problem(describeError(error, file))
      }
    },
    note: (deleted, at) => inTurn(() => append(file, heading, [`${at.toISOString()} ${hashOf(deleted)}`])),

    prune: (before) =>
      inTurn(async () => {
        const rows = (await textOf(file))?.split('\n').filter((row) => row !== '') ?? []
        const kept = rows.filter((row) => row.startsWith('usherr ') || isAtLeast(lineOf(row)?.at, before))
        if (kept.length < rows.length) await replace(file, kept.map((row) => `${row}\n`).join(''))
      }),

    after: (moment) =>
      inTurn(async () => {
        const text = await textOf(file)
        if (text === undefined) return { are: 'missing' }
        if (!isOurs(text, heading)) return { are: 'foreign' }
        const later = text.split('\n').flatMap((row) => lineOf(row) ?? [])
        return {
          are: 'known',
          deleted: new Set(later.filter(({ at }) => at > moment).map(({ hash }) => hash)),
        }
      }),
  }
}

const isOurs = (text: string | undefined, heading: string) => text?.split('\n').includes(heading) ?? false
const isAtLeast = (at: Date | undefined, before: Date) => at !== undefined && at >= before

/** A crash may have cut the last line short: the next one begins on a line of its own. */
async function append(file: string, heading: string, lines: readonly string[]): Promise<void> {
  const handle = await open(file, 'a+', 0o600)
  try {
    const { size } = await handle.stat()
    const isNew = size === 0
    const last = isNew ? undefined : (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString()
    const begin = isNew && !lines.includes(heading) ? [heading] : isNew || last === '\n' ? [] : ['']
    await handle.appendFile([...begin, ...lines].map((line) => `${line}\n`).join(''))
    await handle.sync()
    if (isNew) await syncFolderOf(file)
  } finally {
    await handle.close()
  }
}

/** Half a line is nobody's. */
function lineOf(row: string): Line | undefined {
  const [, at = '', hash = ''] = /^(\d{4}-\S+Z) ([\w-]{22})$/u.exec(row) ?? []
  const moment = new Date(at)
  return Number.isNaN(moment.getTime()) ? undefined : { at: moment, hash }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function replace(file: string, text: string): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}`)
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolderOf(file)
}

async function named<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const why = errorCode(cause) ?? 'no reason given'
    throw new StoreUnavailable(`deletions: ${basename(file)} could not be read or written (${why})`, {
      cause,
    })
  }
}
