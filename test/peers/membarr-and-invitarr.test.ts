import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { peers } from '../../src/peers/all.ts'
import { temporaryFolder } from '../storage/temporary-store.ts'
import { alma, boris, carla, inDatabase, invitarrClients, membarrFile } from './peer-files.ts'

const { membarr, invitarr } = peers

describe('Membarr', () => {
  test('its list is read: who has a Plex address, and what is about Jellyfin is left out and counted', async () => {
    const file = await membarrFile(await temporaryFolder(), [
      { member: alma, email: 'mira@example.com' },
      { member: boris, email: 'Jonas.Brandt@Example.com', jellyfin: 'jonas' },
      { member: carla, email: null, jellyfin: 'carla' },
      { member: '200000000000000004', email: null },
      { member: '200000000000000005', email: 'half@address' },
      { member: '200000000000000006', email: 'two words' },
      { member: ' 200000000000000007 ', email: 'pat-h' },
    ])
    expect(await membarr.read(file, {})).toMatchInlineSnapshot(`
      {
        "ok": true,
        "value": {
          "leftOut": [
            "1 with a Jellyfin user and no Plex address.",
            "1 without a Plex address: Membarr had taken it away.",
          ],
          "rows": [
            {
              "at": "row 1",
              "memberId": "200000000000000001",
              "who": {
                "email": "mira@example.com",
              },
            },
            {
              "at": "row 2",
              "memberId": "200000000000000002",
              "who": {
                "email": "jonas.brandt@example.com",
              },
            },
            {
              "at": "row 7",
              "memberId": "200000000000000007",
              "who": {
                "username": "pat-h",
              },
            },
          ],
          "unreadable": [
            {
              "at": "row 5",
              "because": "what stands in the place of the address is none",
              "name": "200000000000000005 half@address",
            },
            {
              "at": "row 6",
              "because": "what stands in the place of the address is neither an address nor a Plex user name",
              "name": "200000000000000006 two words",
            },
          ],
          "writtenBy": "Membarr, whose list has had this form since July 2022",
        },
      }
    `)
  })

  test('an id that was stored as a number keeps all its digits', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'app.db')
    await inDatabase(
      file,
      'CREATE TABLE clients (id INTEGER PRIMARY KEY, discord_username, email TEXT, jellyfin_username TEXT)',
      "INSERT INTO clients (discord_username, email) VALUES (200000000000000001, 'mira@example.com')",
    )
    expect(await membarr.read(file, {})).toMatchObject({ value: { rows: [{ memberId: alma }] } })
  })

  test('a list without anybody is said to be one, and where the others are', async () => {
    const file = await membarrFile(await temporaryFolder(), [])
    expect(await membarr.read(file, {})).toMatchObject({
      ok: false,
      problem: { kind: 'noRows', next: expect.stringContaining('/sync') },
    })
  })

  test('a table without its columns is of an unknown version, with the columns that are missing', async () => {
    const file = join(await temporaryFolder(), 'app.db')
    await inDatabase(file, 'CREATE TABLE clients (id INTEGER PRIMARY KEY, jellyfin_username TEXT)')
    const read = await membarr.read(file, {})
    expect(JSON.parse(JSON.stringify(read).replaceAll(file, '(file)'))).toMatchInlineSnapshot(`
      {
        "ok": false,
        "problem": {
          "kind": "unknownVersion",
          "next": "Is it the right file? Known versions: docs/migration/membarr.md. For a newer one please open an issue, with the output of: sqlite3 (file) .schema",
          "what": "(file) is of no version of Membarr that I know: it lacks discord_username, email.",
        },
      }
    `)
  })

  test('a database without its table is of an unknown version', async () => {
    const file = join(await temporaryFolder(), 'app.db')
    await inDatabase(file, 'CREATE TABLE other (id INTEGER PRIMARY KEY)')
    expect(await membarr.read(file, {})).toMatchObject({
      problem: { kind: 'unknownVersion', what: expect.stringContaining('the table clients') },
    })
  })
})

describe('Invitarr', () => {
  test.each(['clients', 'USERS'] as const)('its list is read where the table is called %s', async (table) => {
    const file = join(await temporaryFolder(), 'app.db')
    await inDatabase(
      file,
      invitarrClients(table),
      `INSERT INTO "${table}" (discord_username, email) VALUES ('${alma}', 'mira@example.com')`,
    )
    expect(await invitarr.read(file, {})).toMatchObject({
      ok: true,
      value: {
        rows: [{ at: 'row 1', memberId: alma, who: { email: 'mira@example.com' } }],
        unreadable: [],
        leftOut: [],
      },
    })
  })

  test('a table without its columns is of an unknown version', async () => {
    const file = join(await temporaryFolder(), 'app.db')
    await inDatabase(file, 'CREATE TABLE clients (id INTEGER PRIMARY KEY, discord_username TEXT)')
    expect(await invitarr.read(file, {})).toMatchObject({
      problem: { kind: 'unknownVersion', what: expect.stringContaining('it lacks email') },
    })
  })
})
