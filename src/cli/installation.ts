import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describeProblems, type Environment, loadStorage, readSetting } from '../config.ts'
import { silentLog } from '../lib/log.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import type { GuildConnections } from '../sharing/guild-connections.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import { newClientIdentifier } from '../storage/client-identifier.ts'
import { isStoreThere } from '../storage/is-there.ts'
import { openStore } from '../storage/open.ts'
import { nameOf } from '../storage/place.ts'
import { parseConnections } from '../storage/shapes.ts'
import { namedDatabase } from './database.ts'

/** What the store knows that signing in at Plex needs. */
export interface Installation {
  /** The name by which plex.tv knows the bot of this store: what signs in here has to be the same device. */
  clientIdentifier: string
  /** What Discord servers were connected with by `/setup`. */
  connections: readonly GuildConnections[]
}

/**
 * What will be read from the store, without making one: where there is none yet, `make` does so later, as the bot's
 * first start would, and with this identifier. That it can be made is looked at now. Problems are in words.
 */
export async function foreseeInstallation(
  environment: Environment,
): Promise<Result<Installation & { make(): Promise<Result<unknown, string>> }, string>> {
  const named = namedDatabase(environment)
  if (!named.ok) return named
  const { place } = named.value
  const there = await isStoreThere(place)
  if (!there.ok) return problem(`${there.problem.what}\n${there.problem.next}`)
  if (there.value) {
    const read = await readInstallation(environment)
    return read.ok ? ok({ ...read.value, make: async () => ok(undefined) }) : read
  }
  const given = readSetting('PLEX_CLIENT_IDENTIFIER', environment)
  if (!given.ok) return problem(describeProblems(given.problem))
  const folder = dirname(place.is === 'file' ? place.file : place.keyFile)
  const cannot = await whyNotWritable(folder)
  if (cannot !== undefined) {
    return problem(
      place.is === 'file'
        ? `The database cannot be made at ${nameOf(place)} (${cannot}).\nMake the folder writable for you, or give another place with STORAGE_URL.`
        : `Nothing can be written in ${folder} (${cannot}), where encryption.key and the file of deletions lie.\nMake the folder writable for you.`,
    )
  }
  const first = newClientIdentifier()
  return ok({
    clientIdentifier: given.value ?? first,
    connections: [],
    make: () => readInstallation(environment, first),
  })
}

/** The system's reason why nothing can be made in a folder, or in the one in which it would be made itself. */
async function whyNotWritable(folder: string): Promise<string | undefined> {
  try {
    const here = await stat(folder)
    if (!here.isDirectory()) return 'ENOTDIR'
    await access(folder, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const outer = dirname(folder)
    return code === 'ENOENT' && outer !== folder ? whyNotWritable(outer) : code
  }
}

/** Reads it, and makes the store where there is none yet, as the bot's first start does. The problem is in words. */
export async function readInstallation(
  environment: Environment,
  firstClientIdentifier?: string,
): Promise<Result<Installation, string>> {
  const storage = loadStorage(environment)
  if (!storage.ok) return problem(describeProblems(storage.problem))
  const given = readSetting('PLEX_CLIENT_IDENTIFIER', environment)
  if (!given.ok) return problem(describeProblems(given.problem))
  const { url, keys } = storage.value
  const store = await openStore({
    url: url.reveal(),
    keys,
    log: silentLog,
    ...(firstClientIdentifier === undefined ? {} : { firstClientIdentifier }),
  })
  if (!store.ok) return problem(`${store.problem.what}\n${store.problem.next}`)
  try {
    const connections = await store.value.collection('connections', parseConnections).list('')
    return ok({ clientIdentifier: given.value ?? store.value.clientIdentifier, connections })
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    return problem(`The store failed: ${error.message}.\nNothing is lost. Run this again when it is mended.`)
  } finally {
    await store.value.close()
  }
}

/** The tokens with which this installation already works. Ending one of them would end what works. */
export const tokensOf = ({ connections }: Installation): string[] =>
  connections.flatMap(({ accounts }) => accounts.map(({ token }) => token))
