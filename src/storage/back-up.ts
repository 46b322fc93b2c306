import { randomBytes } from 'node:crypto'
import { link, mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { PassCrashPoint } from '../lib/crash-point.ts'
import { silentLog } from '../lib/log.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import type { MasterKeys } from './keys.ts'
import { backedUpKey, backedUpMark } from './marks.ts'
import { syncFile, syncFolderOf } from './on-disk.ts'
import { type FileStore, openFileStore } from './open.ts'
import type { FilePlace } from './place.ts'
import { describeError, errorCode, type StoreProblem } from './store-problem.ts'
import { type Survey, survey } from './survey.ts'

export interface BackUp {
  store: FileStore
  keys: MasterKeys
  /** Where the copy shall lie; nothing is ever written over. */
  to: string
  now: Date
  crashPoint?: PassCrashPoint | undefined
}

/**
 * A copy of the store as of one moment, while others write. It has its name only once it is complete, on the disk, and
 * every row in it was opened; until then it is a draft beside it, which goes where anything fails.
 */
export async function backUp({
  store,
  keys,
  to,
  now,
  crashPoint,
}: BackUp): Promise<Result<Survey, StoreProblem>> {
  const draft = `${to}.${process.pid}-${randomBytes(4).toString('hex')}.part`
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await store.database.copyTo(draft)
    crashPoint?.('after a backup is copied, before it is checked')
    const found = await stampedAndChecked(draft, keys, now)
    if (!found.ok) return problem(await ofTheCopy(found.problem, draft, to))
    await syncFile(draft)
    crashPoint?.('after a backup is checked, before it has its name')
    await giveName(draft, to)
    await syncFolderOf(to)
    return found
  } catch (error) {
    const cause = (error instanceof StoreUnavailable && error.cause) || error
    const code = errorCode(cause)
    if (code === undefined && !(error instanceof StoreUnavailable)) throw error
    // A folder that is a file says the same of itself.
    const isTaken = code === 'EEXIST' && (await isThere(to))
    return problem(isTaken ? taken(to) : await ofTheCopy(describeError(cause, draft), draft, to))
  } finally {
    // What hindered the copy may hinder this too; it is not what is to be told.
    for (const more of ['', '-wal', '-shm', '-journal']) {
      await rm(`${draft}${more}`, { force: true }).catch(() => {})
    }
  }
}

/** It needs no key file: the keys are given. */
export const draftAt = (file: string): FilePlace => ({
  is: 'file',
  file,
  keyFile: `${file}.key`,
  deletionsFile: `${file}.forgotten`,
})

/** Opened as the bot would open it, so that what a restore needs has been tried. */
async function stampedAndChecked(
  draft: string,
  keys: MasterKeys,
  now: Date,
): Promise<Result<Survey, StoreProblem>> {
  const copy = await openFileStore(draftAt(draft), { keys, log: silentLog })
  if (!copy.ok) return copy
  try {
    await backedUpMark(copy.value).update(backedUpKey, () => ({ at: now }))
    const isSound = await copy.value.database.isSound()
    const found = await survey(copy.value)
    return isSound && found.unreadable.size === 0 ? ok(found) : problem(unsound(found))
  } finally {
    await copy.value.close()
  }
}

/** Unlike a renaming, a link never takes the place of a file that is there; some network drives know no links. */
async function giveName(draft: string, to: string): Promise<void> {
  try {
    await link(draft, to)
    return
  } catch (error) {
    if (!knowsNoLinks.has(errorCode(error) ?? '')) throw error
  }
  const handle = await open(to, 'wx', 0o600)
  await handle.close()
  await rename(draft, to)
}
const knowsNoLinks = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

export function unsound({ unreadable }: Survey): StoreProblem {
  const where = [...unreadable].map(([what, rows]) => `${what}: ${rows}`).join('; ')
  return {
    kind: 'damaged',
    what: `Some rows cannot be read${where === '' ? '' : ` (${where})`}, so this is no backup to rely on.`,
    next: 'Look with npm run keys -- check. An older backup may be whole.',
  }
}

function taken(to: string): StoreProblem {
  return {
    kind: 'cannotOpen',
    what: `${to} is there already, and a backup is never written over.`,
    next: 'Give another name, or leave the name out.',
  }
}

/** The words for a store that fails are about the store; here it is the copy that could not be made or opened. */
async function ofTheCopy(why: StoreProblem, draft: string, to: string): Promise<StoreProblem> {
  const what = why.what.replaceAll(draft, to)
  switch (why.kind === 'cannotOpen' && (await isFull(to)) ? 'full' : why.kind) {
    case 'full':
      return {
        kind: 'full',
        what: `The disk of ${to} is full.`,
        next: 'Make room, or name a file on another disk.',
      }
    case 'readOnly':
      return {
        ...why,
        what,
        next: 'Give the user who runs this write access to that folder, or name another file.',
      }
    case 'locked':
      return {
        ...why,
        what: 'Another program holds the database locked.',
        next: 'Close whatever has it open for itself alone (a database browser, a restore), then run this again.',
      }
    case 'cannotOpen':
      return { ...why, what, next: 'Check the name of the file, and who may write in its folder.' }
    default:
      return { ...why, what }
  }
}

const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )

/** SQLite does not always say that it lacks room, only that writing failed. */
async function isFull(to: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(dirname(to))
    return bavail * bsize < 1 << 20
  } catch {
    return false
  }
}
