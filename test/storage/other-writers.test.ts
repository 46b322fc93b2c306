import { describe, expect, test } from 'vitest'
import { type GuildId, id, type PersonId, type ServerId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { personKey } from '../../src/sharing/people.ts'
import { newPerson, type Person } from '../../src/sharing/person.ts'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { openStore } from '../../src/storage/open.ts'
import { openPeople } from '../../src/storage/people.ts'
import { remembered } from '../../src/storage/remembered.ts'
import { parsePerson } from '../../src/storage/shapes.ts'
import { type Note, parseNote, storeIn, temporaryFile } from './temporary-store.ts'

const now = new Date('2026-11-28T10:00:00Z')
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
const someone = (name: string): Person =>
  newPerson({
    id: id<PersonId>(name),
    guildId: id<GuildId>('1'),
    serverId: id<ServerId>('s'),
    who: { username: name },
  })

/** A running bot and a tool of the command line: two stores on one file, each with its own memory. */
async function botAndTool() {
  const file = await temporaryFile()
  const open = async () => {
    const store = await storeIn(file)
    return { store, people: await openPeople(store.collection('people', parsePerson), store.keyedHash) }
  }
  const bot = await open()
  const tool = await open()
  const names = () =>
    bot.people
      .everybody()
      .map(({ who }) => who.username)
      .sort()
  const write = (name: string) => tool.people.update(personKey(someone(name)), () => someone(name))
  const notices = (at = now) => bot.store.otherWriters.notice(at, [bot.people])
  return { file, bot, tool, names, write, notices }
}

describe('rows that another process wrote', () => {
  test('are not known to a running bot until it notices the mark; then they are', async () => {
    const { tool, names, write, notices } = await botAndTool()
    await tool.store.otherWriters.whileWriting(now, () => write('mira'))
    expect(names()).toEqual([])
    expect(await notices()).toBe(true)
    expect(names()).toEqual(['mira'])
  })

  test('are found by the index then, and removed ones no longer', async () => {
    const { bot, tool, write, notices } = await botAndTool()
    await tool.store.otherWriters.whileWriting(now, () => write('mira'))
    await notices()
    const [guild, server] = [id<GuildId>('1'), id<ServerId>('s')]
    expect(await bot.people.find(guild, server, { who: { username: 'mira' } })).toMatchObject({ id: 'mira' })
    await tool.store.otherWriters.whileWriting(now, () => tool.people.remove(personKey(someone('mira'))))
    await notices()
    expect(bot.people.everybody()).toEqual([])
  })

  test('cost nothing where there are none: one look at the mark, and no row is read', async () => {
    const { bot, write, notices } = await botAndTool()
    await write('unannounced')
    let rereads = 0
    const counted = { reread: async () => void rereads++ }
    expect(await bot.store.otherWriters.notice(now, [counted])).toBe(false)
    expect(await notices()).toBe(false)
    expect(rereads).toBe(0)
  })

  test('are noticed once, however often is looked', async () => {
    const { tool, write, notices } = await botAndTool()
    await tool.store.otherWriters.whileWriting(now, () => write('mira'))
    expect([await notices(), await notices(), await notices()]).toEqual([true, false, false])
  })

  test('are noticed while the other process writes still, at every look', async () => {
    const { tool, names, write, notices } = await botAndTool()
    await tool.store.otherWriters.whileWriting(now, async () => {
      await write('mira')
      await notices()
      expect(names()).toEqual(['mira'])
      await write('jonas')
      await notices(later(1))
      expect(names()).toEqual(['jonas', 'mira'])
      await write('pat')
    })
    await notices(later(2))
    expect(names()).toEqual(['jonas', 'mira', 'pat'])
    expect(await notices(later(3))).toBe(false)
  })

  test('are noticed too where the other process died in the middle; after an hour it is believed dead', async () => {
    const { tool, names, write, notices } = await botAndTool()
    await new Promise<void>((resolve) => {
      void tool.store.otherWriters.whileWriting(now, () => {
        resolve()
        return new Promise(() => {})
      })
    })
    expect(await notices()).toBe(true)
    await write('after-the-look')
    expect(await notices(later(1))).toBe(true)
    expect(names()).toHaveLength(1)
    expect(await notices(later(61))).toBe(false)
  })

  test('are noticed where the work failed half-way', async () => {
    const { tool, names, write, notices } = await botAndTool()
    const work = tool.store.otherWriters.whileWriting(now, async () => {
      await write('mira')
      throw new Error('the disk')
    })
    await expect(work).rejects.toThrow('the disk')
    await notices()
    expect(names()).toEqual(['mira'])
  })

  test('that were there before the bot opened the store are no news', async () => {
    const { file, tool, write } = await botAndTool()
    await tool.store.otherWriters.whileWriting(now, () => write('mira'))
    const store = await storeIn(file)
    expect(await store.otherWriters.notice(now, [])).toBe(false)
  })

  test('that cannot be read now are tried again at the next look, and nothing is forgotten', async () => {
    const { bot, tool, names, write, notices } = await botAndTool()
    await tool.store.otherWriters.whileWriting(now, () => write('mira'))
    await notices()
    await tool.store.otherWriters.whileWriting(now, () => write('jonas'))
    const failing = { reread: () => Promise.reject(new StoreUnavailable('locked')) }
    await expect(bot.store.otherWriters.notice(now, [failing])).rejects.toThrow(StoreUnavailable)
    expect(names()).toEqual(['mira'])
    expect(await notices()).toBe(true)
    expect(names()).toEqual(['jonas', 'mira'])
  })
})

describe('reading anew', () => {
  test('keeps what was written and removed here meanwhile', async () => {
    const store = await storeIn(await temporaryFile())
    const documents = store.collection('notes', parseNote)
    for (const text of ['a', 'b', 'c']) await documents.update(text, () => ({ text }))
    let meanwhile = async () => {}
    const kept = await remembered<Note>(
      {
        ...documents,
        list: async (prefix) => {
          const rows = await documents.list(prefix)
          await meanwhile()
          return rows
        },
      },
      ({ text }) => text[0] ?? '',
    )
    meanwhile = async () => {
      await kept.documents.update('a', () => ({ text: 'a, newer' }))
      await kept.documents.remove('b')
      await kept.documents.update('d', () => ({ text: 'd' }))
    }
    await kept.reread()
    expect([...kept.known.values()].map(({ text }) => text).sort()).toEqual(['a, newer', 'c', 'd'])
  })
})

test('the mark is a row of the store’s own, sealed as every other', async () => {
  const file = await temporaryFile()
  const opened = await openStore({ url: `sqlite://${file}`, keys: undefined, log: silentLog })
  if (!opened.ok) throw new Error(opened.problem.what)
  await opened.value.otherWriters.whileWriting(now, async () => {})
  const text = await opened.value.database.rows('meta').get('written-elsewhere')
  expect(text).toMatch(/^v1\./u)
  await opened.value.close()
})
