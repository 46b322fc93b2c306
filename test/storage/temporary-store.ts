import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { silentLog } from '../../src/lib/log.ts'
import type { Result } from '../../src/lib/result.ts'
import type { MasterKeys } from '../../src/storage/keys.ts'
import { type FileStore, openFileStore } from '../../src/storage/open.ts'
import { type FilePlace, fileAt, placeOf } from '../../src/storage/place.ts'
import type { StoreProblem } from '../../src/storage/store-problem.ts'

/** A folder of its own for this test, gone afterwards. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'usherr-store-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export async function temporaryFile(): Promise<string> {
  return join(await temporaryFolder(), 'usherr.sqlite')
}

/** Opens a real SQLite file and closes it after the test. */
export async function storeIn(file: string, keys?: MasterKeys): Promise<FileStore> {
  const opened = await tryStoreIn(file, keys)
  if (!opened.ok) throw new Error(`${opened.problem.kind}: ${opened.problem.what}`)
  return opened.value
}

/** As `STORAGE_URL` would name it. */
export function placeIn(file: string): FilePlace {
  const place = placeOf(`sqlite://${file}`)
  const at = place.ok ? fileAt(place.value, 'backup') : place
  if (!at.ok) throw new Error(at.problem.what)
  return at.value
}

export async function tryStoreIn(file: string, keys?: MasterKeys): Promise<Result<FileStore, StoreProblem>> {
  const opened = await openFileStore(placeIn(file), { keys, log: silentLog })
  if (opened.ok) onTestFinished(() => opened.value.close())
  return opened
}

export { keys, newKey } from './keys-of-text.ts'

export interface Note {
  text: string
}

/** What a collection's schema does, by hand. */
export function parseNote(json: unknown): Note {
  if (typeof json !== 'object' || json === null || !('text' in json)) throw new TypeError('no note')
  if (typeof json.text !== 'string') throw new TypeError('no note')
  return { text: json.text }
}

export function parseCount(json: unknown): number {
  if (typeof json !== 'number') throw new TypeError('no number')
  return json
}
