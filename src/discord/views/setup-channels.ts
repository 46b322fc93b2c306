import { ChannelType } from 'discord-api-types/v10'
import type { Refusal } from '../../sharing/refusal.ts'
import type { ChannelsShown } from '../../sharing/use-cases/setup-channels.ts'
import { ActionRowBuilder, ChannelSelectMenuBuilder } from '../builders.ts'
import type { Reply, Row } from '../reply.ts'
import { routes } from '../routes.ts'
import { refusalView } from './refusal.ts'
import { nextWords } from './setup-next.ts'

/** The two channels to choose. `problem`: what was wrong with the one that was just chosen. */
export function channelsView(result: ChannelsShown | Refusal, problem?: Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { settings, changed, next } = result
  const { reviewersChannelId, log } = settings
  const chosen = { reviewers: reviewersChannelId, log: log?.channelId }
  return {
    content: [
      ...(problem ? [`✗ ${refusalView(problem).content}`] : []),
      ...(changed && !problem
        ? [chosen[changed] ? `Saved: I may write in <#${chosen[changed]}>.` : 'Saved.']
        : []),
      reviewersChannelId
        ? `Requests are shown in <#${reviewersChannelId}>. Everybody who sees that channel sees the cards; no address stands on them.`
        : 'Requests have no channel yet: `/request` needs one in which reviewers decide. A private one is best.',
      log
        ? `What happens is shown in <#${log.channelId}>, a card for each person.`
        : 'What happens is shown nowhere; a log channel is optional.',
      nextWords(next),
    ].join('\n'),
    components: [
      row('reviewers', 'Channel for requests', 1, reviewersChannelId),
      row('log', 'Channel for the log (nothing chosen: none)', 0, log?.channelId),
    ],
  }
}

function row(which: string, placeholder: string, fewest: 0 | 1, channelId: string | undefined): Row {
  const menu = new ChannelSelectMenuBuilder()
    .setCustomId(routes.setupChannel.id({ which }))
    .setPlaceholder(placeholder)
    .setChannelTypes(ChannelType.GuildText)
    .setMinValues(fewest)
    .setMaxValues(1)
  if (channelId !== undefined) menu.setDefaultChannels(channelId)
  return new ActionRowBuilder<ChannelSelectMenuBuilder>().addComponents(menu).toJSON()
}
