import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { KeyvSqlite } from '@keyv/sqlite'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { createCipher } from '../../src/storage/cipher.ts'
import { createCollection } from '../../src/storage/collection.ts'
import { openStore, type Store } from '../../src/storage/open.ts'
import type { Rows } from '../../src/storage/rows.ts'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import {
  keys,
  newKey,
  parseNote,
  storeIn,
  temporaryFile,
  temporaryFolder,
  tryStoreIn,
} from './temporary-store.ts'

/** Discord gives 3 seconds; the store's deadline is 2 and everything round it must fit into the rest. */
const mostMs = 2500
const guild = id<GuildId>('100000000000000001')
const member = id<MemberId>('200000000000000001')

/** A second connection to the file, as another program would have it. */
async function otherProgram(file: string): Promise<KeyvSqlite> {
  const other = new KeyvSqlite({ uri: `sqlite://${file}`, table: 'other', busyTimeout: 1000 })
  onTestFinished(() => other.close().catch(() => {}))
  await other.query('SELECT 1')
  return other
}

/** It must say that the store is unavailable, in time: neither "nothing there" nor "done". */
async function expectUnavailable(work: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  await expect(work()).rejects.toBeInstanceOf(StoreUnavailable)
  expect(performance.now() - began).toBeLessThan(mostMs)
}

async function expectNothingWorks(store: Store): Promise<void> {
  const notes = store.collection('notes', parseNote)
  await Promise.all([
    expectUnavailable(() => notes.get('a')),
    expectUnavailable(() => notes.list('')),
    expectUnavailable(() => notes.update('a', () => ({ text: 'new' }))),
    expectUnavailable(() => notes.remove('a')),
    expectUnavailable(() => store.links.ofMember(guild, member)),
    expectUnavailable(() => store.links.ofEmail(guild, 'alice@example.com')),
  ])
}

async function expectProblem(file: string, kind: string, key?: string): Promise<void> {
  const began = performance.now()
  const opened = await tryStoreIn(file, key === undefined ? undefined : keys(key))
  expect(performance.now() - began).toBeLessThan(mostMs)
  expect(opened).toMatchObject({
    ok: false,
    problem: { kind, what: expect.any(String), next: expect.any(String) },
  })
}

async function storeWithNote(file: string): Promise<Store> {
  const store = await storeIn(file)
  await store.collection('notes', parseNote).update('a', () => ({ text: 'old' }))
  return store
}

describe('a store that is locked by another program', () => {
  it('refuses writes in time, keeps reading, and recovers', async () => {
    const file = await temporaryFile()
    const store = await storeWithNote(file)
    const notes = store.collection('notes', parseNote)
    const other = await otherProgram(file)
    await other.query('BEGIN IMMEDIATE')
    await Promise.all([
      expectUnavailable(() => notes.update('a', () => ({ text: 'new' }))),
      expectUnavailable(() => notes.update('b', () => ({ text: 'new' }))),
      expectUnavailable(() => notes.remove('a')),
    ])
    expect(await notes.get('a')).toEqual({ text: 'old' })
    await other.query('ROLLBACK')
    expect(await notes.update('a', (current) => ({ text: `${current?.text} and new` }))).toEqual({
      text: 'old and new',
    })
  })

  it('does not open, and says what to close', async () => {
    const file = await temporaryFile()
    const store = await storeWithNote(file)
    await store.close()
    const other = await otherProgram(file)
    await other.query('BEGIN IMMEDIATE')
    await expectProblem(file, 'locked')
  })

  it('neither reads nor opens while the other has it for itself alone', async () => {
    const file = await temporaryFile()
    await (await storeWithNote(file)).close()
    const other = await otherProgram(file)
    await other.query('PRAGMA locking_mode = EXCLUSIVE')
    await other.query('BEGIN EXCLUSIVE')
    await other.query('CREATE TABLE taken (it)')
    await other.query('COMMIT')
    await expectProblem(file, 'locked')
  })
})

describe('a store that is damaged', () => {
  it('never seems empty when its pages are overwritten under it', async () => {
    const file = await temporaryFile()
    await (await storeWithNote(file)).close()
    const store = await storeIn(file)
    const { size } = await stat(file)
    await writeFile(file, randomBytes(size), { flag: 'r+' })
    await expectNothingWorks(store)
  })

  it('never seems empty when a page that is read later turns out to be damaged', async () => {
    const file = await temporaryFile()
    const filled = await storeIn(file)
    const keysOfNotes = Array.from({ length: 300 }, (_, number) => `n:${String(number).padStart(3, '0')}`)
    const some = filled.collection('notes', parseNote)
    await Promise.all(keysOfNotes.map((key) => some.update(key, () => ({ text: key.repeat(100) }))))
    await filled.close()

    const store = await storeIn(file)
    const notes = store.collection('notes', parseNote)
    expect(await notes.get('n:000')).toBeDefined()
    const { size } = await stat(file)
    const firstPage = (await readFile(file)).subarray(0, 4096)
    await writeFile(file, Buffer.concat([firstPage, randomBytes(size - 4096)]), { flag: 'r+' })
    const outcomes = await Promise.allSettled(keysOfNotes.map((key) => notes.get(key)))
    const unavailable = outcomes.filter((outcome) => outcome.status === 'rejected')
    // Pages that SQLite has in memory may still be read; none of the others may look as if nothing were stored.
    expect(unavailable.length).toBeGreaterThan(200)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StoreUnavailable)
      else expect(outcome.value).toBeDefined()
    }
    await expectUnavailable(() => notes.list(''))
  })

  it('does not open when it is no database any more, and does not touch the file', async () => {
    const file = await temporaryFile()
    await (await storeWithNote(file)).close()
    const garbage = randomBytes(8192)
    await writeFile(file, garbage)
    await expectProblem(file, 'notADatabase')
    expect(await readFile(file)).toEqual(garbage)
  })

  it('does not open when it was cut short', async () => {
    const file = await temporaryFile()
    await (await storeWithNote(file)).close()
    const whole = await readFile(file)
    await writeFile(file, whole.subarray(0, 5000))
    await expectProblem(file, 'notADatabase')
  })

  it('says so of a row that was changed, moved or is of another shape; the others stay readable', async () => {
    const file = await temporaryFile()
    const store = await storeWithNote(file)
    const notes = store.collection('notes', parseNote)
    await notes.update('b', () => ({ text: 'mine' }))
    const other = await otherProgram(file)

    await other.query(
      "UPDATE usherr_notes SET value = (SELECT value FROM usherr_notes WHERE key = 'b') WHERE key = 'a'",
    )
    await expectUnavailable(() => notes.get('a'))
    await expectUnavailable(() => notes.list(''))
    await expectUnavailable(() => notes.update('a', () => ({ text: 'over it' })))
    expect(await notes.get('b')).toEqual({ text: 'mine' })

    await other.query("UPDATE usherr_notes SET value = '{}' WHERE key = 'a'")
    await expectUnavailable(() => notes.get('a'))

    const numbers = store.collection('notes', (json) => {
      if (typeof json !== 'number') throw new TypeError('no number')
      return json
    })
    await expectUnavailable(() => numbers.get('b'))
  })

  it('notices each of 300 flipped bits in a stored row', async () => {
    const file = await temporaryFile()
    const store = await storeWithNote(file)
    const rows = store.database.rows('notes')
    const notes = store.collection('notes', parseNote)
    let text = await rows.get('a')
    const original = Buffer.from(text ?? '')
    expect(original.length).toBeGreaterThan(50)
    for (let flip = 0; flip < 300; flip++) {
      const bit = (flip * 7919) % (original.length * 8)
      const changed = Buffer.from(original)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      const to = changed.toString('utf8')
      expect(await rows.swap([{ key: 'a', from: text, to }])).toBe(true)
      text = to
      await expect(notes.get('a'), `bit ${bit}`).rejects.toBeInstanceOf(StoreUnavailable)
    }
    await rows.swap([{ key: 'a', from: text, to: original.toString() }])
    expect(await notes.get('a')).toEqual({ text: 'old' })
  })

  it('does not open when its canary was taken away', async () => {
    const file = await temporaryFile()
    await (await storeWithNote(file)).close()
    const other = await otherProgram(file)
    await other.query("DELETE FROM usherr_meta WHERE key = 'canary'")
    await other.close()
    await expectProblem(file, 'damaged')
  })
})

describe('a store whose file is deleted or replaced while it is open', () => {
  it('acknowledges nothing that would be gone at the next start', async () => {
    const file = await temporaryFile()
    const store = await storeWithNote(file)
    const notes = store.collection('notes', parseNote)
    await rename(file, `${file}.away`)
    await expectUnavailable(() => notes.update('a', () => ({ text: 'lost' })))
    await expectUnavailable(() => store.check())
    await writeFile(file, '')
    await expectUnavailable(() => notes.update('b', () => ({ text: 'lost' })))
    await expectUnavailable(() => notes.remove('a'))
    await expectUnavailable(() => store.check())
    await rm(file)
    await rename(`${file}.away`, file)
    expect(await notes.update('a', (current) => ({ text: `${current?.text}, back` }))).toEqual({
      text: 'old, back',
    })
  })
})

describe('a full disk', () => {
  it('refuses writes, keeps what was there, and takes writes again once there is room', async () => {
    const file = await temporaryFile()
    const cipher = createCipher(keys(newKey()))
    const database = await openSqlite(file, { mostPages: 12 })
    onTestFinished(() => database.close())
    const notes = createCollection({ name: 'notes', parse: parseNote, rows: database.rows('notes'), cipher })
    const big = 'x'.repeat(4000)
    const stored: string[] = []
    await expect(
      (async () => {
        for (let n = 0; n < 20; n++) {
          await notes.update(`n:${n}`, () => ({ text: big }))
          stored.push(`n:${n}`)
        }
      })(),
    ).rejects.toMatchObject({ name: 'StoreUnavailable', message: expect.stringContaining('SQLITE_FULL') })
    expect(stored.length).toBeGreaterThan(0)
    expect(await notes.list('n:')).toHaveLength(stored.length)
    for (const key of stored) await notes.remove(key)
    expect(await notes.update('n:0', () => ({ text: 'room again' }))).toEqual({ text: 'room again' })
  })
})

describe('a store that does not answer at all', () => {
  it('is unavailable after 2 seconds, and what was waiting behind it does not begin late', async () => {
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    let wake: (text: undefined) => void = () => {}
    let swaps = 0
    const frozen: Rows = {
      get: () => new Promise<undefined>((resolve) => (wake = resolve)),
      range: () => new Promise(() => {}),
      after: () => new Promise(() => {}),
      swap: async () => {
        swaps++
        return true
      },
    }
    const notes = createCollection({
      name: 'notes',
      parse: parseNote,
      rows: frozen,
      cipher: createCipher(keys(newKey())),
    })
    const changes: string[] = []
    const outcomes = ['first', 'second'].map((text) =>
      notes
        .update('a', () => {
          changes.push(text)
          return { text }
        })
        .catch((error: unknown) => error),
    )
    const listed = notes.list('').catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(2000)
    for (const outcome of [...outcomes, listed]) expect(await outcome).toBeInstanceOf(StoreUnavailable)
    wake(undefined)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(swaps).toBe(0)
    expect(changes).not.toContain('second')
  })
})

describe('opening', () => {
  it('makes the folder 0700 and the files 0600', async () => {
    const file = join(await temporaryFolder(), 'new', 'data', 'usherr.sqlite')
    const store = await storeIn(file)
    await store.collection('notes', parseNote).update('a', () => ({ text: 'x' }))
    const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
    expect(await modeOf(dirname(file))).toBe('700')
    for (const name of ['usherr.sqlite', 'usherr.sqlite-wal', 'usherr.sqlite-shm', 'encryption.key']) {
      expect([name, await modeOf(join(dirname(file), name))]).toEqual([name, '600'])
    }
  })

  it('takes the rights away from others where the file gave them', async () => {
    const file = await temporaryFile()
    await writeFile(file, '')
    await chmod(file, 0o666)
    await storeIn(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('says what is wrong where the folder cannot be made or the path is a folder', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    await expectProblem(join(folder, 'file', 'usherr.sqlite'), 'cannotOpen')
    await mkdir(join(folder, 'folder'))
    await expectProblem(join(folder, 'folder'), 'cannotOpen')
  })

  it.each(['sqlite://', 'sqlite://:memory:', 'mysql://u:p4ssw0rd@host/db', ''])(
    'refuses %s with a next step and without repeating it',
    async (url) => {
      const opened = await openStore({ url, keys: undefined, log: silentLog })
      expect(opened).toMatchObject({
        ok: false,
        problem: { kind: 'unsupported', next: expect.stringContaining('sqlite://') },
      })
      expect(JSON.stringify(opened)).not.toContain('p4ssw0rd')
    },
  )
})

describe('the key', () => {
  it('is made once and kept', async () => {
    const file = await temporaryFile()
    const keyFile = join(dirname(file), 'encryption.key')
    await (await storeWithNote(file)).close()
    const first = await readFile(keyFile, 'utf8')
    expect(Buffer.from(first, 'base64')).toHaveLength(32)
    await (await storeIn(file)).close()
    expect(await readFile(keyFile, 'utf8')).toBe(first)
  })

  it('is not made anew where the database has rows', async () => {
    const file = await temporaryFile()
    const keyFile = join(dirname(file), 'encryption.key')
    const store = await storeWithNote(file)
    await store.close()
    await rename(keyFile, `${keyFile}.away`)
    await expectProblem(file, 'keyMissing')
    await expect(stat(keyFile)).rejects.toMatchObject({ code: 'ENOENT' })
    await rename(`${keyFile}.away`, keyFile)
    expect(await (await storeIn(file)).collection('notes', parseNote).get('a')).toEqual({ text: 'old' })
  })

  it('that is the wrong one keeps the store from opening, and changes nothing', async () => {
    const file = await temporaryFile()
    await (await storeWithNote(file)).close()
    const before = await readFile(file)
    await expectProblem(file, 'wrongKey', newKey())
    expect(await readFile(file)).toEqual(before)
    const keyFile = join(dirname(file), 'encryption.key')
    const right = await readFile(keyFile)
    await writeFile(keyFile, newKey())
    await expectProblem(file, 'wrongKey')
    await writeFile(keyFile, right)
    expect(await (await storeIn(file)).collection('notes', parseNote).get('a')).toEqual({ text: 'old' })
  })

  it('that cannot be read is a problem of its own', async () => {
    const file = await temporaryFile()
    await writeFile(join(dirname(file), 'encryption.key'), 'not a key')
    await expectProblem(file, 'badKey')
  })

  it('that is given is used in place of a file, and none is made', async () => {
    const file = await temporaryFile()
    await storeIn(file, keys(newKey()))
    await expect(stat(join(dirname(file), 'encryption.key'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

/** Root may write everywhere, so the reading process gives its rights away first. */
describe('a store that may only be read', () => {
  it('does not open, and says who needs which rights', async () => {
    const file = await temporaryFile()
    const key = newKey()
    await (await storeIn(file, keys(key))).close()
    const folder = dirname(file)
    const nobody = 65534
    if (process.getuid?.() === 0) {
      await chown(folder, nobody, nobody)
      await chown(file, nobody, nobody)
    }
    await chmod(file, 0o400)
    await chmod(folder, 0o500)
    onTestFinished(() => chmod(folder, 0o700))
    const opened = await openAsNobody(file, key)
    expect(opened).toMatchObject({
      ok: false,
      problem: { kind: 'readOnly', what: expect.stringContaining('EACCES') },
    })
  })
})

function openAsNobody(file: string, key: string): Promise<unknown> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'open-once.ts'), file, key],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
    },
  )
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () =>
      output === '' ? reject(new Error('it said nothing')) : resolve(JSON.parse(output)),
    )
  })
}
