import { highestPosition } from '../../../discord/bot-permissions.ts'
import type { GuildLook } from '../../../discord/look.ts'
import { label } from '../../../discord/text.ts'
import type { RoleBinding } from '../../../sharing/policy.ts'
import { defineCheck, type Finding, fine, note } from '../check.ts'
import { lookAtGuilds } from '../look-at-guilds.ts'

/** The roles that have a level: there, and below the bot's own. Usherr gives no roles out, so nothing here is wrong. */
export default defineCheck({
  title: 'Roles and their order',
  async run(examined) {
    const looked = await lookAtGuilds(examined, ({ bindings }) => bindings.length > 0)
    if (!looked.ok) return [looked.problem]
    const { guilds, notSeen } = looked.value
    const found = guilds.flatMap(({ settings, guild }) =>
      settings.bindings.flatMap((binding) => judged(guild, binding)),
    )
    const all = [...found, ...notSeen]
    if (all.length > 0) return all
    const count = guilds.flatMap(({ settings }) => settings.bindings).length
    return [
      fine(
        count === 0
          ? 'no role has a level (`/settings roles` gives one)'
          : `${count} with a level, all there`,
      ),
    ]
  },
})

function judged(guild: GuildLook, { roleId, level }: RoleBinding): Finding[] {
  const where = label(guild.name, guild.guildId)
  const role = guild.roles.find((each) => each.roleId === roleId)
  if (!role) {
    return [
      note(
        `${where}: the role that had the level ${level} is not there any more`,
        `If nobody has that level now, give it to another role: \`/settings roles role:@… level:${level}\`.`,
      ),
    ]
  }
  // Everybody has @everyone, which has the guild's own id; nobody gives it out.
  if (role.roleId === String(guild.guildId) || role.position < highestPosition(guild)) return []
  return [
    note(
      `${where}: the bot's highest role is not above @${label(role.name, roleId)}; that matters only to a bot that gives roles out, which this version does not`,
    ),
  ]
}
