import { stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Config, ConfigProblem } from '../../config.ts'
import { ok, problem, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { GuildConnections } from '../../sharing/guild-connections.ts'
import type { GuildSettings } from '../../sharing/guild-settings.ts'
import { StoreUnavailable } from '../../sharing/ports.ts'
import { keyMissing, type MasterKeys, readKeys } from '../../storage/keys.ts'
import { type DatabaseLook, lookAt, type StoreLook } from '../../storage/look.ts'
import { placeOf, type StorePlace } from '../../storage/place.ts'
import { parseCommands, parseConnections, parseSettings } from '../../storage/shapes.ts'
import type { StoreProblem } from '../../storage/store-problem.ts'
import { because, type Reading, unknown } from './check.ts'
import { once } from './once.ts'

/** The store as it lies there. `undefined` always means: not yet, the first start makes it. */
export interface StoreReadings {
  /** Where the database is, or shall be. */
  place: Reading<StorePlace>
  freeBytes(): Promise<number>
  database(): Promise<Reading<Result<DatabaseLook | undefined, StoreProblem>>>
  keys(): Promise<Reading<Keys>>
  /** The database with its keys, or what keeps it from opening. */
  opening(): Promise<Reading<Result<StoreLook | undefined, StoreProblem>>>
  /** The same for those whose affair that is not. */
  opened(): Promise<Reading<StoreLook | undefined>>
  settings(): Promise<Reading<readonly GuildSettings[]>>
  connections(): Promise<Reading<readonly GuildConnections[]>>
  /** The name by which plex.tv knows this installation. */
  clientIdentifier(): Promise<Reading<string | undefined>>
  /** Whether a bot has told Discord its commands and remembers it. */
  hasRegistered(): Promise<Reading<boolean>>
  /** The guilds of which something is stored. */
  guildIds(): Promise<Reading<ReadonlySet<string>>>
  close(): Promise<void>
}

export type Keys =
  | { from: 'environment'; keys: MasterKeys }
  | { from: 'file'; path: string; mode: number; keys: Result<MasterKeys, StoreProblem> }
  | { from: 'nowhere'; path: string }

export function storeReadings(
  storage: Result<Config['storage'], readonly ConfigProblem[]>,
  folder: string,
  onSecret: (secret: Secret) => void,
  freeBytes: (folder: string) => Promise<number> = freeBytesOf,
): StoreReadings {
  const named = storage.ok ? placeOf(storage.value.url.reveal()) : storage
  // A database that this version cannot use is a matter of STORAGE_URL.
  const place: Reading<StorePlace> = named.ok
    ? ok(seenFrom(folder, named.value))
    : problem(because('configuration'))

  let openLook: DatabaseLook | undefined
  const database = once(async (): Promise<Reading<Result<DatabaseLook | undefined, StoreProblem>>> => {
    if (!place.ok) return place
    const looked = await answered(() => lookAt(place.value))
    if (looked.ok && looked.value.ok) openLook = looked.value.value
    return looked
  })
  const keys = once(async (): Promise<Reading<Keys>> => {
    if (!storage.ok || !place.ok) return problem(because('configuration'))
    const given = storage.value.keys
    if (given) return ok({ from: 'environment', keys: given })
    const beside = await keysIn(place.value.keyFile)
    if (beside.from === 'file' && beside.keys.ok) for (const key of beside.keys.value) onSecret(key)
    return ok(beside)
  })
  async function open(): Promise<Reading<Result<StoreLook | undefined, StoreProblem>>> {
    const [there, key] = await Promise.all([database(), keys()])
    if (!there.ok) return there
    if (!key.ok) return key
    if (!there.value.ok) return ok(there.value)
    const look = there.value.value
    if (!look) return ok(ok(undefined))
    const usable = usableOf(key.value)
    if (!usable.ok) return ok(usable)
    if (usable.value) return ok(await look.openWith(usable.value))
    const rows = await look.hasRows()
    if (!rows.ok) return ok(rows)
    if (rows.value && key.value.from === 'nowhere') return ok(problem(keyMissing(key.value.path)))
    return ok(ok(undefined))
  }
  const opening = once(async () => {
    const store = await answered(open)
    return store.ok ? store.value : store
  })
  const opened = once(async (): Promise<Reading<StoreLook | undefined>> => {
    const store = await opening()
    if (!store.ok) return problem(store.problem.because ? store.problem : because('store'))
    return store.value.ok ? store.value : problem(because(isOfKey(store.value.problem) ? 'key' : 'store'))
  })

  /** What is read from the rows, or `none` where there are none yet. */
  const read = <T>(none: T, look: (store: StoreLook) => Promise<T>) =>
    once(async (): Promise<Reading<T>> => {
      const store = await opened()
      if (!store.ok) return store
      if (!store.value) return ok(none)
      const rows = store.value
      const looked = await answered(() => look(rows))
      return looked.ok ? looked : problem(because('store'))
    })

  return {
    place,
    // How much room a server has is not for its users to see.
    freeBytes: async () =>
      place.ok && place.value.is === 'file' ? freeBytes(dirname(place.value.file)) : Number.NaN,
    database,
    keys,
    opening,
    opened,
    settings: read<readonly GuildSettings[]>([], (store) =>
      store.documents('settings', parseSettings).list(''),
    ),
    connections: read<readonly GuildConnections[]>([], (store) =>
      store.documents('connections', parseConnections).list(''),
    ),
    clientIdentifier: read<string | undefined>(undefined, (store) =>
      store.documents('meta', String).get('client-identifier'),
    ),
    hasRegistered: read(
      false,
      async (store) => (await store.documents('commands', parseCommands).get('registered')) !== undefined,
    ),
    guildIds: read<ReadonlySet<string>>(
      new Set(),
      async (store) => new Set((await store.rowKeys()).flatMap(({ key }) => guildIn.exec(key)?.[1] ?? [])),
    ),
    async close() {
      // One that has not answered so far is not waited for.
      await openLook?.close().catch(() => {})
    },
  }
}

/** What came of asking the store, or that it did not answer. */
export async function answered<T>(ask: () => Promise<T>): Promise<Reading<T>> {
  try {
    return ok(await ask())
  } catch (error) {
    if (error instanceof StoreUnavailable)
      return problem(unknown(`the store gave no answer (${error.message})`))
    throw error
  }
}

/** `<guild>`, `<guild>:…`, and a link's `member:<guild>:…`: in every key the guild comes first. */
const guildIn = /^(?:[a-z]+:)?(\d{15,20})(?::|$)/u

/** What is wrong with a key and not with the database. */
export const isOfKey = ({ kind }: StoreProblem) =>
  kind === 'keyMissing' || kind === 'badKey' || kind === 'wrongKey'

function usableOf(keys: Keys): Result<MasterKeys | undefined, StoreProblem> {
  if (keys.from === 'environment') return ok(keys.keys)
  return keys.from === 'file' ? keys.keys : ok(undefined)
}

/** Settings name files below the folder that Usherr runs in. */
function seenFrom(folder: string, place: StorePlace): StorePlace {
  const from = (file: string) => resolve(folder, file)
  const seen = { keyFile: from(place.keyFile), deletionsFile: from(place.deletionsFile) }
  return place.is === 'file' ? { ...place, ...seen, file: from(place.file) } : { ...place, ...seen }
}

async function keysIn(path: string): Promise<Keys> {
  const keys = await readKeys(path)
  if (!keys) return { from: 'nowhere', path }
  const about = await stat(path).catch(() => undefined)
  return { from: 'file', path, mode: (about?.mode ?? 0o600) & 0o777, keys }
}

/** Of the folder, or of the nearest one above it that is there: the rest is made at the first start. */
async function freeBytesOf(folder: string): Promise<number> {
  for (let above = folder; ; above = dirname(above)) {
    const disk = await statfs(above).catch(() => undefined)
    if (disk) return disk.bavail * disk.bsize
    if (above === dirname(above)) return Number.NaN
  }
}
