import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { GatewayIntentBits } from 'discord-api-types/v10'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Check, fine, trouble } from '../../../src/cli/doctor/check.ts'
import discordToken from '../../../src/cli/doctor/checks/discord-token.ts'
import { type Examination, examinationOf } from '../../../src/cli/doctor/examination.ts'
import { examine } from '../../../src/cli/doctor/examine.ts'
import { loadChecks } from '../../../src/cli/doctor/load-checks.ts'
import { reportAsText } from '../../../src/cli/doctor/report.ts'
import { withoutSecrets } from '../../../src/cli/doctor/without-secrets.ts'
import { ok } from '../../../src/lib/result.ts'
import { hostsOf } from '../../../src/plex/http.ts'
import { ownerToken } from '../../../src/sandbox/plex/world.ts'
import { type Evening, evening } from '../../support/evening.ts'
import { doctor, examined, patience, patient, registerCommands } from './patient.ts'

const root = join(import.meta.dirname, '../../..')

/** A process of its own, as a person starts it, in the folder of the installation. */
async function commandLine(args: readonly string[], folder: string) {
  const { PATH } = process.env
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(root, 'src/cli/doctor.ts'), ...args],
    { cwd: folder, env: { PATH }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { out, err, code }
}

describe('an installation in which all is well', () => {
  test('says so, check by check', async () => {
    const it = await patient()
    const { code, out } = await doctor([], { ...it, ...it.options })
    const steady = out.replaceAll(it.folder, '(folder)').replaceAll(/127\.0\.0\.1:\d+/gu, '(host)')
    // How many commands there are is another file's affair.
    const uncounted = steady.replace(/all \d+ are registered/u, 'all are registered')
    expect(uncounted).toMatchInlineSnapshot(`
      "fine     Own clock               right to 60 s, which is near enough (compared with (host))
      fine     Settings                all of them can be used
      fine     Channels                the bot may write in all 2 that are set
      fine     Commands in Discord     all are registered
      fine     Discord servers         in Cinema Club
      fine     Privileged intents      none is needed, so nothing has to be switched on
      fine     Roles and their order   2 with a level, all there
      fine     Discord and the token   DISCORD_TOKEN is that of the bot usherr
      fine     Key of the store        (folder)/data/encryption.key fits
      fine     Places used             Cinema Club, harbor_admin: 2 of 15 places of the Plex Home, 4 of about 100 people
      fine     plex.tv                 (host) can be reached
      fine     Ways of asking plex.tv  each of 9 readings is answered in its newest form
      fine     Plex servers            Cinema Club, harbor_admin: Harbor belongs to the account and is on
      fine     Plex accounts           Cinema Club, harbor_admin: the token lives
      fine     Store                   opens, can be written, and all 6 rows can be read

      15 fine, 0 notes, 0 problems, 0 could not be found out"
    `)
    expect(code).toBe(0)
  })

  test('also where the environment names the Plex server, and the bot needs a privileged intent that it has', async () => {
    const it = await patient()
    const guildId = it.discord.world.guilds[0]?.id
    Object.assign(it.environment, {
      PLEX_TOKEN: ownerToken,
      DISCORD_GUILD_IDS: guildId,
      PLEX_SERVER: 'harbor',
      PLEX_CLIENT_IDENTIFIER: 'usherr-at-home',
    })
    it.options.intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers]
    const { code, report } = await examined(it)
    expect(code).toBe(0)
    expect(report('plex-token').findings).toContainEqual(
      fine('PLEX_TOKEN is that of harbor_admin, and it lives'),
    )
    expect(report('discord-intents').findings).toEqual([fine('switched on: Server Members Intent')])
    expect(new Set(it.plex.requests.map((each) => each.clientIdentifier))).toEqual(
      new Set([undefined, 'usherr-at-home']),
    )
  })

  test('is the same afterwards: no byte of the store, no file, nothing at plex.tv, nothing at Discord', async () => {
    const it = await patient()
    const before = await everyByteIn(it.folder)
    it.discord.requests.length = 0
    expect((await examined(it)).code).toBe(0)
    expect(await everyByteIn(it.folder)).toEqual(before)
    expect(it.plex.ledger).toEqual([])
    expect(new Set(it.plex.requests.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(new Set(it.discord.requests.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(it.discord.problems).toEqual([])
  })

  test('may be running: the bot goes on writing, and the doctor finds all well', async () => {
    const on = await evening()
    const [found, invited] = await Promise.all([
      doctor(['--json'], { environment: environmentOf(on), folder: root, ...patience }),
      on.asks('dora', 'invite', { email: 'new@example.com', libraries: 'Movies' }),
    ])
    expect(invited.text).toContain('Movies')
    expect(JSON.parse(found.out).checks.filter(({ is }: { is: string }) => is !== 'fine')).toEqual([])
    expect(found.code).toBe(0)
  })

  test('lost its commands in Discord: the advice to start the bot helps', async () => {
    const on = await evening()
    const environment = environmentOf(on)
    await registerCommands(on.discord, () => [])
    const lost = await doctor([], { environment, folder: root, ...patience })
    expect(lost.out).toMatch(/PROBLEM {2}Commands in Discord .*\n.*→ Start this version of the bot/u)
    await on.restart()
    expect(await doctor([], { environment, folder: root, ...patience })).toMatchObject({ code: 0 })
  })

  test('as a process of its own, with its settings in .env, prints one JSON object and nothing else', {
    timeout: 60_000,
  }, async () => {
    const it = await patient()
    const lines = Object.entries(it.environment).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(join(it.folder, '.env'), lines.join(''), { mode: 0o600 })
    const { code, out, err } = await commandLine(['--json'], it.folder)
    expect([code, err]).toEqual([0, ''])
    const said = JSON.parse(out)
    expect(Object.keys(said)).toEqual(['schema', 'at', 'counts', 'checks'])
    expect(said).toMatchObject({ schema: 1, counts: { fine: 15, note: 0, problem: 0, unknown: 0 } })
    expect(new Date(said.at).toISOString()).toBe(said.at)
    expect(said.checks).toContainEqual({
      check: 'discord-guilds',
      title: 'Discord servers',
      is: 'fine',
      findings: [{ is: 'fine', what: 'in Cinema Club' }],
    })
    expect(out).not.toContain(ownerToken)
  })
})

describe('an installation that was never started', () => {
  test('with nothing but DISCORD_TOKEN has no problem, is told what comes next, and nothing is made', async () => {
    const it = await patient({ isNew: true })
    const { code, reports, report } = await examined(it)
    expect(code).toBe(0)
    expect(reports.filter(({ is }) => is !== 'fine').map(({ check }) => check)).toEqual([
      'discord-commands',
      'plex-token',
    ])
    expect(report('plex-token').findings).toMatchObject([
      {
        is: 'note',
        what: 'no Plex account is connected yet',
        next: expect.stringContaining('`/setup plex`'),
      },
    ])
    expect(report('discord-commands').findings).toMatchObject([
      { is: 'note', next: 'The first start registers them: `npm start`.' },
    ])
    expect(report('store').findings).toEqual([fine(`none yet: the first start makes ${it.file}`)])
    expect(report('key').findings).toEqual([fine(`none yet: the first start makes ${it.keyFile}`)])
    expect(await readdir(it.folder)).toEqual([])
  })

  test('asks plex.tv nothing under a name of its own: the first start makes that', async () => {
    const it = await patient({ isNew: true })
    Object.assign(it.environment, {
      PLEX_TOKEN: ownerToken,
      DISCORD_GUILD_IDS: it.discord.world.guilds[0]?.id,
      PLEX_SERVER: 'Harbor',
    })
    const { report } = await examined(it)
    expect(report('plex-token').findings).toMatchObject([
      {
        is: 'note',
        what: expect.stringContaining('is made by the first start'),
        next: expect.stringContaining('npm start'),
      },
    ])
    for (const check of ['plex-servers', 'plex-routes', 'plex-places']) {
      expect(report(check).findings).toMatchObject([{ is: 'unknown', because: 'plex-token' }])
    }
    expect(it.plex.requests.map(({ tokenIn }) => tokenIn)).toEqual(['nowhere'])
    expect(await readdir(it.folder)).toEqual([])
  })
})

test('a server that is called like a token, or like an address, is shown as neither', async () => {
  const it = await patient({ discord: { guilds: [{ name: ownerToken }, { name: 'olive@private.example' }] } })
  const { out, report } = await examined(it)
  expect(report('discord-guilds').findings).toEqual([fine('in [secret], [e-mail]')])
  expect(out).not.toContain(ownerToken)
  expect(out).not.toContain('private.example')
})

test('a .env that cannot be read keeps the doctor from nothing', { timeout: 60_000 }, async () => {
  const { folder } = await patient({ isNew: true })
  await mkdir(join(folder, '.env'))
  const { code, out, err } = await commandLine(['--json'], folder)
  expect([code, err]).toEqual([1, ''])
  expect(out).toContain('.env is there and cannot be read')
})

describe('what is asked of it', () => {
  test.each([['--jsn'], ['--json', 'more'], ['everything']])(
    '%s %s is none of it: 2, and how it is used',
    async (...args) => {
      const it = await patient({ isNew: true })
      const { code, out } = await doctor(
        args.filter((each) => each !== undefined),
        it,
      )
      expect(code).toBe(2)
      expect(out).toContain('npm run doctor [-- --json]')
      expect(it.discord.requests).toEqual([])
    },
  )

  test('--help is not wrong', async () => {
    const it = await patient({ isNew: true })
    expect(await doctor(['--help'], it)).toMatchObject({ code: 0, out: expect.stringContaining('Exit code') })
  })
})

describe('a check', () => {
  const well: Check = { title: 'Well', run: async () => [fine('as it should be')] }

  test('that never ends is given up, and the others are reported', async () => {
    const examining = examinationOf({ environment: {}, folder: root })
    onTestFinished(() => examining.close())
    const endless: Check = { title: 'Endless', run: () => new Promise(() => {}) }
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const reports = examine(
      [
        { name: 'endless', check: endless },
        { name: 'well', check: well },
      ],
      examining,
    )
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await reports).toMatchObject([
      { check: 'endless', is: 'unknown', findings: [{ what: 'no result within 5 s' }] },
      { check: 'well', is: 'fine' },
    ])
  })

  test('does not wait for a disk that hangs: what needs no disk is reported, and the rest could not be found out', {
    timeout: 60_000,
  }, async () => {
    const it = await patient()
    const checks = await loadChecks()
    const thaw = await freezeDisk(it.folder)
    onTestFinished(thaw)
    const examining = examinationOf({ ...it, ...it.options, checkWithinMs: 5_000 })
    const reports = await examine(checks, examining)
    await examining.close()
    const is = Object.fromEntries(reports.map((each) => [each.check, each.is]))
    expect(is).toMatchObject({
      clock: 'fine',
      'discord-token': 'fine',
      'plex-reachable': 'fine',
      store: 'unknown',
      key: 'unknown',
      'discord-channels': 'unknown',
      'plex-token': 'unknown',
    })
    expect(reports.find(({ check }) => check === 'store')?.findings).toMatchObject([
      { is: 'unknown', what: expect.stringContaining('the store gave no answer') },
    ])
  })

  test('that breaks is a mistake of ours, and not taken for fine', async () => {
    const examining = examinationOf({ environment: {}, folder: root })
    onTestFinished(() => examining.close())
    const broken: Check = { title: 'Broken', run: async () => Promise.reject(new RangeError('odd')) }
    const reports = await examine(
      [
        { name: 'broken', check: broken },
        { name: 'well', check: well },
      ],
      examining,
    )
    expect(reports).toMatchObject([
      { is: 'unknown', findings: [{ what: expect.stringContaining('RangeError: odd') }] },
      { is: 'fine' },
    ])
  })

  test('is as bad as the worst that it found', async () => {
    const examining = examinationOf({ environment: {}, folder: root })
    onTestFinished(() => examining.close())
    const mixed: Check = {
      title: 'Mixed',
      run: async () => [fine('one'), trouble('two', 'Do.'), fine('three')],
    }
    expect(await examine([{ name: 'mixed', check: mixed }], examining)).toMatchObject([{ is: 'problem' }])
  })
})

test('plex.tv is looked for at both of its addresses', () => {
  expect(hostsOf('https://plex.tv')).toEqual(['https://plex.tv', 'https://clients.plex.tv'])
  expect(hostsOf('http://127.0.0.1:1')).toEqual(['http://127.0.0.1:1'])
})

test('a bot that logs in again and again is told before Discord resets its token', async () => {
  const discord = {
    token: async () => ok(ok({ botId: '1', username: 'usherr' })),
    loginLimit: async () => ok({ total: 1000, remaining: 12, resetAfterMs: 7_200_000 }),
  }
  // The check looks at nothing else.
  const found = await discordToken.run({ discord } as unknown as Examination)
  expect(found).toMatchObject([
    { is: 'note', what: expect.stringContaining('only 12 of 1000 logins are left for the next 2 hours') },
  ])
})

const said = [
  {
    check: 'store',
    title: 'Store',
    is: 'problem',
    findings: [trouble('is full', 'Make room.'), fine('opens')],
  },
  {
    check: 'key',
    title: 'Key of it',
    is: 'unknown',
    findings: [{ is: 'unknown', what: 'not looked at', because: 'store' }],
  },
] as const

test('the list shows what to do under each problem, names the reason of what could not be found out, and counts last', () => {
  expect(reportAsText(said, false)).toMatchInlineSnapshot(`
    "PROBLEM  Store      is full
                        → Make room.
    fine                opens
    unknown  Key of it  not looked at, because of: Store

    0 fine, 0 notes, 1 problem, 1 could not be found out"
  `)
})

test('colour is for a terminal alone', () => {
  vi.stubEnv('FORCE_COLOR', '1')
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  expect(reportAsText(said, true)).toContain('\u001b[31mPROBLEM')
  expect(reportAsText(said, false)).not.toContain('\u001b')
})

test('names that strangers chose move no cursor, and show no address and no secret', () => {
  const what = 'in \u001b[2JClub\nfine \u202eolive@example.com and s3cret-t0ken'
  const [report] = withoutSecrets(
    [{ check: 'a', title: 'A', is: 'problem', findings: [trouble(what, 'Take s3cret-t0ken out.')] }],
    ['s3cret-t0ken', 'in'],
  )
  expect(report?.findings).toEqual([trouble('in  [2JClub fine  [e-mail] and [secret]', 'Take [secret] out.')])
})

const environmentOf = (on: Evening) => ({
  DISCORD_TOKEN: on.discord.token,
  DISCORD_API_URL: on.discord.url,
  DISCORD_GUILD_IDS: on.discord.world.guilds.map(({ id }) => id).join(','),
  PLEX_TOKEN: ownerToken,
  PLEX_SERVER: 'Harbor',
  PLEX_API_URL: on.plex.url,
  STORAGE_URL: `sqlite://${on.storeFile}`,
})

/**
 * Every thread that Node has for files waits for somebody to write into a named pipe: as with a disk that is frozen,
 * nothing that was asked of a file is answered until then.
 */
async function freezeDisk(folder: string): Promise<() => Promise<void>> {
  const pipes = Array.from({ length: 8 }, (_, at) => join(folder, `pipe${at}`))
  for (const pipe of pipes) execFileSync('mkfifo', [pipe])
  const stuck = pipes.map((pipe) => open(pipe, 'r'))
  return async () => {
    // For reading and writing an end of a pipe opens at once.
    const ends = pipes.map((pipe) => openSync(pipe, 'r+'))
    for (const handle of await Promise.all(stuck)) await handle.close()
    for (const end of ends) closeSync(end)
  }
}

/** Every file below the folder with a hash of what is in it. */
async function everyByteIn(folder: string): Promise<Record<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const hashed = await Promise.all(
    files
      .filter((each) => each.isFile())
      .map(async ({ parentPath, name }) => {
        const bytes = await readFile(join(parentPath, name))
        return [join(parentPath, name), createHash('sha256').update(bytes).digest('hex')] as const
      }),
  )
  return Object.fromEntries(hashed)
}
