import type { PassCrashPoint } from '../lib/crash-point.ts'
import { InTurn } from '../lib/in-turn.ts'
import type { Log } from '../lib/log.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import type { Restored } from '../sharing/observation.ts'
import { type Documents, type Links, StoreUnavailable } from '../sharing/ports.ts'
import { checkCanary } from './canary.ts'
import { type Cipher, createCipher } from './cipher.ts'
import { newClientIdentifier, openClientIdentifier } from './client-identifier.ts'
import { createCollection } from './collection.ts'
import { withinDeadline } from './deadline.ts'
import { type DeletionFile, openDeletions } from './deletions.ts'
import { type KeyedHash, openIndexKey } from './index-key.ts'
import { keysFromFile, type MasterKeys } from './keys.ts'
import { createLinks, linksNamespace } from './links.ts'
import { restoredKey, restoredMark } from './marks.ts'
import { openServer } from './open-server.ts'
import { type OtherWriters, openOtherWriters } from './other-writers.ts'
import { type FilePlace, placeOf, type StorePlace } from './place.ts'
import type { Database, FileDatabase, ServerDatabase } from './rows.ts'
import type { Parse } from './sealed-rows.ts'
import { openSqlite } from './sqlite/open.ts'
import { describeError, type StoreProblem } from './store-problem.ts'

/** Everything that outlives the process. Its methods throw `StoreUnavailable`, within about 2 seconds. */
export interface Store {
  /** Documents of one kind; `name` is 1 to 30 lower-case letters. The same name gives the same rows. */
  collection<T>(name: string, parse: Parse<T>): Documents<T>
  readonly links: Links
  readonly keyedHash: KeyedHash
  /** Made once for this store. */
  readonly clientIdentifier: string
  /** The restore that this store came from; nothing where it grew without one. */
  readonly restored: Restored | undefined
  /** Deletions for privacy, noted outside of the database. */
  readonly deletions: DeletionFile
  readonly otherWriters: OtherWriters
  /** Returns if the store answers and its key still fits. */
  check(): Promise<void>
  /** After a deletion for privacy: no trace of what was removed is left in the database's own files. */
  forget(): Promise<void>
  /** For the bot: says where another one works on the same rows already. Two on one file are not noticed. */
  holdAlone(): Promise<Result<void, StoreProblem>>
  close(): Promise<void>
  /** For those who work on the rows themselves: `rotateKeys`, backup and restore. */
  readonly database: Database
  readonly cipher: Cipher
}

export interface FileStore extends Store {
  readonly database: FileDatabase
}

export interface StoreOptions {
  /** `sqlite://data/usherr.sqlite` (below the working folder) or `sqlite:///var/lib/usherr.sqlite`; or a server's. */
  url: string
  /** `undefined`: those in `encryption.key` beside the database, which is made at the first start. */
  keys: MasterKeys | undefined
  log: Log
  /** What plex.tv knows the installation by already, where the store is made after somebody signed in for it. */
  firstClientIdentifier?: string
  crashPoint?: PassCrashPoint
}

/** Opens the store, makes what a first start needs, and refuses with a next step where anything is amiss. */
export async function openStore(options: StoreOptions): Promise<Result<Store, StoreProblem>> {
  const place = placeOf(options.url)
  if (!place.ok) return place
  const at = place.value
  return at.is === 'file'
    ? openFileStore(at, options)
    : openAt(at, () => openServer(at, options.log), options)
}

/** The same for those who need that it is a file. */
export function openFileStore(
  place: FilePlace,
  options: Omit<StoreOptions, 'url'>,
): Promise<Result<FileStore, StoreProblem>> {
  return openAt(place, () => openSqlite(place.file), options)
}

async function openAt<D extends Database>(
  place: StorePlace,
  open: () => Promise<D>,
  options: Omit<StoreOptions, 'url'>,
): Promise<Result<Store & { database: D }, StoreProblem>> {
  let database: D | undefined
  try {
    database = await openInTime(open)
    const opened = await openWithKeys(database, place, options)
    if (!opened.ok) {
      await database.close()
      return opened
    }
    options.log.info({ keyId: opened.value.cipher.currentKeyId }, 'The store is open')
    return opened
  } catch (error) {
    await database?.close().catch(() => {})
    const cause = (error instanceof StoreUnavailable && error.cause) || error
    return problem(describeError(cause, place.is === 'file' ? place.file : 'The store'))
  }
}

async function openWithKeys<D extends Database & Partial<Pick<ServerDatabase, 'holdAlone'>>>(
  database: D,
  { keyFile, deletionsFile }: StorePlace,
  {
    keys: given,
    firstClientIdentifier = newClientIdentifier(),
    crashPoint,
  }: Pick<StoreOptions, 'keys' | 'firstClientIdentifier' | 'crashPoint'>,
): Promise<Result<Store & { database: D }, StoreProblem>> {
  const hasRows = () => databaseHasRows(database)
  const keys = given ? ok(given) : await keysFromFile(keyFile, hasRows)
  if (!keys.ok) return keys

  const cipher = createCipher(keys.value)
  const metaRows = database.rows('meta')
  const canary = await checkCanary(metaRows, cipher, hasRows)
  if (!canary.ok) return canary

  const meta = createCollection({ name: 'meta', parse: parseText, rows: metaRows, cipher })
  const keyedHash = await openIndexKey(meta)
  const clientIdentifier = await openClientIdentifier(meta, firstClientIdentifier)
  const restored = await restoredMark({ database, cipher }).get(restoredKey)
  const otherWriters = await openOtherWriters(meta)
  const turnsOf = new Map<string, InTurn>()

  return ok({
    collection(name, parse) {
      if (name === 'meta' || name === linksNamespace) throw new RangeError(`"${name}" is the store's own`)
      const turns = turnsOf.get(name) ?? new InTurn()
      turnsOf.set(name, turns)
      return createCollection({ name, parse, rows: database.rows(name), cipher, turns, crashPoint })
    },
    links: createLinks({ rows: database.rows(linksNamespace), cipher, keyedHash }),
    keyedHash,
    clientIdentifier,
    restored,
    deletions: openDeletions(deletionsFile, keyedHash),
    otherWriters,
    check: async () => {
      await withinDeadline('check', () => database.assertInPlace())
      if ((await meta.get('client-identifier')) === undefined)
        throw new StoreUnavailable('the store was emptied')
    },
    forget: () => withinDeadline('forget', () => database.scrub()),
    holdAlone: async () => (database.holdAlone ? database.holdAlone() : ok(undefined)),
    close: () => withinDeadline('close', () => database.close()),
    database,
    cipher,
  })
}

/** Nobody waits for an answer while the store is opened, and a slow disk is no reason to refuse to start. */
const openDeadlineMs = 10_000

/** A database that answers late is closed when it does. */
async function openInTime<D extends Database>(open: () => Promise<D>): Promise<D> {
  const opening = open()
  try {
    return await withinDeadline('open', () => opening, openDeadlineMs)
  } catch (error) {
    void opening.then((database) => database.close()).catch(() => {})
    throw error
  }
}

async function databaseHasRows(database: Database): Promise<boolean> {
  for (const namespace of await database.namespaces()) {
    if ((await database.rows(namespace).after('', 1)).length > 0) return true
  }
  return false
}

function parseText(json: unknown): string {
  if (typeof json !== 'string' || json === '') throw new TypeError('not a text')
  return json
}
