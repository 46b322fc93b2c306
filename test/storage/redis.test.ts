import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { createCipher } from '../../src/storage/cipher.ts'
import { createCollection } from '../../src/storage/collection.ts'
import { openRedis, type RedisOptions } from '../../src/storage/redis/open.ts'
import type { Rows } from '../../src/storage/rows.ts'
import { documentsContract, parseDoc } from '../contracts/documents.ts'
import { rowsContract } from '../contracts/rows.ts'
import { describeWithOneRedis, describeWithRedis, startProxy, startRedis } from '../support/servers/redis.ts'
import { keys, newKey } from './temporary-store.ts'

const cipher = createCipher(keys(newKey()))

async function open(url: string, options?: RedisOptions) {
  const database = await openRedis(url, options)
  onTestFinished(() => database.close())
  return database
}

/** Counts one further, however often another one is faster. */
async function countOne(rows: Rows): Promise<void> {
  for (;;) {
    const from = await rows.get('count')
    if (await rows.swap([{ key: 'count', from, to: String(Number(from ?? 0) + 1) }])) return
  }
}

/** Everything that lies in the folder of a Redis, as text. */
async function bytesIn(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) =>
    each.isFile(),
  )
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')))
  return texts.join('\n')
}

describeWithOneRedis('Redis', (newDatabase) => {
  documentsContract('Redis', async () => {
    const url = newDatabase()
    const collection = async () => {
      const database = await open(url)
      return createCollection({ name: 'docs', parse: parseDoc, rows: database.rows('docs'), cipher })
    }
    return { docs: await collection(), again: await collection() }
  })

  rowsContract('Redis', async () => {
    const url = newDatabase()
    return { database: await open(url), again: await open(url) }
  })

  describe('rows', () => {
    it('that are inserted where nothing is have one winner, through two connections', async () => {
      const url = newDatabase()
      const both = [(await open(url)).rows('notes'), (await open(url)).rows('notes')]
      for (let round = 0; round < 20; round++) {
        const tries = Array.from({ length: 10 }, (_, n) =>
          both.map((rows, which) => rows.swap([{ key: `k${round}`, from: undefined, to: `${which}:${n}` }])),
        )
        const won = (await Promise.all(tries.flat())).filter((isFirst) => isFirst)
        expect(won).toEqual([true])
      }
    })

    it('lose none of 200 changes, 20 at a time, through two connections', async () => {
      const url = newDatabase()
      const both = [(await open(url)).rows('counts'), (await open(url)).rows('counts')]
      const lanes = both.flatMap((rows) =>
        Array.from({ length: 10 }, async () => {
          for (let n = 0; n < 10; n++) await countOne(rows)
        }),
      )
      await Promise.all(lanes)
      expect(await both[0]?.get('count')).toBe('200')
    })

    it('change together or not at all', async () => {
      const rows = (await open(newDatabase())).rows('notes')
      await rows.swap([
        { key: 'a', from: undefined, to: 'a1' },
        { key: 'b', from: undefined, to: 'b1' },
      ])
      const refused = await Promise.all([
        rows.swap([
          { key: 'a', from: 'a1', to: 'a2' },
          { key: 'b', from: 'something else', to: 'b2' },
        ]),
        rows.swap([
          { key: 'a', from: 'a1', to: undefined },
          { key: 'c', from: 'not there', to: 'c2' },
        ]),
        rows.swap([
          { key: 'c', from: undefined, to: 'c2' },
          { key: 'b', from: undefined, to: 'b2' },
        ]),
      ])
      expect(refused).toEqual([false, false, false])
      const asBefore = [
        { key: 'a', text: 'a1' },
        { key: 'b', text: 'b1' },
      ]
      expect(await rows.range('')).toEqual(asBefore)
      const done = await rows.swap([
        { key: 'a', from: 'a1', to: undefined },
        { key: 'b', from: 'b1', to: 'b2' },
        { key: 'c', from: undefined, to: 'c2' },
      ])
      expect(done).toBe(true)
      expect(await rows.range('')).toEqual([
        { key: 'b', text: 'b2' },
        { key: 'c', text: 'c2' },
      ])
    })

    it('of an empty text are not taken for none', async () => {
      const rows = (await open(newDatabase())).rows('notes')
      expect(await rows.swap([{ key: 'a', from: undefined, to: '' }])).toBe(true)
      expect(await rows.get('a')).toBe('')
      expect(await rows.swap([{ key: 'a', from: undefined, to: 'b' }])).toBe(false)
      expect(await rows.swap([{ key: 'a', from: '', to: undefined }])).toBe(true)
      expect(await rows.get('a')).toBeUndefined()
    })

    it('come in the order of their bytes, by prefix and page by page', async () => {
      const rows = (await open(newDatabase())).rows('notes')
      const all = [
        '!',
        '%',
        '%a',
        'A',
        'AB',
        '[',
        '(',
        '+',
        '-',
        '_',
        '_a',
        'a',
        'a:b',
        'aB',
        'ab',
        'b',
        '~',
        '~~',
      ]
      await rows.swap(all.map((key) => ({ key, from: undefined, to: `of ${key}` })))
      const keysOf = async (read: ReturnType<typeof rows.range>) => (await read).map(({ key }) => key)
      const sorted = [...all].sort()
      expect(await keysOf(rows.range(''))).toEqual(sorted)
      for (const prefix of [...all, 'nothing']) {
        expect(await keysOf(rows.range(prefix))).toEqual(sorted.filter((key) => key.startsWith(prefix)))
        expect(await keysOf(rows.after(prefix, 3))).toEqual(sorted.filter((key) => key > prefix).slice(0, 3))
      }
      expect(await keysOf(rows.after('', 5))).toEqual(sorted.slice(0, 5))
      expect(await rows.after('~~', 5)).toEqual([])
    })

    it('may be a megabyte each, and many', async () => {
      const rows = (await open(newDatabase())).rows('notes')
      const big = 'ü🍿x'.repeat(150_000)
      expect(await rows.swap([{ key: 'big', from: undefined, to: big }])).toBe(true)
      expect((await rows.get('big')) === big).toBe(true)
      expect(await rows.swap([{ key: 'big', from: big, to: 'small' }])).toBe(true)
      const many = Array.from({ length: 20_000 }, (_, n) => ({ key: `n:${n}`, from: undefined, to: `${n}` }))
      for (let at = 0; at < many.length; at += 5000)
        expect(await rows.swap(many.slice(at, at + 5000))).toBe(true)
      expect(await rows.range('n:')).toHaveLength(20_000)
    })

    it('of one namespace are not seen or touched from another', async () => {
      const url = newDatabase()
      const database = await open(url)
      for (const name of ['a', 'ab', 'abc']) {
        await database.rows(name).swap([{ key: 'k', from: undefined, to: name }])
      }
      await database.rows('ab').swap([{ key: 'k', from: 'ab', to: undefined }])
      expect(await database.rows('a').range('')).toEqual([{ key: 'k', text: 'a' }])
      expect(await database.rows('ab').range('')).toEqual([])
      expect(await database.rows('abc').get('k')).toBe('abc')
      expect(await (await open(url)).namespaces()).toEqual(['a', 'ab', 'abc'])
      expect(() => database.rows('a:rows')).toThrow(RangeError)
    })

    it('are as of one moment while others are written', async () => {
      const url = newDatabase()
      const [reader, writer] = [(await open(url)).rows('notes'), (await open(url)).rows('notes')]
      const all = Array.from({ length: 500 }, (_, n) => `k:${n}`)
      const set = (from: string | undefined, to: string) => writer.swap(all.map((key) => ({ key, from, to })))
      await set(undefined, '0')
      let isDone = false
      const writing = (async () => {
        for (let n = 1; n <= 40; n++) expect(await set(`${n - 1}`, `${n}`)).toBe(true)
        isDone = true
      })()
      while (!isDone) expect(new Set((await reader.range('k:')).map(({ text }) => text)).size).toBe(1)
      await writing
    })
  })
})

describeWithRedis('a Redis', () => {
  describe('with rows', () => {
    it('has them again after it was stopped and started', async () => {
      const server = await startRedis()
      const first = await open(server.url)
      await first.rows('notes').swap([{ key: 'a', from: undefined, to: 'kept' }])
      await first.close()
      await server.stop()
      await server.start()
      expect(await (await open(server.url)).rows('notes').get('a')).toBe('kept')
    })

    it('reads and writes them where it has forgotten the scripts', async () => {
      const server = await startRedis()
      const rows = (await open(server.url)).rows('notes')
      await rows.swap([{ key: 'a', from: undefined, to: '1' }])
      await server.ask('SCRIPT', 'FLUSH')
      expect(await rows.swap([{ key: 'a', from: '1', to: '2' }])).toBe(true)
      await server.ask('SCRIPT', 'FLUSH')
      expect(await rows.get('a')).toBe('2')
    })

    it('keeps those of each of its databases apart', async () => {
      const server = await startRedis()
      const [zero, seven] = [await open(server.url), await open(`${server.url}/7`)]
      await seven.rows('notes').swap([{ key: 'a', from: undefined, to: 'in seven' }])
      expect(await zero.rows('notes').get('a')).toBeUndefined()
      expect(await (await open(`${server.url}/7`)).rows('notes').get('a')).toBe('in seven')
    })
  })

  describe('closing', () => {
    it('lets what was asked before be answered, and nothing after it', async () => {
      const database = await open((await startRedis()).url)
      const rows = database.rows('notes')
      const asked = rows.swap([{ key: 'a', from: undefined, to: '1' }])
      await Promise.all([database.close(), database.close()])
      expect(await asked).toBe(true)
      await expect(rows.get('a')).rejects.toBeInstanceOf(StoreUnavailable)
      await expect(database.assertInPlace()).rejects.toBeInstanceOf(StoreUnavailable)
    })
  })

  describe('a deletion for privacy', () => {
    it('leaves nothing of the row in the files of Redis', async () => {
      const server = await startRedis()
      const database = await open(server.url)
      const rows = database.rows('notes')
      await rows.swap([
        { key: 'a', from: undefined, to: 'canary-of-a' },
        { key: 'b', from: undefined, to: 'canary-of-b' },
      ])
      await rows.swap([{ key: 'a', from: 'canary-of-a', to: undefined }])
      expect(await bytesIn(server.folder)).toContain('canary-of-a')
      await database.scrub()
      const left = await bytesIn(server.folder)
      expect(left).not.toContain('canary-of-a')
      expect(left).toContain('canary-of-b')
    })

    it('is not served by a rewriting that began before it', async () => {
      const server = await startRedis()
      const database = await open(server.url)
      const rows = database.rows('notes')
      const all = Array.from({ length: 20 }, (_, n) => ({ key: `k${n}`, text: `canary-${n}-.` }))
      await rows.swap(all.map(({ key, text }) => ({ key, from: undefined, to: text })))
      const scrubs: Promise<void>[] = []
      for (const { key, text } of all) {
        scrubs.push(database.scrub())
        await rows.swap([{ key, from: text, to: undefined }])
      }
      await Promise.all([...scrubs, database.scrub()])
      const left = await bytesIn(server.folder)
      expect(all.filter(({ text }) => left.includes(text))).toEqual([])
    })

    it('waits for a rewriting that somebody else began, and begins its own', async () => {
      const server = await startRedis()
      const database = await open(server.url)
      const rows = database.rows('notes')
      await rows.swap([{ key: 'a', from: undefined, to: 'canary-of-a' }])
      // A setting that Redis' own tests have: its rewriting rests after each key.
      await server.configure('rdb-key-save-delay', '100000')
      await server.ask('BGREWRITEAOF')
      await server.configure('rdb-key-save-delay', '0')
      expect(await server.ask('INFO')).toContain('aof_rewrite_in_progress:1')
      await rows.swap([{ key: 'a', from: 'canary-of-a', to: undefined }])
      await database.scrub()
      expect(await bytesIn(server.folder)).not.toContain('canary-of-a')
    })

    it('says so where the account may not rewrite the file', async () => {
      const server = await startRedis({ 'rename-command': 'BGREWRITEAOF ""' })
      const database = await open(server.url)
      await expect(database.scrub()).rejects.toThrow(/may not rewrite the append-only file/)
    })
  })

  describe('an answer that', () => {
    it('is lost after the question was sent is no answer, and the row tells the truth', async () => {
      const server = await startRedis()
      const proxy = await startProxy(server)
      const rows = (await open(proxy.url)).rows('notes')
      await rows.swap([{ key: 'a', from: undefined, to: '1' }])
      proxy.answer = () => undefined
      await expect(rows.swap([{ key: 'a', from: '1', to: '2' }])).rejects.toBeInstanceOf(StoreUnavailable)
      expect(await (await open(server.url)).rows('notes').get('a')).toBe('2')
    })

    it.each([
      ['OK', '+OK\r\n'],
      ['two', ':2\r\n'],
      ['nothing', '$-1\r\n'],
      ['a text', '$1\r\n1\r\n'],
    ])('is %s where a swap says 1 or 0 is not taken for done', async (_, answered) => {
      const proxy = await startProxy(await startRedis())
      const rows = (await open(proxy.url)).rows('notes')
      await rows.swap([{ key: 'a', from: undefined, to: '1' }])
      proxy.answer = () => answered
      await expect(rows.swap([{ key: 'a', from: '1', to: '2' }])).rejects.toBeInstanceOf(StoreUnavailable)
    })

    it.each([
      ['a number', ':1\r\n'],
      ['a list', '*0\r\n'],
    ])('is %s where a text is asked for is not taken for a row or for none', async (_, answered) => {
      const proxy = await startProxy(await startRedis())
      const rows = (await open(proxy.url)).rows('notes')
      proxy.answer = () => answered
      await expect(rows.get('a')).rejects.toBeInstanceOf(StoreUnavailable)
    })

    it.each([
      ['half a pair', '*1\r\n$1\r\na\r\n'],
      ['a row without text', '*2\r\n$1\r\na\r\n$-1\r\n'],
      ['nothing', '$-1\r\n'],
    ])('is %s where rows are asked for is not taken for a list', async (_, answered) => {
      const proxy = await startProxy(await startRedis())
      const rows = (await open(proxy.url)).rows('notes')
      proxy.answer = () => answered
      await expect(rows.range('')).rejects.toBeInstanceOf(StoreUnavailable)
      await expect(rows.after('', 10)).rejects.toBeInstanceOf(StoreUnavailable)
    })
  })
})
