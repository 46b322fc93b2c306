import type { Environment } from '../config.ts'
import { silentLog } from '../lib/log.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import { keyIdOf } from '../storage/cipher.ts'
import { readKeyUsage } from '../storage/key-usage.ts'
import { keepKeys, type MasterKeys, newKey, readKeys, replaceKeys } from '../storage/keys.ts'
import { openStore, type Store } from '../storage/open.ts'
import { rotateKeys } from '../storage/rotate.ts'
import { keysIn, presentDatabase } from './database.ts'

type Print = (line: string) => void

const usage = `npm run keys -- <what>

  list     which keys there are, and how many rows are sealed with each
  check    opens every row once and says whether all can be read
  rotate   seals every row with a new key; stop the bot first

Keys are shown by their ids, never themselves. All settings: docs/configuration.md`

/** Returns the exit code: 0 where everything is as it should be. */
export async function runKeys(
  [what, ...more]: readonly string[],
  environment: Environment,
  print: Print,
): Promise<number> {
  if ((what !== 'list' && what !== 'check' && what !== 'rotate') || more.length > 0) {
    print(usage)
    return what === undefined || what === 'help' ? 0 : 2
  }
  const database = await presentDatabase(environment)
  if (!database.ok) return refuse(print, database.problem)
  const { url, given } = database.value
  const place: Place = { url, keyFile: database.value.place.keyFile }
  try {
    if (what === 'list') return await list(place, given, print)
    if (what === 'check') return await check(place, given, print)
    return given ? await rotateGiven(place, given, print) : await rotateFile(place, print)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    return refuse(
      print,
      `The store failed: ${error.message}.\nNothing is lost. Run this again when it is mended.`,
    )
  }
}

interface Place {
  url: string
  keyFile: string
}

async function list(place: Place, given: MasterKeys | undefined, print: Print): Promise<number> {
  return withStore(place, given, print, async (store) => {
    const { rowsOf } = await readKeyUsage(store)
    const ids = await idsOf(place, given)
    print(given ? 'The keys come from ENCRYPTION_KEY.' : `The keys come from ${place.keyFile}.`)
    for (const id of new Set([...ids, ...rowsOf.keys()])) {
      const role = id === ids[0] ? 'seals and opens' : ids.includes(id) ? 'only opens' : 'NOT AT HAND'
      print(`  ${id}  ${role}  ${rowsOf.get(id) ?? 0} rows`)
    }
    return 0
  })
}

async function check(place: Place, given: MasterKeys | undefined, print: Print): Promise<number> {
  return withStore(place, given, print, async (store) => {
    const { rowsOf, unreadable } = await readKeyUsage(store)
    const total = [...rowsOf.values()].reduce((sum, rows) => sum + rows, 0)
    if (unreadable.size === 0) {
      print(`All ${total} rows can be read; the key fits.`)
      return 0
    }
    print('Some rows cannot be read:')
    for (const [where, rows] of unreadable) print(`  ${where}: ${rows}`)
    print(
      'Something else changed the database, or a key is missing. Put a backup in its place, or the key back.',
    )
    return 1
  })
}

/** Keys from the environment are the owner's to change; what is there decides what happens. */
async function rotateGiven(place: Place, given: MasterKeys, print: Print): Promise<number> {
  if (given.length < 2) {
    return refuse(
      print,
      [
        'ENCRYPTION_KEY holds one key, so there is none to change to. Nothing was changed.',
        '1. Make a key: openssl rand -base64 32',
        '2. Put it before the present one: ENCRYPTION_KEY=new,old',
        '3. Run this again.',
      ].join('\n'),
    )
  }
  return withStore(place, given, print, async (store) => {
    const code = await rotate(store, print)
    if (code !== 0) return code
    print('Now take every key but the first out of ENCRYPTION_KEY, and keep a copy of the first.')
    return 0
  })
}

/**
 * The file first holds the new key and the old one, so that a stop at any moment leaves a database that opens; only
 * when every row is under the new key is the old one put aside.
 */
async function rotateFile({ url, keyFile }: Place, print: Print): Promise<number> {
  const present = await keysIn(keyFile)
  if (!present.ok) return refuse(print, present.problem)
  const isUnfinished = present.value.length > 1
  if (isUnfinished) print('An earlier rotation did not finish; going on with it.')
  else {
    // A key that does not fit is found before another one is put beside it.
    const fits = await withStore({ url, keyFile }, present.value, print, async () => 0)
    if (fits !== 0) return fits
  }
  const keys: MasterKeys = isUnfinished ? present.value : [newKey(), ...present.value]
  if (!isUnfinished) await replaceKeys(keyFile, keys)
  const rotated = await withStore({ url, keyFile }, keys, print, (store) => rotate(store, print))
  if (rotated !== 0) return rotated
  const [first, ...old] = keys
  const alone = await withStore({ url, keyFile }, [first], print, async () => 0)
  if (alone !== 0) return alone
  for (const key of old) await keepKeys(`${keyFile}.${keyIdOf(key)}`, [key])
  await replaceKeys(keyFile, [first])
  print(`${keyFile} now holds the new key ${keyIdOf(first)}. Back it up, not beside the database's backups.`)
  for (const key of old) {
    print(`The old key is kept as ${keyFile}.${keyIdOf(key)}: older backups need it. Move it away from here.`)
  }
  return 0
}

async function rotate(store: Store, print: Print): Promise<number> {
  // On a server a bot that runs is seen, and none can start meanwhile.
  const alone = await store.holdAlone()
  if (!alone.ok) return refuse(print, `${alone.problem.what}\n${alone.problem.next}`)
  print('The bot must not run meanwhile: it would go on writing with the old key.')
  print(
    `Sealing every row with key ${store.cipher.currentKeyId}. It may be stopped at any moment and run again.`,
  )
  const { resealed, already } = await rotateKeys(store)
  print(`Done: ${resealed} rows sealed anew, ${already} were already.`)
  return 0
}

async function withStore(
  { url }: Place,
  keys: MasterKeys | undefined,
  print: Print,
  work: (store: Store) => Promise<number>,
): Promise<number> {
  const opened = await openStore({ url, keys, log: silentLog })
  if (!opened.ok) return refuse(print, `${opened.problem.what}\n${opened.problem.next}`)
  try {
    return await work(opened.value)
  } finally {
    await opened.value.close()
  }
}

async function idsOf({ keyFile }: Place, given: MasterKeys | undefined): Promise<readonly string[]> {
  if (given) return given.map(keyIdOf)
  const present = await readKeys(keyFile)
  return present?.ok ? present.value.map(keyIdOf) : []
}

function refuse(print: Print, text: string): number {
  print(text)
  return 1
}
