import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLog } from '../../src/lib/log.ts'
import { type Documents, StoreUnavailable } from '../../src/sharing/ports.ts'
import { createCipher } from '../../src/storage/cipher.ts'
import { createCollection } from '../../src/storage/collection.ts'
import { openRedis } from '../../src/storage/redis/open.ts'
import { describeWithRedis, type RedisServer, startRedis, watchedLog } from '../support/servers/redis.ts'
import { keys, type Note, newKey, parseNote } from './temporary-store.ts'

const cipher = createCipher(keys(newKey()))

async function open(server: RedisServer, log = silentLog) {
  const database = await openRedis(server.url, { log })
  onTestFinished(() => database.close())
  const rows = database.rows('notes')
  const notes = createCollection({ name: 'notes', parse: parseNote, rows, cipher })
  return { database, rows, notes }
}

async function openWithNote(server: RedisServer, log = silentLog) {
  const opened = await open(server, log)
  await opened.notes.update('a', () => ({ text: 'old' }))
  return opened
}

/** It must say that the store is unavailable: neither "nothing there" nor "done". */
async function expectUnavailable(work: Promise<unknown>): Promise<void> {
  await expect(work).rejects.toBeInstanceOf(StoreUnavailable)
}

async function expectNoWrites(notes: Documents<Note>): Promise<void> {
  await Promise.all([
    expectUnavailable(notes.update('a', () => ({ text: 'new' }))),
    expectUnavailable(notes.update('b', () => ({ text: 'new' }))),
  ])
}

async function expectNothingWorks(notes: Documents<Note>): Promise<void> {
  await Promise.all([
    expectNoWrites(notes),
    expectUnavailable(notes.get('a')),
    expectUnavailable(notes.get('never-written')),
    expectUnavailable(notes.list('')),
    expectUnavailable(notes.remove('a')),
    expectUnavailable(notes.removeAll('a')),
  ])
}

async function expectAllWell(notes: Documents<Note>): Promise<void> {
  expect(await notes.get('a')).toEqual({ text: 'old' })
  expect(await notes.update('b', () => ({ text: 'well again' }))).toEqual({ text: 'well again' })
  expect(await notes.list('')).toEqual([{ text: 'old' }, { text: 'well again' }])
}

/** Asks until the answer has this in it. */
async function untilInfo(server: RedisServer, words: string): Promise<void> {
  while (!String(await server.ask('INFO')).includes(words));
}

describeWithRedis('a Redis that', () => {
  describe('is down', () => {
    it('comes back without a restart of the bot', async () => {
      const server = await startRedis()
      const log = watchedLog()
      const { notes, database } = await openWithNote(server, log)
      for (const stop of [server.stop, server.kill]) {
        await stop()
        await log.logged('Redis does not answer')
        await expectNothingWorks(notes)
        await expectUnavailable(database.assertInPlace())
        await expectUnavailable(database.namespaces())
        await expectUnavailable(database.scrub())
        await server.start()
        await log.logged('Redis answers again')
        await expectAllWell(notes)
        await database.assertInPlace()
        await notes.remove('b')
      }
    })

    it('is told of once, however often it is asked', async () => {
      const server = await startRedis()
      const log = watchedLog()
      const { notes } = await openWithNote(server, log)
      await server.kill()
      await log.logged('Redis does not answer')
      for (let n = 0; n < 20; n++) await expectUnavailable(notes.get('a'))
      await server.start()
      await log.logged('Redis answers again')
      expect(log.lines.slice(1).map(({ message }) => message)).toEqual([
        'Redis does not answer',
        'Redis answers again',
      ])
    })

    it('does not keep the store from being closed', async () => {
      const server = await startRedis()
      const log = watchedLog()
      const { database } = await openWithNote(server, log)
      await server.kill()
      await log.logged('Redis does not answer')
      await database.close()
    })

    it('was killed with writes under way has lost none that was acknowledged, and none is half there', async () => {
      const server = await startRedis({ appendfsync: 'always' })
      const log = watchedLog()
      const { rows } = await open(server, log)
      const acknowledged = new Map<string, number>()
      for (let round = 1; round <= 5; round++) {
        let sum = 0
        let enough = () => {}
        const many = new Promise<void>((resolve) => {
          enough = resolve
        })
        const writers = ['p', 'q', 'r', 's'].map(async (name) => {
          for (let n = acknowledged.get(name) ?? 0; ; n++) {
            const from = n === 0 ? undefined : `${n}`
            const done = await rows.swap([
              { key: `${name}:first`, from, to: `${n + 1}` },
              { key: `${name}:second`, from, to: `${n + 1}` },
            ])
            if (!done) throw new Error(`${name} is not at ${n}`)
            acknowledged.set(name, n + 1)
            if (++sum === 40) enough()
          }
        })
        const ends = Promise.allSettled(writers)
        await many
        await server.kill()
        for (const end of await ends) expect(end).toMatchObject({ reason: { name: 'StoreUnavailable' } })
        await server.start()
        await log.logged('Redis answers again')
        for (const [name, least] of acknowledged) {
          const [first, second] = await Promise.all([rows.get(`${name}:first`), rows.get(`${name}:second`)])
          expect(second).toBe(first)
          // One more may have been stored than Redis lived to say.
          expect([least, least + 1]).toContain(Number(first))
          acknowledged.set(name, Number(first))
        }
      }
    })
  })

  describe('is frozen', () => {
    it('is unavailable, and recovers when it thaws', async () => {
      const server = await startRedis()
      const log = watchedLog()
      const { notes, database } = await openWithNote(server, log)
      server.freeze()
      await expectNothingWorks(notes)
      await log.logged('Redis does not answer')
      // By now nobody waits for it any more.
      await expectNothingWorks(notes)
      await expectUnavailable(database.assertInPlace())
      server.thaw()
      await log.logged('Redis answers again')
      const text = (await notes.get('a'))?.text
      // What it had been given may have taken effect, once; it compared with what was there.
      expect(['old', 'new', undefined]).toContain(text)
      expect(await notes.update('a', () => ({ text: 'thawed' }))).toEqual({ text: 'thawed' })
    })
  })

  describe('takes no writes', () => {
    it('because its memory is full, keeps reading and removing, and recovers', async () => {
      const server = await startRedis()
      const { notes, rows } = await openWithNote(server)
      await server.configure('maxmemory', '1')
      await expectNoWrites(notes)
      await expect(rows.swap([{ key: 'b', from: undefined, to: 'b' }])).rejects.toThrow(/OOM/)
      expect(await notes.get('a')).toEqual({ text: 'old' })
      await server.configure('maxmemory', '0')
      await expectAllWell(notes)
      await server.configure('maxmemory', '1')
      await notes.remove('b')
      expect(await notes.list('')).toEqual([{ text: 'old' }])
    })

    it('because it copies another one, is not read either, and recovers', async () => {
      const server = await startRedis()
      const { notes, database } = await openWithNote(server)
      await server.ask('REPLICAOF', '127.0.0.1', '1')
      await expectNothingWorks(notes)
      await expectUnavailable(database.assertInPlace())
      await server.ask('REPLICAOF', 'NO', 'ONE')
      await expectAllWell(notes)
    })

    it('because a copy of it is missing, keeps reading and recovers', async () => {
      const server = await startRedis()
      const { notes } = await openWithNote(server)
      await server.configure('min-replicas-to-write', '1')
      await expectNoWrites(notes)
      await expectUnavailable(notes.remove('a'))
      expect(await notes.get('a')).toEqual({ text: 'old' })
      await server.configure('min-replicas-to-write', '0')
      await expectAllWell(notes)
    })

    it('because it cannot write its snapshot, keeps reading and recovers', async () => {
      const server = await startRedis({ save: '3600 1' })
      const { notes, rows } = await openWithNote(server)
      // A folder where its file should be: then even root cannot write it.
      await mkdir(join(server.folder, 'dump.rdb'))
      await server.ask('BGSAVE')
      await untilInfo(server, 'rdb_last_bgsave_status:err')
      await expectNoWrites(notes)
      await expect(rows.swap([{ key: 'b', from: undefined, to: 'b' }])).rejects.toThrow(/MISCONF/)
      expect(await notes.get('a')).toEqual({ text: 'old' })
      await rm(join(server.folder, 'dump.rdb'), { recursive: true })
      await server.ask('BGSAVE')
      await untilInfo(server, 'rdb_last_bgsave_status:ok')
      await expectAllWell(notes)
    })
  })

  describe('is not what was opened any more', () => {
    it('because it was emptied, neither seems empty nor takes a write', async () => {
      const server = await startRedis()
      const { notes, database } = await openWithNote(server)
      await server.ask('FLUSHALL')
      await expectNothingWorks(notes)
      await expectUnavailable(database.assertInPlace())
      await expectUnavailable(database.namespaces())
      expect(await server.ask('DBSIZE')).toBe(0)
    })

    it('because another store was put in its place, is left alone', async () => {
      const [server, other] = [await startRedis(), await startRedis()]
      const { notes, database } = await openWithNote(server)
      await openWithNote(other)
      const [id, theirs] = [await server.ask('GET', '{usherr}:id'), await other.ask('GET', '{usherr}:id')]
      expect(theirs).not.toBe(id)
      await server.ask('SET', '{usherr}:id', String(theirs))
      await expectNothingWorks(notes)
      await expectUnavailable(database.assertInPlace())
      await server.ask('SET', '{usherr}:id', String(id))
      await expectAllWell(notes)
    })

    it.each([
      ['keeps no file any more', 'appendonly', 'no', 'yes'],
      ['may throw rows away', 'maxmemory-policy', 'allkeys-lru', 'volatile-lru'],
    ])('because it %s, is said to be out of place', async (_, name, wrong, right) => {
      const server = await startRedis()
      const { database } = await openWithNote(server)
      await database.assertInPlace()
      await server.configure(name, wrong)
      await expectUnavailable(database.assertInPlace())
      await server.configure(name, right)
      await database.assertInPlace()
    })
  })

  describe('was changed by something else', () => {
    it('says so of a row, and the others stay readable', async () => {
      const server = await startRedis()
      const { notes } = await openWithNote(server)
      await notes.update('b', () => ({ text: 'mine' }))
      await server.ask('HSET', '{usherr}:notes:rows', 'a', 'garbage')
      await expectUnavailable(notes.get('a'))
      await expectUnavailable(notes.list(''))
      await expectUnavailable(notes.update('a', () => ({ text: 'over it' })))
      expect(await notes.get('b')).toEqual({ text: 'mine' })
      // A row of another key does not open under this one.
      const text = String(await server.ask('HGET', '{usherr}:notes:rows', 'b'))
      await server.ask('HSET', '{usherr}:notes:rows', 'a', text)
      await expectUnavailable(notes.get('a'))
    })

    it.each([
      ['a row', ['HDEL', '{usherr}:notes:rows', 'a']],
      ['all rows', ['DEL', '{usherr}:notes:rows']],
      ['the order of one', ['ZREM', '{usherr}:notes:keys', 'a']],
      ['the order of all', ['DEL', '{usherr}:notes:keys']],
    ])('never seems to have nothing where %s was taken away', async (_, command) => {
      const server = await startRedis()
      const { notes } = await openWithNote(server)
      await server.ask(...command)
      await expectNothingWorks(notes)
    })

    it('changes no row where the order has become something else', async () => {
      const server = await startRedis()
      const { notes, rows } = await openWithNote(server)
      const text = await rows.get('a')
      for (const key of ['{usherr}:notes:keys', '{usherr}:namespaces']) {
        const before = String(await server.ask('HGETALL', '{usherr}:notes:rows'))
        await server.ask('RENAME', key, '{usherr}:away')
        await server.ask('SET', key, 'something else')
        await expectNoWrites(notes)
        const replacing = [
          { key: 'a', from: text, to: undefined },
          { key: 'b', from: undefined, to: 'in its place' },
        ]
        await expectUnavailable(rows.swap(replacing))
        expect(String(await server.ask('HGETALL', '{usherr}:notes:rows'))).toBe(before)
        await server.ask('RENAME', '{usherr}:away', key)
      }
      await expectAllWell(notes)
    })
  })
})
