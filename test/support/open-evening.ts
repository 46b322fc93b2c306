import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { createLogger, type LogGuards } from '../../src/ops/logger.ts'
import {
  discordWorld,
  type GuildDifferences,
  type InteractionHandle,
  type Message,
  type OptionValues,
  type PretendDiscord,
  startPretendDiscord,
} from '../../src/sandbox/discord/index.ts'
import { type PretendPlex, startPretendPlex } from '../../src/sandbox/plex/start.ts'
import { harborId, ownerToken, type PlexDifferences, plexWorld } from '../../src/sandbox/plex/world.ts'
import { type ShiftedClock, shiftedClock } from './shifted-clock.ts'
import { timeless } from './timeless.ts'

/** The whole bot on one evening: the unmodified discord.js client, real sockets, a real SQLite file. */
export interface Evening {
  discord: PretendDiscord
  plex: PretendPlex
  app: App
  clock: ShiftedClock
  /** Every line that the bot logged. */
  logged: string[]
  storeFile: string
  /** What somebody does with a command, and what he reads then. */
  asks(who: string, words: string, options?: OptionValues): Promise<Said>
  /** What somebody reads after pressing a button of a message. */
  presses(who: string, message: Message, label: string): Promise<Said>
  selects(who: string, message: Message, placeholder: string, values: string | string[]): Promise<Said>
  /** The process dies and another one starts, with the same store. */
  restart(): Promise<void>
  /** Stops the bot and both servers, and deletes the store. */
  end(): Promise<void>
}

/** What a person reads, with the message it stands in. */
export interface Said {
  text: string
  message: Message
  handle: InteractionHandle
}

export interface Differences {
  plex?: PlexDifferences
  guild?: Partial<GuildDifferences>
  env?: Record<string, string>
  /** Only the bot's token is set: no Plex server is connected. */
  bare?: boolean
  /** No roles are bound. */
  fresh?: boolean
  /** Discord's own description, against which every request is held too. */
  openApi?: string
  /** What is taken out of the log. */
  logGuards?: LogGuards
}

/** olive owns the guild; dora is manager, ivo may invite, rob may see people; alice and bob are members, mallory is nobody. */
const guild: GuildDifferences = {
  name: 'Cinema Club',
  owner: 'olive',
  roles: [{ name: 'Managers' }, { name: 'Inviters' }, { name: 'Reviewers' }, { name: 'Friends' }],
  channels: [{ name: 'general' }],
  members: [
    { user: { username: 'olive' } },
    { user: { username: 'dora' }, roles: ['Managers'] },
    { user: { username: 'ivo' }, roles: ['Inviters'] },
    { user: { username: 'rob' }, roles: ['Reviewers'] },
    { user: { username: 'alice' }, roles: ['Friends'] },
    { user: { username: 'bob' }, roles: ['Friends'] },
    { user: { username: 'mallory' } },
  ],
}

/** Begins an evening outside a test; whoever begins it ends it. */
export async function openEvening(differences: Differences = {}): Promise<Evening> {
  const plex = await startPretendPlex({ world: plexWorld(differences.plex) })
  const clock = shiftedClock()
  const world = discordWorld({ guilds: [{ ...guild, ...differences.guild }] })
  const discord = await startPretendDiscord({
    world,
    ...(differences.openApi ? { openApi: differences.openApi } : {}),
  })
  const folder = await mkdtemp(join(tmpdir(), 'usherr-evening-'))
  const storeFile = join(folder, 'usherr.sqlite')
  const logged: string[] = []

  const env = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
    DISCORD_GUILD_IDS: discord.world.guilds.map((each) => each.id).join(','),
    PLEX_TOKEN: ownerToken,
    PLEX_SERVER: harborId,
    PLEX_API_URL: plex.url,
    STORAGE_URL: `sqlite://${storeFile}`,
    LOG_LEVEL: 'debug',
    ...(differences.bare ? { PLEX_TOKEN: '', PLEX_SERVER: '', DISCORD_GUILD_IDS: '' } : {}),
    ...differences.env,
  }
  async function open(): Promise<App> {
    const config = loadConfig(env)
    if (!config.ok) throw new Error(JSON.stringify(config.problem))
    const log = createLogger({
      level: config.value.log.level,
      write: (line) => logged.push(line),
      guards: differences.logGuards ?? {},
    })
    const app = await createApp(config.value, log, { clock })
    if (!app.ok) throw new Error(app.problem.what)
    await app.value.start()
    return app.value
  }
  const closeServers = async () => {
    await discord.close()
    await plex.close()
    await rm(folder, { recursive: true, force: true })
  }
  let app: App
  try {
    app = await open()
  } catch (error) {
    await closeServers()
    throw error
  }

  const said = async (handle: InteractionHandle): Promise<Said> => {
    const message = await handle.answered()
    return { text: timeless(discord.textOf(message)), message, handle }
  }
  const self: Evening = {
    discord,
    plex,
    clock,
    logged,
    storeFile,
    get app() {
      return app
    },
    asks: async (who, words, options) => said(await discord.person(who).slash(words, options)),
    presses: async (who, message, label) => said(await discord.person(who).press(message, label)),
    selects: async (who, message, placeholder, values) =>
      said(await discord.person(who).select(message, placeholder, values)),
    async restart() {
      await app.stop()
      app = await open()
    },
    async end() {
      await app.stop()
      await closeServers()
    },
  }
  if (!differences.fresh && !differences.bare) await bindRoles(self)
  return self
}

async function bindRoles({ asks }: Evening): Promise<void> {
  const levels = { Managers: 'manager', Inviters: 'inviter', Reviewers: 'reviewer', Friends: 'member' }
  for (const [role, level] of Object.entries(levels)) {
    await asks('olive', 'settings roles', { role: { role }, level })
  }
}

/** What was really done at plex.tv, shortly. */
export const deeds = ({ plex }: Pick<Evening, 'plex'>) => plex.ledger.map(({ did }) => did)
