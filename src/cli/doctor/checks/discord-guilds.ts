import { inviteLink } from '../../../discord/requirements.ts'
import { label } from '../../../discord/text.ts'
import { defineCheck, type Finding, fine, note, trouble } from '../check.ts'

const namesShown = 5

/** The bot is where it is expected. */
export default defineCheck({
  title: 'Discord servers',
  async run({ discord, plex, store }) {
    const [guilds, application, stored] = await Promise.all([
      discord.guilds(),
      discord.application(),
      store.guildIds(),
    ])
    if (!guilds.ok) return [guilds.problem]
    if (!application.ok) return [application.problem]
    const link = inviteLink(application.value.applicationId)
    const isThere = new Set<string>(guilds.value.map(({ guildId }) => guildId))
    const served = new Set<string>(plex.servedGuilds)
    const found: Finding[] = [...served]
      .filter((guildId) => !isThere.has(guildId))
      .map((guildId) =>
        trouble(
          `DISCORD_GUILD_IDS names ${guildId}, and the bot is no member there`,
          `Let it in: ${link}&guild_id=${guildId}. If the id is wrong: right-click the server in Discord, *Copy Server ID*.`,
        ),
      )
    if (isThere.size === 0) {
      found.unshift(
        trouble('the bot is in no Discord server', `Open ${link}, choose the server, and press *Authorise*.`),
      )
    }
    if (!stored.ok) return [...found, stored.problem]
    for (const guildId of stored.value) {
      if (isThere.has(guildId) || served.has(guildId)) continue
      found.push(
        note(
          `something is stored of the Discord server ${guildId}, and the bot is no member there any more`,
          `To have it there again: ${link}&guild_id=${guildId}.`,
        ),
      )
    }
    return found.length > 0 ? found : [fine(`in ${listed(guilds.value.map(({ name }) => name))}`)]
  },
})

function listed(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).map((name) => label(name, 'a server without a name'))
  const more = names.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
