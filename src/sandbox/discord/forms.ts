import type { Interaction } from './interaction.ts'
import type { Message } from './message.ts'
import { channelType } from './numbers.ts'
import { permissionsOf } from './permissions.ts'
import type { DmChannel, State } from './state.ts'
import type { DiscordWorld, WorldChannel, WorldGuild, WorldMember, WorldRole, WorldUser } from './world.ts'

/** How Discord writes things on the wire. More fields than discord.js insists on: what it reads of the real ones. */

export const userForm = (user: WorldUser) => ({
  id: user.id,
  username: user.username,
  discriminator: '0',
  global_name: user.globalName,
  avatar: null,
  bot: user.bot ?? false,
  public_flags: 0,
})

export const memberForm = (member: WorldMember) => ({
  user: userForm(member.user),
  ...memberFields(member),
})

/** A member without the user, as interactions carry it among the resolved. */
export const memberFields = (member: WorldMember) => ({
  nick: member.nick ?? null,
  avatar: null,
  roles: member.roles,
  joined_at: member.joinedAt,
  premium_since: null,
  deaf: false,
  mute: false,
  flags: 0,
  pending: false,
  communication_disabled_until: null,
})

export const memberWithPermissions = (guild: WorldGuild, member: WorldMember, channel?: WorldChannel) => ({
  ...memberForm(member),
  permissions: permissionsOf(guild, member, channel).toString(),
})

export const roleForm = (role: WorldRole) => ({
  id: role.id,
  name: role.name,
  permissions: role.permissions,
  position: role.position,
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  icon: null,
  unicode_emoji: null,
  managed: role.managed ?? false,
  mentionable: role.mentionable ?? false,
  flags: 0,
})

export const channelForm = (guild: WorldGuild, channel: WorldChannel) => ({
  id: channel.id,
  type: channel.type,
  name: channel.name,
  guild_id: guild.id,
  position: guild.channels.indexOf(channel),
  parent_id: null,
  topic: null,
  nsfw: false,
  last_message_id: null,
  rate_limit_per_user: 0,
  permission_overwrites: channel.overwrites ?? [],
  flags: 0,
})

export const dmForm = (dm: DmChannel, recipient: WorldUser) => ({
  id: dm.id,
  type: channelType.dm,
  last_message_id: null,
  flags: 0,
  recipients: [userForm(recipient)],
})

/** A guild as REST gives it. */
export const guildForm = (guild: WorldGuild) => ({
  id: guild.id,
  name: guild.name,
  icon: null,
  splash: null,
  discovery_splash: null,
  banner: null,
  description: null,
  owner_id: guild.ownerId,
  afk_channel_id: null,
  afk_timeout: 300,
  verification_level: 0,
  default_message_notifications: 0,
  explicit_content_filter: 0,
  mfa_level: 0,
  nsfw_level: 0,
  premium_tier: 0,
  premium_progress_bar_enabled: false,
  system_channel_id: null,
  system_channel_flags: 0,
  rules_channel_id: null,
  public_updates_channel_id: null,
  safety_alerts_channel_id: null,
  application_id: null,
  vanity_url_code: null,
  preferred_locale: guild.preferredLocale,
  features: [],
  roles: guild.roles.map(roleForm),
  emojis: [],
  stickers: [],
})

/** A guild as GUILD_CREATE gives it: with channels, and without the presences intent only the bot among the members. */
export const guildCreateForm = (world: DiscordWorld, guild: WorldGuild) => ({
  ...guildForm(guild),
  unavailable: false,
  member_count: guild.members.length,
  joined_at: guild.members.find((one) => one.user.id === world.bot.id)?.joinedAt ?? null,
  large: guild.members.length > 50,
  members: guild.members.filter((one) => one.user.id === world.bot.id).map(memberForm),
  channels: guild.channels.map((channel) => channelForm(guild, channel)),
  threads: [],
  voice_states: [],
  presences: [],
  stage_instances: [],
  guild_scheduled_events: [],
  soundboard_sounds: [],
})

/** A guild in the list of those that the bot is in. */
export const ownGuildForm = (guild: WorldGuild, bot: WorldMember) => ({
  id: guild.id,
  name: guild.name,
  icon: null,
  banner: null,
  owner: guild.ownerId === bot.user.id,
  permissions: permissionsOf(guild, bot).toString(),
  features: [],
})

export const applicationForm = (world: DiscordWorld) => ({
  id: world.application.id,
  name: world.application.name,
  icon: null,
  description: '',
  bot_public: world.application.isPublic ?? true,
  bot_require_code_grant: world.application.needsCodeGrant ?? false,
  verify_key: '0'.repeat(64),
  flags: applicationFlags(world),
  approximate_guild_count: world.guilds.length,
  bot: userForm(world.bot),
})

/** GATEWAY_GUILD_MEMBERS_LIMITED and GATEWAY_MESSAGE_CONTENT_LIMITED. */
export const applicationFlags = (world: DiscordWorld): number =>
  (world.application.mayReadMembers ? 1 << 15 : 0) | (world.application.mayReadMessages ? 1 << 19 : 0)

export function messageForm(state: State, message: Message) {
  const author = state.userById(message.author.id)
  const by = message.interactionId === undefined ? undefined : state.interactions.get(message.interactionId)
  const fromBot = message.author.id === state.world.bot.id
  return {
    id: message.id,
    channel_id: message.channelId,
    type: by === undefined ? 0 : by.isFromCommand ? 20 : 19,
    author: author === undefined ? { ...message.author, discriminator: '0', avatar: null } : userForm(author),
    content: message.content,
    timestamp: message.createdAt,
    edited_timestamp: message.editedAt ?? null,
    tts: false,
    mention_everyone: message.pings.everyone,
    mentions: message.pings.users.flatMap((id) => {
      const user = state.userById(id)
      return user === undefined ? [] : [userForm(user)]
    }),
    mention_roles: message.pings.roles,
    attachments: message.attachments.map((one) => ({
      id: one.id,
      filename: one.filename,
      size: one.size,
      content_type: one.contentType,
      url: `${state.url}/attachments/${message.id}/${one.id}/${encodeURIComponent(one.filename)}`,
      proxy_url: `${state.url}/attachments/${message.id}/${one.id}/${encodeURIComponent(one.filename)}`,
      ...(one.description === undefined ? {} : { description: one.description }),
    })),
    embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
    components: message.components,
    flags: message.flags,
    pinned: false,
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(message.reference === undefined
      ? {}
      : { message_reference: { type: 0, message_id: message.reference, channel_id: message.channelId } }),
    ...(fromBot && by !== undefined
      ? {
          webhook_id: state.world.application.id,
          application_id: state.world.application.id,
          interaction_metadata: metadataForm(state, by),
        }
      : {}),
  }
}

function metadataForm(state: State, by: Interaction) {
  const user = state.userById(by.userId)
  return {
    id: by.id,
    type: by.type,
    ...(user === undefined ? {} : { user: userForm(user) }),
    authorizing_integration_owners: by.guildId === undefined ? {} : { 0: by.guildId },
  }
}
