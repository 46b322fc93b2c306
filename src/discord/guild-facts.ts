import type { Client } from 'discord.js'
import type { GuildFacts } from '../sharing/ports.ts'
import { neededPermissions } from './requirements.ts'

/** From discord.js' cache: with the Guilds intent Discord keeps guilds, roles, channels and the bot's own roles current. */
export function guildFacts(client: Client): GuildFacts {
  return {
    channel(guildId, channelId) {
      const guild = client.guilds.cache.get(guildId)
      const channel = guild?.channels.cache.get(channelId)
      const me = guild?.members.me
      if (!channel || !me) return { is: 'gone' }
      const may = channel.permissionsFor(me)
      const missing = neededPermissions.flatMap(({ name, bit }) => (may.has(bit) ? [] : [name]))
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
