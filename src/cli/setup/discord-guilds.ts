import { missingPermissions, permissionsInGuild } from '../../discord/bot-permissions.ts'
import type { SeenGuild } from '../../discord/look.ts'
import { inviteLink } from '../../discord/requirements.ts'
import { label } from '../../discord/text.ts'
import type { GuildId } from '../../lib/ids.ts'
import { Cancelled } from '../asker.ts'
import { lookProblemWords } from '../discord-words.ts'
import type { KnownBot } from './discord-token.ts'
import type { SetupGround } from './ground.ts'

export interface ChosenGuilds {
  /** Those that Plex is to be connected for; empty: later. */
  chosen: readonly SeenGuild[]
  /** Chosen earlier, and the bot is not in them now: nobody was asked about them, so they stay. */
  unseen: readonly GuildId[]
}

/** Waits until the bot is in a guild. `before` are those that were chosen earlier. */
export async function chooseGuilds(
  known: KnownBot,
  ground: SetupGround,
  before: readonly GuildId[],
): Promise<ChosenGuilds> {
  const { asker, say } = ground
  const link = inviteLink(known.application.applicationId)
  let linkIsShown = false
  const showLink = (why: string) => {
    say(`${why}\nWhoever may manage the server lets the bot in here, with the least permissions:\n${link}`)
    linkIsShown = true
  }
  for (;;) {
    const guilds = await guildsOf(known, ground)
    if (guilds.length === 0) {
      showLink(
        linkIsShown ? 'The bot is still in no Discord server.' : 'The bot is in no Discord server yet.',
      )
      if ((await asker.choose('Is it in?', afterLink)) === 'later') return none
      continue
    }
    const [only, another] = guilds
    const next = await asker.choose(
      only && !another
        ? `The bot is in “${nameOf(only)}”. Connect Plex for it?`
        : `The bot is in ${guilds.length} Discord servers. Connect Plex for some of them?`,
      afterLooking(guilds.length),
    )
    if (next === 'later') return none
    if (next === 'another') {
      showLink('Choose the server on this page.')
      if ((await asker.choose('Is it in?', afterLink)) === 'later') return none
      continue
    }
    const chosen =
      only && !another
        ? [only]
        : await asker.chooseMany(
            'Which of them may use your Plex server?',
            guilds.map((guild) => ({ value: guild, label: nameOf(guild), hint: guild.guildId })),
            guilds.filter(({ guildId }) => before.includes(guildId)),
          )
    await waitForPermissions(chosen, known, ground, link)
    const unseen = before.filter((each) => !guilds.some(({ guildId }) => guildId === each))
    if (unseen.length > 0) {
      say(`Of those in DISCORD_GUILD_IDS the bot is not in ${unseen.join(', ')}. They stay there.`)
    }
    return { chosen, unseen }
  }
}

const none: ChosenGuilds = { chosen: [], unseen: [] }

const afterLink = [
  { value: 'look', label: 'Yes, look again' },
  { value: 'later', label: 'Later: go on without' },
] as const

const afterLooking = (count: number) =>
  [
    { value: 'these', label: count === 1 ? 'Yes' : 'Yes, let me choose' },
    { value: 'another', label: 'For another one, where the bot is not yet' },
    { value: 'later', label: 'Later, in Discord with /setup plex' },
  ] as const

async function guildsOf({ look }: KnownBot, { asker, say, stopped }: SetupGround) {
  for (;;) {
    const guilds = await look.guilds()
    if (stopped.aborted) throw new Cancelled()
    if (guilds.ok) return guilds.value
    say(lookProblemWords(guilds.problem))
    if (!(await asker.confirm('Try again?'))) throw new Cancelled()
  }
}

/** Without them the bot works; only its cards for reviewers and for the log have no place. */
async function waitForPermissions(
  guilds: readonly SeenGuild[],
  { look, bot }: KnownBot,
  { asker, say, stopped }: SetupGround,
  link: string,
): Promise<void> {
  for (const guild of guilds) {
    for (;;) {
      const seen = await look.guild(guild.guildId, bot.botId)
      if (stopped.aborted) throw new Cancelled()
      if (!seen.ok) say(`“${nameOf(guild)}” could not be looked at. ${lookProblemWords(seen.problem)}`)
      const missing = seen.ok ? missingPermissions(permissionsInGuild(seen.value)) : []
      if (seen.ok && missing.length === 0) break
      if (missing.length > 0) {
        say(
          `In “${nameOf(guild)}” the bot lacks ${missing.map((name) => `“${name}”`).join(' and ')}: commands work, but cards for reviewers and for the log cannot be posted. Opening the link again gives it:\n${link}`,
        )
      }
      if (!(await asker.confirm('Look again?'))) break
    }
  }
}

const nameOf = ({ name, guildId }: SeenGuild) => label(name, guildId)
