import { createHash, randomBytes } from 'node:crypto'
import {
  Client,
  Events,
  GatewayDispatchEvents,
  GatewayIntentBits,
  Options,
  type REST,
  RESTEvents,
  Routes,
} from 'discord.js'
import { type GuildId, id, type MemberId, type RoleId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { Greeter, GuildFacts, Members } from '../sharing/ports.ts'
import { type Command, registrationOf } from './define.ts'
import { createGreeter } from './greeting.ts'
import { guildFacts } from './guild-facts.ts'
import { type Invocation, managesServer, readInteraction } from './interaction.ts'

export interface GatewayOptions {
  token: string
  /** Discord's REST base without the version; the gateway's address follows from it. */
  apiUrl: string
  log: Log
  /** Discord ended the connection for good: the token was reset, an intent taken away. Only a new start helps. */
  onLost?: (code: number) => void
  /** The bot came into a guild, or went. */
  onGuilds?: () => void
}

export interface Gateway {
  rest: REST
  members: Members
  guildFacts: GuildFacts
  greeter: Greeter
  /** Logs in and resolves once Discord has told of all guilds. Rejects where the token or an intent is refused. */
  start(onInvocation: (invocation: Invocation) => void): Promise<void>
  /** Tells Discord the commands, if they are others than it was told last. Returns what to remember of them. */
  register(commands: readonly Command[], rememberedAs: string | undefined): Promise<string>
  /** Of the bot itself; empty before it is let in. */
  applicationId(): string
  /** The guilds that the bot is a member of, those among them that Discord cannot reach just now included. */
  guildIds(): GuildId[]
  isReady(): boolean
  stop(): Promise<void>
}

/**
 * discord.js stops here. Only the Guilds intent is asked for: no member list, no messages. Interactions are taken as
 * Discord sends them, so that what they hold is parsed once, by us.
 */
export function createGateway({ token, apiUrl, log, onLost, onGuilds }: GatewayOptions): Gateway {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    makeCache: Options.cacheWithLimits({ ...Options.DefaultMakeCacheSettings, MessageManager: 0 }),
    rest: { api: apiUrl, handlerSweepInterval: 60_000 },
  })
  // A throw in one of discord.js' own listeners would end the process.
  client.on(Events.Error, (error) => log.error({ error }, 'the Discord connection had a problem'))
  client.on(Events.Warn, (message) => log.warn({}, `discord.js warns: ${message}`))
  let isStopping = false
  client.on(Events.ShardDisconnect, ({ code }) => {
    if (isStopping) return
    log.error({ discordCode: code }, 'Discord closed the connection for good')
    onLost?.(code)
  })
  client.on(Events.GuildCreate, () => onGuilds?.())
  client.on(Events.GuildDelete, () => onGuilds?.())
  client.on(Events.ShardResume, () => log.info({}, 'the Discord connection is back'))
  // After a single 401 discord.js forgets the token for good, while the gateway stays up and seems well.
  client.rest.on(RESTEvents.Response, ({ path }, { status }) => {
    if (status !== 401) return
    log.error({ httpStatus: status, route: path }, 'Discord did not accept the token for one request')
    setImmediate(() => client.rest.setToken(token))
  })

  return {
    rest: client.rest,
    members: createMembers(client),
    guildFacts: guildFacts(client),
    greeter: createGreeter(client, log, () => randomBytes(12).toString('base64url')),
    applicationId: () => client.application?.id ?? '',

    async start(onInvocation) {
      takeInteractions(client, (payload) => {
        const invocation = readInteraction(payload)
        if (!invocation) return log.warn({}, 'an interaction of an unknown shape was not answered')
        // A guild that has only the commands, and not the bot, is none of ours.
        const { actor } = invocation
        const isMember = !actor || client.guilds.cache.has(actor.guildId)
        onInvocation(isMember ? invocation : { ...invocation, actor: undefined })
      })
      const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()))
      await client.login(token)
      await ready
      log.info({ count: client.guilds.cache.size }, 'Connected to Discord; so many guilds')
    },

    async register(commands, rememberedAs) {
      const body = commands.map(registrationOf)
      const fingerprint = createHash('sha256').update(JSON.stringify(body)).digest('base64url')
      if (fingerprint === rememberedAs) return fingerprint
      await client.rest.put(Routes.applicationCommands(client.application?.id ?? ''), { body })
      log.info({ count: body.length }, 'The commands are registered')
      return fingerprint
    },

    guildIds: () => client.guilds.cache.map((guild) => id<GuildId>(guild.id)),
    isReady: () => client.isReady(),
    async stop() {
      isStopping = true
      await client.destroy()
    },
  }
}

/**
 * Takes the interactions out of what discord.js is about to handle. It would make an object of its own of each, which
 * nobody here uses, and throws where a field is missing that it takes for granted: that would end the process.
 */
function takeInteractions(client: Client, take: (payload: unknown) => void): void {
  // Comes first, with the very packet that is handled next.
  client.on(Events.Raw, (packet: { t?: unknown; d?: unknown }) => {
    if (packet.t !== GatewayDispatchEvents.InteractionCreate) return
    const payload = packet.d
    packet.t = 'INTERACTION_TAKEN'
    packet.d = null
    take(payload)
  })
}

/** Somebody's roles at this moment: asked of Discord itself, for a cache without the members intent grows old. */
function createMembers(client: Client): Members {
  return {
    async actor(guildId, memberId) {
      const guild = client.guilds.cache.get(guildId)
      if (!guild) return undefined
      try {
        const member = await guild.members.fetch({ user: memberId, force: true })
        return {
          guildId,
          memberId: id<MemberId>(member.id),
          roleIds: member.roles.cache.map((role) => id<RoleId>(role.id)),
          managesServer: managesServer(member.permissions.bitfield),
        }
      } catch (error) {
        if (isUnknownMember(error)) return undefined
        throw error
      }
    },
    async profile(guildId, memberId) {
      const member = await client.guilds.cache.get(guildId)?.members.fetch({ user: memberId, force: true })
      if (!member) return undefined
      return {
        memberId,
        ...(member.joinedAt ? { joinedAt: member.joinedAt } : {}),
        roleIds: member.roles.cache.filter((role) => role.id !== guildId).map((role) => id<RoleId>(role.id)),
      }
    },
  }
}

/** Discord's 10007 and 10013. @see https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
function isUnknownMember(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 10_007 || code === 10_013
}
