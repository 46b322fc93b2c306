import { permission } from './numbers.ts'
import { snowflakeOf } from './snowflake.ts'

/** Everything about the pretend Discord that exists before anybody does anything: plain data, safe to print or store. */
export interface DiscordWorld {
  application: {
    id: string
    name: string
    mayReadMembers: boolean
    mayReadMessages: boolean
    /** Others than its owner may let it in; so it is unless told. */
    isPublic?: boolean
    /** No link lets it in then. */
    needsCodeGrant?: boolean
  }
  bot: WorldUser
  guilds: WorldGuild[]
  /** People on Discord who share no guild with the bot. */
  outsiders: WorldUser[]
}

export interface WorldUser {
  id: string
  username: string
  globalName: string | null
  bot?: boolean
  /** The language of this person's client, for instance `en-US`. */
  locale: string
}

export interface WorldGuild {
  id: string
  name: string
  ownerId: string
  preferredLocale: string
  roles: WorldRole[]
  channels: WorldChannel[]
  members: WorldMember[]
}

export interface WorldRole {
  id: string
  name: string
  /** Bits as a decimal string, as Discord sends them. */
  permissions: string
  position: number
  managed?: boolean
  mentionable?: boolean
}

export interface WorldChannel {
  id: string
  name: string
  type: number
  overwrites?: { id: string; type: 0 | 1; allow: string; deny: string }[]
}

export interface WorldMember {
  user: WorldUser
  /** Role ids, without the guild's own @everyone. */
  roles: string[]
  joinedAt: string
  nick?: string
}

/** A guild as one likes to write it: what is left out is made up; `roles` and `owner` may be names. */
export interface GuildDifferences {
  id?: string
  name?: string
  owner?: string
  preferredLocale?: string
  roles?: (Partial<WorldRole> & { name: string })[]
  channels?: (Partial<WorldChannel> & { name: string })[]
  members?: {
    user: Partial<WorldUser> & { username: string }
    roles?: string[]
    joinedAt?: string
    nick?: string
  }[]
  /** The permissions of the bot's own role, for a guild that gave it less. */
  botPermissions?: bigint
}

export interface WorldDifferences {
  application?: Partial<DiscordWorld['application']>
  bot?: Partial<WorldUser>
  /** Each completes a guild of its own; without it there is one guild with five people. */
  guilds?: GuildDifferences[]
  outsiders?: (Partial<WorldUser> & { username: string })[]
}

/**
 * A world to begin with. By default one guild, "Cinema Club": olive owns it, ada is Admin (may Manage Server), rita
 * is Reviewer, max is Member, nina has no role; channels general, reviews and log; tom stands outside.
 */
export function discordWorld(differences: WorldDifferences = {}): DiscordWorld {
  const ids = idsByName()
  const bot = { ...user(ids, { username: 'usherr', bot: true }), ...differences.bot }
  return {
    application: {
      id: bot.id,
      name: 'Usherr',
      mayReadMembers: true,
      mayReadMessages: false,
      ...differences.application,
    },
    bot,
    guilds: (differences.guilds ?? [{}]).map((guild, index) => guildIn(ids, bot, guild, index)),
    outsiders: (differences.outsiders ?? [{ username: 'tom' }]).map((one) => user(ids, one)),
  }
}

const usualRoles: GuildDifferences['roles'] = [
  { name: 'Admin', permissions: String(permission.manageGuild | permission.manageRoles), position: 4 },
  { name: 'Reviewer', position: 3 },
  { name: 'Member', position: 2 },
]
const usualChannels: GuildDifferences['channels'] = [
  { name: 'general' },
  { name: 'reviews' },
  { name: 'log' },
]
const usualMembers: GuildDifferences['members'] = [
  { user: { username: 'olive', globalName: 'Olive' } },
  { user: { username: 'ada', globalName: 'Ada' }, roles: ['Admin'] },
  { user: { username: 'rita', globalName: 'Rita' }, roles: ['Reviewer'] },
  { user: { username: 'max', globalName: 'Max' }, roles: ['Member'] },
  { user: { username: 'nina', globalName: null } },
]

/** What everybody may do, and what an invited bot is usually given. */
const everybody = permission.viewChannel | permission.sendMessages | permission.readMessageHistory
const ofTheBot =
  everybody |
  permission.embedLinks |
  permission.attachFiles |
  permission.manageRoles |
  permission.useApplicationCommands

type Ids = (kind: string, name: string) => string

/** The worlds' ids are the same in every run: made from the order in which things are named, all in early 2024. */
function idsByName(): Ids {
  const known = new Map<string, string>()
  const first = Date.UTC(2024, 0, 1)
  return (kind, name) => {
    const key = `${kind} ${name}`
    const id = known.get(key) ?? snowflakeOf(new Date(first + known.size * 60_000), known.size)
    known.set(key, id)
    return id
  }
}

function user(ids: Ids, given: Partial<WorldUser> & { username: string }): WorldUser {
  return { id: ids('user', given.username), globalName: null, locale: 'en-US', ...given }
}

function guildIn(ids: Ids, bot: WorldUser, given: GuildDifferences, index: number): WorldGuild {
  const name = given.name ?? (index === 0 ? 'Cinema Club' : `Cinema Club ${index + 1}`)
  const guildId = given.id ?? ids('guild', `${index} ${name}`)
  const roles: WorldRole[] = (given.roles ?? usualRoles ?? []).map((role, at) => ({
    id: ids('role', `${index} ${role.name}`),
    permissions: '0',
    position: at + 1,
    ...role,
  }))
  const top = Math.max(0, ...roles.map((role) => role.position)) + 1
  const botRole: WorldRole = {
    id: ids('role', `${index} of the bot`),
    name: bot.username,
    permissions: String(given.botPermissions ?? ofTheBot),
    position: top,
    managed: true,
  }
  const members: WorldMember[] = (given.members ?? usualMembers ?? []).map((member) => ({
    joinedAt: '2024-02-01T12:00:00.000000+00:00',
    ...member,
    user: user(ids, member.user),
    roles: (member.roles ?? []).map((wanted) => roles.find((role) => role.name === wanted)?.id ?? wanted),
  }))
  const owner = members.find((member) => member.user.username === given.owner) ?? members[0]
  members.push({ user: bot, roles: [botRole.id], joinedAt: '2024-02-02T12:00:00.000000+00:00' })
  return {
    id: guildId,
    name,
    ownerId: owner?.user.id ?? bot.id,
    preferredLocale: given.preferredLocale ?? 'en-US',
    roles: [
      { id: guildId, name: '@everyone', permissions: String(everybody), position: 0 },
      ...roles,
      botRole,
    ],
    channels: (given.channels ?? usualChannels ?? []).map((channel) => ({
      id: ids('channel', `${index} ${channel.name}`),
      type: 0,
      ...channel,
    })),
    members,
  }
}

/** The same completion for a guild that the bot is added to later. */
export function guildFrom(world: DiscordWorld, given: GuildDifferences): WorldGuild {
  const seed =
    world.guilds.length + 1000 + Math.max(0, ...world.guilds.map((one) => Number(BigInt(one.id) & 0xfffn)))
  const first = Date.UTC(2024, 5, 1) + seed * 3_600_000
  const known = new Map<string, string>()
  const people = new Map([...everybodyIn(world)].map((one) => [`user ${one.username}`, one.id]))
  const ids: Ids = (kind, name) => {
    const key = `${kind} ${name}`
    const id =
      people.get(key) ?? known.get(key) ?? snowflakeOf(new Date(first + known.size * 60_000), known.size)
    known.set(key, id)
    return id
  }
  return guildIn(ids, world.bot, given, seed)
}

export function* everybodyIn(world: DiscordWorld): Generator<WorldUser> {
  for (const guild of world.guilds) for (const member of guild.members) yield member.user
  yield* world.outsiders
}
