import { describeProblems, type Environment, loadStorage, readSetting } from '../config.ts'
import { silentLog } from '../lib/log.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import type { GuildConnections } from '../sharing/guild-connections.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import { openStore } from '../storage/open.ts'
import { parseConnections } from '../storage/shapes.ts'

/** What the store knows that signing in at Plex needs. */
export interface Installation {
  /** The name by which plex.tv knows the bot of this store: what signs in here has to be the same device. */
  clientIdentifier: string
  /** What Discord servers were connected with by `/setup`. */
  connections: readonly GuildConnections[]
}

/** Reads it, and makes the store where there is none yet, as the bot's first start does. The problem is in words. */
export async function readInstallation(environment: Environment): Promise<Result<Installation, string>> {
  const storage = loadStorage(environment)
  if (!storage.ok) return problem(describeProblems(storage.problem))
  const given = readSetting('PLEX_CLIENT_IDENTIFIER', environment)
  if (!given.ok) return problem(describeProblems(given.problem))
  const { url, keys } = storage.value
  const store = await openStore({ url: url.reveal(), keys, log: silentLog })
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
