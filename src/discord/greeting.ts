import { ChannelType, type Client, DiscordAPIError, Routes } from 'discord.js'
import type { GuildId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { Greeter } from '../sharing/ports.ts'
import { bodyOf } from './answers.ts'
import { neededPermissions } from './requirements.ts'
import { greetingView } from './views/greeting.ts'

/**
 * Says once in a guild what to do first: in the channel where Discord itself announces things, else in the first one
 * that takes messages of the bot.
 */
export function createGreeter(client: Client, log: Log, newNonce: () => string): Greeter {
  return {
    async greet(guildId) {
      const channelId = channelFor(client, guildId)
      if (channelId === undefined) return 'nowhere'
      try {
        const body = { ...bodyOf(greetingView()), nonce: newNonce(), enforce_nonce: true }
        await client.rest.post(Routes.channelMessages(channelId), { body })
        return 'greeted'
      } catch (error) {
        if (error instanceof DiscordAPIError && error.status === 403) return 'nowhere'
        log.warn({ guildId, channelId, error }, 'a guild could not be greeted')
        return 'failed'
      }
    },
  }
}

const needed = neededPermissions.map(({ bit }) => bit)

function channelFor(client: Client, guildId: GuildId): string | undefined {
  const guild = client.guilds.cache.get(guildId)
  const me = guild?.members.me
  if (!guild || !me) return undefined
  const texts = [...guild.channels.cache.values()]
    .filter((channel) => channel.type === ChannelType.GuildText)
    .sort((a, b) => a.rawPosition - b.rawPosition)
  const inOrder = [...texts.filter(({ id }) => id === guild.systemChannelId), ...texts]
  return inOrder.find((channel) => channel.permissionsFor(me).has(needed))?.id
}
