import type { LookProblem } from '../discord/look.ts'

/** What it means that Discord gave no answer, and what to do, for a person in a terminal. */
export function lookProblemWords(why: LookProblem): string {
  switch (why.problem) {
    case 'wrongToken':
      return `Discord does not know this token: it was mistyped, or reset since.\n${whereTokensAre}`
    case 'unreachable':
      return `Discord could not be reached (${why.reason}), so nothing is known yet. Is this machine online, and is DISCORD_API_URL right, if it is set?`
    case 'forbidden':
      return `Discord knows the token, but does not allow this${codeWords(why.code)}. Was the bot locked? Its page in the developer portal says so.`
    case 'notFound':
      return `Discord does not find it${codeWords(why.code)}: the bot may have been thrown out a moment ago.`
    case 'rateLimited':
      return `Discord wants to be asked less often: try again in ${Math.ceil(why.retryAfterMs / 1_000)} seconds.`
    case 'troubled':
      return `Discord has trouble of its own (${why.status}). It passes; https://discordstatus.com says more.`
    case 'unexpected':
      return `What answers there is not Discord, or a newer one than this version knows (${why.status}, ${why.what}). Is DISCORD_API_URL set, or does a proxy stand between?`
    default:
      return why satisfies never
  }
}

export const whereTokensAre =
  'It is at https://discord.com/developers/applications: choose your application (or “New Application”), page “Bot”, “Reset Token”. One that was shown earlier is dead from then on.'

const codeWords = (code: number | undefined) => (code === undefined ? '' : ` (${code})`)
