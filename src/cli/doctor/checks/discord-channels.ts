import { missingPermissions, permissionsInChannel } from '../../../discord/bot-permissions.ts'
import type { GuildLook } from '../../../discord/look.ts'
import { label } from '../../../discord/text.ts'
import type { ChannelId } from '../../../lib/ids.ts'
import type { GuildSettings } from '../../../sharing/guild-settings.ts'
import { defineCheck, type Finding, fine, trouble } from '../check.ts'
import { lookAtGuilds } from '../look-at-guilds.ts'

/** The channels that guilds have set for requests and for the log: there, and the bot may write in them. */
export default defineCheck({
  title: 'Channels',
  async run(examined) {
    const looked = await lookAtGuilds(examined, (settings) => channelsOf(settings).length > 0)
    if (!looked.ok) return [looked.problem]
    const { guilds, notSeen } = looked.value
    const found = guilds.flatMap(({ settings, guild }) =>
      channelsOf(settings).flatMap((channel) => judged(guild, channel)),
    )
    const all = [...found, ...notSeen]
    if (all.length > 0) return all
    const count = guilds.flatMap(({ settings }) => channelsOf(settings)).length
    if (count === 0) return [fine('none is set (`/settings channels` does)')]
    return [
      fine(
        `the bot may write in ${count === 1 ? 'the one' : `all ${count}`} that ${count === 1 ? 'is' : 'are'} set`,
      ),
    ]
  },
})

interface SetChannel {
  channelId: ChannelId
  /** The option of `/settings channels`. */
  option: 'reviewers' | 'log'
}

function channelsOf({ reviewersChannelId, log }: GuildSettings): SetChannel[] {
  return [
    ...(reviewersChannelId ? [{ channelId: reviewersChannelId, option: 'reviewers' as const }] : []),
    ...(log ? [{ channelId: log.channelId, option: 'log' as const }] : []),
  ]
}

function judged(guild: GuildLook, { channelId, option }: SetChannel): Finding[] {
  const where = label(guild.name, guild.guildId)
  const channel = guild.channels.find((each) => each.channelId === channelId)
  if (!channel) {
    return [
      trouble(
        `${where}: the channel for \`${option}\` is not there any more, or hidden from the bot`,
        `In that server: \`/settings channels ${option}:#another-channel\`.`,
      ),
    ]
  }
  const missing = missingPermissions(permissionsInChannel(guild, channel))
  if (missing.length === 0) return []
  const name = `#${label(channel.name, channelId)}`
  return [
    trouble(
      `${where}: the bot lacks ${missing.join(' and ')} in ${name}, the channel for \`${option}\``,
      `In Discord: ${name} → *Edit Channel* → *Permissions*, add the bot and allow ${missing.join(' and ')}; or \`/settings channels ${option}:#another-channel\`.`,
    ),
  ]
}
