import { constants } from 'node:fs'
import { copyFile, mkdtemp, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { problem, type Result } from '../lib/result.ts'
import type { PeerProblem } from './peer.ts'

/** What SQLite keeps beside a database: the newest rows may be in the one, and how to take back half a step in the other. */
const besides = ['', '-wal', '-journal'] as const
const mostAttempts = 5

/**
 * Copies a SQLite file, with what lies beside it, into a private folder, and gives the copy to `work`. Opening the file
 * itself would not do even for reading alone: SQLite makes a `-shm` beside it, or rolls a half step back in it. A copy
 * during which something was written counts for nothing. The copy is deleted afterwards.
 */
export async function withQuietCopy<T>(
  file: string,
  work: (copy: string) => Promise<Result<T, PeerProblem>>,
  { afterCopy }: { afterCopy?: (() => Promise<void>) | undefined } = {},
): Promise<Result<T, PeerProblem>> {
  let folder: string | undefined
  try {
    folder = await mkdtemp(join(tmpdir(), 'usherr-import-'))
    // What lies beside it lies beside the file that a link leads to.
    const real = await realpath(file)
    const copy = join(folder, basename(real))
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const before = await stateOf(real)
      for (const beside of besides) await copyOne(`${real}${beside}`, `${copy}${beside}`)
      await afterCopy?.()
      if (before === (await stateOf(real))) return await work(copy)
    }
    return problem({
      kind: 'beingWritten',
      what: `${file} is being written all the time.`,
      next: 'Stop the other program, or make a copy of its folder, and run this again.',
    })
  } catch (error) {
    return problem(fileProblem(error, file))
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}

async function copyOne(from: string, to: string): Promise<void> {
  await rm(to, { force: true })
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL)
  } catch (error) {
    if (!isMissing(error) || !from.match(/-(?:wal|journal)$/u)) throw error
  }
}

/** The sizes and times of the files: another text where one of them was written. */
async function stateOf(file: string): Promise<string> {
  const states = besides.map(async (beside) => {
    try {
      const { ino, size, mtimeNs } = await stat(`${file}${beside}`, { bigint: true })
      return `${ino} ${size} ${mtimeNs}`
    } catch (error) {
      if (isMissing(error) && beside !== '') return 'none'
      throw error
    }
  })
  return (await Promise.all(states)).join(', ')
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : 'no reason given'
const isMissing = (error: unknown) => codeOf(error) === 'ENOENT'

/** What the file system says of a file that should be read. */
export function fileProblem(error: unknown, file: string): PeerProblem {
  const code = codeOf(error)
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        kind: 'missing',
        what: `There is no file ${file}.`,
        next: 'Check the path. In a container the file has to be mounted: the page says how.',
      }
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EROFS':
      return {
        kind: 'noRoom',
        what: `There is no room for a private copy of ${file} in ${tmpdir()} (${code}).`,
        next: 'Make room there, or name another folder for it in TMPDIR, and run this again.',
      }
    case 'EISDIR':
      return { kind: 'notReadable', what: `${file} is a folder.`, next: 'Name the file in it.' }
    case 'EBUSY':
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return {
        kind: 'locked',
        what: `Another program holds ${file} locked (${code}).`,
        next: 'Stop the other program, or make a copy of its folder, and run this again.',
      }
    default:
      return {
        kind: 'notReadable',
        what: `${file} cannot be read (${code}).`,
        next: 'Make it readable for the user who runs this, or make a copy that is.',
      }
  }
}
