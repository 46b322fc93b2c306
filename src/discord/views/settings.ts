import type { GuildSettings } from '../../sharing/guild-settings.ts'
import { type GrantLimits, levels } from '../../sharing/policy.ts'
import type { Library } from '../../sharing/ports.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import type { SettingsShown } from '../../sharing/use-cases/guild-settings.ts'
import type { Reply } from '../reply.ts'
import { listed, plain, relative } from '../text.ts'
import { accessWords } from './describe.ts'
import { observingWords, resumeRow } from './observing.ts'
import { refusalView } from './refusal.ts'
import { durationWords } from './request-words.ts'

/** The settings; after a change, before and after. */
export function settingsView(result: SettingsShown | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { before, after, libraries, restored } = result
  const saved =
    before === after
      ? words(after, libraries)
      : `Saved. Before:\n${words(before, libraries)}\nNow:\n${words(after, libraries)}`
  if (!restored) return { content: saved }
  return { content: `⚠️ I only look on: ${observingWords(restored)}\n${saved}`, components: [resumeRow()] }
}

function words(settings: GuildSettings, libraries: readonly Library[]): string {
  const { bindings, sets } = settings
  const lines = levels.flatMap((level) => {
    const roles = bindings
      .filter((binding) => binding.level === level)
      .map(({ roleId, limits }) => `<@&${roleId}>${limitsWords(limits)}`)
    return roles.length > 0 ? [`• ${level}: ${listed(roles)}`] : []
  })
  const setLines = sets.map(
    (set) =>
      `• set **${plain(set.name)}**: ${accessWords({ kind: 'some', libraries: set.libraries }, libraries)}`,
  )
  const none = '• no role has a level yet: only those who may manage this Discord server can use me'
  return [
    ...(lines.length > 0 ? lines : [none]),
    ...setLines,
    ...requestLines(settings),
    ...logLines(settings),
  ].join('\n')
}

function limitsWords(limits: GrantLimits | undefined): string {
  if (!limits) return ''
  const parts = [
    ...(limits.sets ? [`only ${listed(limits.sets.map((set) => `“${plain(set, 40)}”`))}`] : []),
    ...(limits.grantsPerWeek === undefined ? [] : [`${limits.grantsPerWeek} a week`]),
    ...(limits.longestMs === undefined ? [] : [`at most ${durationWords(limits.longestMs)}`]),
    ...(limits.needsReview ? ['invites with review'] : []),
  ]
  return ` (${parts.join(', ')})`
}

function requestLines({ reviewersChannelId, approvalsNeeded, requestsPerDay }: GuildSettings): string[] {
  return [
    ...(reviewersChannelId === undefined ? [] : [`• requests are shown in <#${reviewersChannelId}>`]),
    ...(approvalsNeeded === undefined ? [] : [`• approvals needed: ${approvalsNeeded}`]),
    ...(requestsPerDay === undefined ? [] : [`• requests a day for each member: ${requestsPerDay}`]),
  ]
}

function logLines({ log }: GuildSettings): string[] {
  if (!log) return []
  const { trouble, channelId } = log
  const why =
    trouble?.because === 'gone'
      ? `, but that channel is gone (noticed ${relative(trouble.at)}): choose another with \`/settings channels\``
      : `, but I may not write there (noticed ${relative(trouble?.at ?? log.since)}): let me see the channel and send messages in it`
  return [`• what happens is shown in <#${channelId}>${trouble ? why : ''}`]
}
