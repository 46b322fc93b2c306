import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ok, problem, type Result } from '../lib/result.ts'
import { Secret } from '../lib/secret.ts'
import { keyBytes } from './cipher.ts'
import { syncFolderOf } from './on-disk.ts'
import { errorCode, type StoreProblem } from './store-problem.ts'

export type MasterKeys = readonly [Secret, ...Secret[]]

/**
 * Master keys from text: base64 of 32 bytes each, separated by commas or lines. The first seals, all open.
 * `undefined` where any of them is not that; the text itself is never repeated.
 */
export function parseKeys(text: string): MasterKeys | undefined {
  const parts = text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const [first, ...rest] = parts
  if (first === undefined || !parts.every(isKey)) return undefined
  return [new Secret(first), ...rest.map((part) => new Secret(part))]
}

const isKey = (part: string) =>
  /^[A-Za-z0-9+/]{43}=$/.test(part) && Buffer.from(part, 'base64').length === keyBytes

/**
 * The keys in this file, which is made (0600, one new key) where it is missing. With rows in the database it is not:
 * a new key could not open them, and the old one may only be mislaid.
 */
export async function keysFromFile(
  file: string,
  databaseHasRows: () => Promise<boolean>,
): Promise<Result<MasterKeys, StoreProblem>> {
  const found = await readKeys(file)
  if (found) return found
  if (await databaseHasRows()) {
    // Another process may have made both since.
    const foundNow = await readKeys(file)
    if (foundNow) return foundNow
    return problem(keyMissing(file))
  }
  try {
    await makeKeyFile(file)
  } catch (error) {
    return problem(unusable(file, errorCode(error) ?? 'no reason given'))
  }
  return (await readKeys(file)) ?? problem(unusable(file, 'it vanished'))
}

export const keyMissing = (file: string): StoreProblem => ({
  kind: 'keyMissing',
  what: `The database has rows, but their key is missing: there is no ${file} and no ENCRYPTION_KEY.`,
  next: `Put the key file back from a backup, or give the key as ENCRYPTION_KEY. If the key is lost for good, move the database away; the bot then begins empty.`,
})

export async function readKeys(file: string): Promise<Result<MasterKeys, StoreProblem> | undefined> {
  try {
    const keys = parseKeys(await readFile(file, 'utf8'))
    return keys ? ok(keys) : problem(unusable(file, 'it does not hold base64 of 32 bytes'))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    return problem(unusable(file, errorCode(error) ?? 'no reason given'))
  }
}

export const newKey = () => new Secret(randomBytes(keyBytes).toString('base64'))

/** Puts these keys in the place of those in the file, in one step: after a crash it holds the ones or the others. */
export async function replaceKeys(file: string, keys: MasterKeys): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeKeys(draft, keys)
  await rename(draft, file)
  await syncFolderOf(file)
}

/** Keeps keys under another name. */
export async function keepKeys(file: string, keys: MasterKeys): Promise<void> {
  await rm(file, { force: true })
  await writeKeys(file, keys)
  await syncFolderOf(file)
}

/** Complete and on the disk before it has its name; of two processes at the same moment one wins, both read the same. */
async function makeKeyFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeKeys(draft, [newKey()])
    await link(draft, file)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolderOf(file)
}

async function writeKeys(file: string, keys: MasterKeys): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(keys.map((key) => `${key.reveal()}\n`).join(''))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function unusable(file: string, why: string): StoreProblem {
  return {
    kind: 'badKey',
    what: `The key file ${file} cannot be used (${why}).`,
    next: 'Make it readable and writable for the user who runs the bot, or put it back from a backup. Do not make a new one while the database has rows.',
  }
}
