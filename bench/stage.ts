import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  discordWorld,
  type PretendDiscord,
  type PretendPerson,
  startPretendDiscord,
} from '../src/sandbox/discord/index.ts'
import { crowdedWorld } from '../src/sandbox/plex/crowded-world.ts'
import { type PretendPlex, startPretendPlex } from '../src/sandbox/plex/start.ts'
import type { MeasuredProcess } from './processes/measured-process.ts'
import { startBot } from './processes/programs.ts'

/** The pretend services, in this process, and a folder for the bot's store. */
export interface Services {
  discord: PretendDiscord
  plex: PretendPlex
  storeFile: string
  close(): Promise<void>
}

/** The bot in a process of its own, with everything read once, and a manager who may use it. */
export interface Stage extends Services {
  bot: MeasuredProcess
  dora: PretendPerson
  /** Two minutes later: nothing that is kept is fresh any more. */
  growOld(): Promise<void>
}

export async function startServices({ people }: { people: number }): Promise<Services> {
  const plex = await startPretendPlex({ world: crowdedWorld({ people, libraries: 20, pending: 5 }) })
  const discord = await startPretendDiscord({
    world: discordWorld({
      guilds: [
        {
          name: 'Cinema Club',
          owner: 'olive',
          roles: [{ name: 'Managers' }],
          members: [{ user: { username: 'olive' } }, { user: { username: 'dora' }, roles: ['Managers'] }],
        },
      ],
    }),
  })
  const folder = await mkdtemp(join(tmpdir(), 'usherr-bench-'))
  return {
    discord,
    plex,
    storeFile: join(folder, 'usherr.sqlite'),
    async close() {
      await discord.close()
      await plex.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** `before` may let something go wrong at plex.tv before the bot has ever asked it. */
export async function startStage({
  people,
  before = () => {},
}: {
  people: number
  before?: (plex: PretendPlex) => void
}): Promise<Stage> {
  const services = await startServices({ people })
  const { discord, plex, storeFile } = services
  before(plex)
  const bot = await startBot({ discord, plexUrl: plex.url, storeFile })
  const [olive, dora] = [discord.person('olive'), discord.person('dora')]
  await (await olive.slash('settings roles', { role: { role: 'Managers' }, level: 'manager' })).answered()
  await warmUp(dora, plex)
  return {
    ...services,
    bot,
    dora,
    growOld: () => bot.pass(2 * 60_000),
    async close() {
      await bot.stop()
      await services.close()
      for (const { rule, says } of discord.problems) console.error(`Discord would object: ${rule}: ${says}`)
    },
  }
}

/** Everything is read, and code that is used often has been compiled: what is measured is not the first time. */
async function warmUp(dora: PretendPerson, plex: PretendPlex): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await (await dora.slash('libraries')).answered()
    await (await dora.slash('users')).answered()
    await (
      await dora.slash('invite', { email: `early${round}@example.com`, libraries: 'Library 1' })
    ).answered()
    await dora.autocomplete('revoke', { who: 'person' }, 'who')
  }
  await plex.settled()
}
