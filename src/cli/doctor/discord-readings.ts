import pLimit from 'p-limit'
import type { Config, ConfigProblem } from '../../config.ts'
import {
  type Application,
  type Bot,
  createLook,
  type GuildLook,
  type LoginLimit,
  type Look,
  type LookProblem,
  type SeenGuild,
} from '../../discord/look.ts'
import type { GuildId } from '../../lib/ids.ts'
import { ok, problem, type Result } from '../../lib/result.ts'
import { because, type Reading, unknown } from './check.ts'
import { once } from './once.ts'

/** What Discord says. Where it does not even say which bot it is, that is the affair of the check `discord-token`. */
export interface DiscordReadings {
  /** As Discord answered. */
  token(): Promise<Reading<Result<Bot, LookProblem>>>
  bot(): Promise<Reading<Bot>>
  application(): Promise<Reading<Application>>
  guilds(): Promise<Reading<readonly SeenGuild[]>>
  guild(guildId: GuildId): Promise<Reading<GuildLook>>
  commandNames(): Promise<Reading<readonly string[]>>
  loginLimit(): Promise<Reading<LoginLimit>>
}

/** Each is three questions, and Discord takes 50 a second from one bot, the bot that is running included. */
const guildsAtOnce = 4

export function discordReadings(
  discord: Result<Config['discord'], readonly ConfigProblem[]>,
  timeoutMs: number,
): DiscordReadings {
  const look: Reading<Look> = discord.ok
    ? ok(createLook({ token: discord.value.token.reveal(), apiUrl: discord.value.apiUrl, timeoutMs }))
    : problem(because('configuration'))
  const limit = pLimit(guildsAtOnce)
  const guilds = new Map<GuildId, () => Promise<Reading<GuildLook>>>()

  const token = once(async () => (look.ok ? ok(await look.value.bot()) : look))
  const bot = once(async (): Promise<Reading<Bot>> => {
    const asked = await token()
    if (!asked.ok) return asked
    return asked.value.ok ? asked.value : problem(because('discord-token'))
  })
  /** All questions leave at the same time; which of them counts is decided when the answers are there. */
  const ask = <T>(question: (look: Look) => Promise<Result<T, LookProblem>>) =>
    once(async (): Promise<Reading<T>> => {
      if (!look.ok) return look
      const [who, asked] = await Promise.all([bot(), question(look.value)])
      if (!who.ok) return who
      return asked.ok ? asked : problem(unknown(inWords(asked.problem)))
    })
  const application = ask((discord) => discord.application())

  return {
    token,
    bot,
    application,
    guilds: ask((discord) => discord.guilds()),
    loginLimit: ask((discord) => discord.loginLimit()),
    guild(guildId) {
      const asked =
        guilds.get(guildId) ??
        once(async (): Promise<Reading<GuildLook>> => {
          const who = await bot()
          if (!who.ok) return who
          return ask((discord) => limit(() => discord.guild(guildId, who.value.botId)))()
        })
      guilds.set(guildId, asked)
      return asked()
    },
    commandNames: once(async (): Promise<Reading<readonly string[]>> => {
      const of = await application()
      if (!of.ok) return of
      return ask((discord) => discord.commandNames(of.value.applicationId))()
    }),
  }
}

/** Why Discord gave no answer, for a person. */
export function inWords(why: LookProblem): string {
  switch (why.problem) {
    case 'wrongToken':
      return 'Discord does not accept the token'
    case 'unreachable':
      return why.reason === 'timedOut'
        ? 'Discord does not answer'
        : `Discord cannot be reached (${why.reason})`
    case 'forbidden':
      return `Discord does not let the bot look there (${why.code ?? 403})`
    case 'notFound':
      return `Discord knows no such thing (${why.code ?? 404})`
    case 'rateLimited':
      return `Discord takes no questions for ${Math.ceil(why.retryAfterMs / 1000)} s`
    case 'troubled':
      return `Discord has trouble of its own (${why.status})`
    case 'unexpected':
      return `somebody else than Discord answers (${why.what})`
    default:
      return why satisfies never
  }
}
