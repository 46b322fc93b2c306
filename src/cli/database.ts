import { describeProblems, type Environment, loadStorage } from '../config.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import { isStoreThere } from '../storage/is-there.ts'
import { type MasterKeys, readKeys } from '../storage/keys.ts'
import { type FilePlace, fileAt, nameOf, placeOf, type StorePlace } from '../storage/place.ts'
import type { StoreProblem } from '../storage/store-problem.ts'

export interface Database<P extends StorePlace = StorePlace> {
  url: string
  place: P
  /** Those of ENCRYPTION_KEY, where it is set. */
  given: MasterKeys | undefined
}

/** The database that the settings name; opening one that is not there would make a new one. */
export async function presentDatabase(environment: Environment): Promise<Result<Database, string>> {
  const named = namedDatabase(environment)
  return named.ok ? present(named.value) : named
}

/** The same for who works on a file, and what to do in his place where it is none. */
export async function presentFile(
  environment: Environment,
  tool: 'backup',
): Promise<Result<Database<FilePlace>, string>> {
  const named = namedDatabase(environment)
  if (!named.ok) return named
  const place = fileAt(named.value.place, tool)
  if (!place.ok) return problem(inWords(place.problem))
  return present({ ...named.value, place: place.value })
}

async function present<P extends StorePlace>(named: Database<P>): Promise<Result<Database<P>, string>> {
  const there = await isStoreThere(named.place)
  if (!there.ok) return problem(inWords(there.problem))
  return there.value
    ? ok(named)
    : problem(`There is no database at ${nameOf(named.place)}.\nCheck STORAGE_URL, or start the bot once.`)
}

export function namedDatabase(environment: Environment): Result<Database, string> {
  const storage = loadStorage(environment)
  if (!storage.ok) return problem(describeProblems(storage.problem))
  const url = storage.value.url.reveal()
  const place = placeOf(url)
  return place.ok
    ? ok({ url, place: place.value, given: storage.value.keys })
    : problem(inWords(place.problem))
}

const inWords = ({ what, next }: StoreProblem) => `${what}\n${next}`

/** The keys of the file beside a database, for who has no others; `next` is what to do where there is none. */
export async function keysIn(
  keyFile: string,
  next = 'Put the key back first.',
): Promise<Result<MasterKeys, string>> {
  const found = await readKeys(keyFile)
  if (!found) return problem(`There is no ${keyFile} and no ENCRYPTION_KEY. ${next}`)
  return found.ok ? found : problem(inWords(found.problem))
}
