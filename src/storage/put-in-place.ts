import { link, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { PassCrashPoint } from '../lib/crash-point.ts'
import { syncFolderOf } from './on-disk.ts'
import { errorCode } from './store-problem.ts'

/**
 * A complete database takes the place of another one by one renaming: at every moment the name stands for the one or
 * the other. The present one is kept under another name, its log beside it where it could not be emptied: a log that
 * is left behind would be taken for the new one's. Linked and not copied: whoever reads a file and closes it loses
 * SQLite's locks on it. @see https://sqlite.org/howtocorrupt.html
 */
export async function putInPlace(
  complete: string,
  file: string,
  { isThere, keptAs }: { isThere: boolean; keptAs: string },
  crashPoint?: PassCrashPoint,
): Promise<void> {
  crashPoint?.('before the present database is kept')
  if (isThere) await link(file, keptAs)
  for (const more of ['-wal', '-shm', '-journal']) await renameIfThere(`${file}${more}`, `${keptAs}${more}`)
  await syncFolderOf(file)
  crashPoint?.('after the present database is kept, before the backup takes its place')
  if (isThere) await rename(complete, file)
  else {
    // Whoever has made a database there meanwhile keeps it: a link takes nobody's place.
    await link(complete, file)
    await rm(complete)
  }
  await syncFolderOf(file)
  crashPoint?.('after the backup took its place')
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/** A run that was killed between the two steps has left a second name of the present file, which is no copy of it. */
export async function removeSecondNames(file: string, keptNamesBegin: string): Promise<void> {
  const { ino, dev } = await stat(file)
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(basename(keptNamesBegin))) continue
    const other = join(dirname(file), name)
    const found = await stat(other)
    if (found.ino === ino && found.dev === dev) await rm(other)
  }
}
