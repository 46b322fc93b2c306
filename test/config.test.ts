import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { configurationPage, envExample } from '../src/config/describe.ts'
import { variables } from '../src/config/variables.ts'
import { type Config, describeProblems, type Environment, loadConfig } from '../src/config.ts'
import { Secret } from '../src/lib/secret.ts'

const token = 'a-bot-token.of-some.kind'
const guildId = '123456789012345678'
const key = Buffer.alloc(32, 7).toString('base64')

function configOf(environment: Environment): Config {
  const loaded = loadConfig(environment)
  if (!loaded.ok) throw new Error(describeProblems(loaded.problem))
  return loaded.value
}

function problemsOf(environment: Environment) {
  const loaded = loadConfig(environment)
  return loaded.ok ? [] : loaded.problem
}

/** The one problem of this variable's value, beside a good token. */
function whatIsWrong(name: string, value: string): string | undefined {
  const problems = problemsOf({
    DISCORD_TOKEN: token,
    PLEX_TOKEN: 'plex',
    DISCORD_GUILD_IDS: guildId,
    [name]: value,
  })
  expect(problems.length).toBeLessThanOrEqual(1)
  return problems[0]?.what
}

describe('the configuration', () => {
  it('needs the bot’s token and nothing else', () => {
    const config = configOf({ DISCORD_TOKEN: token })
    expect(config.discord.token.reveal()).toBe(token)
    expect(config).toMatchObject({
      discord: { apiUrl: 'https://discord.com/api' },
      plex: { apiUrl: 'https://plex.tv', clientIdentifier: undefined, connection: undefined },
      storage: { keys: undefined },
      settleMs: 120_000,
      health: { port: undefined },
      log: { level: 'info' },
      warnings: [],
    })
    expect(config.storage.url.reveal()).toBe('sqlite://data/usherr.sqlite')
  })

  it('takes everything that is given', () => {
    const config = configOf({
      DISCORD_TOKEN: ` ${token} `,
      DISCORD_API_URL: 'http://127.0.0.1:4000/api/',
      DISCORD_GUILD_IDS: `${guildId}, 223456789012345678,${guildId},`,
      PLEX_TOKEN: 'plex-token',
      PLEX_SERVER: 'Attic',
      PLEX_API_URL: 'http://localhost:4001',
      PLEX_CLIENT_IDENTIFIER: 'usherr-at-home',
      STORAGE_URL: 'sqlite:///tmp/x.sqlite',
      ENCRYPTION_KEY: `${key},${key}`,
      SETTLE_SECONDS: '5',
      HEALTH_PORT: '8080',
      LOG_LEVEL: 'debug',
    })
    expect(config.plex.connection).toMatchObject({
      server: 'Attic',
      guildIds: [guildId, '223456789012345678'],
    })
    expect(config.plex.connection?.token.reveal()).toBe('plex-token')
    expect(config.storage.keys?.map((each) => each.reveal())).toEqual([key, key])
    expect(config).toMatchObject({
      discord: { apiUrl: 'http://127.0.0.1:4000/api' },
      plex: { apiUrl: 'http://localhost:4001', clientIdentifier: 'usherr-at-home' },
      settleMs: 5000,
      health: { port: 8080 },
      log: { level: 'debug' },
      warnings: [],
    })
  })

  it('reports every problem at once, each with its variable and an example, and no value', () => {
    const bad = {
      DISCORD_TOKEN: 'canary with spaces',
      DISCORD_API_URL: 'canary.example',
      DISCORD_GUILD_IDS: 'canary-guild',
      PLEX_TOKEN: 'canary "quoted"',
      PLEX_API_URL: 'https://user:canary@plex.tv',
      PLEX_CLIENT_IDENTIFIER: 'canary identifier',
      STORAGE_URL: 'canary://host',
      ENCRYPTION_KEY: 'canary',
      SETTLE_SECONDS: '-1canary',
      HEALTH_PORT: '65536',
      LOG_LEVEL: 'canary',
    }
    const problems = problemsOf(bad)
    expect(problems.map(({ variable }) => variable)).toEqual(Object.keys(bad))
    for (const { variable, what, fix } of problems) {
      expect(what).not.toBe('')
      expect(fix).toContain(`${variable}=`)
    }
    const text = describeProblems(problems)
    expect(text).toContain('11 settings need your attention')
    expect(JSON.stringify(problems) + text).not.toMatch(/canary|65536/)
  })

  it('counts an empty variable as not given', () => {
    expect(problemsOf({ DISCORD_TOKEN: '' })).toMatchObject([
      { variable: 'DISCORD_TOKEN', what: 'is missing' },
    ])
    expect(
      configOf({ DISCORD_TOKEN: token, PLEX_TOKEN: '', LOG_LEVEL: '', HEALTH_PORT_FILE: '' }).log.level,
    ).toBe('info')
  })

  it('needs to know the guilds of a ready-made Plex connection', () => {
    expect(problemsOf({ DISCORD_TOKEN: token, PLEX_TOKEN: 'plex' })).toMatchObject([
      { variable: 'DISCORD_GUILD_IDS', what: expect.stringContaining('PLEX_TOKEN') },
    ])
  })

  it.each([
    ['SETTLE_SECONDS', ['0', '120', '3600'], ['-1', '1.5', '3601', '1e2', 'two', '0x10']],
    ['HEALTH_PORT', ['0', '65535'], ['65536', '-1', '80 80']],
    ['LOG_LEVEL', ['debug', 'info', 'warn', 'error'], ['INFO', 'verbose']],
    [
      'DISCORD_GUILD_IDS',
      [guildId, `${guildId},${guildId}`],
      [',', 'general', '123', `${guildId} ${guildId}`],
    ],
    [
      'PLEX_API_URL',
      ['https://plex.tv/', 'http://[::1]:1'],
      ['plex.tv', 'ftp://plex.tv', 'https://plex.tv?x=1', '//plex.tv'],
    ],
    ['STORAGE_URL', ['sqlite://x', 'postgres://h/d', 'redis://h'], ['sqlite://', 'data.sqlite', 'mysql://h']],
    ['DISCORD_TOKEN', ['MTIz.abc-_.x'], ['Bot MTIz.abc', '"MTIz.abc"', 'MTIz\nabc', 'tökén']],
    ['ENCRYPTION_KEY', [key, `${key}\n${key}`], ['short', `${key},short`, key.slice(0, -1)]],
  ])('tells a usable %s from one that is not', (name, usable, unusable) => {
    for (const value of usable) expect([value, whatIsWrong(name, value)]).toEqual([value, undefined])
    for (const value of unusable)
      expect([value, whatIsWrong(name, value)]).toEqual([value, expect.any(String)])
  })

  it('shows no secret however it is printed', () => {
    const config = configOf({
      DISCORD_TOKEN: token,
      PLEX_TOKEN: 'plex-token-of-mine',
      DISCORD_GUILD_IDS: guildId,
      ENCRYPTION_KEY: key,
    })
    const shown = [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${config.discord.token}`,
    ].join()
    for (const secret of [token, 'plex-token-of-mine', key]) expect(shown).not.toContain(secret)
    expect(shown).toContain('[secret]')
  })
})

describe('a variable from a file', () => {
  async function fileWith(text: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'usherr-config-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'value')
    await writeFile(file, text)
    return file
  }

  it('loses the line breaks at its end', async () => {
    for (const end of ['', '\n', '\r\n', '\n\n']) {
      const config = configOf({ DISCORD_TOKEN_FILE: await fileWith(token + end) })
      expect(config.discord.token.reveal()).toBe(token)
    }
  })

  it('works for every variable', async () => {
    const empty = await fileWith('')
    for (const name of Object.keys(variables)) {
      const others = name === 'DISCORD_TOKEN' ? {} : { DISCORD_TOKEN: token }
      expect(problemsOf({ ...others, [`${name}_FILE`]: empty }).map((each) => each.variable)).toContain(
        `${name}_FILE`,
      )
    }
    expect(configOf({ DISCORD_TOKEN: token, LOG_LEVEL_FILE: await fileWith('warn\n') }).log.level).toBe(
      'warn',
    )
    const keys = configOf({ DISCORD_TOKEN: token, ENCRYPTION_KEY_FILE: await fileWith(`${key}\n${key}\n`) })
      .storage.keys
    expect(keys).toHaveLength(2)
  })

  it('is a problem where it cannot be read, or where the variable is given as well', async () => {
    const file = await fileWith(token)
    expect(problemsOf({ DISCORD_TOKEN_FILE: `${file}.missing` })).toMatchObject([
      { variable: 'DISCORD_TOKEN_FILE', what: expect.stringContaining('ENOENT') },
    ])
    expect(problemsOf({ DISCORD_TOKEN_FILE: file, DISCORD_TOKEN: token })).toMatchObject([
      { variable: 'DISCORD_TOKEN', what: expect.stringContaining('both given') },
    ])
  })
})

describe('a slip of the pen', () => {
  it('is named together with what was probably meant', () => {
    const { warnings } = configOf({
      DISCORD_TOKEN: token,
      DISCORD_TOKN: 'x',
      LOGLEVEL: 'debug',
      PLEX_TOKEN_FIEL: '/x',
      discord_guild_id: '1',
    })
    expect(warnings).toEqual([
      'DISCORD_TOKN is not a variable of Usherr. Did you mean DISCORD_TOKEN?',
      'LOGLEVEL is not a variable of Usherr. Did you mean LOG_LEVEL?',
      'PLEX_TOKEN_FIEL is not a variable of Usherr. Did you mean PLEX_TOKEN_FILE?',
      'discord_guild_id is not a variable of Usherr. Did you mean DISCORD_GUILD_IDS?',
    ])
  })

  it('is the news where the variable itself is missing', () => {
    expect(problemsOf({ DISCORD_TOKN: token })).toMatchObject([
      {
        variable: 'DISCORD_TOKEN',
        what: 'is missing',
        fix: expect.stringContaining('You have set DISCORD_TOKN'),
      },
    ])
  })

  it('is not suspected in what other programs use', () => {
    const others = [
      'PATH',
      'HOME',
      'NODE_ENV',
      'PORT',
      'TZ',
      'LOG_FORMAT',
      'PLEX_UID',
      'DISCORD_WEBHOOK',
      'HOSTNAME',
    ]
    const environment = Object.fromEntries(others.map((name) => [name, 'x']))
    expect(configOf({ DISCORD_TOKEN: token, ...environment }).warnings).toEqual([])
  })
})

describe('a warning', () => {
  it('is given where a token would travel readably, or a variable does nothing', () => {
    const { warnings } = configOf({
      DISCORD_TOKEN: token,
      PLEX_API_URL: 'http://plex.example',
      PLEX_SERVER: 'Attic',
      DISCORD_GUILD_IDS: guildId,
    })
    expect(warnings).toEqual([
      'PLEX_API_URL is not https: the token travels readably.',
      'PLEX_SERVER does nothing without PLEX_TOKEN.',
      'DISCORD_GUILD_IDS does nothing without PLEX_TOKEN.',
    ])
  })
})

describe('what is made from the list of variables', () => {
  it('is what lies in the repository: `npm run generate` writes it', async () => {
    const root = join(import.meta.dirname, '..')
    expect(await readFile(join(root, '.env.example'), 'utf8')).toBe(envExample())
    expect(await readFile(join(root, 'docs/configuration.md'), 'utf8')).toBe(configurationPage())
  })

  it('names every variable', () => {
    for (const name of Object.keys(variables)) {
      expect(envExample()).toMatch(new RegExp(`^(# )?${name}=`, 'm'))
      expect(configurationPage()).toContain(`| \`${name}\` |`)
    }
  })

  it('is usable as it stands, once the token is filled in', () => {
    const lines = envExample()
      .split('\n')
      .filter((line) => /^[A-Z_]+=/.test(line))
    expect(lines).toEqual(['DISCORD_TOKEN='])
    const defaults = Object.entries(variables).flatMap(([name, declared]) =>
      'default' in declared ? [[name, declared.default] as const] : [],
    )
    expect(defaults.length).toBeGreaterThan(4)
    expect(problemsOf({ DISCORD_TOKEN: token, ...Object.fromEntries(defaults) })).toEqual([])
  })
})

describe('a secret', () => {
  it('is told only when asked for by name', () => {
    const secret = new Secret('canary-value')
    expect(
      [
        `${secret}`,
        String(secret),
        JSON.stringify({ secret }),
        inspect({ secret }),
        Object.values(secret).join(),
      ].join(),
    ).not.toContain('canary')
    expect(secret.reveal()).toBe('canary-value')
  })
})
