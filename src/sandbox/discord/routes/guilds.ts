import { channelForm, guildForm, memberForm, roleForm } from '../forms.ts'
import { permission } from '../numbers.ts'
import { highestRole, may, permissionsOf } from '../permissions.ts'
import { refusals } from '../refusal.ts'
import type { State } from '../state.ts'
import { changeRoles } from '../what-happens.ts'
import type { WorldGuild, WorldMember } from '../world.ts'
import { type Answer, type BotRequest, done, given, type Route } from './route.ts'

/** Guilds the bot is in, their members and the roles it may give. */
export const guildRoutes: Route[] = [
  { method: 'GET', path: 'guilds/:guild', auth: 'bot', answer: read },
  {
    method: 'GET',
    path: 'guilds/:guild/channels',
    auth: 'bot',
    answer: (state, _request, parameters) => {
      const guild = guildOf(state, parameters)
      return given(guild.channels.map((channel) => channelForm(guild, channel)))
    },
  },
  {
    method: 'GET',
    path: 'guilds/:guild/roles',
    auth: 'bot',
    answer: (state, _request, parameters) => given(guildOf(state, parameters).roles.map(roleForm)),
  },
  { method: 'GET', path: 'guilds/:guild/roles/:role', auth: 'bot', answer: readRole },
  { method: 'GET', path: 'guilds/:guild/members', auth: 'bot', answer: listMembers },
  { method: 'GET', path: 'guilds/:guild/members/search', auth: 'bot', answer: searchMembers },
  {
    method: 'GET',
    path: 'guilds/:guild/members/:user',
    auth: 'bot',
    answer: (state, _request, parameters) =>
      given(memberForm(memberOf(state, guildOf(state, parameters), parameters))),
  },
  { method: 'PUT', path: 'guilds/:guild/members/:user/roles/:role', auth: 'bot', answer: giveRole },
  { method: 'DELETE', path: 'guilds/:guild/members/:user/roles/:role', auth: 'bot', answer: takeRole },
]

type Parameters = Readonly<Record<string, string>>

function read(state: State, request: BotRequest, parameters: Parameters): Answer {
  const guild = guildOf(state, parameters)
  const count = guild.members.length
  const counts = { approximate_member_count: count, approximate_presence_count: count }
  return given({ ...guildForm(guild), ...(request.query.get('with_counts') === 'true' ? counts : {}) })
}

function readRole(state: State, _request: BotRequest, parameters: Parameters): Answer {
  const role = guildOf(state, parameters).roles.find((one) => one.id === parameters.role)
  if (role === undefined) throw refusals.unknownRole()
  return given(roleForm(role))
}

/** In the order of their ids, up to 1,000 a page, after the id of the last one seen. Needs the members intent granted. */
function listMembers(state: State, request: BotRequest, parameters: Parameters): Answer {
  const guild = guildOf(state, parameters)
  if (!state.world.application.mayReadMembers) throw refusals.missingAccess()
  const after = BigInt(request.query.get('after') ?? 0)
  const limit = Math.min(1000, Number(request.query.get('limit') ?? 1))
  const sorted = [...guild.members].sort((a, b) => (BigInt(a.user.id) < BigInt(b.user.id) ? -1 : 1))
  return given(
    sorted
      .filter((one) => BigInt(one.user.id) > after)
      .slice(0, limit)
      .map(memberForm),
  )
}

function searchMembers(state: State, request: BotRequest, parameters: Parameters): Answer {
  const guild = guildOf(state, parameters)
  const limit = Math.min(1000, Number(request.query.get('limit') ?? 1))
  return given(
    membersNamed(guild, request.query.get('query') ?? '')
      .slice(0, limit)
      .map(memberForm),
  )
}

/** Whose user name, nick or display name begins so. */
export function membersNamed(guild: WorldGuild, beginning: string): WorldMember[] {
  const wanted = beginning.toLowerCase()
  return guild.members.filter((one) =>
    [one.user.username, one.nick, one.user.globalName].some((name) => name?.toLowerCase().startsWith(wanted)),
  )
}

function giveRole(state: State, _request: BotRequest, parameters: Parameters): Answer {
  const { guild, member, role } = roleToChange(state, parameters)
  if (!member.roles.includes(role)) changeRoles(state, guild, member, [...member.roles, role])
  return done
}

function takeRole(state: State, _request: BotRequest, parameters: Parameters): Answer {
  const { guild, member, role } = roleToChange(state, parameters)
  if (member.roles.includes(role)) {
    changeRoles(
      state,
      guild,
      member,
      member.roles.filter((one) => one !== role),
    )
  }
  return done
}

/** The bot needs Manage Roles, and stands above the role; nobody gives out managed roles or @everyone. */
function roleToChange(state: State, parameters: Parameters) {
  const guild = guildOf(state, parameters)
  const member = memberOf(state, guild, parameters)
  const role = guild.roles.find((one) => one.id === parameters.role)
  if (role === undefined) throw refusals.unknownRole()
  const bot = state.member(guild, state.world.bot.id)
  const isAbove =
    bot !== undefined &&
    may(permissionsOf(guild, bot), permission.manageRoles) &&
    (guild.ownerId === bot.user.id || highestRole(guild, bot) > role.position)
  if (!isAbove || role.managed === true || role.id === guild.id) throw refusals.missingPermissions()
  return { guild, member, role: role.id }
}

function guildOf(state: State, { guild }: Parameters): WorldGuild {
  const found = state.guild(guild)
  if (found === undefined || state.member(found, state.world.bot.id) === undefined)
    throw refusals.unknownGuild()
  return found
}

function memberOf(state: State, guild: WorldGuild, { user }: Parameters): WorldMember {
  const id = user === '@me' ? state.world.bot.id : (user ?? '')
  const found = state.member(guild, id)
  if (found !== undefined) return found
  throw state.userById(id) === undefined ? refusals.unknownUser() : refusals.unknownMember()
}
