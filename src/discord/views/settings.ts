import type { GuildSettings } from '../../sharing/guild-settings.ts'
import { levels } from '../../sharing/policy.ts'
import type { Library } from '../../sharing/ports.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import type { SettingsShown } from '../../sharing/use-cases/guild-settings.ts'
import type { Reply } from '../reply.ts'
import { listed, plain } from '../text.ts'
import { accessWords } from './describe.ts'
import { refusalView } from './refusal.ts'

/** The settings; after a change, before and after. */
export function settingsView(result: SettingsShown | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { before, after, libraries } = result
  if (before === after) return { content: words(after, libraries) }
  return { content: `Saved. Before:\n${words(before, libraries)}\nNow:\n${words(after, libraries)}` }
}

function words({ bindings, sets }: GuildSettings, libraries: readonly Library[]): string {
  const lines = levels.flatMap((level) => {
    const roles = bindings.filter((binding) => binding.level === level).map(({ roleId }) => `<@&${roleId}>`)
    return roles.length > 0 ? [`• ${level}: ${listed(roles)}`] : []
  })
  const setLines = sets.map(
    (set) =>
      `• set **${plain(set.name)}**: ${accessWords({ kind: 'some', libraries: set.libraries }, libraries)}`,
  )
  const none = '• no role has a level yet: only those who may manage this Discord server can use me'
  return [...(lines.length > 0 ? lines : [none]), ...setLines].join('\n')
}
