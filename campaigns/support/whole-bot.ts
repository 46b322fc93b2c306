import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  discordWorld,
  type GuildDifferences,
  type PretendDiscord,
  startPretendDiscord,
} from '../../src/sandbox/discord/index.ts'
import { type PretendPlex, startPretendPlex } from '../../src/sandbox/plex/start.ts'
import { harborId, ownerToken, type PlexDifferences, plexWorld } from '../../src/sandbox/plex/world.ts'
import { type MainProcess, startMain } from '../../test/support/main-process.ts'
import type { Held } from './held.ts'
import type { Switch } from './switches.ts'
import type { TakenOut } from './taken-out.ts'

/** `src/main.ts` in a process of its own, with real sockets, the unmodified discord.js client and a real SQLite file. */
export interface WholeBot extends MainProcess {
  turn(asked: Switch): Promise<void>
  look(): Promise<Held>
  kill(signal: NodeJS.Signals): void
}

/** A pretend Discord and a pretend plex.tv, and the folder of a store, for one bot after another. */
export interface Surroundings {
  discord: PretendDiscord
  plex: PretendPlex
  folder: string
  storeFile: string
  storageUrl: string
  /** Starts one and resolves when it answers. */
  start(): Promise<WholeBot>
  /** Starts one that need not succeed; `uid`: as somebody else. */
  tryStart(uid?: number): MainProcess
  /** How often each address was given access, and how much was taken away, at plex.tv. */
  given(email: string): number
  close(): Promise<void>
}

export async function surroundings({
  remember,
  sweepsEveryMs,
  takenOut,
  storageUrl: givenUrl,
  plex: differences = {},
  guild = {},
}: {
  remember?: number
  sweepsEveryMs?: number
  takenOut?: TakenOut
  /** Instead of a SQLite file in the folder. */
  storageUrl?: string
  plex?: PlexDifferences
  guild?: Partial<GuildDifferences>
} = {}): Promise<Surroundings> {
  const plex = await startPretendPlex({
    world: plexWorld({ rules: { sharingLimit: 1_000_000 }, ...differences }),
  })
  const world = discordWorld({
    guilds: [
      {
        name: 'Cinema Club',
        owner: 'olive',
        roles: [{ name: 'Managers' }, { name: 'Friends' }],
        channels: [{ name: 'general' }],
        members: [
          { user: { username: 'olive' } },
          { user: { username: 'dora' }, roles: ['Managers'] },
          { user: { username: 'alice' }, roles: ['Friends'] },
        ],
        ...guild,
      },
    ],
  })
  const discord = await startPretendDiscord({ world, ...(remember === undefined ? {} : { remember }) })
  const folder = await mkdtemp(join(tmpdir(), 'usherr-whole-'))
  const storeFile = join(folder, 'usherr.sqlite')
  const storageUrl = givenUrl ?? `sqlite://${storeFile}`
  const env = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
    DISCORD_GUILD_IDS: discord.world.guilds.map(({ id }) => id).join(','),
    PLEX_TOKEN: ownerToken,
    PLEX_SERVER: harborId,
    PLEX_API_URL: plex.url,
    STORAGE_URL: storageUrl,
    ...(sweepsEveryMs === undefined ? {} : { SWEEPS_EVERY_MS: String(sweepsEveryMs) }),
    ...(takenOut === undefined ? {} : { TAKEN_OUT: takenOut }),
  }
  const alive = new Set<MainProcess>()
  const begin = (options: { preload?: URL; uid?: number }) => {
    const begun = startMain({ env, cwd: folder, ...options })
    alive.add(begun)
    begun.child.once('exit', () => alive.delete(begun))
    return begun
  }

  /** On a busy machine the store may not open within its two seconds: the bot says so, ends, and is started again. */
  async function answering(attempts = 3): Promise<MainProcess> {
    const main = begin({ preload: new URL('./switches.ts', import.meta.url) })
    try {
      await main.prints('Usherr answers')
      return main
    } catch (error) {
      if (attempts === 1 || !main.output().includes('no answer within')) throw error
      return answering(attempts - 1)
    }
  }

  return {
    discord,
    plex,
    folder,
    storeFile,
    storageUrl,
    async start() {
      const main = await answering()
      const ask = asking(main)
      return {
        ...main,
        turn: async (asked) => void (await ask(asked)),
        look: async () => {
          const held = await ask({ turn: 'look' })
          if (!held) throw new Error('it did not say what it holds')
          return held
        },
        kill: (signal) => void main.child.kill(signal),
      }
    },
    tryStart: (uid) => begin(uid === undefined ? {} : { uid }),
    given: (email) =>
      plex.ledger.filter((deed) => deed.did === 'share-created' && deed.details.invitedEmail === email)
        .length,
    async close() {
      for (const each of alive) each.child.kill('SIGKILL')
      await Promise.all([...alive].map((each) => each.ends()))
      await discord.close()
      await plex.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The roles that the commands below are used with. */
export async function bindManagers({ discord }: Surroundings): Promise<void> {
  for (const [role, level] of [
    ['Managers', 'manager'],
    ['Friends', 'member'],
  ] as const) {
    await (await discord.person('olive').slash('settings roles', { role: { role }, level })).answered()
  }
}

/** One question at a time has one answer, told apart by a number. Rejects where the process ends instead. */
function asking({ child }: MainProcess): (asked: Switch) => Promise<Held | undefined> {
  let last = 0
  return (asked) =>
    new Promise((resolve, reject) => {
      const number = ++last
      const over = () => {
        child.off('message', take)
        child.off('exit', ended)
      }
      const take = (message: unknown) => {
        // `switches.ts` at the other end sends this and nothing else.
        const said = message as { number: number; answer: Held | undefined }
        if (said.number !== number) return
        over()
        resolve(said.answer)
      }
      const ended = () => {
        over()
        reject(new Error('the bot ended'))
      }
      child.on('message', take)
      child.on('exit', ended)
      child.send({ number, asked })
    })
}
