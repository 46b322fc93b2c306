import { type Client, PermissionFlagsBits } from 'discord.js'
import type { ChannelRight, GuildFacts } from '../sharing/ports.ts'

/** What a card in a channel needs. The invitation link of the bot asks for the same. */
const needed: Readonly<Record<ChannelRight, bigint>> = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
}

/** From discord.js' cache: with the Guilds intent Discord keeps guilds, roles, channels and the bot's own roles current. */
export function guildFacts(client: Client): GuildFacts {
  return {
    channel(guildId, channelId) {
      const guild = client.guilds.cache.get(guildId)
      const channel = guild?.channels.cache.get(channelId)
      const me = guild?.members.me
      if (!channel || !me) return { is: 'gone' }
      const may = channel.permissionsFor(me)
      // Object.entries forgets what the keys are; they are those of the record above.
      const rights = Object.entries(needed) as [ChannelRight, bigint][]
      const missing = rights.flatMap(([right, bit]) => (may.has(bit) ? [] : [right]))
      return { is: 'there', missing }
    },

    roles(guildId, roleIds) {
      const guild = client.guilds.cache.get(guildId)
      const top = guild?.members.me?.roles.highest.position ?? 0
      const roles = roleIds.map((roleId) => ({ roleId, role: guild?.roles.cache.get(roleId) }))
      return {
        gone: roles.filter(({ role }) => role === undefined).map(({ roleId }) => roleId),
        above: roles.filter(({ role }) => role && role.position > top).map(({ roleId }) => roleId),
      }
    },
  }
}
