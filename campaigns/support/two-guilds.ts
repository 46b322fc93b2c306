import type { REST } from 'discord.js'
import { createConnections, withoutOtherServers } from '../../src/connections.ts'
import { createReviewCards } from '../../src/discord/cards.ts'
import { createLogBoard } from '../../src/discord/log-board.ts'
import { createNotifier } from '../../src/discord/notify.ts'
import { expire } from '../../src/jobs/expire.ts'
import { createLogCards } from '../../src/jobs/log-cards.ts'
import { reconcileAll } from '../../src/jobs/reconcile.ts'
import { settleGuilds } from '../../src/jobs/settle-guilds.ts'
import { settleRequests } from '../../src/jobs/settle-requests.ts'
import { type ChannelId, type GuildId, id, type RoleId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { ok, problem, type Result } from '../../src/lib/result.ts'
import { accountById, serverById, tokenRecord } from '../../src/sandbox/plex/look-up.ts'
import { PlexState } from '../../src/sandbox/plex/state.ts'
import type { GuildConnections } from '../../src/sharing/guild-connections.ts'
import { noSettings } from '../../src/sharing/guild-settings.ts'
import type { ConnectionProblem, Connections, LibrarySharing } from '../../src/sharing/ports.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import {
  addressOf,
  apartWorld,
  environmentToken,
  idOf,
  type OwnerName,
  ownedBy,
  type ServerName,
  signingInAt,
} from './apart-plex.ts'
import { type VirtualClock, virtualClock } from './clocks.ts'
import { mortal } from './mortal.ts'
import { calm, type PortPlex, sharingAt } from './port-plex.ts'
import type { Random } from './random.ts'
import { type Disk, emptyDisk, type SmallBot, startSmallBot } from './small-bot.ts'
import { type Asking, type SmallDiscord, smallDiscord } from './small-discord.ts'

export const guilds = [id<GuildId>('7770001'), id<GuildId>('7770002')] as const
export const otherOf = (guildId: GuildId): GuildId => (guildId === guilds[0] ? guilds[1] : guilds[0])

/** Which role ids and channels belong to which guild. */
export const rolesOf = (guildId: GuildId) => {
  const begin = guildId === guilds[0] ? '88888100' : '88888200'
  return { manager: `${begin}1`, reviewer: `${begin}2`, member: `${begin}3` } as const
}
export const channelsOf = (guildId: GuildId) => {
  const begin = guildId === guilds[0] ? '99999100' : '99999200'
  return { reviewers: `${begin}1`, log: `${begin}2` } as const
}
const guildOfChannel = (channelId: string) =>
  guilds.find((guildId) => Object.values(channelsOf(guildId)).some((each) => each === channelId))

/** Who is what where; who stands in no list of a guild is no member of it. `manages`: by Discord's own permission. */
const members: Readonly<Record<string, readonly [Role, Role]>> = {
  dora: ['manages', 'manages'],
  otto: ['nothing', 'manages'],
  anna: ['manager', 'nothing'],
  rob: ['reviewer', 'reviewer'],
  alice: ['member', 'member'],
  bob: ['none', 'member'],
}
type Role = 'manages' | 'manager' | 'reviewer' | 'member' | 'nothing' | 'none'
export const people = ['dora', 'otto', 'anna', 'rob', 'alice', 'bob'] as const
export type PersonName = (typeof people)[number]
/** Is a member of both and has no role anywhere, and nothing is ever done for him. */
export const stranger = '6668'
export const memberIdOf = (who: PersonName) => `666${people.indexOf(who) + 1}`

/** Somebody in a guild, or nothing where he is no member of it. */
export function inGuild(guildId: GuildId, who: PersonName): Asking | undefined {
  const role = members[who]?.[guildId === guilds[0] ? 0 : 1] ?? 'none'
  if (role === 'none') return undefined
  const roles = rolesOf(guildId)
  const roleIds = role === 'manages' || role === 'nothing' ? [] : [roles[role]]
  return { guildId, memberId: memberIdOf(who), roleIds, managesServer: role === 'manages' }
}

// ---------------------------------------------------------------------------------------------------------------

/** What a guild has at the beginning: the environment's server, and which account signs in for which servers. */
interface Side {
  environment?: true
  signIn?: { owner: OwnerName; servers: readonly ServerName[] }
}
export const constellations = {
  'other owners': [
    { signIn: { owner: 'olive', servers: ['Harbor'] } },
    { signIn: { owner: 'cedric', servers: ['Cabin'] } },
  ],
  'several each': [
    { signIn: { owner: 'olive', servers: ['Harbor', 'Lighthouse'] } },
    { signIn: { owner: 'cedric', servers: ['Cabin', 'Attic'] } },
  ],
  'one account, other servers': [
    { signIn: { owner: 'olive', servers: ['Harbor'] } },
    { signIn: { owner: 'olive', servers: ['Lighthouse'] } },
  ],
  'one server, one account': [
    { signIn: { owner: 'olive', servers: ['Harbor'] } },
    { signIn: { owner: 'olive', servers: ['Harbor', 'Lighthouse'] } },
  ],
  'one server, two tokens': [
    { environment: true },
    { signIn: { owner: 'olive', servers: ['Lighthouse', 'Harbor'] } },
  ],
  'environment and setup': [
    { environment: true },
    { signIn: { owner: 'cedric', servers: ['Cabin', 'Attic'] } },
  ],
  'a server changes hands': [
    { signIn: { owner: 'olive', servers: ['Harbor'] } },
    { signIn: { owner: 'cedric', servers: ['Cabin'] } },
  ],
  'one has none': [{ signIn: { owner: 'olive', servers: ['Harbor', 'Lighthouse'] } }, {}],
} as const satisfies Record<string, readonly [Side, Side]>
export type Constellation = keyof typeof constellations
export const sideOf = (constellation: Constellation, guildId: GuildId): Side =>
  constellations[constellation][guildId === guilds[0] ? 0 : 1]

/** What is taken out, to see that the judge notices. */
export type TakenOut =
  | 'the guild of drafts'
  | 'the guild of connections'
  | 'whose connection it is'
  | 'the guild of settings'
  | 'who else lives by a sign-in'

export interface PlexRequest {
  /** For which guild it was asked; nothing where no guild's connection was asked for. */
  guildId: GuildId | undefined
  token: string
  /** Absent where only the account was asked for. */
  serverId?: string
}
export interface Posted {
  guildId: GuildId
  channelId: string
  messageId: string
  body: unknown
}

export interface TwoGuilds {
  bot: SmallBot
  discord: SmallDiscord
  state: PlexState
  clock: VirtualClock
  disk: Disk
  /** Where the bot is. */
  present: Set<GuildId>
  requests: PlexRequest[]
  /** Cards, log cards and direct messages. */
  posted: Posted[]
  /** What a guild was connected with, as it is stored. */
  recordOf(guildId: GuildId): GuildConnections | undefined
  isServedByEnvironment(guildId: GuildId): boolean
  /** Somebody in this guild opens the link in this text, and signs in. */
  approve(guildId: GuildId, text: string, owner: OwnerName): boolean
  /** Who has signed in for a guild, whatever came of it. */
  signedIn(guildId: GuildId): readonly { owner: OwnerName; token: string }[]
  restart(): Promise<void>
  /** The jobs of one minute but for the next one. */
  tick(): Promise<void>
  settleGuilds(): Promise<void>
}

const keepLeftMs = 30 * 86_400_000

export async function twoGuilds(
  random: Random,
  constellation: Constellation,
  takenOut?: TakenOut,
): Promise<TwoGuilds> {
  const clock = virtualClock()
  const state = new PlexState(apartWorld(), clock.now)
  const plex: PortPlex = { state, clock, random: random.part(-1), faults: calm }
  const disk = emptyDisk()
  const present = new Set<GuildId>(guilds)
  const requests: PlexRequest[] = []
  const posted: Posted[] = []
  const environment = guilds.filter((guildId) => sideOf(constellation, guildId).environment)
  let records: ReadonlyMap<string, GuildConnections> = new Map()
  /** For which guild a connection is being asked at this very moment; requests begin before anybody else's turn. */
  let asking: GuildId | undefined
  const note = (token: string, serverId?: string) =>
    requests.push({ guildId: asking, token, ...(serverId === undefined ? {} : { serverId }) })
  const signedIn: { guildId: GuildId; owner: OwnerName; token: string }[] = []
  const signingIn = signingInAt(state, clock, (token) => note(token))

  async function connectTo(
    token: string,
    serverId: string,
  ): Promise<Result<LibrarySharing, ConnectionProblem>> {
    note(token, serverId)
    const known = tokenRecord(state.world, token)
    const account = known?.dead === null ? accountById(state.world, known.accountId) : undefined
    if (!account)
      return problem({ problem: 'trouble', trouble: { kind: 'unauthorised', mayHaveHappened: false } })
    const server = serverById(state.world, serverId)
    if (server?.ownerId !== account.id) {
      const servers = ownedBy(state, account.id).map(({ name }) => name)
      return problem({ problem: 'serverUnknown', asked: serverId, servers })
    }
    return ok(sharingAt(plex, mortal(0), { serverId, token, asks: () => note(token, serverId) }))
  }

  function connect(stored: ReadonlyMap<string, GuildConnections>) {
    records = stored
    const first = new Map<string, string>()
    const connections = createConnections({
      records: takenOut === 'the guild of connections' ? withoutGuild(stored) : stored,
      isMember: (guildId) => present.has(guildId),
      environment: {
        guildIds: environment,
        connect: async () => withoutOtherServers(await connectTo(environmentToken, idOf('Harbor'))),
      },
      connectTo: ({ token }, { serverId }) => {
        if (takenOut !== 'whose connection it is') return connectTo(token, serverId)
        const kept = first.get(serverId) ?? token
        first.set(serverId, kept)
        return connectTo(kept, serverId)
      },
    })
    const watched = watchedConnections(connections, (guildId, work) => {
      const before = asking
      asking = guildId
      try {
        return work()
      } finally {
        asking = before
      }
    })
    return { connections: watched, plexAccounts: signingIn.accounts }
  }

  // Real ids are never twice the same, not even after a restart at the same instant.
  let drafts = 0
  async function start(): Promise<{ bot: SmallBot; discord: SmallDiscord; logCards: () => Promise<void> }> {
    const bot = await startSmallBot(plex, disk, { guildIds: [], process: mortal(0), connect })
    Object.assign(bot.ports, discordPorts(posted), { newId: () => `draft-${++drafts}` })
    if (takenOut) takeOut(bot.ports, takenOut)
    return { bot, discord: smallDiscord(bot), logCards: createLogCards(bot.ports) }
  }

  let running = await start()
  const presence = { applicationId: () => '9', guildIds: () => [...present] }
  return {
    get bot() {
      return running.bot
    },
    get discord() {
      return running.discord
    },
    state,
    clock,
    disk,
    present,
    requests,
    posted,
    recordOf: (guildId) => records.get(guildId),
    isServedByEnvironment: (guildId) => environment.includes(guildId),
    approve(guildId, text, owner) {
      const token = signingIn.approve(text, owner)
      if (token !== undefined) signedIn.push({ guildId, owner, token })
      return token !== undefined
    },
    signedIn: (guildId) => signedIn.filter((each) => each.guildId === guildId),
    async restart() {
      running = await start()
    },
    async tick() {
      const { ports } = running.bot
      await expire(ports)
      await running.bot.tick()
      await reconcileAll(ports)
      await settleRequests(ports)
      await running.logCards()
    },
    settleGuilds: () => settleGuilds(running.bot.ports, presence, { keepLeftMs }),
  }
}

/** Says at every call for which guild it is made; what is called begins before anybody else's turn. */
function watchedConnections(
  connections: Connections,
  as: <T>(guildId: GuildId, work: () => T) => T,
): Connections {
  const seen = new WeakMap<LibrarySharing, Map<GuildId, LibrarySharing>>()
  function watched(guildId: GuildId, sharing: LibrarySharing): LibrarySharing {
    const byGuild = seen.get(sharing) ?? new Map<GuildId, LibrarySharing>()
    seen.set(sharing, byGuild)
    const known = byGuild.get(guildId)
    if (known) return known
    const made: LibrarySharing = {
      ...sharing,
      libraries: (...rest) => as(guildId, () => sharing.libraries(...rest)),
      shares: (...rest) => as(guildId, () => sharing.shares(...rest)),
      home: (...rest) => as(guildId, () => sharing.home(...rest)),
      share: (...rest) => as(guildId, () => sharing.share(...rest)),
      changeLibraries: (...rest) => as(guildId, () => sharing.changeLibraries(...rest)),
      end: (...rest) => as(guildId, () => sharing.end(...rest)),
      removeFromHome: (...rest) => as(guildId, () => sharing.removeFromHome(...rest)),
    }
    byGuild.set(guildId, made)
    return made
  }
  const each = (guildId: GuildId, connection: Result<LibrarySharing, ConnectionProblem>) =>
    connection.ok ? ok(watched(guildId, connection.value)) : connection
  return {
    of: async (guildId, server) => each(guildId, await as(guildId, () => connections.of(guildId, server))),
    toDecide: async (guildId, server) =>
      each(guildId, await as(guildId, () => connections.toDecide(guildId, server))),
    all: async (guildId) =>
      (await as(guildId, () => connections.all(guildId))).map((connection) => each(guildId, connection)),
    connected: (guildId) => connections.connected(guildId).map((sharing) => watched(guildId, sharing)),
    known: (guildId) => connections.known(guildId),
    guildIds: () => connections.guildIds(),
  }
}

/** Discord as the two guilds see it: the real cards, messages and log, and a REST that only notes what is sent. */
function discordPorts(
  posted: Posted[],
): Pick<Ports, 'cards' | 'logBoard' | 'notifier' | 'members' | 'guildFacts'> {
  let messages = 0
  const restOf = (guildId: GuildId): REST => {
    const send = async (route: string, { body }: { body: { recipient_id?: string } }) => {
      if (body.recipient_id !== undefined) return { id: `5${body.recipient_id}` }
      const [, channelId = '', known] = /\/channels\/(\d+)\/messages(?:\/(\d+))?/u.exec(route) ?? []
      const messageId = known ?? String(70_000 + ++messages)
      posted.push({ guildId, channelId, messageId, body })
      return { id: messageId }
    }
    // Cards, messages and the log ask it for nothing else.
    return { post: send, patch: send } as unknown as REST
  }
  const about = (guildId: GuildId) => createNotifier(restOf(guildId), silentLog, () => 'once')
  const cardsOf = (guildId: GuildId) => createReviewCards(restOf(guildId), silentLog)
  return {
    cards: {
      post: (channelId, card) => cardsOf(card.request.guildId).post(channelId, card),
      edit: (place, card) => cardsOf(card.request.guildId).edit(place, card),
    },
    logBoard: {
      show: async (channelId, card, messageId) => {
        const guildId = guildOfChannel(channelId)
        if (!guildId) return { is: 'gone' }
        return createLogBoard(restOf(guildId), silentLog, () => 'once').show(channelId, card, messageId)
      },
    },
    notifier: {
      invited: (to, news) => about(news.guildId).invited(to, news),
      outcome: (to, news) => about(news.guildId).outcome(to, news),
      askForAccount: (to, ask) => about(ask.guildId).askForAccount(to, ask),
      requestClosed: (to, news) => about(news.request.guildId).requestClosed(to, news),
      requestQuestion: (to, question) => about(question.request.guildId).requestQuestion(to, question),
    },
    members: {
      async actor(guildId, memberId) {
        const who = people.find((each) => memberIdOf(each) === memberId)
        const found = who && inGuild(guildId, who)
        if (!found) return undefined
        const roleIds = [...(found.roleIds ?? []), guildId].map((role) => id<RoleId>(role))
        return { guildId, memberId, roleIds, managesServer: found.managesServer ?? false }
      },
      async profile(guildId, memberId) {
        const who = people.find((each) => memberIdOf(each) === memberId)
        const found = who && inGuild(guildId, who)
        return found && { memberId, roleIds: (found.roleIds ?? []).map((role) => id<RoleId>(role)) }
      },
    },
    guildFacts: {
      channel: (guildId, channelId: ChannelId) =>
        guildOfChannel(channelId) === guildId ? { is: 'there', missing: [] } : { is: 'gone' },
      roles: (guildId, roleIds) => {
        const own: readonly string[] = Object.values(rolesOf(guildId))
        return { gone: roleIds.filter((role) => !own.includes(role)), above: [] }
      },
    },
  }
}

// ---------------------------------------------------------------------------------------------------------------

function takeOut(ports: Ports, takenOut: TakenOut): void {
  switch (takenOut) {
    case 'the guild of drafts': {
      const { drafts } = ports
      const get = async (key: string) => {
        const draftId = key.slice(key.indexOf(':') + 1)
        return (await drafts.get(`${guilds[0]}:${draftId}`)) ?? drafts.get(`${guilds[1]}:${draftId}`)
      }
      ports.drafts = { ...drafts, get }
      return
    }
    case 'the guild of settings': {
      const { settings } = ports
      const get = async (key: string) => {
        const own = (await settings.get(key)) ?? noSettings(id<GuildId>(key))
        const foreign = await settings.get(otherOf(id<GuildId>(key)))
        return { ...own, bindings: [...own.bindings, ...(foreign?.bindings ?? [])] }
      }
      ports.settings = { ...settings, get }
      return
    }
    case 'who else lives by a sign-in':
      ports.connectionRecords = { ...ports.connectionRecords, list: async () => [] }
      return
    case 'the guild of connections':
    case 'whose connection it is':
      // Taken out where connections are made.
      return
    default:
      takenOut satisfies never
  }
}

/** Every guild has what any guild was connected with. */
function withoutGuild(stored: ReadonlyMap<string, GuildConnections>): ReadonlyMap<string, GuildConnections> {
  const everything = (): [string, GuildConnections][] =>
    guilds.map((guildId) => {
      const all = [...stored.values()]
      const accounts = all.flatMap((record) => record.accounts)
      return [guildId, { schema: 1, guildId, accounts, servers: all.flatMap((record) => record.servers) }]
    })
  return new Proxy(stored, {
    get: (_, name: keyof ReadonlyMap<string, GuildConnections>) => {
      const merged = new Map(everything())
      const member: unknown = merged[name]
      return typeof member === 'function' ? member.bind(merged) : member
    },
  })
}

export const addressesOf = (names: readonly string[]) => names.map(addressOf)
