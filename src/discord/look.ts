import type { GatewayIntentBits } from 'discord-api-types/v10'
import { z } from 'zod'
import { type ChannelId, type GuildId, id, type RoleId } from '../lib/ids.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import { grantedIntents } from './requirements.ts'

/** What Discord says about the bot, asked with its token alone: no gateway, no login, nothing is changed. */
export interface Look {
  bot(): Looked<Bot>
  application(): Looked<Application>
  /** Every guild that the bot is in. */
  guilds(): Looked<readonly SeenGuild[]>
  /** `notFound` where the bot is not in that guild (any more). */
  guild(guildId: GuildId, botId: string): Looked<GuildLook>
  /** The names of the commands that Discord was told for all guilds. */
  commandNames(applicationId: string): Looked<readonly string[]>
  /** How often the bot may still log in. */
  loginLimit(): Looked<LoginLimit>
}
export type Looked<T> = Promise<Result<T, LookProblem>>

/** Why Discord gave no answer that can be used. Never holds the token. */
export type LookProblem =
  /** Discord does not know the token, or it cannot be one. */
  | { problem: 'wrongToken' }
  /** No answer came; `reason` is the system's own code, such as `ENOTFOUND`, or `timedOut`. */
  | { problem: 'unreachable'; reason: string }
  /** Known and not allowed; `code` is Discord's. */
  | { problem: 'forbidden'; code: number | undefined }
  | { problem: 'notFound'; code: number | undefined }
  | { problem: 'rateLimited'; retryAfterMs: number }
  /** Discord has trouble of its own (5xx): it passes. */
  | { problem: 'troubled'; status: number }
  /** An answer that Discord does not give: somebody else answers at that address, or Discord has changed. */
  | { problem: 'unexpected'; status: number; what: string }

export interface Bot {
  botId: string
  username: string
}
export interface Application {
  applicationId: string
  name: string
  /** Whether others than its owner may let it into their guilds. */
  isPublic: boolean
  /** A switch of the portal with which no link lets a bot in. */
  needsCodeGrant: boolean
  grantedIntents: readonly GatewayIntentBits[]
}
export interface SeenGuild {
  guildId: GuildId
  name: string
}
export interface GuildLook extends SeenGuild {
  ownerId: string
  botId: string
  /** Without @everyone, whose id is the guild's. */
  botRoleIds: readonly RoleId[]
  roles: readonly SeenRole[]
  channels: readonly SeenChannel[]
}
export interface SeenRole {
  roleId: RoleId
  name: string
  position: number
  permissions: bigint
}
export interface SeenChannel {
  channelId: ChannelId
  name: string
  /** Discord's number; 0 is a text channel. */
  type: number
  overwrites: readonly { id: string; type: number; allow: bigint; deny: bigint }[]
}
export interface LoginLimit {
  total: number
  remaining: number
  resetAfterMs: number
}

export interface LookOptions {
  token: string
  /** Discord's REST base without the version. */
  apiUrl: string
  /** One request is over after this time: 10 s. */
  timeoutMs?: number
}

export function createLook({ token, apiUrl, timeoutMs = 10_000 }: LookOptions): Look {
  const ask = <T>(path: string, shape: z.ZodType<T>) => askOnce({ token, apiUrl, timeoutMs }, path, shape)
  return {
    bot: () => ask('/users/@me', bot),
    application: () => ask('/applications/@me', application),

    async guilds() {
      const seen: SeenGuild[] = []
      for (;;) {
        const last = seen.at(-1)
        const page = await ask(
          `/users/@me/guilds?limit=${guildsPerPage}${last ? `&after=${last.guildId}` : ''}`,
          z.array(guildRow),
        )
        if (!page.ok) return page
        seen.push(...page.value)
        // A page that brings nobody new would be asked for ever.
        if (page.value.length < guildsPerPage || page.value.at(-1)?.guildId === last?.guildId) return ok(seen)
      }
    },

    async guild(guildId, botId) {
      const path = `/guilds/${encodeURIComponent(guildId)}`
      const [about, channels, member] = await Promise.all([
        ask(path, guildAbout),
        ask(`${path}/channels`, z.array(channelRow)),
        ask(`${path}/members/${encodeURIComponent(botId)}`, memberRow),
      ])
      if (!about.ok) return about
      if (!channels.ok) return channels
      if (!member.ok) return member
      return ok({ ...about.value, botId, botRoleIds: member.value.roles, channels: channels.value })
    },

    commandNames: (applicationId) =>
      ask(
        `/applications/${encodeURIComponent(applicationId)}/commands`,
        z.array(z.object({ name: z.string() }).transform(({ name }) => name)),
      ),
    loginLimit: () => ask('/gateway/bot', gatewayBot),
  }
}

/** Discord's most. @see https://docs.discord.com/developers/resources/user#get-current-user-guilds */
const guildsPerPage = 200

const snowflake = z.string().regex(/^\d{1,20}$/u)
const bits = z
  .string()
  .regex(/^\d{1,40}$/u)
  .transform(BigInt)

const bot = z.object({ id: snowflake, username: z.string() }).transform(({ id: botId, username }) => ({
  botId,
  username,
}))
const application = z
  .object({
    id: snowflake,
    name: z.string(),
    bot_public: z.boolean().optional(),
    bot_require_code_grant: z.boolean().optional(),
    flags: z.number().int().optional(),
  })
  .transform((seen) => ({
    applicationId: seen.id,
    name: seen.name,
    isPublic: seen.bot_public ?? true,
    needsCodeGrant: seen.bot_require_code_grant ?? false,
    grantedIntents: grantedIntents(seen.flags ?? 0),
  }))
const guildRow = z
  .object({ id: snowflake, name: z.string() })
  .transform((seen) => ({ guildId: id<GuildId>(seen.id), name: seen.name }))
const guildAbout = z
  .object({
    id: snowflake,
    name: z.string(),
    owner_id: snowflake,
    roles: z.array(
      z
        .object({ id: snowflake, name: z.string(), position: z.number().int(), permissions: bits })
        .transform(({ id: roleId, ...role }) => ({ roleId: id<RoleId>(roleId), ...role })),
    ),
  })
  .transform((seen) => ({
    guildId: id<GuildId>(seen.id),
    name: seen.name,
    ownerId: seen.owner_id,
    roles: seen.roles,
  }))
const channelRow = z
  .object({
    id: snowflake,
    name: z.string(),
    type: z.number().int(),
    permission_overwrites: z
      .array(z.object({ id: snowflake, type: z.number().int(), allow: bits, deny: bits }))
      .optional(),
  })
  .transform((seen) => ({
    channelId: id<ChannelId>(seen.id),
    name: seen.name,
    type: seen.type,
    overwrites: seen.permission_overwrites ?? [],
  }))
const memberRow = z.object({ roles: z.array(snowflake.transform((role) => id<RoleId>(role))) })
const gatewayBot = z
  .object({
    session_start_limit: z.object({
      total: z.number().int(),
      remaining: z.number().int(),
      reset_after: z.number(),
    }),
  })
  .transform(({ session_start_limit: limit }) => ({
    total: limit.total,
    remaining: limit.remaining,
    resetAfterMs: limit.reset_after,
  }))

/** One question, asked once: whoever looks wants to know how it is now, and may look again. */
async function askOnce<T>(
  { token, apiUrl, timeoutMs }: Required<LookOptions>,
  path: string,
  shape: z.ZodType<T>,
): Looked<T> {
  // What cannot stand in a header is no token, and the header's own error would repeat it.
  if (!/^[\x21-\x7e]{1,512}$/u.test(token)) return problem({ problem: 'wrongToken' })
  let status: number
  let retryAfter: string | null
  let text: string
  try {
    const response = await fetch(`${apiUrl}/v10${path}`, {
      headers: { authorization: `Bot ${token}`, 'user-agent': userAgent },
      // Wherever another address leads, the token does not go there.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    status = response.status
    retryAfter = response.headers.get('retry-after')
    text = await response.text()
  } catch (error) {
    return problem({ problem: 'unreachable', reason: reasonOf(error) })
  }
  if (status === 200) {
    const read = shape.safeParse(jsonOf(text))
    if (read.success) return ok(read.data)
    const where = read.error.issues[0]?.path.join('.') || 'its root'
    return problem({ problem: 'unexpected', status, what: `an answer of another shape at ${where}` })
  }
  return problem(refusal(status, retryAfter, text))
}

function refusal(status: number, retryAfter: string | null, text: string): LookProblem {
  const said = errorBody.safeParse(jsonOf(text))
  const code = said.success ? said.data.code : undefined
  switch (status) {
    case 401:
      return { problem: 'wrongToken' }
    case 403:
      return { problem: 'forbidden', code }
    case 404:
      // Discord's own "not found" has a code; without one, somebody else answers at that address.
      if (said.success) return { problem: 'notFound', code }
      return { problem: 'unexpected', status, what: 'an answer that is not Discord’s' }
    case 429: {
      const seconds = Number(retryAfter ?? Number.NaN)
      return { problem: 'rateLimited', retryAfterMs: seconds >= 0 ? Math.ceil(seconds * 1_000) : 60_000 }
    }
    default:
      if (status >= 500) return { problem: 'troubled', status }
      return { problem: 'unexpected', status, what: `the status ${status}` }
  }
}

const errorBody = z.object({ code: z.number().int() })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Node's fetch wraps what happened in an error of its own; its code says most in the fewest words. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError') return 'timedOut'
  const cause: unknown = error.cause ?? error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
}

/** Discord asks every bot to say so in this form. @see https://docs.discord.com/developers/reference#user-agent */
const userAgent = 'DiscordBot (https://discord.com/developers/docs, 10) Usherr'
