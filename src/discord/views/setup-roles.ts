import { type Level, levels } from '../../sharing/policy.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import type { LevelRoles } from '../../sharing/use-cases/setup-roles.ts'
import { ActionRowBuilder, RoleSelectMenuBuilder } from '../builders.ts'
import type { Reply, Row } from '../reply.ts'
import { routes } from '../routes.ts'
import { listed } from '../text.ts'
import { refusalView } from './refusal.ts'
import { nextWords } from './setup-next.ts'

const may: Record<Level, string> = {
  member: 'ask for access and see their own',
  inviter: 'invite as well',
  reviewer: 'decide on requests and see people as well',
  manager: 'change and end access, see addresses and the history as well',
  administrator: 'do everything, these settings too',
}

/** Discord shows so many roles in one select at most. */
const mostRoles = 25

/** A select of roles for each level: Discord has five rows, and there are five levels. */
export function levelRolesView(result: LevelRoles | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { bindings, facts, changed, next } = result
  return {
    content: [
      ...(changed ? [`Saved: who is ${changed}.`] : []),
      'Choose the roles of each level; it is saved at once. A role has one level, and whoever may manage this Discord server may do everything anyway.',
      ...levels.map((level) => `• **${level}** may ${may[level]}`),
      ...(facts.gone.length > 0
        ? [`⚠️ ${facts.gone.length} of the roles are no more; \`/settings show\` names them.`]
        : []),
      'Limits for a role (which libraries, how many a week, how long, with review): `/settings roles`.',
      nextWords(next),
    ].join('\n'),
    components: levels.map((level): Row => {
      const roles = bindings.filter((binding) => binding.level === level).map(({ roleId }) => roleId)
      const menu = new RoleSelectMenuBuilder()
        .setCustomId(routes.setupRoles.id({ level }))
        .setPlaceholder(`Roles that are ${level}`)
        .setMinValues(0)
        .setMaxValues(mostRoles)
        .setDefaultRoles(...roles.filter((role) => !facts.gone.includes(role)).slice(0, mostRoles))
      return new ActionRowBuilder<RoleSelectMenuBuilder>().addComponents(menu).toJSON()
    }),
  }
}

/** Roles by mention, for a message in which they ring for nobody. */
export const roleMentions = (roleIds: readonly string[]) => listed(roleIds.map((roleId) => `<@&${roleId}>`))
