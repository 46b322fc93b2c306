import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runSetup } from '../../../src/cli/setup/run-setup.ts'
import {
  type PretendDiscord,
  startPretendDiscord,
  type WorldDifferences,
} from '../../../src/sandbox/discord/index.ts'
import { discordWorld } from '../../../src/sandbox/discord/world.ts'
import { type PretendPlex, startPretendPlex } from '../../../src/sandbox/plex/start.ts'
import { type PlexDifferences, plexWorld } from '../../../src/sandbox/plex/world.ts'
import { type FakeClock, fakeClock } from '../../plex/support/fake-clock.ts'
import { temporaryFolder } from '../../storage/temporary-store.ts'
import { type Scripted, type Step, scriptedAsker } from './scripted-asker.ts'

/** Both services over real sockets, and a folder in which the bot is to be set up. */
export interface Ground {
  discord: PretendDiscord
  plex: PretendPlex
  folder: string
  clock: FakeClock
  /** What is set outside of `.env`. */
  environment: Record<string, string>
  setUp(script: readonly Step[], options?: { environment?: Record<string, string> }): Promise<SetUp>
  writes(env: string): Promise<void>
  env(): Promise<string | undefined>
  mode(): Promise<number>
}

export interface SetUp {
  code: number
  /** All that the person read, without what differs from run to run. */
  read: string
  transcript: readonly string[]
}

export async function groundForSetup(
  differences: { discord?: WorldDifferences; plex?: PlexDifferences } = {},
): Promise<Ground> {
  const clock = fakeClock()
  const discord = await startPretendDiscord({ world: discordWorld(differences.discord) })
  const plex = await startPretendPlex({ world: plexWorld(differences.plex), now: clock.now })
  const folder = await temporaryFolder()
  onTestFinished(async () => {
    await discord.close()
    await plex.close()
  })
  const environment = {
    DISCORD_API_URL: discord.url,
    PLEX_API_URL: plex.url,
    STORAGE_URL: `sqlite://${join(folder, 'data', 'usherr.sqlite')}`,
  }
  const file = join(folder, '.env')
  return {
    discord,
    plex,
    folder,
    clock,
    environment,
    async setUp(script, options = {}) {
      const scripted = scriptedAsker(script)
      const code = await runSetup({
        environment: { ...environment, ...options.environment },
        folder,
        asker: scripted.asker,
        say: scripted.say,
        clock,
        stopped: new AbortController().signal,
      })
      if (!scripted.isOver()) throw new Error(`not everything was asked:\n${scripted.transcript.join('\n')}`)
      return { code, read: steady(scripted, folder), transcript: scripted.transcript }
    },
    writes: (env) => writeFile(file, env),
    env: () => readFile(file, 'utf8').catch(() => undefined),
    mode: async () => (await stat(file)).mode & 0o777,
  }
}

const steady = ({ transcript }: Scripted, folder: string) =>
  transcript
    .join('\n')
    .replaceAll(folder, '(folder)')
    .replace(/(?<=clientID=)[^&\s]+/gu, '(this installation)')
