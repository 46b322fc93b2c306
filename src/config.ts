import { readFileSync } from 'node:fs'
import { misspelt } from './config/misspelt.ts'
import { type Variable, type VariableName, variables } from './config/variables.ts'
import type { GuildId } from './lib/ids.ts'
import { ok, problem, type Result } from './lib/result.ts'
import type { Secret } from './lib/secret.ts'
import type { MasterKeys } from './storage/keys.ts'

export interface Config {
  discord: {
    token: Secret
    apiUrl: string
  }
  plex: {
    apiUrl: string
    /** `undefined`: the one in the store. */
    clientIdentifier: string | undefined
    /** A ready-made connection, in place of `/setup`. */
    connection: PlexConnection | undefined
  }
  storage: {
    /** A secret because the address of a database server carries its password. */
    url: Secret
    /** `undefined`: those in `encryption.key` beside the database. */
    keys: MasterKeys | undefined
  }
  settleMs: number
  /** How long everything of a guild is kept after the bot has left it. */
  keepLeftGuildsMs: number
  health: {
    /** `undefined`: no health check. */
    port: number | undefined
  }
  log: { level: 'debug' | 'info' | 'warn' | 'error' }
  /** What does not keep the bot from starting, in sentences. */
  warnings: readonly string[]
}

export interface PlexConnection {
  token: Secret
  /** Machine identifier or name; may be missing where the account owns one server. */
  server: string | undefined
  /** The guilds it serves; at least one. */
  guildIds: readonly GuildId[]
}

export interface ConfigProblem {
  variable: string
  /** What is wrong; never the value. */
  what: string
  /** What to do, with an example. */
  fix: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** The whole configuration, or every problem at once. Any variable may come from a file: `NAME_FILE`. */
export function loadConfig(
  environment: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Result<Config, readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  const slips = misspelt(namesIn(environment), knownNames)
  const read = <N extends VariableName>(name: N) => readVariable(name, environment, readFile, problems)

  const token = read('DISCORD_TOKEN')
  const discordApiUrl = read('DISCORD_API_URL')
  const guildIds = read('DISCORD_GUILD_IDS')
  const plexToken = read('PLEX_TOKEN')
  const plexServer = read('PLEX_SERVER')
  const plexApiUrl = read('PLEX_API_URL')
  const clientIdentifier = read('PLEX_CLIENT_IDENTIFIER')
  const storageUrl = read('STORAGE_URL')
  const keys = read('ENCRYPTION_KEY')
  const settleSeconds = read('SETTLE_SECONDS')
  const keepLeftDays = read('KEEP_LEFT_GUILDS_DAYS')
  const healthPort = read('HEALTH_PORT')
  const level = read('LOG_LEVEL')

  if (isGiven('PLEX_TOKEN', environment) && !isGiven('DISCORD_GUILD_IDS', environment)) {
    problems.push({
      variable: 'DISCORD_GUILD_IDS',
      what: 'is needed when PLEX_TOKEN is given: it says which Discord servers may use that Plex server',
      fix: fixOf('DISCORD_GUILD_IDS'),
    })
  }
  if (
    problems.length > 0 ||
    token === undefined ||
    discordApiUrl === undefined ||
    plexApiUrl === undefined ||
    storageUrl === undefined ||
    settleSeconds === undefined ||
    keepLeftDays === undefined ||
    healthPort === undefined ||
    level === undefined
  ) {
    return problem(withSlips(problems, slips))
  }

  return ok({
    discord: { token, apiUrl: discordApiUrl },
    plex: {
      apiUrl: plexApiUrl,
      clientIdentifier,
      connection: plexToken && guildIds ? { token: plexToken, server: plexServer, guildIds } : undefined,
    },
    storage: { url: storageUrl, keys },
    settleMs: settleSeconds * 1000,
    keepLeftGuildsMs: keepLeftDays * 86_400_000,
    health: { port: healthPort === 0 ? undefined : healthPort },
    log: { level },
    warnings: [
      ...slips.map(({ written, meant }) => `${written} is not a variable of Usherr. Did you mean ${meant}?`),
      ...clearTextWarning('DISCORD_API_URL', discordApiUrl),
      ...clearTextWarning('PLEX_API_URL', plexApiUrl),
      ...(plexToken === undefined && plexServer !== undefined
        ? ['PLEX_SERVER does nothing without PLEX_TOKEN.']
        : []),
      ...(plexToken === undefined && guildIds !== undefined
        ? ['DISCORD_GUILD_IDS does nothing without PLEX_TOKEN.']
        : []),
    ],
  })
}

/** What the tools need that work on the store alone: no bot token, no Plex. */
export function loadStorage(
  environment: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Result<Config['storage'], readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  const url = readVariable('STORAGE_URL', environment, readFile, problems)
  const keys = readVariable('ENCRYPTION_KEY', environment, readFile, problems)
  return problems.length > 0 || url === undefined ? problem(problems) : ok({ url, keys })
}

/** What the tools need that ask plex.tv for the owner: no bot token. Nothing where no Plex token is given. */
export function loadPlex(
  environment: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Result<Config['plex'], readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  const read = <N extends VariableName>(name: N) => readVariable(name, environment, readFile, problems)
  const guildIds = read('DISCORD_GUILD_IDS')
  const token = read('PLEX_TOKEN')
  const server = read('PLEX_SERVER')
  const apiUrl = read('PLEX_API_URL')
  const clientIdentifier = read('PLEX_CLIENT_IDENTIFIER')
  if (problems.length > 0 || apiUrl === undefined) return problem(problems)
  return ok({
    apiUrl,
    clientIdentifier,
    connection: token && guildIds ? { token, server, guildIds } : undefined,
  })
}

/** One variable for the tools that need no more; `undefined` where it is not given and has no default. */
export function readSetting<N extends VariableName>(
  name: N,
  environment: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Result<ValueOf<N> | undefined, readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  const declared: Variable = variables[name]
  if (declared.default === undefined && !isGiven(name, environment)) return ok(undefined)
  const value = readVariable(name, environment, readFile, problems)
  return problems.length > 0 ? problem(problems) : ok(value)
}

/** The problems as a person reads them in a terminal. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ variable, what, fix }) => `  ${variable} ${what}.\n    ${fix}`)
  const count = problems.length === 1 ? 'One setting needs' : `${problems.length} settings need`
  return `${count} your attention:\n${lines.join('\n')}\nAll settings: docs/configuration.md`
}

type ValueOf<N extends VariableName> = (typeof variables)[N]['schema']['_output']

/** `undefined` where the variable is not given, or not usable and then among the problems. */
function readVariable<N extends VariableName>(
  name: N,
  environment: Environment,
  readFile: (path: string) => string,
  problems: ConfigProblem[],
): ValueOf<N> | undefined {
  const declared: Variable = variables[name]
  const report = (variable: string, what: string) => problems.push({ variable, what, fix: fixOf(name) })

  const direct = environment[name] || undefined
  const path = environment[`${name}_FILE`] || undefined
  if (direct !== undefined && path !== undefined) {
    report(name, `and ${name}_FILE are both given; keep one of them`)
    return undefined
  }
  let text = direct ?? declared.default
  if (path !== undefined) {
    try {
      text = readFile(path).replace(/[\r\n]+$/, '')
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
      report(`${name}_FILE`, `names a file that cannot be read (${code})`)
      return undefined
    }
    if (text === '') {
      report(`${name}_FILE`, 'names an empty file')
      return undefined
    }
  }
  if (text === undefined) {
    if (declared.isRequired) report(name, 'is missing')
    return undefined
  }
  const parsed = declared.schema.safeParse(text)
  if (!parsed.success) {
    report(path === undefined ? name : `${name}_FILE`, `is not usable: ${parsed.error.issues[0]?.message}`)
    return undefined
  }
  // The list's own schema for this name made the value; the list's type forgets which one.
  return parsed.data as ValueOf<N>
}

const variableNames = Object.keys(variables)
const knownNames = variableNames.flatMap((name) => [name, `${name}_FILE`])

const namesIn = (environment: Environment) =>
  Object.keys(environment).filter((name) => environment[name] !== undefined)

const isGiven = (name: VariableName, environment: Environment) =>
  Boolean(environment[name] || environment[`${name}_FILE`])

const fixOf = (name: VariableName) => `Example: ${name}=${variables[name].example}`

/** A missing variable may only be misspelt: then that is the news. */
function withSlips(
  problems: readonly ConfigProblem[],
  slips: readonly { written: string; meant: string }[],
): readonly ConfigProblem[] {
  return problems.map((each) => {
    const slip = slips.find(({ meant }) => meant === each.variable || meant === `${each.variable}_FILE`)
    if (!slip) return each
    return { ...each, fix: `You have set ${slip.written}: rename it to ${slip.meant}. ${each.fix}` }
  })
}

function clearTextWarning(name: VariableName, address: string): string[] {
  const { protocol, hostname } = new URL(address)
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)
  return protocol === 'https:' || isLocal ? [] : [`${name} is not https: the token travels readably.`]
}
