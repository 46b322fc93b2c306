import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { parseNote, storeIn, temporaryFile } from './temporary-store.ts'

const guild = id<GuildId>('100000000000000001')
const alice = id<MemberId>('200000000000000001')
const email = 'canary-alice@example.com'
const username = 'canaryUsername'
const note = 'canary-note-of-a-person'

/** Every byte of every file beside the database, except the key. */
async function bytesBeside(file: string): Promise<Buffer> {
  const names = (await readdir(dirname(file))).filter((name) => name !== 'encryption.key')
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(dirname(file), name)))))
}

const formsOf = (text: string) => [
  Buffer.from(text),
  Buffer.from(text.toUpperCase()),
  Buffer.from(text, 'utf16le'),
  Buffer.from(Buffer.from(text).toString('base64').slice(0, -4)),
  Buffer.from(Buffer.from(text).toString('hex')),
]

async function written(file: string) {
  const store = await storeIn(file)
  const link = {
    guildId: guild,
    memberId: alice,
    who: { email, username },
    linkedAt: new Date(),
    linkedBy: alice,
  }
  for (let round = 0; round < 3; round++) {
    await store.links.link(link)
    await store
      .collection('notes', parseNote)
      .update(`${guild}:${alice}`, () => ({ text: `${note} ${round}` }))
  }
  return store
}

describe('what lies on the disk', () => {
  it('has no readable address, name or text, open or closed', async () => {
    const file = await temporaryFile()
    const store = await written(file)
    const open = await bytesBeside(file)
    // The check can find something: keys are readable, by design, and hold ids only.
    expect(open.includes(alice)).toBe(true)
    await store.close()
    const closed = await bytesBeside(file)
    expect(closed.includes(alice)).toBe(true)
    for (const canary of [email, username, note]) {
      for (const form of formsOf(canary)) {
        expect([canary, open.includes(form), closed.includes(form)]).toEqual([canary, false, false])
      }
    }
  })

  it('has no byte of a person after forgetting, neither his keys nor his sealed rows', async () => {
    const file = await temporaryFile()
    const store = await written(file)
    const rows = [
      ...(await store.database.rows('links').range('')),
      ...(await store.database.rows('notes').range('')),
    ]
    expect(rows).toHaveLength(3)
    await store.links.unlink(guild, alice)
    await store.collection('notes', parseNote).remove(`${guild}:${alice}`)
    expect((await bytesBeside(file)).includes(alice)).toBe(true)

    await store.forget()
    const left = await bytesBeside(file)
    expect(left.includes(alice)).toBe(false)
    for (const { key, text } of rows) {
      expect(left.includes(key)).toBe(false)
      expect(left.includes(text.slice(-40))).toBe(false)
    }
    expect(await store.links.ofMember(guild, alice)).toBeUndefined()
    await expect(store.check()).resolves.toBeUndefined()
  })
})
