import { channelForm, guildCreateForm, memberForm, userForm } from './forms.ts'
import { intent } from './numbers.ts'
import type { State } from './state.ts'
import {
  type GuildDifferences,
  guildFrom,
  type WorldGuild,
  type WorldMember,
  type WorldUser,
} from './world.ts'

/** What happens to guilds and their members without the bot's doing, with the gateway events that tell of it. */

export function addGuild(state: State, given: GuildDifferences): WorldGuild {
  const guild = guildFrom(state.world, given)
  state.world.guilds.push(guild)
  state.events.tell('GUILD_CREATE', guildCreateForm(state.world, guild), {
    guildId: guild.id,
    intent: intent.guilds,
  })
  return guild
}

/** The bot is thrown out. Its people stay findable. */
export function removeGuild(state: State, guild: WorldGuild): void {
  state.world.guilds.splice(state.world.guilds.indexOf(guild), 1)
  for (const member of guild.members) keepFindable(state, member.user)
  state.commands.delete(guild.id)
  state.events.tell('GUILD_DELETE', { id: guild.id }, { guildId: guild.id, intent: intent.guilds })
}

/** Discord's side of the guild is down: it says so with the same event. */
export function guildUnavailable(state: State, guild: WorldGuild): void {
  state.events.tell(
    'GUILD_DELETE',
    { id: guild.id, unavailable: true },
    { guildId: guild.id, intent: intent.guilds },
  )
}

export function join(state: State, guild: WorldGuild, user: WorldUser, roles: string[]): WorldMember {
  const member: WorldMember = { user, roles, joinedAt: state.now().toISOString() }
  guild.members.push(member)
  const outside = state.world.outsiders.findIndex((one) => one.id === user.id)
  if (outside >= 0) state.world.outsiders.splice(outside, 1)
  state.events.tell(
    'GUILD_MEMBER_ADD',
    { ...memberForm(member), guild_id: guild.id },
    { guildId: guild.id, intent: intent.guildMembers },
  )
  return member
}

export function leave(state: State, guild: WorldGuild, member: WorldMember): void {
  guild.members.splice(guild.members.indexOf(member), 1)
  keepFindable(state, member.user)
  state.events.tell(
    'GUILD_MEMBER_REMOVE',
    { user: userForm(member.user), guild_id: guild.id },
    { guildId: guild.id, intent: intent.guildMembers },
  )
}

export function ban(state: State, guild: WorldGuild, member: WorldMember): void {
  state.events.tell(
    'GUILD_BAN_ADD',
    { user: userForm(member.user), guild_id: guild.id },
    { guildId: guild.id, intent: intent.guildModeration },
  )
  leave(state, guild, member)
}

export function changeRoles(state: State, guild: WorldGuild, member: WorldMember, roles: string[]): void {
  member.roles = roles
  state.events.tell(
    'GUILD_MEMBER_UPDATE',
    { ...memberForm(member), guild_id: guild.id },
    { guildId: guild.id, intent: intent.guildMembers },
  )
}

export function deleteRole(state: State, guild: WorldGuild, roleId: string): void {
  guild.roles = guild.roles.filter((role) => role.id !== roleId)
  for (const member of guild.members) member.roles = member.roles.filter((role) => role !== roleId)
  state.events.tell(
    'GUILD_ROLE_DELETE',
    { guild_id: guild.id, role_id: roleId },
    { guildId: guild.id, intent: intent.guilds },
  )
}

export function deleteChannel(state: State, guild: WorldGuild, channelId: string): void {
  const channel = guild.channels.find((one) => one.id === channelId)
  if (channel === undefined) throw new Error(`there is no channel ${channelId} in ${guild.name}`)
  const form = channelForm(guild, channel)
  guild.channels = guild.channels.filter((one) => one !== channel)
  for (const message of state.messagesIn(channelId)) state.remove(message)
  state.events.tell('CHANNEL_DELETE', form, { guildId: guild.id, intent: intent.guilds })
}

function keepFindable(state: State, user: WorldUser): void {
  const isSomewhere = state.world.guilds.some((guild) => state.member(guild, user.id) !== undefined)
  if (!isSomewhere && user.id !== state.world.bot.id && state.userById(user.id) === undefined) {
    state.world.outsiders.push(user)
  }
}
