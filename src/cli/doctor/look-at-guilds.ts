import type { GuildLook } from '../../discord/look.ts'
import { label } from '../../discord/text.ts'
import { ok } from '../../lib/result.ts'
import type { GuildSettings } from '../../sharing/guild-settings.ts'
import type { Reading, Unknown } from './check.ts'
import type { Examination } from './examination.ts'

export interface LookedAtGuilds {
  guilds: readonly { settings: GuildSettings; guild: GuildLook }[]
  /** The guilds of which Discord does not tell. */
  notSeen: readonly Unknown[]
}

/** The guilds whose settings are of interest, as Discord has them now; without those that the bot has left. */
export async function lookAtGuilds(
  { store, discord }: Examination,
  isOfInterest: (settings: GuildSettings) => boolean,
): Promise<Reading<LookedAtGuilds>> {
  const [settings, member] = await Promise.all([store.settings(), discord.guilds()])
  if (!settings.ok) return settings
  if (!member.ok) return member
  const names = new Map(member.value.map(({ guildId, name }) => [guildId, name]))
  const wanted = settings.value.filter((each) => names.has(each.guildId) && isOfInterest(each))
  const looked = await Promise.all(
    wanted.map(async (each) => ({ settings: each, guild: await discord.guild(each.guildId) })),
  )
  return ok({
    guilds: looked.flatMap((each) =>
      each.guild.ok ? { settings: each.settings, guild: each.guild.value } : [],
    ),
    notSeen: looked.flatMap(({ settings: { guildId }, guild }) => {
      if (guild.ok) return []
      const { problem } = guild
      const where = label(names.get(guildId) ?? '', guildId)
      return problem.because ? problem : { ...problem, what: `${where}: ${problem.what}` }
    }),
  })
}
