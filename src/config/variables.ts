import { z } from 'zod'
import { type GuildId, id } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'
import { parseKeys } from '../storage/keys.ts'

/**
 * Every variable of the environment, once: the parser, `.env.example` and `docs/configuration.md` are made from this
 * list. Each schema takes the text and says in its own words what is wrong; none of them repeats the text.
 */
export const variables = {
  DISCORD_TOKEN: variable({
    schema: oneLine('a bot token has no spaces, quotes or line breaks; leave out "Bot "').transform(toSecret),
    isRequired: true,
    isSecret: true,
    meaning:
      "The bot's token, from the page Bot of the application at https://discord.com/developers/applications.",
    example: 'the-token-from-the-page-Bot',
  }),
  DISCORD_API_URL: variable({
    schema: webAddress(),
    default: 'https://discord.com/api',
    meaning: "Discord's REST address. Change it only for tests and for the demo.",
    example: 'https://discord.com/api',
  }),
  DISCORD_GUILD_IDS: variable({
    schema: z.string().transform(toGuildIds),
    meaning:
      "The Discord servers that the environment's Plex connection serves, as ids separated by commas. Needed with " +
      "`PLEX_TOKEN`, so that nobody else's Discord server gets that power.",
    example: '123456789012345678,234567890123456789',
  }),
  PLEX_TOKEN: variable({
    schema: oneLine('a Plex token has no spaces, quotes or line breaks').transform(toSecret),
    isSecret: true,
    meaning: "The server owner's Plex token.",
    example: 'the-X-Plex-Token-of-the-owner',
  }),
  PLEX_SERVER: variable({
    schema: z.string().trim().min(1).max(200, 'a server name is at most 200 characters'),
    meaning:
      'The Plex server, by machine identifier or name. With `PLEX_TOKEN` only, and only where the account owns ' +
      'several servers.',
    example: 'Attic',
  }),
  PLEX_API_URL: variable({
    schema: webAddress(),
    default: 'https://plex.tv',
    meaning: "plex.tv's address. Change it only for tests and for the demo.",
    example: 'https://plex.tv',
  }),
  PLEX_CLIENT_IDENTIFIER: variable({
    schema: oneLine('a client identifier has no spaces or quotes').max(128, 'it is at most 128 characters'),
    defaultText: 'made once, kept in the store',
    meaning:
      'The name by which plex.tv knows this installation. A new one appears as a new device of the owner.',
    example: 'usherr-at-home',
  }),
  STORAGE_URL: variable({
    schema: z
      .string()
      .regex(
        /^(sqlite|postgres|postgresql|redis|rediss):\/\/./,
        'it must begin with sqlite:// and name a file, or with postgres:// or redis:// and name a server',
      )
      .transform(toSecret),
    default: 'sqlite://data/usherr.sqlite',
    // An address of a database server carries its password.
    isSecret: true,
    meaning:
      'Where everything is kept: `sqlite://` and a file, below the working folder or, with a third slash, absolute; ' +
      '`postgres://user:password@host:5432/database`, with `?sslmode=verify-full` where it is not on your own network; ' +
      'or `redis://user:password@host:6379/0`, `rediss://` with TLS. docs/storage.md says what each has to be set to.',
    example: 'sqlite:///var/lib/usherr/usherr.sqlite',
  }),
  ENCRYPTION_KEY: variable({
    schema: z.string().transform((text, context) => {
      const keys = parseKeys(text)
      return keys ?? refuse(context, 'each key must be base64 of exactly 32 bytes, 44 characters')
    }),
    isSecret: true,
    defaultText:
      '`encryption.key` beside the database or, where a server keeps that, in `data`; made once, mode 0600',
    meaning:
      'The key of everything that is stored: 32 bytes in base64, as `openssl rand -base64 32` prints. Several, ' +
      'separated by commas, for a rotation: the first encrypts, all decrypt. Without its key a database is lost; ' +
      'keep a copy of it, and not beside the backups.',
    example: 'what-openssl-rand-base64-32-printed',
  }),
  SETTLE_SECONDS: variable({
    schema: wholeNumber(0, 3600),
    default: '120',
    meaning:
      'How long an unclear answer of plex.tv rests before Usherr looks what became of it and sends again, in seconds. ' +
      'Too short, and a slow answer may take effect twice.',
    example: '120',
  }),
  KEEP_LEFT_GUILDS_DAYS: variable({
    schema: wholeNumber(0, 3650),
    default: '30',
    meaning:
      'How many days everything of a Discord server is kept after the bot was removed from it. Meanwhile nothing is ' +
      'done for it, and whoever adds the bot again finds everything as it was; then it is deleted.',
    example: '30',
  }),
  HEALTH_PORT: variable({
    schema: wholeNumber(0, 65_535),
    default: '0',
    meaning: 'The port of `/healthz`, `/readyz` and `/metrics` on 127.0.0.1; 0 turns them off.',
    example: '8080',
  }),
  LOG_LEVEL: variable({
    schema: z.enum(['debug', 'info', 'warn', 'error'], 'it must be debug, info, warn or error'),
    default: 'info',
    meaning: 'The least important lines that are written: `debug`, `info`, `warn` or `error`.',
    example: 'debug',
  }),
} as const

export type VariableName = keyof typeof variables

export interface Variable<T = unknown> {
  schema: z.ZodType<T, string>
  isRequired?: boolean
  isSecret?: boolean
  default?: string
  /** What holds without it, in words, where that is no text one could write there. */
  defaultText?: string
  /** Markdown, one paragraph. */
  meaning: string
  example: string
}

/** Keeps each schema's own type while checking the rest. */
function variable<const V extends Variable>(declared: V): V {
  return declared
}

function oneLine(otherwise: string) {
  return z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/, otherwise)
    .regex(/^[^"']+$/, otherwise)
}

function webAddress() {
  return z
    .string()
    .trim()
    .transform((text, context) => {
      const url = URL.canParse(text) ? new URL(text) : undefined
      if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
        return refuse(context, 'it must be a whole address that begins with https://')
      }
      if (url.username || url.password || url.search || url.hash) {
        return refuse(context, 'it must not have a user, a password, a ? or a #')
      }
      return url.href.replace(/\/+$/, '')
    })
}

function wholeNumber(least: number, most: number) {
  return z
    .string()
    .trim()
    .transform((text, context) => {
      const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
      if (number >= least && number <= most) return number
      return refuse(context, `it must be a whole number from ${least} to ${most}`)
    })
}

function toGuildIds(text: string, context: z.RefinementCtx): readonly GuildId[] {
  const ids = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (ids.length === 0 || !ids.every((part) => /^\d{15,20}$/.test(part))) {
    return refuse(context, 'it must be ids of 15 to 20 digits, separated by commas')
  }
  return [...new Set(ids)].map((part) => id<GuildId>(part))
}

function toSecret(text: string): Secret {
  return new Secret(text)
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}
