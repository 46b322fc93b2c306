import {
  type Config,
  type ConfigProblem,
  type Environment,
  loadConfig,
  loadDiscord,
  loadPlex,
  loadStorage,
} from '../../config.ts'
import { userAgent } from '../../discord/look.ts'
import { gatewayIntents } from '../../discord/requirements.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { ok, problem, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import { hostsOf } from '../../plex/http.ts'
import { product } from '../../plex/identity.ts'
import { secretsIn } from '../../storage/place.ts'
import { because, type Reading } from './check.ts'
import { type DiscordReadings, discordReadings } from './discord-readings.ts'
import { type Knocked, knock } from './knock.ts'
import { once } from './once.ts'
import { type PlexReadings, plexReadings } from './plex-readings.ts'
import { type StoreReadings, storeReadings } from './store-readings.ts'

/** What the checks look at. Each thing is read once, when the first check wants it, and nothing is changed. */
export interface Examination {
  environment: Environment
  /** The folder that Usherr runs in, where `.env` lies. */
  folder: string
  clock: Clock
  config: Result<Config, readonly ConfigProblem[]>
  /** The privileged intents are those of these that Discord has to grant. */
  intents: typeof gatewayIntents
  /** How long a check may take. */
  checkWithinMs: number
  store: StoreReadings
  discord: DiscordReadings
  plex: PlexReadings
  knocks: {
    discord(): Promise<Reading<Knocked>>
    /** Each of plex.tv's hosts that the bot speaks to. */
    plex(): Promise<Reading<readonly Knocked[]>>
  }
  /** Everything that must not be printed, as far as it was read. */
  secrets: ReadonlySet<string>
  close(): Promise<void>
}

export interface ExaminationOptions {
  environment: Environment
  folder: string
  clock?: Clock
  intents?: typeof gatewayIntents
  /** How much room there is on the disk of a folder, in bytes. */
  freeBytes?: (folder: string) => Promise<number>
  /** How long one question to Discord or plex.tv may take. */
  answerWithinMs?: number
  checkWithinMs?: number
}

/** What each of plex.tv's hosts is known to serve: for other paths it may show a page. */
const plexDoors = ['/api/v2/ping', '/api/v2/resources']

/** Of the store's address the password is one; a file is none. */
const secretVariables = ['DISCORD_TOKEN', 'PLEX_TOKEN', 'ENCRYPTION_KEY']

export function examinationOf(options: ExaminationOptions): Examination {
  const { environment, folder, clock = systemClock, answerWithinMs = 4_000 } = options
  const discord = loadDiscord(environment)
  const plex = loadPlex(environment)
  const storage = loadStorage(environment)
  // As they were given too: what cannot be used is in no list.
  const secrets = new Set(secretVariables.flatMap((name) => environment[name] ?? []))
  const onSecret = (secret: Secret) => secrets.add(secret.reveal())
  if (discord.ok) onSecret(discord.value.token)
  if (storage.ok) {
    for (const key of storage.value.keys ?? []) onSecret(key)
    for (const secret of secretsIn(storage.value.url.reveal())) onSecret(secret)
  }
  const store = storeReadings(storage, folder, onSecret, options.freeBytes)
  const knocks: Examination['knocks'] = {
    discord: once(async () =>
      discord.ok
        ? ok(await knock(`${discord.value.apiUrl}/v10/gateway`, userAgent, clock, answerWithinMs))
        : problem(because('configuration')),
    ),
    plex: once(async () => {
      if (!plex.ok) return problem(because('configuration'))
      const doors = hostsOf(plex.value.apiUrl).map((host, index) => `${host}${plexDoors[index]}`)
      return ok(await Promise.all(doors.map((door) => knock(door, product, clock, answerWithinMs))))
    }),
  }
  const plexRead = plexReadings({ plex, store, knocks, clock, onSecret, answerWithinMs })

  return {
    environment,
    folder,
    clock,
    config: loadConfig(environment),
    intents: options.intents ?? gatewayIntents,
    checkWithinMs: options.checkWithinMs ?? 5_000,
    store,
    discord: discordReadings(discord, answerWithinMs),
    plex: plexRead,
    knocks,
    secrets,
    async close() {
      plexRead.close()
      await store.close()
    },
  }
}
