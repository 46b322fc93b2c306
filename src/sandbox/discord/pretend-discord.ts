import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Cannot } from './cannot.ts'
import { FaultPlan, type Faults } from './faults.ts'
import { startGateway } from './gateway.ts'
import type { Modal } from './interaction.ts'
import type { JsonObject } from './json.ts'
import type { Message } from './message.ts'
import { type OpenApi, readOpenApi } from './openapi.ts'
import { type PretendPerson, personOf } from './person.ts'
import { remove } from './posting.ts'
import { restListener } from './rest.ts'
import type { Pings } from './rules/mentions.ts'
import { type RegisteredCommand, type RequestEntry, type RuleBreak, State } from './state.ts'
import { type Names, textOf, textOfModal } from './text-of.ts'
import * as happens from './what-happens.ts'
import {
  type DiscordWorld,
  discordWorld,
  type GuildDifferences,
  type WorldGuild,
  type WorldUser,
} from './world.ts'

export interface PretendDiscordOptions {
  world?: DiscordWorld
  /** For the 3 s, the 15 minutes, message times and ids. The 3 s also run on the real clock. */
  now?: () => Date
  /** 3,000 unless told: shorter for a test of a bot that stays silent. */
  acknowledgeWithinMs?: number
  /** Path of Discord's own OpenAPI description; every request is then held against it too. */
  openApi?: string
  /** How many of the latest requests, interactions and messages are remembered at least; all unless told. For long runs. */
  remember?: number
}

/** A Discord on 127.0.0.1, for the unmodified discord.js client. People are named by user name, guilds by name or id. */
export interface PretendDiscord {
  /** For `DISCORD_API_URL` and `rest.api`: the base without `/v10`. */
  readonly url: string
  readonly token: string
  readonly world: DiscordWorld
  /** Every request of the bot that broke a rule. A test ends by looking that there is none. */
  readonly problems: RuleBreak[]
  readonly requests: RequestEntry[]
  /** Every message that would have rung for somebody. */
  readonly pings: readonly { message: Message; pings: Pings }[]
  readonly faults: Faults
  commands(guild?: string): RegisteredCommand[]
  /** A client has identified and got its guilds. */
  ready(): Promise<void>
  person(username: string): PretendPerson
  dmsOf(username: string): Message[]
  /** The messages of a channel, by name or id, that everybody there sees. */
  messagesIn(channel: string, guild?: string): Message[]
  /** Every message as it stands, ephemeral ones and DMs too, in order. */
  allMessages(): Message[]
  /** Resolves with the first message that `fits`, which may be there already. */
  messageWhere(fits: (message: Message) => boolean, timeoutMs?: number): Promise<Message>
  /** Resolves when `look` gives something; looked at after every change in the pretend Discord. */
  until<T>(look: () => T | undefined, what: string, timeoutMs?: number): Promise<T>
  textOf(message: Message): string
  textOfModal(modal: Modal): string

  addGuild(guild: GuildDifferences): WorldGuild
  removeGuild(guild: string): void
  guildUnavailable(guild: string): void
  joinGuild(username: string, options?: { guild?: string; roles?: readonly string[] }): void
  leaveGuild(username: string, guild?: string): void
  banMember(username: string, guild?: string): void
  /** Role names or ids; they replace those he had. */
  setRoles(username: string, roles: readonly string[], guild?: string): void
  deleteRole(role: string, guild?: string): void
  deleteChannel(channel: string, guild?: string): void
  deleteMessage(message: Message): void
  /** DMs to this person answer 50007 from now on. Blocking the bot looks the same to it. */
  closeDms(username: string): void
  blockBot(username: string): void
  openDms(username: string): void

  /** How many bot connections are open. */
  connections(): number
  /** The connection breaks; the client resumes. `reconnect` asks for it politely (op 7), `close` sends code 4000. */
  dropConnection(how?: 'cut' | 'reconnect' | 'close'): void
  /** Op 9: the client must identify anew, or may resume. */
  invalidateSession(options?: { resumable?: boolean }): void
  /** No gateway connection succeeds until `gatewayUp`; what happens meanwhile is replayed at a resume. */
  gatewayDown(): void
  gatewayUp(): void
  /** The next interaction arrives twice. */
  deliverTwice(): void
  /** Changes the next interaction's payload on its way. */
  changeNextInteraction(change: (payload: JsonObject) => JsonObject): void
  /**
   * Edits of messages older than an hour answer 429 with code 30046, until `allowOldEdits`. Discord tells nobody how
   * many are allowed; discord.js waits for `retryAfterSeconds` and asks again.
   */
  refuseOldEdits(retryAfterSeconds?: number): void
  allowOldEdits(): void
  /** Call after moving the injected clock: whoever waits for an answer that is now overdue is told. */
  clockMoved(): void
  close(): Promise<void>
  stop(): Promise<void>
}

export async function startPretendDiscord(options: PretendDiscordOptions = {}): Promise<PretendDiscord> {
  const openApi: OpenApi | undefined =
    options.openApi === undefined ? undefined : await readOpenApi(options.openApi)
  const state = new State(options.world ?? discordWorld(), options.now ?? (() => new Date()))
  state.acknowledgeWithinMs = options.acknowledgeWithinMs ?? state.acknowledgeWithinMs
  state.remembers = options.remember ?? state.remembers
  const faults = new FaultPlan()
  const server = createServer({ keepAliveTimeout: 60_000 })
  const gateway = startGateway(server, state)
  state.events = gateway
  server.on('request', restListener({ state, faults, gatewayBot: gateway.gatewayBot, openApi }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  state.url = `http://127.0.0.1:${port}/api`

  const close = async () => {
    state.watch.close()
    await gateway.close()
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  const { userNamed, guildNamed, memberNamed, roleNamed, channelNamed, names } = lookups(state)

  return {
    url: state.url,
    token: state.token,
    world: state.world,
    problems: state.problems,
    requests: state.requests,
    pings: state.pings,
    faults,
    commands: (guild) => [
      ...(state.commands.get('') ?? []),
      ...(guild === undefined ? [] : (state.commands.get(guildNamed(guild).id) ?? [])),
    ],
    ready: gateway.ready,
    person: (username) => personOf(state, gateway, userNamed(username)),
    dmsOf: (username) => {
      const dm = state.dms.get(userNamed(username).id)
      return dm === undefined ? [] : state.messagesIn(dm.id)
    },
    messagesIn: (channel, guild) =>
      state.messagesIn(channelNamed(channel, guild).channel.id).filter((message) => !message.ephemeral),
    allMessages: () => [...state.messages.values()],
    messageWhere: (fits, timeoutMs = 10_000) =>
      state.watch.until(
        () => [...state.messages.values()].find(fits),
        timeoutMs,
        () => 'no such message was sent',
      ),
    until: (look, what, timeoutMs = 10_000) => state.watch.until(look, timeoutMs, () => what),
    textOf: (message) => textOf(message, names),
    textOfModal: (modal) => textOfModal(modal, names),

    addGuild: (guild) => happens.addGuild(state, guild),
    removeGuild: (guild) => happens.removeGuild(state, guildNamed(guild)),
    guildUnavailable: (guild) => happens.guildUnavailable(state, guildNamed(guild)),
    joinGuild: (username, { guild, roles = [] } = {}) => {
      const joined = guildNamed(guild)
      const user = state.userNamed(username) ?? newcomer(state, username)
      happens.join(
        state,
        joined,
        user,
        roles.map((role) => roleNamed(role, joined).id),
      )
    },
    leaveGuild: (username, guild) => {
      const found = memberNamed(username, guild)
      happens.leave(state, found.guild, found.member)
    },
    banMember: (username, guild) => {
      const found = memberNamed(username, guild)
      happens.ban(state, found.guild, found.member)
    },
    setRoles: (username, roles, guild) => {
      const found = memberNamed(username, guild)
      const ids = roles.map((role) => roleNamed(role, found.guild).id)
      happens.changeRoles(state, found.guild, found.member, ids)
    },
    deleteRole: (role, guild) => {
      const found = guildNamed(guild)
      happens.deleteRole(state, found, roleNamed(role, found).id)
    },
    deleteChannel: (channel, guild) => {
      const found = channelNamed(channel, guild)
      happens.deleteChannel(state, found.guild, found.channel.id)
    },
    deleteMessage: (message) => {
      const now = state.messages.get(message.id)
      if (now === undefined) throw new Cannot('the message is gone already')
      remove(state, now)
    },
    closeDms: (username) => state.closedDms.add(userNamed(username).id),
    blockBot: (username) => state.closedDms.add(userNamed(username).id),
    openDms: (username) => state.closedDms.delete(userNamed(username).id),

    connections: gateway.connectedSessions,
    dropConnection: (how = 'cut') => gateway.drop(how),
    invalidateSession: ({ resumable = false } = {}) => gateway.invalidate(resumable),
    gatewayDown: gateway.goDown,
    gatewayUp: gateway.comeUp,
    deliverTwice: () => {
      state.nextDelivery = { ...state.nextDelivery, times: 2 }
    },
    changeNextInteraction: (change) => {
      state.nextDelivery = { ...state.nextDelivery, change }
    },
    refuseOldEdits: (retryAfterSeconds = 1) => {
      state.oldEditsRefusedForSeconds = retryAfterSeconds
    },
    allowOldEdits: () => {
      state.oldEditsRefusedForSeconds = undefined
    },
    clockMoved: () => state.watch.changed(),
    close,
    stop: close,
  }
}

function newcomer(state: State, username: string): WorldUser {
  return { id: state.newId(), username, globalName: null, locale: 'en-US' }
}

/** People, guilds, roles and channels by the names that tests use. */
function lookups(state: State) {
  const userNamed = (username: string): WorldUser =>
    found(state.userNamed(username), `there is nobody called ${username}`)
  const guildNamed = (wanted?: string): WorldGuild =>
    found(
      state.world.guilds.find((one) => wanted === undefined || one.id === wanted || one.name === wanted),
      `the bot is in no guild ${wanted ?? ''}`,
    )
  const guildOf = (username: string, guild?: string): WorldGuild =>
    guild === undefined
      ? found(
          state.world.guilds.find((one) => one.members.some(({ user }) => user.username === username)),
          `${username} is in no guild with the bot`,
        )
      : guildNamed(guild)
  const memberNamed = (username: string, wanted?: string) => {
    const guild = guildOf(username, wanted)
    const member = guild.members.find(({ user }) => user.username === username)
    return { guild, member: found(member, `${username} is no member of ${guild.name}`) }
  }
  const roleNamed = (wanted: string, guild: WorldGuild) =>
    found(
      guild.roles.find((one) => one.name === wanted || one.id === wanted),
      `there is no role ${wanted} in ${guild.name}`,
    )
  const channelNamed = (wanted: string, guildName?: string) => {
    for (const guild of guildName === undefined ? state.world.guilds : [guildNamed(guildName)]) {
      const channel = guild.channels.find((one) => one.name === wanted || one.id === wanted)
      if (channel !== undefined) return { guild, channel }
    }
    throw new Cannot(`there is no channel ${wanted}`)
  }
  const names: Names = (kind, id) => {
    if (kind === 'user') return prefixed('@', state.userById(id)?.username)
    if (kind === 'channel') return prefixed('#', state.channel(id)?.channel.name)
    for (const guild of state.world.guilds) {
      const role = guild.roles.find((one) => one.id === id)
      if (role !== undefined) return `@${role.name.replace(/^@/, '')}`
    }
    return undefined
  }
  return { userNamed, guildNamed, memberNamed, roleNamed, channelNamed, names }
}

const prefixed = (sign: string, name: string | undefined): string | undefined =>
  name === undefined ? undefined : `${sign}${name}`

function found<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Cannot(otherwise)
  return value
}
