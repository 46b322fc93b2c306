import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { peers } from '../../src/peers/all.ts'
import { temporaryFolder } from '../storage/temporary-store.ts'
import {
  inDatabase,
  mediaServer,
  text,
  wizarrNewRest,
  wizarrOldRest,
  wizarrUser,
  wizarrUsers,
} from './peer-files.ts'

const { wizarr } = peers
const token = 'FAKEsecretPlexToken9'

const oldUser = (row: { token: string; name: string; email: string | null; expires?: string | null }) =>
  row.expires === undefined
    ? `INSERT INTO users (token, username, email, code) VALUES (${text(row.token)}, ${text(row.name)}, ${text(row.email)}, 'None')`
    : `INSERT INTO users (token, username, email, code, expires)
       VALUES (${text(row.token)}, ${text(row.name)}, ${text(row.email)}, 'None', ${text(row.expires)})`
const newUser = (row: { name: string; email: string | null; expires?: string; server?: number }) =>
  `INSERT INTO user (token, username, email, code, expires${row.server === undefined ? '' : ', server_id'})
   VALUES ('${token}', ${text(row.name)}, ${text(row.email)}, 'ABC123', ${text(row.expires ?? null)}${row.server === undefined ? '' : `, ${row.server}`})`
const server = (id: number, name: string, type = 'plex') =>
  `INSERT INTO media_server (id, name, server_type, url, api_key, verified, created_at)
   VALUES (${id}, ${text(name)}, '${type}', 'http://media.example', '${token}', 1, '2025-06-12 10:00:00.000000')`

async function database(...statements: readonly string[]): Promise<string> {
  const file = join(await temporaryFolder(), 'database.db')
  await inDatabase(file, ...statements)
  return file
}

describe('Wizarr 1 to 4', () => {
  test('1.5 knew no end dates', async () => {
    const file = await database(
      wizarrUsers['1.5'],
      ...wizarrOldRest,
      oldUser({ token, name: 'Mira', email: 'mira@example.com' }),
    )
    const read = await wizarr.read(file, {})
    expect(read).toEqual({
      ok: true,
      value: {
        writtenBy: 'Wizarr 1 to 4',
        rows: [{ at: 'row 1', who: { email: 'mira@example.com' }, note: 'called Mira' }],
        unreadable: [],
        leftOut: [],
      },
    })
    expect(JSON.stringify(read)).not.toContain(token)
  })

  test('2.2 has end dates to the minute, and tokens that go nowhere', async () => {
    const file = await database(
      wizarrUsers['2.2'],
      ...wizarrOldRest,
      "INSERT INTO settings (key, value) VALUES ('server_type', 'plex')",
      oldUser({ token, name: 'mira_q', email: 'mira@example.com', expires: '2030-01-01 10:30' }),
      oldUser({ token: 'None', name: 'Jonas', email: 'jonas.brandt@example.com', expires: null }),
    )
    const read = await wizarr.read(file, {})
    expect(read).toMatchObject({
      value: {
        rows: [{ endsAt: new Date('2030-01-01T10:30:00Z') }, { who: { email: 'jonas.brandt@example.com' } }],
      },
    })
    expect(JSON.stringify(read)).not.toContain(token)
  })

  test('3 and 4 have the account’s id in the column of the token; the name is nobody’s name', async () => {
    const file = await database(
      wizarrUsers['4.2'],
      ...wizarrOldRest,
      oldUser({ token: '20000001', name: 'mira_q', email: null, expires: '2030-01-01 10:30:15.123456' }),
      oldUser({
        token: '20000002',
        name: 'jonas.b',
        email: 'jonas.brandt@example.com',
        expires: '2030-01-01 12:00:00+02:00',
      }),
      oldUser({ token, name: 'mira_q', email: null, expires: null }),
      oldUser({ token: '20000004', name: 'pat-h', email: 'pat@example.net', expires: 'in 30 days' }),
      oldUser({ token: '20000005', name: 'x', email: 'mira_q', expires: null }),
    )
    const read = await wizarr.read(file, {})
    expect(read).toEqual({
      ok: true,
      value: {
        writtenBy: 'Wizarr 1 to 4',
        rows: [
          {
            at: 'row 1',
            who: { accountId: '20000001' },
            endsAt: new Date('2030-01-01T10:30:15.123Z'),
            note: 'called mira_q',
          },
          {
            at: 'row 2',
            who: { accountId: '20000002', email: 'jonas.brandt@example.com' },
            endsAt: new Date('2030-01-01T10:00:00Z'),
            note: 'called jonas.b',
          },
        ],
        unreadable: [
          {
            at: 'row 3',
            name: 'mira_q',
            because: 'it has no address, and Wizarr’s name of him may be anybody’s',
          },
          { at: 'row 4', name: 'pat-h pat@example.net', because: 'its end date cannot be read' },
          {
            at: 'row 5',
            name: 'x mira_q',
            because: 'what stands in the place of the address is none',
          },
        ],
        leftOut: [],
      },
    })
    expect(JSON.stringify(read)).not.toContain(token)
  })

  test('one that served Jellyfin has nothing to take over', async () => {
    const file = await database(
      wizarrUsers['4.2'],
      ...wizarrOldRest,
      "INSERT INTO settings (key, value) VALUES ('server_type', 'jellyfin')",
      oldUser({ token: '7a', name: 'mira', email: 'mira@example.com', expires: null }),
    )
    expect(await wizarr.read(file, {})).toMatchObject({ ok: false, problem: { kind: 'notPlex' } })
  })
})

describe('Wizarr of 2025 and later', () => {
  test('its first form has one server', async () => {
    const file = await database(
      wizarrUser['2025.5'],
      ...wizarrNewRest,
      newUser({ name: 'mira_q', email: 'mira@example.com', expires: '2030-01-01 00:00:00.000000' }),
    )
    expect(await wizarr.read(file, {})).toMatchObject({
      value: {
        writtenBy: 'Wizarr of 2025 or later, before it knew several servers',
        rows: [{ who: { email: 'mira@example.com' }, endsAt: new Date('2030-01-01T00:00:00Z') }],
      },
    })
  })

  test.each(['2025.6', '2026.7'] as const)(
    '%s: people of other media servers are left out and counted',
    async (version) => {
      const file = await database(
        wizarrUser[version],
        mediaServer,
        ...wizarrNewRest,
        server(1, 'Harbor'),
        server(2, 'Jelly', 'jellyfin'),
        newUser({ name: 'Mira', email: 'mira@example.com', server: 1 }),
        newUser({ name: 'jonas', email: null, server: 2 }),
        newUser({ name: 'nobody', email: 'None', server: 1 }),
      )
      const read = await wizarr.read(file, {})
      expect(read).toMatchObject({
        value: {
          rows: [{ at: 'row 1', who: { email: 'mira@example.com' } }],
          unreadable: [{ at: 'row 3', name: 'nobody None' }],
          leftOut: ['1 on a media server that is not Plex.'],
        },
      })
      expect(JSON.stringify(read)).not.toContain(token)
    },
  )

  test('of several Plex servers it is the one of the same name, or the one that is said', async () => {
    const file = await database(
      wizarrUser['2026.7'],
      mediaServer,
      ...wizarrNewRest,
      server(1, 'harbor '),
      server(2, 'Lighthouse'),
      newUser({ name: 'Mira', email: 'mira@example.com', server: 1, expires: '2030-01-01 00:00:00' }),
      newUser({ name: 'Mira', email: 'mira@example.com', server: 2, expires: '2031-01-01 00:00:00' }),
    )
    expect(await wizarr.read(file, {})).toMatchObject({ problem: { kind: 'severalServers' } })
    const other = await wizarr.read(file, { serverName: 'Cabin' })
    expect(
      !other.ok && { ...other.problem, what: other.problem.what.replace(file, '(file)') },
    ).toMatchInlineSnapshot(`
      {
        "kind": "severalServers",
        "next": "Say whose people are meant: add --from-server "harbor "",
        "what": "(file) holds people of several Plex servers: harbor , Lighthouse. None has the name of yours, Cabin.",
      }
    `)
    expect(await wizarr.read(file, { serverName: 'Harbor' })).toMatchObject({
      value: { rows: [{ at: 'row 1' }], leftOut: ['1 on another Plex server.'] },
    })
    expect(await wizarr.read(file, { serverName: 'lighthouse' })).toMatchObject({
      value: { rows: [{ at: 'row 2', endsAt: new Date('2031-01-01T00:00:00Z') }] },
    })
  })

  test('a list without anybody, and a table without its columns, are named', async () => {
    const nobody = await database(wizarrUser['2026.7'], mediaServer, ...wizarrNewRest)
    expect(await wizarr.read(nobody, {})).toMatchObject({ problem: { kind: 'noRows' } })
    const strange = await database(
      'CREATE TABLE user (id INTEGER PRIMARY KEY, username TEXT)',
      ...wizarrNewRest,
    )
    expect(await wizarr.read(strange, {})).toMatchObject({
      problem: { kind: 'unknownVersion', what: expect.stringContaining('it lacks user.email, user.expires') },
    })
    const first = await database(...wizarrOldRest)
    expect(await wizarr.read(first, {})).toMatchObject({
      problem: { kind: 'unknownVersion', what: expect.stringContaining('the table user') },
    })
    const servers = await database(
      wizarrUser['2025.6'],
      'CREATE TABLE media_server (id INTEGER PRIMARY KEY)',
      ...wizarrNewRest,
    )
    expect(await wizarr.read(servers, {})).toMatchObject({
      problem: { kind: 'unknownVersion', what: expect.stringContaining('media_server.name') },
    })
  })
})
