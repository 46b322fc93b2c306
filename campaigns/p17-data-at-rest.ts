import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { runBackup } from '../src/cli/run-backup.ts'
import { runRestore } from '../src/cli/run-restore.ts'
import { type GuildId, id, type MemberId } from '../src/lib/ids.ts'
import { silentLog } from '../src/lib/log.ts'
import { StoreUnavailable } from '../src/sharing/ports.ts'
import type { Cipher } from '../src/storage/cipher.ts'
import { createCollection } from '../src/storage/collection.ts'
import { openStore, type Store } from '../src/storage/open.ts'
import { keys, newKey } from '../test/storage/keys-of-text.ts'
import { openEvening } from '../test/support/open-evening.ts'
import type { Campaign, Finding } from './campaign.ts'
import { type Random, randomFrom } from './support/random.ts'
import { bytesBeside, tracesIn } from './support/traces.ts'

export const p17: Campaign = {
  name: 'P17',
  promise:
    'What lies on the disk cannot be read, changed or exchanged unnoticed, and can be deleted; changing the key may be killed at any moment, and a wrong key opens nothing.',
  async run({ seed, size }) {
    const isFull = size === 'full'
    const random = randomFrom(seed)
    const changes = isFull ? 1_000 : 100
    const unsealed: Sealing = ({ currentKeyId }) => ({
      currentKeyId,
      seal: (_, text) => text,
      open: (_, text) => text,
      isUnderOldKey: () => false,
    })
    const placeless: Sealing = (cipher) => ({
      ...cipher,
      seal: (_, text) => cipher.seal(nowhere, text),
      open: (_, text) => cipher.open(nowhere, text),
    })
    const [rows, kills] = isFull ? [10_000, 50] : [300, 4]
    return [
      ...(await disturbed('as it is', random.part(1), changes, sealed)),
      ...(await disturbed('with sealing taken out', random.part(1), changes, unsealed)),
      ...(await disturbed('with the place taken out of the sealing', random.part(1), changes, placeless)),
      await rotated(random.part(2), rows, kills, 'one step'),
      await rotated(random.part(2), isFull ? 1_000 : 100, 3, 'two steps'),
      await opened(random.part(3), isFull ? 300 : 20),
      await forgotten(isFull ? 50 : 2),
      await backedUp('as it is', isFull ? 50 : 1),
      await backedUp('without the file of deletions', isFull ? 10 : 1),
      await removed(isFull ? 50 : 5),
    ]
  },
}

type Sealing = (cipher: Cipher) => Cipher
const sealed: Sealing = (cipher) => cipher
const nowhere = { namespace: 'nowhere', key: 'nowhere' }

interface Note {
  text: string
}
function parseNote(json: unknown): Note {
  if (typeof json !== 'object' || json === null || !('text' in json)) throw new TypeError('no note')
  if (typeof json.text !== 'string') throw new TypeError('no note')
  return { text: json.text }
}

async function withFile<T>(work: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'usherr-at-rest-'))
  try {
    return await work(join(folder, 'usherr.sqlite'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function open(file: string, ...given: string[]): Promise<Store> {
  const store = await openStore({ url: `sqlite://${file}`, keys: keys(...given), log: silentLog })
  if (!store.ok) throw new Error(store.problem.what)
  return store.value
}

/** Notes with canaries in two collections: looked for in the files and a copy of them, then flipped and exchanged. */
async function disturbed(what: string, random: Random, changes: number, by: Sealing): Promise<Finding[]> {
  return withFile(async (file) => {
    const store = await open(file, newKey())
    const names = ['one', 'two'] as const
    const cipher = by(store.cipher)
    const collections = names.map((name) =>
      createCollection({ name, parse: parseNote, rows: store.database.rows(name), cipher }),
    )
    const count = 100
    const canaries: string[] = []
    for (const [at, notes] of collections.entries()) {
      for (let number = 0; number < count; number++) {
        const text = `canary-${at}-${number}@private.example`
        canaries.push(text)
        await notes.update(`n:${number}`, () => ({ text }))
      }
    }
    const inOpen = tracesIn(await bytesBeside(file), canaries)
    const inCopy = await withFile(async (copy) => {
      for (const name of await readdir(dirname(file))) {
        await copyFile(join(dirname(file), name), join(dirname(copy), name))
      }
      return tracesIn(await bytesBeside(copy), canaries)
    })

    const rowOf = () => ({ of: random.below(2), key: `n:${random.below(count)}` })
    const textAt = async ({ of, key }: ReturnType<typeof rowOf>) =>
      (await store.database.rows(names[of] ?? 'one').get(key)) ?? ''
    const put = async ({ of, key }: ReturnType<typeof rowOf>, from: string, to: string) => {
      await store.database.rows(names[of] ?? 'one').swap([{ key, from, to }])
    }
    /** Neither read nor written over: both must be refused. */
    const isNoticed = async ({ of, key }: ReturnType<typeof rowOf>) => {
      const notes = collections[of]
      const isRefused = async (work: Promise<unknown> | undefined) => {
        try {
          await work
          return false
        } catch (error) {
          if (error instanceof StoreUnavailable) return true
          throw error
        }
      }
      return (
        (await isRefused(notes?.get(key))) && (await isRefused(notes?.update(key, () => ({ text: 'new' }))))
      )
    }
    const restore = async (row: ReturnType<typeof rowOf>, to: string) => put(row, await textAt(row), to)

    let flips = 0
    let swaps = 0
    for (let number = 0; number < changes; number++) {
      const row = rowOf()
      const text = await textAt(row)
      const bytes = Buffer.from(text, 'latin1')
      const at = random.below(bytes.length)
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at)
      await put(row, text, bytes.toString('latin1'))
      if (await isNoticed(row)) flips++
      await restore(row, text)

      const first = rowOf()
      const other = rowOf()
      const second = first.of === other.of && first.key === other.key ? { ...other, of: 1 - other.of } : other
      const [a, b] = [await textAt(first), await textAt(second)]
      await put(first, a, b)
      await put(second, b, a)
      if ((await isNoticed(first)) && (await isNoticed(second))) swaps++
      await restore(first, a)
      await restore(second, b)
    }
    await store.close()
    const inClosed = tracesIn(await bytesBeside(file), canaries)
    const traces = inOpen + inCopy + inClosed
    const seen = { 'readable canaries': traces, 'flips noticed': flips, 'swaps noticed': swaps }
    const isSafe = traces === 0 && flips === changes && swaps === changes
    const isControl = by !== sealed
    return [
      {
        what: `rows with a bit flipped, and pairs exchanged, ${what}`,
        tries: changes,
        seen,
        holds: isSafe !== isControl,
        ...(isControl ? { isControl } : {}),
      },
    ]
  })
}

/** Kills the process that changes the key, over and over, and reads every row after each death. */
async function rotated(
  random: Random,
  rows: number,
  kills: number,
  how: 'one step' | 'two steps',
): Promise<Finding> {
  return withFile(async (file) => {
    let [old, current] = [newKey(), newKey()]
    const before = await open(file, old)
    for (let from = 0; from < rows; from += 500) {
      const numbers = Array.from({ length: Math.min(500, rows - from) }, (_, at) => from + at)
      await before.database.rows('notes').swap(
        numbers.map((number) => {
          const key = `n:${number}`
          const to = before.cipher.seal(
            { namespace: 'notes', key },
            JSON.stringify({ text: `note ${number}` }),
          )
          return { key, from: undefined, to }
        }),
      )
    }
    await before.close()
    const unreadable = async (...given: string[]) => {
      const store = await open(file, ...given)
      try {
        const listed = await store.collection('notes', parseNote).list('n:')
        const texts = new Set(listed.map(({ text }) => text))
        return Array.from({ length: rows }, (_, number) => `note ${number}`).filter(
          (text) => !texts.has(text),
        ).length
      } catch {
        return rows
      } finally {
        await store.close()
      }
    }
    const opensAlone = async (key: string) => {
      const store = await openStore({ url: `sqlite://${file}`, keys: keys(key), log: silentLog })
      if (store.ok) await store.value.close()
      return store.ok
    }
    let [killed, lost, tooEarly, rotations] = [0, 0, 0, 0]
    while (killed < kills) {
      const where = killed === kills - 1 ? 'canary' : random.pick(['before', 'after', 'any moment'] as const)
      const after = 1 + random.below(Math.ceil((2 * rows) / kills))
      const ended = await rotateOnce(file, current, old, after, where, how, random.below(250))
      lost += await unreadable(current, old)
      if (ended === 'killed') {
        killed++
        // The new key alone may open it only when no row needs the old one any more.
        if ((await opensAlone(current)) && (await unreadable(current)) > 0) tooEarly++
      } else {
        rotations++
        ;[old, current] = [current, newKey()]
      }
    }
    await rotateOnce(file, current, old, 0, '-', how, 0)
    lost += await unreadable(current)
    const oldOpens = (await opensAlone(old)) ? 1 : 0
    const isControl = how === 'two steps'
    return {
      what: isControl
        ? 'the same where a row is taken out before it is put in again'
        : `a change of the key over ${rows} rows, killed with kill -9`,
      tries: kills,
      seen: { rows, kills: killed, rotations: rotations + 1, unreadable: lost, tooEarly, oldOpens },
      holds: (lost + tooEarly + oldOpens === 0) !== isControl,
      ...(isControl ? { isControl } : {}),
    }
  })
}

async function rotateOnce(
  file: string,
  current: string,
  old: string,
  rows: number,
  where: string,
  how: string,
  killAfterMs: number,
): Promise<'killed' | 'done'> {
  const script = join(import.meta.dirname, 'support', 'rotating-process.ts')
  const args = ['--import', 'tsx', script, file, current, old, String(rows), where, how]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<'killed' | 'done'>((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed')
      else if (code === 0) resolve('done')
      else reject(new Error(`the change of the key ended with ${code}`))
    })
  })
  if (where === 'any moment') {
    await Promise.race([ended, new Promise((resolve) => child.stdout.once('data', resolve))])
    await Promise.race([ended, wait(killAfterMs)])
    child.kill('SIGKILL')
  }
  return ended
}

/** Keys that are not the right one: other ones, and the right one with one bit changed. */
async function opened(random: Random, tries: number): Promise<Finding> {
  return withFile(async (file) => {
    const key = newKey()
    await (await open(file, key)).close()
    let refused = 0
    for (let number = 0; number < tries; number++) {
      const bytes = Buffer.from(key, 'base64')
      const at = random.below(bytes.length)
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at)
      const wrong = random.chance(0.5) ? newKey() : bytes.toString('base64')
      const store = await openStore({ url: `sqlite://${file}`, keys: keys(wrong), log: silentLog })
      if (store.ok) await store.value.close()
      else if (store.problem.kind === 'wrongKey') refused++
    }
    await (await open(file, key)).close()
    return { what: 'starts with a wrong key', tries, seen: { refused }, holds: refused === tries }
  })
}

/** The whole bot: alice is invited, gives her access back, and has everything about her deleted. */
async function forgotten(tries: number): Promise<Finding> {
  const seen = { tracesBefore: 0, tracesLeft: 0 }
  for (let number = 0; number < tries; number++) {
    const on = await openEvening()
    try {
      const email = `canary-${number}@private.example`
      const reason = `canary of reason ${number}`
      await on.asks('dora', 'invite', { email, member: { user: 'alice' }, libraries: 'Movies', reason })
      const leaving = await on.asks('alice', 'me leave')
      await on.presses('alice', leaving.message, 'Give it back')
      if (number % 2 === 1) await on.restart()
      const traces = [on.discord.person('alice').id, email, reason]
      seen.tracesBefore += tracesIn(await bytesBeside(on.storeFile), traces)
      const question = await on.asks('alice', 'me forget')
      await on.presses('alice', question.message, 'Delete it all')
      seen.tracesLeft += tracesIn(await bytesBeside(on.storeFile), traces)
    } finally {
      await on.end()
    }
  }
  const holds = seen.tracesBefore >= tries && seen.tracesLeft === 0
  return { what: '/me forget, in the whole bot', tries, seen, holds }
}

/**
 * The whole bot again: a backup from before alice had everything about her deleted is read byte by byte, and restored.
 * Nothing can be read in it, and nothing of her comes back.
 */
async function backedUp(how: 'as it is' | 'without the file of deletions', tries: number): Promise<Finding> {
  const isControl = how !== 'as it is'
  const seen = { readableInBackup: 0, idsInBackup: 0, tracesAfterRestore: 0 }
  for (let number = 0; number < tries; number++) {
    const on = await openEvening()
    try {
      const email = `canary-${number}@private.example`
      const reason = `canary of reason ${number}`
      const environment = { STORAGE_URL: `sqlite://${on.storeFile}` }
      const copy = `${on.storeFile}.copy`
      await on.asks('dora', 'invite', { email, member: { user: 'alice' }, libraries: 'Movies', reason })
      const leaving = await on.asks('alice', 'me leave')
      await on.presses('alice', leaving.message, 'Give it back')
      if ((await runBackup([copy], environment, () => {})) !== 0) throw new Error('no backup was made')
      const inCopy = await readFile(copy)
      const aliceId = on.discord.person('alice').id
      seen.readableInBackup += tracesIn(inCopy, [email, reason])
      seen.idsInBackup += tracesIn(inCopy, [aliceId])
      const question = await on.asks('alice', 'me forget')
      await on.presses('alice', question.message, 'Delete it all')
      await on.app.stop()
      if (isControl) await rm(`${on.storeFile}.forgotten`)
      const terminal = { print: () => {}, ask: undefined }
      if ((await runRestore([copy, '--yes'], environment, terminal)) !== 0) throw new Error('not restored')
      // The copy itself is out of reach, and so is what it replaced.
      seen.tracesAfterRestore += tracesIn(await readFile(on.storeFile), [aliceId, email, reason])
    } finally {
      await on.end()
    }
  }
  const isSafe = seen.readableInBackup === 0 && seen.tracesAfterRestore === 0
  return {
    what: `a backup from before /me forget, restored ${how}`,
    tries,
    seen,
    holds: seen.idsInBackup === tries && isSafe !== isControl,
    ...(isControl ? { isControl } : {}),
  }
}

/** The same deletion in the store, without the cleaning of its files. */
async function removed(tries: number): Promise<Finding> {
  const seen = { tracesLeft: 0 }
  for (let number = 0; number < tries; number++) {
    await withFile(async (file) => {
      const store = await open(file, newKey())
      const [guildId, memberId] = [id<GuildId>('1'), id<MemberId>(`20000000000000${1_000 + number}`)]
      const who = { email: `canary-${number}@private.example` }
      await store.links.link({ guildId, memberId, who, linkedAt: new Date(), linkedBy: memberId })
      await store.links.unlink(guildId, memberId)
      seen.tracesLeft += tracesIn(await bytesBeside(file), [memberId])
      await store.close()
    })
  }
  return {
    what: 'a deletion after which the files are not cleaned',
    tries,
    seen,
    holds: seen.tracesLeft > 0,
    isControl: true,
  }
}
