import { Cannot } from './cannot.ts'
import { channelForm, dmForm, memberForm, userForm } from './forms.ts'
import { channelType, context, permission } from './numbers.ts'
import { may, permissionsOf } from './permissions.ts'
import type { State } from './state.ts'
import type { WorldChannel, WorldGuild, WorldMember, WorldUser } from './world.ts'

/** Where a person does something: names or ids. Left out: his first guild and its first text channel. */
export interface Where {
  guild?: string
  channel?: string
  dm?: boolean
}

export type Place =
  | { kind: 'guild'; guild: WorldGuild; member: WorldMember; channel: WorldChannel; channelId: string }
  | { kind: 'dm'; channelId: string }

export function placeFor(state: State, user: WorldUser, where: Where = {}): Place {
  if (where.dm === true) return { kind: 'dm', channelId: state.dmWith(user.id).id }
  const guild = state.world.guilds.find((one) =>
    where.guild === undefined
      ? state.member(one, user.id) !== undefined && hasChannel(one, where.channel)
      : one.id === where.guild || one.name === where.guild,
  )
  if (guild === undefined)
    throw new Cannot(`${user.username} is in no guild ${where.guild ?? ''} with the bot`)
  const member = state.member(guild, user.id)
  if (member === undefined) throw new Cannot(`${user.username} is no member of ${guild.name}`)
  const channel = guild.channels.find((one) =>
    where.channel === undefined
      ? one.type === channelType.text && may(permissionsOf(guild, member, one), permission.viewChannel)
      : one.id === where.channel || one.name === where.channel,
  )
  if (channel === undefined) throw new Cannot(`there is no channel ${where.channel ?? ''} in ${guild.name}`)
  if (!may(permissionsOf(guild, member, channel), permission.viewChannel)) {
    throw new Cannot(`${user.username} does not see #${channel.name}`)
  }
  return { kind: 'guild', guild, member, channel, channelId: channel.id }
}

/** The place of something that is already there: a message's channel. */
export function placeOfChannel(state: State, user: WorldUser, channelId: string): Place {
  if (state.dm(channelId)?.userId === user.id) return { kind: 'dm', channelId }
  const found = state.channel(channelId)
  if (found === undefined) throw new Cannot(`${user.username} has no channel ${channelId}`)
  return placeFor(state, user, { guild: found.guild.id, channel: channelId })
}

/** The channel, guild and person fields that every interaction carries. */
export function fieldsOf(state: State, user: WorldUser, place: Place): Record<string, unknown> {
  const common = {
    channel_id: place.channelId,
    locale: user.locale,
    entitlements: [],
    attachment_size_limit: 10_485_760,
  }
  if (place.kind === 'dm') {
    return {
      ...common,
      channel: dmForm({ id: place.channelId, userId: user.id }, user),
      user: userForm(user),
      context: context.botDm,
      authorizing_integration_owners: { 0: '0' },
      app_permissions: '0',
    }
  }
  const { guild, member, channel } = place
  const bot = state.member(guild, state.world.bot.id)
  const bits = permissionsOf(guild, member, channel).toString()
  return {
    ...common,
    guild_id: guild.id,
    guild: { id: guild.id, locale: guild.preferredLocale, features: [] },
    guild_locale: guild.preferredLocale,
    channel: { ...channelForm(guild, channel), permissions: bits },
    member: { ...memberForm(member), permissions: bits },
    context: context.guild,
    authorizing_integration_owners: { 0: guild.id },
    app_permissions: bot === undefined ? '0' : permissionsOf(guild, bot, channel).toString(),
  }
}

const hasChannel = (guild: WorldGuild, wanted: string | undefined): boolean =>
  wanted === undefined || guild.channels.some((one) => one.id === wanted || one.name === wanted)
