import { existsSync } from 'node:fs'
import { describeProblems, type Environment, loadStorage } from '../config.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import { type MasterKeys, readKeys } from '../storage/keys.ts'
import { sqliteFile } from '../storage/open.ts'

export interface Database {
  url: string
  file: string
  /** Those of ENCRYPTION_KEY, where it is set. */
  given: MasterKeys | undefined
}

/** The database that the settings name; opening one that is not there would make a new one. */
export function presentDatabase(environment: Environment): Result<Database, string> {
  const storage = loadStorage(environment)
  if (!storage.ok) return problem(describeProblems(storage.problem))
  const url = storage.value.url.reveal()
  const file = sqliteFile(url)
  if (!file.ok) return problem(`${file.problem.what}\n${file.problem.next}`)
  return existsSync(file.value)
    ? ok({ url, file: file.value, given: storage.value.keys })
    : problem(`There is no database at ${file.value}.\nCheck STORAGE_URL, or start the bot once.`)
}

/** The keys of the file beside a database, for who has no others; `next` is what to do where there is none. */
export async function keysIn(
  keyFile: string,
  next = 'Put the key back first.',
): Promise<Result<MasterKeys, string>> {
  const found = await readKeys(keyFile)
  if (!found) return problem(`There is no ${keyFile} and no ENCRYPTION_KEY. ${next}`)
  return found.ok ? found : problem(`${found.problem.what}\n${found.problem.next}`)
}
