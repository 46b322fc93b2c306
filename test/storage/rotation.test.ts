import { describe, expect, it } from 'vitest'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { type Link, StoreUnavailable } from '../../src/sharing/ports.ts'
import type { Store } from '../../src/storage/open.ts'
import { rotateKeys } from '../../src/storage/rotate.ts'
import type { Database } from '../../src/storage/rows.ts'
import { startChild } from './child.ts'
import { keys, newKey, parseNote, storeIn, temporaryFile, tryStoreIn } from './temporary-store.ts'

const guild = id<GuildId>('100000000000000001')
const alice = id<MemberId>('200000000000000001')
const aliceLink: Link = {
  guildId: guild,
  memberId: alice,
  who: { email: 'alice@example.com' },
  linkedAt: new Date('2026-11-21T07:00:00Z'),
  linkedBy: alice,
}

/** Two collections with this many notes each, and a link. */
async function filled(
  file: string,
  key: string,
  notes: number,
): Promise<{ hash: string; identifier: string }> {
  const store = await storeIn(file, keys(key))
  for (const name of ['one', 'two']) {
    const collection = store.collection(name, parseNote)
    const numbers = Array.from({ length: notes }, (_, number) => number)
    await Promise.all(
      numbers.map((number) => collection.update(`n:${number}`, () => ({ text: `${name} ${number}` }))),
    )
  }
  await store.links.link(aliceLink)
  const before = { hash: store.keyedHash('a', 'b'), identifier: store.clientIdentifier }
  await store.close()
  return before
}

async function expectAllReadable(store: Store, notes: number): Promise<void> {
  for (const name of ['one', 'two']) {
    const listed = await store.collection(name, parseNote).list('n:')
    expect(listed.map(({ text }) => text).sort()).toEqual(
      Array.from({ length: notes }, (_, number) => `${name} ${number}`).sort(),
    )
  }
  expect(await store.links.ofEmail(guild, 'alice@example.com')).toEqual(aliceLink)
  expect(await store.links.ofMember(guild, alice)).toEqual(aliceLink)
}

/** The database, until its n-th write: there the process "dies". */
function dyingAt(database: Database, lastWrite: number): Database {
  let writes = 0
  return {
    ...database,
    rows(namespace) {
      const rows = database.rows(namespace)
      return {
        ...rows,
        async swap(changes) {
          if (writes++ === lastWrite) throw new Error('killed')
          return rows.swap(changes)
        },
      }
    },
  }
}

describe('a rotation', () => {
  it('leaves everything readable with the new key alone, and the old one opens nothing', async () => {
    const [file, old, current] = [await temporaryFile(), newKey(), newKey()]
    const before = await filled(file, old, 250)
    const both = await storeIn(file, keys(current, old))
    await expectAllReadable(both, 250)
    // 500 notes, 2 rows of the link, and the store's own 3.
    expect(await rotateKeys(both)).toEqual({ resealed: 505, already: 0 })
    expect(await rotateKeys(both)).toEqual({ resealed: 0, already: 504 })
    await both.close()

    const store = await storeIn(file, keys(current))
    await expectAllReadable(store, 250)
    expect({ hash: store.keyedHash('a', 'b'), identifier: store.clientIdentifier }).toEqual(before)
    await store.close()
    expect(await tryStoreIn(file, keys(old))).toMatchObject({ ok: false, problem: { kind: 'wrongKey' } })
  })

  it('may be stopped at every write and started again', async () => {
    const notes = 6
    const writes = 2 * notes + 2 + 3
    for (let lastWrite = 0; lastWrite < writes; lastWrite++) {
      const [file, old, current] = [await temporaryFile(), newKey(), newKey()]
      await filled(file, old, notes)
      const first = await storeIn(file, keys(current, old))
      const dying = { database: dyingAt(first.database, lastWrite), cipher: first.cipher }
      await expect(rotateKeys(dying)).rejects.toThrow('killed')
      await expectAllReadable(first, notes)
      await first.close()
      // The canary goes last: with the new key alone an unfinished rotation does not open.
      expect(await tryStoreIn(file, keys(current))).toMatchObject({
        ok: false,
        problem: { kind: 'wrongKey' },
      })

      const second = await storeIn(file, keys(current, old))
      expect((await rotateKeys(second)).resealed).toBe(writes - lastWrite)
      await second.close()
      const third = await storeIn(file, keys(current))
      await expectAllReadable(third, notes)
      await third.close()
    }
  })

  it('survives real kills', { timeout: 60_000 }, async () => {
    const [file, old, current] = [await temporaryFile(), newKey(), newKey()]
    await filled(file, old, 400)
    for (let kills = 0; kills < 3; kills++) {
      const child = startChild('rotate-once.ts', [file, current, old])
      await child.saidLines(1)
      child.kill()
      await child.ended
      const store = await storeIn(file, keys(current, old))
      await expectAllReadable(store, 400)
      await store.close()
    }
    expect(await startChild('rotate-once.ts', [file, current, old]).ended).toBe(0)
    await expectAllReadable(await storeIn(file, keys(current)), 400)
  })

  it('loses no change that is made meanwhile', async () => {
    const [file, old, current] = [await temporaryFile(), newKey(), newKey()]
    await filled(file, old, 100)
    const rotating = await storeIn(file, keys(current, old))
    // Another process that was started before the rotation, and seals with the old key still.
    const other = await storeIn(file, keys(old, current))
    const notes = other.collection('one', parseNote)
    const changing = Array.from({ length: 100 }, (_, number) =>
      notes.update(`n:${number}`, (note) => ({ text: `${note?.text}, changed` })),
    )
    await Promise.all([rotateKeys(rotating), ...changing])
    const listed = await rotating.collection('one', parseNote).list('n:')
    expect(listed.filter(({ text }) => text.endsWith(', changed'))).toHaveLength(100)
    await rotateKeys(rotating)
    await rotating.close()
    await other.close()
    const after = await storeIn(file, keys(current))
    expect(await after.collection('one', parseNote).list('n:')).toHaveLength(100)
  })

  it('stops at a row that does not open, and touches the canary only when all is done', async () => {
    const [file, old, current] = [await temporaryFile(), newKey(), newKey()]
    await filled(file, old, 3)
    const store = await storeIn(file, keys(current, old))
    const rows = store.database.rows('one')
    const text = await rows.get('n:1')
    const foreign = await rows.get('n:2')
    await rows.swap([{ key: 'n:1', from: text, to: foreign }])
    await expect(rotateKeys(store)).rejects.toBeInstanceOf(StoreUnavailable)
    await rows.swap([{ key: 'n:1', from: foreign, to: text }])
    expect((await rotateKeys(store)).resealed).toBeGreaterThan(0)
    await expectAllReadable(store, 3)
  })
})
