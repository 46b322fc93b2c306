import type { LookProblem } from '../../../discord/look.ts'
import { label } from '../../../discord/text.ts'
import { defineCheck, type Finding, fine, note, trouble, unknown } from '../check.ts'
import { inWords } from '../discord-readings.ts'

/** Discord takes the token away that logs in more than 1,000 times a day. */
const fewLogins = 50

/** Discord answers, and knows the token. */
export default defineCheck({
  title: 'Discord and the token',
  async run({ discord }) {
    const token = await discord.token()
    if (!token.ok) return [token.problem]
    if (!token.value.ok) return [failed(token.value.problem)]
    const limit = await discord.loginLimit()
    if (!limit.ok) return [limit.problem]
    const { remaining, total, resetAfterMs } = limit.value
    if (remaining < fewLogins) {
      return [
        note(
          `the bot has logged in so often that only ${remaining} of ${total} logins are left for the next ${Math.ceil(resetAfterMs / 3_600_000)} hours`,
          'Something starts it again and again: look into its log before Discord resets the token.',
        ),
      ]
    }
    return [fine(`DISCORD_TOKEN is that of the bot ${label(token.value.value.username, 'without a name')}`)]
  },
})

function failed(why: LookProblem): Finding {
  switch (why.problem) {
    case 'wrongToken':
      return trouble(
        'Discord does not accept DISCORD_TOKEN',
        'Open https://discord.com/developers/applications, choose the application, *Bot* → *Reset Token*, put the new token into DISCORD_TOKEN and start the bot again.',
      )
    case 'unreachable':
      return trouble(
        inWords(why),
        'Look whether this machine is online (`curl -I https://discord.com`), whether a firewall or the name server is in the way, and whether DISCORD_API_URL is right.',
      )
    case 'troubled':
      return trouble(
        inWords(why),
        'Wait: the bot tries again by itself. https://discordstatus.com tells how it stands.',
      )
    case 'unexpected':
    case 'notFound':
    case 'forbidden':
      return trouble(
        inWords(why),
        'Take DISCORD_API_URL out of the settings, and look for a proxy that answers in Discord’s place.',
      )
    case 'rateLimited':
      return unknown(inWords(why))
    default:
      return why satisfies never
  }
}
