import { stat } from 'node:fs/promises'
import { ok, problem, type Result } from '../lib/result.ts'
import { type Documents, StoreUnavailable } from '../sharing/ports.ts'
import { canaryGone, canaryKey, judgeCanary } from './canary.ts'
import { createCipher } from './cipher.ts'
import { createCollection } from './collection.ts'
import { withinDeadline } from './deadline.ts'
import { type KeyUsage, readKeyUsage } from './key-usage.ts'
import type { MasterKeys } from './keys.ts'
import { type FilePlace, nameOf, type StorePlace } from './place.ts'
import type { RowsLook } from './rows-look.ts'
import type { Parse } from './sealed-rows.ts'
import { openSqliteLook } from './sqlite/look.ts'
import { describeError, errorCode, type StoreProblem } from './store-problem.ts'

/**
 * A database as it is, beside a bot that may be running with it. `openStore` makes what a first start needs and mends
 * what it can; here no file, no table, no mode and no row is made or changed.
 */
export interface DatabaseLook {
  /** As the file system has it, such as 0o600; of a server there is none. */
  mode: number | undefined
  /** Takes the lock for writing and lets it go again. */
  tryLock(): Promise<Result<void, StoreProblem>>
  /** Opens the rows with these keys, or says why they do not fit. `undefined`: no row was ever written. */
  openWith(keys: MasterKeys): Promise<Result<StoreLook | undefined, StoreProblem>>
  hasRows(): Promise<Result<boolean, StoreProblem>>
  close(): Promise<void>
}

/** The rows themselves. Its methods throw `StoreUnavailable` where a row cannot be read. */
export interface StoreLook {
  /** The documents of one kind; none where that kind was never used. */
  documents<T>(name: string, parse: Parse<T>): Pick<Documents<T>, 'get' | 'list'>
  /** Opens every row once. */
  keyUsage(): Promise<KeyUsage>
  /** Every row's key, by kind. Keys hold ids and hashes, never a name or an address. */
  rowKeys(): Promise<readonly { namespace: string; key: string }[]>
}

/**
 * What SQLite or the file system says against it is returned. A disk that does not answer at all says nothing: that
 * throws `StoreUnavailable`, here and in every method, after 2 seconds.
 * @returns `undefined` where there is no database yet, or a file in which nothing was ever written
 */
export async function lookAt(place: StorePlace): Promise<Result<DatabaseLook | undefined, StoreProblem>> {
  const name = nameOf(place)
  try {
    const mode = place.is === 'file' ? await modeOf(place) : undefined
    if (mode === 'empty') return ok(undefined)
    const look = await openInTime(place)
    return ok(look && lookOf(look, name, mode))
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? ok(undefined) : problem(problemOf(error, name))
  }
}

async function modeOf({ file }: FilePlace): Promise<number | 'empty'> {
  const about = await withinDeadline('look', () => stat(file))
  return about.size === 0 ? 'empty' : about.mode & 0o777
}

function lookOf(
  { database, assertWritable }: RowsLook,
  name: string,
  mode: number | undefined,
): DatabaseLook {
  const inTime = async <T>(work: () => Promise<Result<T, StoreProblem>>) => {
    try {
      return await withinDeadline('look', work)
    } catch (error) {
      return problem(problemOf(error, name))
    }
  }
  async function hasRows(): Promise<boolean> {
    for (const namespace of await database.namespaces()) {
      if ((await database.rows(namespace).after('', 1)).length > 0) return true
    }
    return false
  }

  return {
    mode,
    hasRows: () => inTime(async () => ok(await hasRows())),
    close: () => withinDeadline('close', () => database.close()),
    tryLock: () => inTime(async () => ok(await assertWritable())),

    openWith: (keys) =>
      inTime(async () => {
        if (!(await hasRows())) return ok(undefined)
        const cipher = createCipher(keys)
        const canary = await database.rows('meta').get(canaryKey)
        if (canary === undefined) return problem(canaryGone)
        const fits = judgeCanary(canary, cipher)
        if (!fits.ok) return fits
        return ok<StoreLook>({
          documents: (name, parse) => createCollection({ name, parse, rows: database.rows(name), cipher }),
          keyUsage: () => readKeyUsage({ database, cipher }),
          async rowKeys() {
            const found = []
            for (const namespace of await database.namespaces()) {
              for (const { key } of await database.rows(namespace).range('')) found.push({ namespace, key })
            }
            return found
          },
        })
      }),
  }
}

/** A server's client has to be loaded first, and keeps to time-outs of its own. */
const serverDeadlineMs = 10_000

/** A database that answers late is closed when it does. */
async function openInTime(place: StorePlace): Promise<RowsLook | undefined> {
  const opening = open(place)
  try {
    return await withinDeadline('look', () => opening, place.is === 'file' ? undefined : serverDeadlineMs)
  } catch (error) {
    void opening.then((look) => look?.database.close()).catch(() => {})
    throw error
  }
}

async function open(place: StorePlace): Promise<RowsLook | undefined> {
  switch (place.is) {
    case 'file':
      return openSqliteLook(place.file)
    case 'postgres':
      return (await import('./postgres/look.ts')).openPostgresLook(place.url)
    case 'redis':
      return (await import('./redis/look.ts')).openRedisLook(place.url)
    default:
      return place satisfies never
  }
}

function problemOf(error: unknown, name: string): StoreProblem {
  if (error instanceof StoreUnavailable && error.cause === undefined) throw error
  return describeError(error instanceof StoreUnavailable ? error.cause : error, name)
}
