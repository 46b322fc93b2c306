import { readdir, readFile } from 'node:fs/promises'
import { basename, join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandNames, loadCommands, loadComponents } from '../src/discord/load.ts'

interface Row {
  /** Folders and files of ours. */
  ours: readonly string[]
  /** Folders and files of which only types may be imported. */
  types?: readonly string[]
  /** Packages and Node's own modules. */
  outside: readonly string[]
}

const borders = ['@discordjs/builders', 'discord-api-types/v10', 'zod']
const discordFolder: Row = { ours: ['src/discord', 'src/lib', 'src/sharing'], outside: borders }
const plexFolder: Row = { ours: ['src/plex', 'src/lib'], outside: ['zod'] }
const storageFolder: Row = { ours: ['src/storage', 'src/lib', 'src/sharing'], outside: ['zod'] }
const peersFolder: Row = {
  ours: ['src/peers', 'src/lib', 'src/sharing/recipient.ts'],
  types: ['src/sharing'],
  outside: ['zod'],
}
const sandboxFolder: Row = { ours: ['src/sandbox', 'src/lib'], outside: ['ws', 'node:'] }
const andFrom = (row: Row, ...outside: string[]): Row => ({ ...row, outside: [...row.outside, ...outside] })
const cliFolder: Row = {
  ours: ['src/cli', 'src/config', 'src/config.ts', 'src/discord', 'src/lib', 'src/sharing', 'src/storage'],
  outside: ['node:fs', 'node:fs/promises', 'node:path', 'node:crypto', 'node:util'],
}
const withPlex: Row = { ...cliFolder, ours: [...cliFolder.ours, 'src/plex'] }
const everything: Row = { ours: ['src', 'commands'], outside: ['node:'] }

/** Which way imports point. The longest name that fits a file is its row; `docs/decisions/001-rings.md` says why. */
const table: Readonly<Record<string, Row>> = {
  'src/lib': { ours: ['src/lib'], outside: [] },
  'src/sharing': { ours: ['src/sharing', 'src/lib'], outside: [] },

  'src/plex': plexFolder,
  'src/plex/library-sharing.ts': {
    ...plexFolder,
    types: ['src/sharing/ports.ts', 'src/sharing/library-access.ts'],
  },
  'src/plex/share.ts': {
    ...plexFolder,
    types: ['src/sharing/ports.ts', 'src/sharing/library-access.ts'],
  },
  'src/plex/told-shares.ts': { ...plexFolder, types: ['src/sharing/ports.ts'] },
  'src/plex/outcome.ts': { ...plexFolder, types: ['src/sharing/ports.ts'] },
  'src/plex/plex-accounts.ts': { ...plexFolder, types: ['src/sharing/ports.ts'] },
  'src/plex/http.ts': andFrom(plexFolder, 'p-limit'),
  'src/plex/wire.ts': andFrom(plexFolder, 'axios', 'node:http', 'node:https'),
  'src/plex/identity.ts': andFrom(plexFolder, 'node:os'),
  'src/plex/parse.ts': andFrom(plexFolder, 'node:timers/promises'),
  'src/plex/xml.ts': andFrom(plexFolder, 'fast-xml-parser'),
  'src/plex/xml-thread.ts': andFrom(plexFolder, 'node:worker_threads', 'tsx/esm/api'),
  'src/plex/xml-worker.ts': andFrom(plexFolder, 'node:worker_threads'),

  'src/storage': andFrom(storageFolder, 'node:crypto', 'node:fs/promises', 'node:path'),
  'src/storage/sqlite/table.ts': andFrom(storageFolder, 'keyv', '@keyv/sqlite'),
  'src/storage/postgres/connections.ts': andFrom(storageFolder, 'node:fs/promises', 'node:net', 'pg'),
  'src/storage/sqlite/look.ts': andFrom(storageFolder, 'sqlite3', 'node:util'),
  'src/storage/sqlite/hold-alone.ts': andFrom(storageFolder, '@keyv/sqlite', 'node:fs/promises'),
  'src/storage/redis/connection.ts': andFrom(storageFolder, '@redis/client'),

  'src/peers': peersFolder,
  'src/peers/plexfriends.ts': andFrom(peersFolder, 'node:fs/promises', 'node:path'),
  'src/peers/quiet-copy.ts': andFrom(peersFolder, 'node:fs', 'node:fs/promises', 'node:os', 'node:path'),
  'src/peers/read-sqlite.ts': andFrom(peersFolder, 'node:fs/promises', 'sqlite3'),

  'src/discord': discordFolder,
  'src/discord/builders.ts': andFrom(discordFolder, 'node:module'),
  'src/discord/load.ts': andFrom(discordFolder, 'node:fs/promises'),
  'src/discord/gateway.ts': andFrom(discordFolder, 'discord.js', 'node:crypto'),
  'src/discord/guild-facts.ts': andFrom(discordFolder, 'discord.js'),
  'src/discord/greeting.ts': andFrom(discordFolder, 'discord.js'),
  'src/discord/notify.ts': andFrom(discordFolder, 'discord.js'),
  'src/discord/cards.ts': andFrom(discordFolder, 'discord.js'),
  'src/discord/log-board.ts': andFrom(discordFolder, 'discord.js'),
  'src/discord/answers.ts': andFrom(discordFolder, 'discord.js'),
  'src/discord/router.ts': andFrom(discordFolder, 'discord.js'),

  commands: {
    ours: [
      'src/discord/define.ts',
      'src/discord/custom-id.ts',
      'src/discord/text.ts',
      'src/discord/views',
      // Lists of words that an option offers; the rules themselves come in as an argument.
      'src/sharing/policy.ts',
      'src/sharing/use-cases/list-people.ts',
    ],
    types: ['src/sharing', 'src/lib'],
    outside: [],
  },

  'src/jobs': { ours: ['src/jobs', 'src/lib', 'src/sharing'], outside: [] },
  'src/ops': { ours: ['src/ops', 'src/lib'], outside: ['pino', 'node:http', 'node:perf_hooks'] },
  'src/config': { ours: ['src/config', 'src/lib', 'src/storage/keys.ts'], outside: ['zod'] },
  'src/config.ts': {
    ours: ['src/config', 'src/lib'],
    types: ['src/storage/keys.ts'],
    outside: ['node:fs'],
  },
  'src/connections.ts': {
    ours: ['src/lib', 'src/sharing/guild-connections.ts', 'src/sharing/remembered-server.ts'],
    types: ['src/sharing/ports.ts'],
    outside: [],
  },
  'src/connect-plex.ts': { ours: ['src/lib', 'src/plex'], types: ['src/sharing/ports.ts'], outside: [] },
  'src/cli': cliFolder,
  'src/cli/run-import.ts': { ...cliFolder, ours: [...cliFolder.ours, 'src/peers'] },
  'src/cli/import-words.ts': { ...cliFolder, types: ['src/peers/peer.ts'] },
  'src/cli/plex-of-guild.ts': {
    ...cliFolder,
    ours: [...cliFolder.ours, 'src/connect-plex.ts', 'src/connections.ts'],
  },
  'src/cli/restore.ts': { ours: ['src/cli'], outside: ['node:fs', 'node:readline/promises'] },
  'src/cli/account': withPlex,
  'src/cli/plex-access.ts': withPlex,
  'src/cli/plex-words.ts': withPlex,
  'src/cli/setup': withPlex,
  'src/cli/terminal-asker.ts': { ours: ['src/cli'], outside: ['@clack/prompts'] },
  'src/cli/doctor': {
    ours: [
      'src/cli/doctor',
      'src/config.ts',
      'src/discord',
      'src/lib',
      'src/ops/redact.ts',
      'src/plex',
      'src/sharing',
      'src/storage',
    ],
    outside: ['node:fs', 'node:fs/promises', 'node:path', 'node:util', 'p-limit'],
  },

  'src/sandbox': sandboxFolder,
  'src/sandbox/discord/openapi.ts': andFrom(sandboxFolder, 'ajv/dist/2020.js', 'ajv-formats'),
  'src/sandbox/demo.ts': everything,
  'src/app.ts': everything,
  'src/main.ts': everything,
}

interface Import {
  from: string
  isOnlyTypes: boolean
}

function importsOf(source: string): Import[] {
  const whole =
    /^(?:import|export)\s+(?<type>type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:\s*,\s*\{[^}]*\})?)\s+from\s+'(?<from>[^']+)'/gmu
  const bare = /^import\s+'(?<from>[^']+)'|\bimport\('(?<from2>[^']+)'\)/gmu
  return [
    ...[...source.matchAll(whole)].map(({ groups }) => ({
      from: groups?.from ?? '',
      isOnlyTypes: groups?.type !== undefined,
    })),
    ...[...source.matchAll(bare)].map(({ groups }) => ({
      from: groups?.from ?? groups?.from2 ?? '',
      isOnlyTypes: false,
    })),
  ]
}

/** Each import of the file that its row does not allow, in words. */
function breachesOf(file: string, source: string): string[] {
  const row = rowOf(file)
  if (!row) return [`${file} has no row in the table`]
  return importsOf(source)
    .filter((each) => !isAllowed(row, file, each))
    .map(({ from, isOnlyTypes }) => `${file} imports ${isOnlyTypes ? 'types of ' : ''}${from}`)
}

function rowOf(file: string): Row | undefined {
  const names = Object.keys(table).filter((name) => isWithin(file, name))
  return table[names.sort((a, b) => b.length - a.length)[0] ?? '']
}

function isAllowed(row: Row, file: string, { from, isOnlyTypes }: Import): boolean {
  if (!from.startsWith('.')) {
    return row.outside.some((name) => from === name || (name === 'node:' && from.startsWith(name)))
  }
  const target = posix.join(posix.dirname(file), from)
  const names = isOnlyTypes ? [...row.ours, ...(row.types ?? [])] : row.ours
  return names.some((name) => isWithin(target, name))
}

const isWithin = (file: string, name: string) => file === name || file.startsWith(`${name}/`)

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true })
  return entries.filter((entry) => entry.endsWith('.ts')).map((entry) => posix.join(folder, entry))
}

describe('imports', () => {
  it('point only where the table says', async () => {
    const files = [...(await sources('src')), ...(await sources('commands'))]
    expect(files.length).toBeGreaterThan(50)
    const breaches = await Promise.all(
      files.map(async (file) => breachesOf(file, await readFile(file, 'utf8'))),
    )
    expect(breaches.flat()).toEqual([])
  })

  it('load the client of a database server only where an address asks for it: no other start waits for it', async () => {
    const files = await sources('src')
    const all = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n')
    for (const client of ['pg', '@redis/client']) {
      expect(all).toContain(`await import('${client}')`)
      const atOnce = importsOf(all.replaceAll(`import('${client}')`, ''))
      expect(atOnce.filter(({ from, isOnlyTypes }) => from === client && !isOnlyTypes)).toEqual([])
    }
  })

  it('name packages that package.json names', async () => {
    const { dependencies, devDependencies } = JSON.parse(await readFile('package.json', 'utf8'))
    const named = { ...dependencies, ...devDependencies }
    const files = [...(await sources('src')), ...(await sources('commands'))]
    const found = await Promise.all(files.map(async (file) => importsOf(await readFile(file, 'utf8'))))
    const packages = found
      .flat()
      .map(({ from }) => from)
      .filter((from) => !from.startsWith('.') && !from.startsWith('node:'))
      .map((from) => from.split('/', from.startsWith('@') ? 2 : 1).join('/'))
    expect([...new Set(packages)].filter((name) => !(name in named))).toEqual([])
  })

  it.each([
    ['src/sharing/deliver.ts', "import axios from 'axios'"],
    ['src/sharing/deliver.ts', "import type { Store } from '../storage/open.ts'"],
    ['src/plex/library-sharing.ts', "import { decide } from '../sharing/ports.ts'"],
    ['src/plex/http.ts', "import type { Share } from '../sharing/ports.ts'"],
    ['src/discord/views/invite.ts', "import {\n  Client,\n  Events,\n} from 'discord.js'"],
    ['src/sandbox/plex/world.ts', "import { parse } from '../../plex/parse.ts'"],
    ['src/lib/clock.ts', "import 'node:fs'"],
    ['src/jobs/expire.ts', "const app = await import('../app.ts')"],
    ['src/newcomer/first.ts', ''],
  ])('would be seen in %s: %s', (file, source) => {
    expect(breachesOf(file, source)).toHaveLength(1)
  })
})

describe('a file is its own registration', () => {
  it('each file in commands/ is the command of its name', async () => {
    expect((await loadCommands()).map((command) => command.name)).toEqual(await namesIn('commands'))
    expect(await commandNames()).toEqual(await namesIn('commands'))
  })

  it('each file in components/ takes the presses of its name', async () => {
    const kinds = (await loadComponents()).map((component) => component.route.kind)
    expect(kinds).toEqual(await namesIn(join('src', 'discord', 'components')))
  })

  async function namesIn(folder: string): Promise<string[]> {
    return (await readdir(folder)).sort().map((file) => basename(file, '.ts'))
  }
})
