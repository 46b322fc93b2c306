import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runImport } from '../../src/cli/run-import.ts'
import type { Environment } from '../../src/config.ts'
import type { GuildId, MemberId } from '../../src/lib/ids.ts'
import { id } from '../../src/lib/ids.ts'
import { peerNames } from '../../src/peers/peer.ts'
import { failing } from '../../src/sandbox/plex/fault.ts'
import { type PretendPlex, startPretendPlex } from '../../src/sandbox/plex/start.ts'
import { harborId, lighthouseId, ownerToken } from '../../src/sandbox/plex/world.ts'
import { personKeysOf } from '../../src/sharing/people.ts'
import { parsePerson } from '../../src/storage/shapes.ts'
import {
  alma,
  boris,
  carla,
  inDatabase,
  mediaServer,
  membarrFile,
  plexfriendsFiles,
  text,
  wizarrNewRest,
  wizarrUser,
} from '../peers/peer-files.ts'
import { newKey, storeIn, temporaryFile, temporaryFolder } from '../storage/temporary-store.ts'
import { commandLine } from '../support/command-line.ts'

const guildId = id<GuildId>('100000000000000001')
const otherGuild = '100000000000000002'

interface House {
  plex: PretendPlex
  environment: Environment
  storeFile: string
  /** A folder for the other program's files. */
  folder: string
  runs(args: readonly string[], more?: Environment): Promise<{ code: number; out: string }>
}

/** A store that a bot had begun, and a plex.tv. */
async function house(): Promise<House> {
  const plex = await startPretendPlex()
  onTestFinished(() => plex.close())
  const storeFile = await temporaryFile()
  const store = await storeIn(storeFile)
  await store.close()
  const environment: Environment = {
    STORAGE_URL: `sqlite://${storeFile}`,
    DISCORD_GUILD_IDS: guildId,
    PLEX_TOKEN: ownerToken,
    PLEX_SERVER: harborId,
    PLEX_API_URL: plex.url,
  }
  const folder = await temporaryFolder()
  const runs: House['runs'] = async (args, more = {}) => {
    const lines: string[] = []
    const code = await runImport(args, { ...environment, ...more }, (line) => lines.push(line))
    return {
      code,
      out: lines.join('\n').replaceAll(folder, '(folder)').replaceAll(dirname(storeFile), '(store)'),
    }
  }
  return { plex, environment, storeFile, folder, runs }
}

async function stored({ storeFile }: House) {
  const store = await storeIn(storeFile)
  const people = await store.collection('people', parsePerson).list(personKeysOf(guildId))
  const link = await store.links.ofMember(guildId, id<MemberId>(alma))
  await store.close()
  return { people, link }
}

const ordinary = [
  { member: alma, email: 'mira@example.com' },
  { member: boris, email: 'jonas.brandt@example.com' },
  { member: carla, email: 'gone@example.com' },
]

describe('npm run import', () => {
  test('as a person types it: a preview, then the import, then once more', async () => {
    const on = await house()
    const file = await membarrFile(on.folder, ordinary)
    const before = await readFile(file)
    const script = (...args: string[]) =>
      commandLine('src/cli/import.ts', ['membarr', file, ...args], on.environment, on.folder)

    const preview = await script('--preview')
    expect([preview.code, preview.err]).toEqual([0, ''])
    expect(preview.out.replaceAll(on.folder, '(folder)')).toMatchInlineSnapshot(`
      "From Membarr, whose list has had this form since July 2022.
      For the Plex server Harbor and the Discord server 100000000000000001.

      where  who                       Discord member      what would happen
      row 1  mira@example.com          200000000000000001  take into the records, link to the member
      row 2  jonas.brandt@example.com  200000000000000002  take into the records, link to the member
      row 3  gone@example.com          200000000000000003  left out: plex.tv shows no access and no invitation on Harbor

      2 to take over, 0 already so, 1 left out, 0 refused, 0 could not be read

      Nothing was written. To take it over:
        npm run import -- membarr (folder)/app.db
      "
    `)
    expect((await stored(on)).people).toEqual([])

    const done = await script()
    expect([done.code, done.err]).toEqual([0, ''])
    expect(done.out).toMatchInlineSnapshot(`
      "From Membarr, whose list has had this form since July 2022.
      For the Plex server Harbor and the Discord server 100000000000000001.

      where  who                       Discord member      what happened
      row 1  mira@example.com          200000000000000001  taken into the records, linked to the member
      row 2  jonas.brandt@example.com  200000000000000002  taken into the records, linked to the member
      row 3  gone@example.com          200000000000000003  left out: plex.tv shows no access and no invitation on Harbor

      2 taken over, 0 already so, 1 left out, 0 refused, 0 could not be read

      Nothing was changed at plex.tv. A bot that runs notices within a minute; look with /users in the Discord server 100000000000000001.
      Now switch Membarr off before you take roles or members away: docs/migration/membarr.md
      "
    `)
    const { people, link } = await stored(on)
    expect(people.map(({ memberId, seen }) => [memberId, seen.is]).sort()).toEqual([
      [alma, 'active'],
      [boris, 'active'],
    ])
    expect(link).toMatchObject({ who: { username: 'mira_q' }, linkedBy: 'import' })

    const again = await script()
    expect(again.code).toBe(0)
    expect(again.out).toContain('0 taken over, 2 already so, 1 left out, 0 refused, 0 could not be read')
    expect((await stored(on)).people.map(({ version }) => version)).toEqual(
      people.map(({ version }) => version),
    )

    expect(on.plex.ledger).toEqual([])
    expect(await readFile(file)).toEqual(before)
    for (const { out } of [preview, done, again]) expect(out).not.toContain(ownerToken)
  }, 60_000)

  test('two that are started at the same moment take everybody over once', async () => {
    const on = await house()
    const file = await membarrFile(on.folder, ordinary)
    const one = () => commandLine('src/cli/import.ts', ['membarr', file], on.environment, on.folder)
    const both = await Promise.all([one(), one()])
    expect(both.map(({ code, err }) => [code, err])).toEqual([
      [0, ''],
      [0, ''],
    ])
    const { people } = await stored(on)
    expect(people.map(({ history }) => history.map(({ what }) => what))).toEqual([
      ['adopted', 'imported'],
      ['adopted', 'imported'],
    ])
  }, 60_000)

  test('Discord-PlexFriends: end dates come along, one that is over is left out and said', async () => {
    const on = await house()
    const file = await plexfriendsFiles(on.folder, {
      members: { [alma]: 'mira@example.com', [boris]: 'jonas.brandt@example.com' },
      trial: { [alma]: Date.UTC(2099, 0, 1) / 1000, [boris]: Date.UTC(2020, 0, 1) / 1000 },
    })
    const { code, out } = await on.runs(['plexfriends', file])
    expect(code).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "From Discord-PlexFriends, any version up to 0.0.13.
      For the Plex server Harbor and the Discord server 100000000000000001.

      where     who                                                 Discord member      what happened
      member 1  mira@example.com (trial, until 2099-01-01)          200000000000000001  taken into the records, linked to the member, end date set
      member 2  jonas.brandt@example.com (trial, until 2020-01-01)  200000000000000002  taken into the records, linked to the member

      End dates that were left out:
        member 2: jonas.brandt@example.com: his end, 2020-01-01, is over and he has access still. It would end at once, so it was left out: end it with /revoke, or leave it.

      2 taken over, 0 already so, 0 left out, 0 refused, 0 could not be read

      Nothing was changed at plex.tv. A bot that runs notices within a minute; look with /users in the Discord server 100000000000000001.
      Now switch Discord-PlexFriends off before you take roles or members away: docs/migration/plexfriends.md"
    `)
    const { people } = await stored(on)
    expect(people.map(({ endsAt }) => endsAt?.toISOString()).sort()).toEqual([
      '2099-01-01T00:00:00.000Z',
      undefined,
    ])
  })

  test('Wizarr: of its servers it is the one that has the name of yours, unless another is said', async () => {
    const on = await house()
    const file = join(on.folder, 'database.db')
    const user = (email: string, server: number) =>
      `INSERT INTO user (token, username, email, code, server_id) VALUES ('FAKEtokenOfSomebody1', 'Somebody', ${text(email)}, 'None', ${server})`
    await inDatabase(
      file,
      wizarrUser['2026.7'],
      mediaServer,
      ...wizarrNewRest,
      ...['Harbor', 'Old box'].map(
        (name, at) =>
          `INSERT INTO media_server (id, name, server_type, url, verified, created_at) VALUES (${at + 1}, '${name}', 'plex', 'http://x', 1, '2025-06-12')`,
      ),
      user('mira@example.com', 1),
      user('jonas.brandt@example.com', 2),
    )
    const { code, out } = await on.runs(['wizarr', file, '--preview'])
    expect(code).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "From Wizarr of 2025 or later.
      For the Plex server Harbor and the Discord server 100000000000000001.

      where  who                                 Discord member  what would happen
      row 1  mira@example.com (called Somebody)  (none)          take into the records

      Left out:
        1 on another Plex server.

      1 to take over, 0 already so, 0 left out, 0 refused, 0 could not be read

      Nothing was written. To take it over:
        npm run import -- wizarr (folder)/database.db"
    `)
    const other = await on.runs(['wizarr', file, '--from-server', 'old box'])
    expect(other.out).toContain('jonas.brandt@example.com')
    expect(other.out).not.toContain('mira@example.com')
    await inDatabase(file, "UPDATE media_server SET name = 'New box' WHERE id = 1")
    expect(await on.runs(['wizarr', file])).toMatchObject({
      code: 1,
      out: expect.stringContaining('add --from-server "New box"'),
    })
    expect(out + other.out).not.toContain('FAKEtokenOfSomebody1')
  })

  test('what is refused or unreadable is listed by name, and the exit code says so; the others are taken over', async () => {
    const on = await house()
    const file = await membarrFile(on.folder, [
      { member: 'bob', email: 'jonas.brandt@example.com' },
      { member: alma, email: 'mira@example.com' },
      { member: boris, email: 'half@' },
      { member: carla, email: null, jellyfin: 'carla' },
    ])
    const { code, out } = await on.runs(['membarr', file])
    expect(code).toBe(1)
    expect(out).toMatchInlineSnapshot(`
      "From Membarr, whose list has had this form since July 2022.
      For the Plex server Harbor and the Discord server 100000000000000001.

      where  who                       Discord member      what happened
      row 1  jonas.brandt@example.com  bob                 REFUSED: what stands in the place of the Discord member is no id (17 to 20 digits)
      row 2  mira@example.com          200000000000000001  taken into the records, linked to the member

      Could not be read:
        row 3: 200000000000000002 half@: what stands in the place of the address is none.

      Left out:
        1 with a Jellyfin user and no Plex address.

      1 taken over, 0 already so, 0 left out, 1 refused, 1 could not be read

      Nothing was taken over of what is refused or unreadable. Mend it in Membarr or in a copy of its file and run this again, or adopt the person with /sync.
      Nothing was changed at plex.tv. A bot that runs notices within a minute; look with /users in the Discord server 100000000000000001.
      Now switch Membarr off before you take roles or members away: docs/migration/membarr.md"
    `)
    expect((await stored(on)).people).toHaveLength(1)
  })

  test('a name that would command the terminal is printed harmlessly', async () => {
    const on = await house()
    const file = await plexfriendsFiles(on.folder, { members: { '\u001b[2J\u202eevil': 'mira@example.com' } })
    const { code, out } = await on.runs(['plexfriends', file])
    expect(code).toBe(1)
    expect(out).toContain('?[2J?evil')
    for (const character of ['\u001b', '\u202e']) expect(out).not.toContain(character)
  })
})

describe('npm run import says what is wrong', () => {
  test.each([
    [['membarr']],
    [['jellyseerr', 'app.db']],
    [['membarr', 'app.db', 'another']],
    [['membarr', 'app.db', '--apply']],
    [['membarr', 'app.db', '--guild']],
  ])('%j is no command: the usage, and 2', async (args) => {
    const lines: string[] = []
    expect(await runImport(args, {}, (line) => lines.push(line))).toBe(2)
    expect(lines.join('\n')).toContain('npm run import -- <program> <file>')
  })

  test.each([[[]], [['help']], [['--help']]])('%j is answered with the usage, and 0', async (args) => {
    const lines: string[] = []
    expect(await runImport(args, {}, (line) => lines.push(line))).toBe(0)
    for (const name of peerNames) expect(lines.join('\n')).toContain(`  ${name} `)
  })

  test('a guild that has to be named is named, where there are several', async () => {
    const on = await house()
    const file = await membarrFile(on.folder, ordinary)
    const several = { DISCORD_GUILD_IDS: `${guildId},${otherGuild}` }
    expect(await on.runs(['membarr', file], several)).toEqual({
      code: 2,
      out: `Several Discord servers have a Plex server.\nSay which one is meant: add --guild ${guildId}`,
    })
    const { code, out } = await on.runs(['membarr', file, '--preview', '--guild', guildId], several)
    expect(code).toBe(0)
    expect(out).toContain(`npm run import -- membarr (folder)/app.db --guild ${guildId}`)
  })

  test('a guild without a Plex server, or none at all', async () => {
    const on = await house()
    const file = await membarrFile(on.folder, ordinary)
    expect(await on.runs(['membarr', file, '--guild', otherGuild])).toMatchInlineSnapshot(`
      {
        "code": 1,
        "out": "No Plex server is connected for the Discord server 100000000000000002.
      Connect one with /setup plex in Discord, or put PLEX_TOKEN and the id of the Discord server in DISCORD_GUILD_IDS into .env, and run this again.",
      }
    `)
    const nothing = { PLEX_TOKEN: undefined, DISCORD_GUILD_IDS: undefined }
    expect(await on.runs(['membarr', file], nothing)).toMatchObject({
      code: 1,
      out: expect.stringContaining('No Plex server is connected for any Discord server.'),
    })
  })

  test.each([
    ['another name than the guild’s server has', ['--server', 'Lighthouse'], {}, 'owns no server Lighthouse'],
    ['a server that is not the account’s', [], { PLEX_SERVER: 'Nowhere' }, 'It owns: Harbor, Lighthouse'],
    [
      'a token that plex.tv does not accept',
      [],
      { PLEX_TOKEN: 'FAKEdeadToken0000001' },
      'does not accept the token',
    ],
  ])('%s', async (_, args, environment, said) => {
    const on = await house()
    const file = await membarrFile(on.folder, ordinary)
    const { code, out } = await on.runs(['membarr', file, ...args], environment)
    expect(code).toBe(1)
    expect(out).toContain(said)
    expect(out).not.toMatch(/FAKE\w+/u)
    expect((await stored(on)).people).toEqual([])
  })

  test('the guild’s server may be named, by name or identifier', async () => {
    const on = await house()
    const file = await membarrFile(on.folder, ordinary)
    for (const server of ['harbor', harborId]) {
      expect(await on.runs(['membarr', file, '--preview', '--server', server])).toMatchObject({ code: 0 })
    }
    const lighthouse = await on.runs(['membarr', file], { PLEX_SERVER: lighthouseId })
    expect(lighthouse.out).toContain('plex.tv shows no access and no invitation on Lighthouse')
  })

  test('plex.tv is down, before the readings or at one of them: nothing is taken for gone', async () => {
    const on = await house()
    const file = await membarrFile(on.folder, ordinary)
    for (const list of ['/pending', '/accepted']) {
      const fault = on.plex.faults.always(({ path }) => path.endsWith(list), failing(503))
      const { code, out } = await on.runs(['membarr', file])
      expect(code).toBe(1)
      expect(out).toContain('nothing was changed.\nRun this again later.')
      expect(fault.hits).toBeGreaterThan(0)
      fault.release()
    }
    await on.plex.faults.down()
    expect(await on.runs(['membarr', file])).toMatchObject({ code: 1 })
    expect((await stored(on)).people).toEqual([])
  })

  test('there is no store yet, or its key is another', async () => {
    const on = await house()
    const file = await membarrFile(on.folder, ordinary)
    const none = join(on.folder, 'none.sqlite')
    expect(await on.runs(['membarr', file], { STORAGE_URL: `sqlite://${none}` })).toEqual({
      code: 1,
      out: 'There is no database of Usherr at (folder)/none.sqlite.\nCheck STORAGE_URL. On a new machine start the bot once: npm start',
    })
    await expect(readFile(none)).rejects.toThrow('ENOENT')
    expect(await on.runs(['membarr', file], { ENCRYPTION_KEY: newKey() })).toMatchObject({
      code: 1,
      out: expect.stringContaining('The encryption key is not the one'),
    })
  })

  test('the file is not one of that program', async () => {
    const on = await house()
    expect(await on.runs(['membarr', join(on.folder, 'app.db')])).toMatchObject({
      code: 1,
      out: expect.stringContaining('There is no file (folder)/app.db.'),
    })
    await writeFile(join(on.folder, 'app.db'), 'hello')
    expect(await on.runs(['invitarr', join(on.folder, 'app.db')])).toMatchObject({
      code: 1,
      out: expect.stringContaining('is no SQLite database'),
    })
    const settings = await on.runs(['membarr', 'app.db'], { STORAGE_URL: 'nonsense' })
    expect(settings).toMatchObject({ code: 1, out: expect.stringContaining('STORAGE_URL') })
    expect(await on.runs(['membarr', 'app.db'], { PLEX_API_URL: 'nonsense' })).toMatchObject({
      code: 1,
      out: expect.stringContaining('PLEX_API_URL'),
    })
  })
})
