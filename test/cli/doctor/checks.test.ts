import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { GatewayIntentBits } from 'discord-api-types/v10'
import sqlite3 from 'sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { State } from '../../../src/cli/doctor/examine.ts'
import { type GuildId, id } from '../../../src/lib/ids.ts'
import type { PretendDiscord } from '../../../src/sandbox/discord/index.ts'
import { permission } from '../../../src/sandbox/discord/numbers.ts'
import { cloudflareChallenge, failing } from '../../../src/sandbox/plex/fault.ts'
import { aShare, lighthouseId, ownerToken } from '../../../src/sandbox/plex/world.ts'
import { noSettings } from '../../../src/sharing/guild-settings.ts'
import { openDocuments, type StoredPorts } from '../../../src/storage/open-documents.ts'
import { newKey, storeIn } from '../../storage/temporary-store.ts'
import { shiftedClock } from '../../support/shifted-clock.ts'
import {
  connected,
  examined,
  type Patient,
  type PatientDifferences,
  patient,
  registerCommands,
} from './patient.ts'

/** One thing that goes wrong in an installation in which all was well, and what is said about it. */
interface Illness {
  story: string
  world?: PatientDifferences
  spoil?: (patient: Patient) => unknown
  is: State
  says: RegExp
  /** The exact click, command or variable. */
  next?: RegExp
  /** The other checks that cannot find anything out then, and name the reason. */
  waiting?: readonly string[]
  /** The other checks that have something of their own to say. */
  also?: readonly string[]
}

const ofDiscord = [
  'discord-channels',
  'discord-commands',
  'discord-guilds',
  'discord-intents',
  'discord-roles',
]
const ofPlex = ['plex-places', 'plex-routes', 'plex-servers', 'plex-token']
const ofRows = ['discord-channels', 'discord-guilds', 'discord-roles', ...ofPlex]

const illnesses: Readonly<Record<string, readonly Illness[]>> = {
  clock: [
    {
      story: 'the clock is an hour ahead',
      spoil: (it) => clockOff(it, 60 * 60_000),
      is: 'problem',
      says: /60 minutes ahead/u,
      next: /timedatectl set-ntp true/u,
    },
    {
      story: 'the clock is three days behind',
      spoil: (it) => clockOff(it, -72 * 60 * 60_000),
      is: 'problem',
      says: /3 days behind/u,
      next: /timedatectl/u,
    },
  ],

  configuration: [
    {
      story: 'a setting of something else cannot be used: the rest is looked at all the same',
      spoil: (it) => set(it, { SETTLE_SECONDS: 'soon', HEALTH_PORT: '99999' }),
      is: 'problem',
      says: /SETTLE_SECONDS is not usable.*HEALTH_PORT is not usable/su,
      next: /Example: SETTLE_SECONDS=120/u,
    },
    {
      story: 'DISCORD_TOKEN is missing',
      spoil: (it) => set(it, { DISCORD_TOKEN: undefined }),
      is: 'problem',
      says: /DISCORD_TOKEN is missing/u,
      next: /DISCORD_TOKEN=/u,
      waiting: [...ofDiscord, 'discord-token'],
    },
    {
      story: 'PLEX_TOKEN is given, and for no guild',
      spoil: (it) => set(it, { PLEX_TOKEN: ownerToken }),
      is: 'problem',
      says: /DISCORD_GUILD_IDS is needed/u,
      next: /DISCORD_GUILD_IDS=/u,
    },
    {
      story: 'PLEX_API_URL is no address',
      spoil: (it) => set(it, { PLEX_API_URL: 'plex' }),
      is: 'problem',
      says: /PLEX_API_URL is not usable/u,
      waiting: [...ofPlex, 'plex-reachable'],
    },
    {
      story: 'the address of the store names no database',
      spoil: (it) => set(it, { STORAGE_URL: 'postgres://u:hunter22@db' }),
      is: 'problem',
      says: /has to name a host and one database/u,
      next: /postgres:\/\/user:password/u,
      waiting: ['key', 'store', ...ofRows],
    },
    {
      story: 'a variable is misspelt',
      spoil: (it) => set(it, { SETTLE_SECOND: '60' }),
      is: 'note',
      says: /Did you mean SETTLE_SECONDS/u,
    },
    {
      story: '.env can be read by everybody on the machine',
      spoil: ({ folder }) => envFile(folder, 0o644),
      is: 'note',
      says: /\.env can be read by other users/u,
      next: /chmod 600 \.env/u,
    },
    {
      story: '.env is no file that can be read',
      spoil: ({ folder }) => mkdir(join(folder, '.env')),
      is: 'problem',
      says: /\.env is there and cannot be read/u,
      next: /chmod 600 \.env/u,
    },
  ],

  key: [
    {
      story: 'the key is another one than that of the rows',
      spoil: ({ keyFile }) => writeFile(keyFile, `${newKey()}\n`),
      is: 'problem',
      says: /not the one that this database was written with/u,
      next: /encryption\.key/u,
      waiting: ['store', ...ofRows],
    },
    {
      story: 'the key is gone',
      spoil: ({ keyFile }) => rename(keyFile, `${keyFile}.mislaid`),
      is: 'problem',
      says: /their key is missing/u,
      next: /from a backup/u,
      waiting: ['store', ...ofRows],
    },
    {
      story: 'the key file holds something else',
      spoil: ({ keyFile }) => writeFile(keyFile, 'a key, of course'),
      is: 'problem',
      says: /does not hold base64 of 32 bytes/u,
      next: /Do not make a new one/u,
      waiting: ['store', ...ofRows],
    },
    {
      story: 'everybody on the machine can read the key',
      spoil: ({ keyFile }) => chmod(keyFile, 0o644),
      is: 'problem',
      says: /mode 644/u,
      next: /chmod 600 .*encryption\.key.*keys -- rotate/u,
    },
    {
      story: 'a rotation of the key did not finish',
      spoil: async ({ keyFile }) => writeFile(keyFile, `${newKey()}\n`, { flag: 'a' }),
      is: 'note',
      says: /a rotation did not finish/u,
      next: /npm run keys -- rotate/u,
    },
    {
      story: 'ENCRYPTION_KEY holds another key',
      spoil: (it) => set(it, { ENCRYPTION_KEY: newKey() }),
      is: 'problem',
      says: /not the one that this database was written with/u,
      waiting: ['store', ...ofRows],
    },
  ],

  store: [
    {
      story: 'another program holds the lock for writing: what can be read is looked at all the same',
      spoil: ({ file }) => inOtherProgram(file, 'BEGIN IMMEDIATE'),
      is: 'problem',
      says: /Another program holds .* locked/u,
      next: /Close whatever has it open/u,
    },
    {
      story: 'another program has the database for itself alone',
      spoil: ({ file }) =>
        inOtherProgram(
          file,
          'PRAGMA locking_mode = EXCLUSIVE',
          'BEGIN EXCLUSIVE',
          'CREATE TABLE taken (it)',
          'COMMIT',
        ),
      is: 'problem',
      says: /Another program holds .* locked/u,
      next: /Close whatever has it open/u,
      waiting: ['key', ...ofRows],
    },
    {
      story: 'the file is no database',
      spoil: ({ file }) =>
        writeFile(file, 'a letter to my aunt, which is rather long for a letter'.repeat(20)),
      is: 'problem',
      says: /damaged or not a SQLite database/u,
      next: /put a backup in its place/u,
      waiting: ['key', ...ofRows],
    },
    {
      story: 'somebody took the record away that tells whether the key fits',
      spoil: ({ file }) => inOtherProgram(file, "DELETE FROM usherr_meta WHERE key = 'canary'"),
      is: 'problem',
      says: /the record that tells whether the key fits is gone/u,
      next: /Put a backup in its place/u,
      waiting: ['key', ...ofRows],
    },
    {
      story: 'a row was changed by somebody else',
      spoil: ({ file }) =>
        inOtherProgram(file, 'UPDATE usherr_connections SET value = (SELECT value FROM usherr_settings)'),
      is: 'problem',
      says: /1 of the rows cannot be read \(connections: changed since it was sealed\)/u,
      next: /npm run keys -- check/u,
      waiting: ofPlex,
    },
    {
      story: 'a row opens and is of another shape',
      spoil: async ({ file }) => {
        const store = await storeIn(file)
        await store.collection('settings', (json) => json).update('1', () => ({ odd: true }))
        await store.close()
      },
      is: 'problem',
      says: /not of the shape this version writes/u,
      next: /npm run keys -- check/u,
      waiting: ['discord-channels', 'discord-roles'],
    },
    {
      story: 'the disk is all but full',
      spoil: (it) => disk(it, 3),
      is: 'problem',
      says: /only 3 MiB are left/u,
      next: /Make room/u,
    },
    {
      story: 'the disk is getting full',
      spoil: (it) => disk(it, 200),
      is: 'note',
      says: /^200 MiB are left/u,
      next: /Make room/u,
    },
    {
      story: 'everybody on the machine can read the database',
      spoil: ({ file }) => chmod(file, 0o644),
      is: 'note',
      says: /mode 644/u,
      next: /chmod 600 /u,
    },
  ],

  'discord-token': [
    {
      story: 'the token was reset',
      spoil: (it) => set(it, { DISCORD_TOKEN: `${it.discord.token.slice(0, -4)}XXXX` }),
      is: 'problem',
      says: /does not accept DISCORD_TOKEN/u,
      next: /\*Bot\* → \*Reset Token\*/u,
      waiting: ofDiscord,
    },
    {
      story: 'Discord cannot be reached',
      spoil: ({ discord }) => discord.close(),
      is: 'problem',
      says: /Discord cannot be reached \(ECONNREFUSED\)/u,
      next: /DISCORD_API_URL/u,
      waiting: ofDiscord,
    },
    {
      story: 'Discord has trouble of its own',
      spoil: ({ discord }) => discord.faults.fail('GET /users/@me', { status: 503 }, { times: 9 }),
      is: 'problem',
      says: /trouble of its own \(503\)/u,
      next: /discordstatus\.com/u,
      waiting: ofDiscord,
    },
    {
      story: 'somebody else answers in its place',
      spoil: (it) => set(it, { DISCORD_API_URL: it.plex.url }),
      is: 'problem',
      says: /somebody else than Discord answers/u,
      next: /Take DISCORD_API_URL out/u,
      waiting: ofDiscord,
    },
    {
      story: 'Discord is asked too often',
      spoil: ({ discord }) =>
        discord.faults.fail(/^GET \/users\/@me$/u, { status: 429, headers: { 'retry-after': '7' } }),
      is: 'unknown',
      says: /takes no questions for 7 s/u,
      waiting: ofDiscord,
    },
  ],

  'discord-intents': [
    {
      story: 'the bot needs the list of members, and that was not granted',
      world: { discord: { application: { mayReadMembers: false } } },
      spoil: ({ options }) => {
        options.intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers]
      },
      is: 'problem',
      says: /the Server Members Intent is needed and not switched on/u,
      next: /applications\/\d+\/bot, under \*Privileged Gateway Intents\* switch on \*Server Members Intent\*/u,
    },
  ],

  'discord-guilds': [
    {
      story: 'the bot is in no server',
      world: { discord: { guilds: [] } },
      is: 'problem',
      says: /in no Discord server/u,
      next: /discord\.com\/oauth2\/authorize\?client_id=\d+&scope=bot\+applications\.commands&permissions=3072/u,
      also: ['plex-token'],
    },
    {
      story: 'the settings name a server in which it is not',
      spoil: (it) =>
        set(it, { PLEX_TOKEN: ownerToken, PLEX_SERVER: 'Harbor', DISCORD_GUILD_IDS: '123456789012345678' }),
      is: 'problem',
      says: /DISCORD_GUILD_IDS names 123456789012345678/u,
      next: /&guild_id=123456789012345678/u,
    },
    {
      story: 'it was thrown out of a server of which something is stored',
      spoil: async ({ file }) => {
        const store = await storeIn(file)
        const guildId = id<GuildId>('123456789012345678')
        await (await openDocuments(store)).documents.settings.update(guildId, () => noSettings(guildId))
        await store.close()
      },
      is: 'note',
      says: /stored of the Discord server 123456789012345678/u,
      next: /oauth2\/authorize/u,
    },
  ],

  'discord-commands': [
    {
      story: 'Discord lost one',
      spoil: ({ discord }) => registerCommands(discord, (bodies) => bodies.slice(1)),
      is: 'problem',
      says: /not registered: \/access$/u,
      next: /npm start/u,
    },
    {
      story: 'an older version has left one behind',
      spoil: ({ discord }) =>
        registerCommands(discord, (bodies) => [...bodies, { name: 'plexadd', description: 'Old', type: 1 }]),
      is: 'problem',
      says: /not of this version: \/plexadd/u,
      next: /npm start/u,
    },
    {
      story: 'Discord lost all of them',
      spoil: ({ discord }) => registerCommands(discord, () => []),
      is: 'problem',
      says: /not registered: \/access .*\/users/u,
      next: /npm start/u,
    },
  ],

  'discord-channels': [
    {
      story: 'the log channel was deleted',
      spoil: ({ discord }) => discord.deleteChannel('log'),
      is: 'problem',
      says: /Cinema Club: the channel for `log` is not there any more/u,
      next: /\/settings channels log:/u,
    },
    {
      story: 'it may not write in the reviewers’ channel',
      spoil: ({ discord }) => silence(discord, 'reviews'),
      is: 'problem',
      says: /Cinema Club: the bot lacks Send Messages in #reviews, the channel for `reviewers`/u,
      next: /#reviews → \*Edit Channel\* → \*Permissions\*, add the bot and allow Send Messages/u,
    },
    {
      story: 'Discord does not tell of the server',
      spoil: ({ discord }) =>
        discord.faults.fail(/^GET \/guilds\/\d+\/channels/u, { status: 500 }, { times: 9 }),
      is: 'unknown',
      says: /Cinema Club: Discord has trouble of its own \(500\)/u,
      also: ['discord-roles'],
    },
  ],

  'discord-roles': [
    {
      story: 'a role with a level stands above the bot',
      world: { discord: { guilds: [{ roles: [{ name: 'Reviewer', position: 9 }, { name: 'Member' }] }] } },
      spoil: ({ discord }) => {
        for (const role of discord.world.guilds[0]?.roles ?? []) if (role.managed) role.position = 3
      },
      is: 'note',
      says: /highest role is not above @Reviewer; that matters only to a bot that gives roles out/u,
    },
    {
      story: 'a role with a level was deleted',
      spoil: ({ discord }) => discord.deleteRole('Reviewer'),
      is: 'note',
      says: /the role that had the level reviewer is not there any more/u,
      next: /\/settings roles role:@… level:reviewer/u,
    },
  ],

  'plex-reachable': [
    {
      story: 'plex.tv is down',
      spoil: ({ plex }) => plex.faults.down(),
      is: 'problem',
      says: /127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/u,
      next: /curl -I/u,
      waiting: ofPlex,
    },
    {
      story: 'plex.tv hangs: that is named, and the rest is reported',
      spoil: ({ plex, options }) => {
        plex.faults.always({}, { fault: 'hangs' })
        options.answerWithinMs = 300
      },
      is: 'problem',
      says: /cannot be reached \(no answer within 0\.3 s\)/u,
      next: /Wishes are kept meanwhile/u,
      waiting: ofPlex,
    },
    {
      story: 'plex.tv has trouble of its own',
      spoil: ({ plex }) => plex.faults.always({}, failing(500)),
      is: 'problem',
      says: /trouble of its own \(500\)/u,
      next: /status\.plex\.tv/u,
      waiting: ofPlex,
    },
    {
      story: 'Cloudflare wants to see a browser',
      spoil: ({ plex }) => plex.faults.always({}, cloudflareChallenge),
      is: 'problem',
      says: /somebody else answers in the place of .* \(a page, 403\)/u,
      next: /PLEX_API_URL/u,
      waiting: ofPlex,
    },
  ],

  'plex-token': [
    {
      story: 'plex.tv does not accept the token of a guild any more',
      spoil: ({ plex }) => plex.faults.revoke(ownerToken),
      is: 'problem',
      says: /Cinema Club, harbor_admin: plex\.tv does not accept the token any more/u,
      next: /`\/setup plex`/u,
      waiting: ['plex-places', 'plex-routes', 'plex-servers'],
    },
    {
      story: 'PLEX_TOKEN is none of plex.tv’s',
      spoil: (it) => fromEnvironment(it, 'a-token-of-nobody'),
      is: 'problem',
      says: /PLEX_TOKEN: plex\.tv does not accept the token any more/u,
      next: /put it into PLEX_TOKEN/u,
      waiting: ['plex-places', 'plex-routes', 'plex-servers'],
    },
    {
      story: 'the token of a guild belongs to somebody else than who signed in',
      spoil: (it) => connectedWith(it, 'FAKEcabinToken000001'),
      is: 'problem',
      says: /the token is that of cabin_owner, and not of harbor_admin/u,
      next: /`\/setup plex`/u,
      also: ['plex-servers'],
    },
    {
      story: 'plex.tv answers everything but that',
      spoil: ({ plex }) => plex.faults.always({ route: '/api/v2/user' }, failing(500)),
      is: 'unknown',
      says: /plex\.tv has trouble of its own/u,
      also: ['plex-places', 'plex-routes'],
    },
  ],

  'plex-servers': [
    {
      story: 'the account owns no server',
      spoil: (it) => fromEnvironment(it, 'FAKEmiraToken0000001'),
      is: 'problem',
      says: /PLEX_TOKEN: the account owns no Plex server/u,
      next: /the account that owns the server into PLEX_TOKEN/u,
    },
    {
      story: 'the server is off',
      spoil: ({ plex }) =>
        plex.change((world) => ({
          ...world,
          servers: world.servers.map((server) =>
            server.name === 'Harbor' ? { ...server, isOnline: false } : server,
          ),
        })),
      is: 'problem',
      says: /Cinema Club, harbor_admin: Harbor is off, or cut off from plex\.tv/u,
      next: /Start Plex Media Server/u,
    },
    {
      story: 'the server was given away',
      spoil: ({ plex }) =>
        plex.change((world) => ({
          ...world,
          servers: world.servers.filter((server) => server.name !== 'Harbor'),
        })),
      is: 'problem',
      says: /the account owns no server Harbor/u,
      next: /`\/setup server`, and choose one of these: Lighthouse/u,
    },
    {
      story: 'PLEX_SERVER names a server of somebody else',
      spoil: (it) => fromEnvironment(it, ownerToken, 'Cabin'),
      is: 'problem',
      says: /Cabin is shared with the account and belongs to somebody else/u,
      next: /PLEX_SERVER to one of these: Harbor, Lighthouse/u,
    },
    {
      story: 'the account owns two servers, and PLEX_SERVER names none',
      spoil: (it) => fromEnvironment(it, ownerToken, undefined),
      is: 'problem',
      says: /owns several servers, and none is chosen/u,
      next: /PLEX_SERVER to one of these: Harbor, Lighthouse/u,
    },
    {
      story: 'two servers have the name that PLEX_SERVER says',
      spoil: (it) => {
        it.plex.change((world) => ({
          ...world,
          servers: world.servers.map((server) =>
            server.machineIdentifier === lighthouseId ? { ...server, name: 'Harbor' } : server,
          ),
        }))
        return fromEnvironment(it, ownerToken, 'Harbor')
      },
      is: 'problem',
      says: /several servers called Harbor/u,
      next: /PLEX_SERVER to one of these: c0ffee/u,
    },
    {
      story: 'a guild has signed in and chosen no server',
      spoil: (it) => connectedWith(it, ownerToken, []),
      is: 'note',
      says: /Cinema Club, harbor_admin: no server is chosen/u,
      next: /`\/setup server`/u,
    },
  ],

  'plex-routes': [
    {
      story: 'plex.tv has retired the newest form, and the older one answers',
      spoil: ({ plex }) => plex.faults.retire('v2 lists'),
      is: 'note',
      says: /plex\.tv has retired: v2 owned\/(accepted|pending), v2 owned\/(accepted|pending)\. Usherr asks in an older way/u,
      next: /git pull/u,
    },
    {
      story: 'plex.tv has retired every form',
      spoil: ({ plex }) => {
        plex.faults.retire('v2 sharing')
        plex.faults.retire('v1 sharing')
      },
      is: 'problem',
      says: /no longer answers in any way that Usherr knows when asked for the accepted shares/u,
      next: /git pull/u,
      waiting: ['plex-places'],
    },
    {
      story: 'plex.tv no longer says whose a token is',
      spoil: ({ plex }) => plex.faults.retire({ route: '/api/v2/user' }),
      is: 'problem',
      says: /when asked for the account/u,
      next: /git pull/u,
      waiting: ['plex-places', 'plex-token'],
    },
    {
      story: 'plex.tv no longer lists servers',
      spoil: ({ plex }) => {
        plex.faults.retire('v2 servers')
        plex.faults.retire('v1 servers')
      },
      is: 'problem',
      says: /when asked for the servers/u,
      next: /git pull/u,
      waiting: ['plex-places', 'plex-servers'],
    },
    {
      story: 'plex.tv knows the routes no more, and says so as of a page that is not there',
      spoil: ({ plex }) => {
        plex.faults.retire({ route: '/api/servers/{mid}' }, 404)
        plex.faults.retire({ route: '/api/v2/servers/{mid}' }, 404)
      },
      is: 'problem',
      says: /when asked for the libraries/u,
      next: /git pull/u,
    },
    {
      story: 'plex.tv has retired what is asked only as a last resort',
      spoil: ({ plex }) => plex.faults.retire('v1 invites'),
      is: 'note',
      says: /the sent invitations; they are a last resort only/u,
      next: /git pull/u,
    },
  ],

  'plex-places': [
    {
      story: 'the Plex Home is full',
      world: { plex: { rules: { maxHomeSize: 2 } } },
      is: 'note',
      says: /the Plex Home is full \(2 of 2\)/u,
      next: /Users & Sharing/u,
    },
    {
      story: 'the account shares with nearly a hundred people',
      world: { plex: { shares: crowd(94) } },
      is: 'note',
      says: /shares with 95 people; a limit of about 100/u,
      next: /`\/revoke`/u,
    },
  ],
}

for (const [check, stories] of Object.entries(illnesses)) {
  describe(check, () => {
    test.each(stories.map((each) => ({ ...each })))('$story', async (illness) => {
      const it = await patient(illness.world)
      await illness.spoil?.(it)
      const { code, out, reports, report } = await examined(it)

      const said = report(check)
      expect(said.is).toBe(illness.is)
      expect(said.findings.map(({ what }) => what).join('\n')).toMatch(illness.says)
      const next = said.findings.map((finding) => ('next' in finding ? finding.next : '')).join('\n')
      if (illness.next) expect(next).toMatch(illness.next)

      // Nobody else says that something is wrong.
      const { waiting = [], also = [] } = illness
      const others = reports.filter((each) => each.check !== check && !also.includes(each.check))
      const notFine = others.filter(({ is }) => is !== 'fine')
      expect(notFine.map((each) => each.check)).toEqual([...waiting].sort())
      expect(notFine.filter(({ is }) => is !== 'unknown')).toEqual([])
      for (const { findings } of notFine) {
        expect(findings).toContainEqual(expect.objectContaining({ is: 'unknown', because: check }))
      }
      expect(code).toBe(reports.every(({ is }) => is === 'fine' || is === 'note') ? 0 : 1)
      for (const secret of secretsOf(it)) expect(out).not.toContain(secret)
    })
  })
}

test('each file in checks/ has a story of what it finds', async () => {
  const files = await readdir(new URL('../../../src/cli/doctor/checks/', import.meta.url))
  expect(files.map((file) => basename(file, '.ts')).sort()).toEqual(Object.keys(illnesses).sort())
  const wordless = Object.entries(illnesses).filter(([, stories]) =>
    stories.every(({ is, next }) => is === 'unknown' || next === undefined),
  )
  expect(wordless.map(([check]) => check)).toEqual([])
})

function secretsOf({ discord, environment }: Patient): string[] {
  const given = ['DISCORD_TOKEN', 'PLEX_TOKEN', 'ENCRYPTION_KEY'].flatMap((name) => environment[name] ?? [])
  return [
    ...given,
    discord.token,
    ownerToken,
    'FAKEcabinToken000001',
    'hunter22',
    '@harbor.example',
    '@example',
  ]
}

function set({ environment }: Patient, values: Record<string, string | undefined>): void {
  Object.assign(environment, values)
}

function clockOff({ options }: Patient, ms: number): void {
  const clock = shiftedClock()
  clock.pass(ms)
  options.clock = clock
}

function disk({ options }: Patient, mebibytes: number): void {
  options.freeBytes = async () => mebibytes * 1024 * 1024
}

async function envFile(folder: string, mode: number): Promise<void> {
  await writeFile(join(folder, '.env'), '')
  await chmod(join(folder, '.env'), mode)
}

/** Another program with the database open, which closes it at the end of the test. */
async function inOtherProgram(file: string, ...statements: string[]): Promise<void> {
  const database = new sqlite3.Database(file)
  onTestFinished(() => new Promise<void>((resolve) => database.close(() => resolve())))
  for (const statement of statements) {
    await new Promise<void>((resolve, reject) =>
      database.exec(statement, (error) => (error ? reject(error) : resolve())),
    )
  }
}

/** The environment's connection in the place of the guild's own. */
async function fromEnvironment(it: Patient, token: string, server?: string): Promise<void> {
  const guildId = it.discord.world.guilds[0]?.id ?? ''
  set(it, { PLEX_TOKEN: token, DISCORD_GUILD_IDS: guildId, PLEX_SERVER: server })
  await inDocuments(it, ({ connectionRecords }) => connectionRecords.remove(guildId))
}

async function connectedWith(it: Patient, token: string, servers?: []): Promise<void> {
  const guildId = id<GuildId>(it.discord.world.guilds[0]?.id ?? '')
  const record = connected(guildId, token)
  await inDocuments(it, ({ connectionRecords }) =>
    connectionRecords.update(guildId, () => ({ ...record, servers: servers ?? record.servers })),
  )
}

async function inDocuments(
  { file }: Patient,
  change: (documents: StoredPorts) => Promise<unknown>,
): Promise<void> {
  const store = await storeIn(file)
  await change((await openDocuments(store)).documents)
  await store.close()
}

/** Nobody may write there but who is allowed to by name. */
function silence({ world }: PretendDiscord, name: string): void {
  const [guild] = world.guilds
  const channel = guild?.channels.find((each) => each.name === name)
  if (!guild || !channel) throw new Error(`there is no channel ${name}`)
  channel.overwrites = [{ id: guild.id, type: 0, allow: '0', deny: String(permission.sendMessages) }]
}

/** So many invitations that wait, each for an address of its own. */
function crowd(count: number) {
  return Array.from({ length: count }, (_, at) =>
    aShare({ id: 33_000_000 + at, invitedEmail: `guest${at}@example.com`, acceptedAt: null }),
  )
}
