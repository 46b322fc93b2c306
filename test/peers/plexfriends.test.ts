import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { peers } from '../../src/peers/all.ts'
import { temporaryFolder } from '../storage/temporary-store.ts'
import { alma, boris, carla, membarrFile, plexfriendsFiles } from './peer-files.ts'

const { plexfriends } = peers
const dora = '200000000000000004'
const emil = '200000000000000005'

describe('Discord-PlexFriends', () => {
  test('members are read with the end of a trial or a subscription, the later of both', async () => {
    const file = await plexfriendsFiles(await temporaryFolder(), {
      members: {
        [alma]: 'mira@example.com',
        [boris]: 'jonas.brandt@example.com',
        [carla]: 'pat@example.net',
        [dora]: 'late@example.com',
        [emil]: 'emil',
      },
      trial: { [boris]: 1_893_456_000.5, [carla]: 0, [dora]: 1_893_456_000 },
      subscription: { [carla]: 0, [dora]: 1_924_992_000 },
    })
    expect(await plexfriends.read(file, {})).toEqual({
      ok: true,
      value: {
        writtenBy: 'Discord-PlexFriends, any version up to 0.0.13',
        rows: [
          { at: 'member 1', memberId: alma, who: { email: 'mira@example.com' } },
          {
            at: 'member 2',
            memberId: boris,
            who: { email: 'jonas.brandt@example.com' },
            endsAt: new Date('2030-01-01T00:00:00.500Z'),
            note: 'trial',
          },
          { at: 'member 3', memberId: carla, who: { email: 'pat@example.net' } },
          {
            at: 'member 4',
            memberId: dora,
            who: { email: 'late@example.com' },
            endsAt: new Date('2031-01-01T00:00:00Z'),
            note: 'subscription',
          },
          { at: 'member 5', memberId: emil, who: { username: 'emil' } },
        ],
        unreadable: [],
        leftOut: [],
      },
    })
  })

  test('without trials and subscriptions there are no such files, and nothing is missed', async () => {
    const file = await plexfriendsFiles(await temporaryFolder(), { members: { [alma]: 'mira@example.com' } })
    expect(await plexfriends.read(file, {})).toMatchObject({
      ok: true,
      value: { rows: [{ memberId: alma }] },
    })
  })

  test('rows that nothing can be made of are listed by name', async () => {
    const file = await plexfriendsFiles(await temporaryFolder(), {
      members: { [alma]: '', [boris]: 'no @ddress', [carla]: 'pat@example.net' },
      trial: { [carla]: 1e30 },
    })
    expect(await plexfriends.read(file, {})).toMatchObject({
      value: {
        rows: [],
        unreadable: [
          { at: 'member 1', name: alma, because: 'it has no address' },
          { at: 'member 2', name: `${boris} no @ddress` },
          { at: 'member 3', because: 'its end is no moment in time' },
        ],
      },
    })
  })

  /** What is told, without the path. */
  async function told(file: string) {
    const read = await plexfriends.read(file, {})
    if (read.ok) return read
    const { kind, what, next } = read.problem
    return { kind, what: what.replaceAll(file, '(file)'), next: next.replaceAll(file, '(file)') }
  }

  async function holding(name: string, content: string): Promise<string> {
    const file = join(await temporaryFolder(), name)
    await writeFile(file, content)
    return file
  }

  test.each([
    ['members.json', '', 'empty'],
    ['members.json', '{}', 'noRows'],
    ['members.json', `{\n    "${alma}": "mira@exam`, 'damaged'],
    ['members.json', 'hello', 'notJson'],
    ['members.json', '[1, 2]', 'unknownVersion'],
    ['members.json', '{"1": {"email": "x@example.com"}}', 'unknownVersion'],
    ['trial.json', `{"${alma}": 1893456000.5}`, 'otherProgram'],
    ['config.json', '{"bot_token": "secret-token", "guild_id": 0}', 'otherProgram'],
  ])('%s holding %j is a named problem: %s', async (name, content, kind) => {
    const problem = await told(await holding(name, content))
    expect(problem).toMatchObject({ kind, next: expect.stringMatching(/.{20}/u) })
    expect(JSON.stringify(problem)).not.toContain('secret-token')
  })

  test('a file that was emptied to be written and never was is told apart from a list without anybody', async () => {
    expect(await told(await holding('members.json', ''))).toMatchInlineSnapshot(`
      {
        "kind": "empty",
        "next": "Put a backup of members.json in its place.",
        "what": "(file) is empty. Discord-PlexFriends empties its files before it writes them, and was stopped in between.",
      }
    `)
  })

  test('a damaged trial.json is no file without trials: nobody would get an end', async () => {
    const folder = await temporaryFolder()
    const file = await plexfriendsFiles(folder, { members: { [alma]: 'mira@example.com' } })
    for (const name of ['trial.json', 'subscription.json']) {
      await writeFile(join(folder, name), '{"20000')
      expect(await plexfriends.read(file, {})).toMatchObject({
        ok: false,
        problem: { kind: 'damaged', what: expect.stringContaining(name) },
      })
      await writeFile(join(folder, name), '{}')
    }
    expect(await plexfriends.read(file, {})).toMatchObject({ ok: true })
  })

  test('no file, a folder, or a database in its place', async () => {
    const folder = await temporaryFolder()
    expect(await told(join(folder, 'members.json'))).toMatchObject({ kind: 'missing' })
    expect(await told(folder)).toMatchObject({ kind: 'notReadable', what: '(file) is a folder.' })
    const database = await membarrFile(folder, [{ member: alma, email: 'mira@example.com' }])
    expect(await told(database)).toMatchObject({
      kind: 'notJson',
      what: '(file) is a SQLite database and no JSON.',
    })
  })
})
