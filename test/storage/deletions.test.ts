import { appendFile, chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { rotateKeys } from '../../src/storage/rotate.ts'
import { keys, newKey, storeIn, temporaryFile } from './temporary-store.ts'

const guildId = id<GuildId>('100000000000000001')
const memberId = id<MemberId>('200000000000000001')
const member = { guildId, memberId }
const monday = new Date('2026-01-05T12:00:00Z')
const tuesday = new Date('2026-01-06T12:00:00Z')
const before = new Date(0)

async function opened() {
  const file = await temporaryFile()
  const store = await storeIn(file)
  expect(await store.deletions.begin()).toEqual({ ok: true, value: undefined })
  return { file, notes: `${file}.forgotten`, store, deletions: store.deletions }
}

describe('the file of deletions', () => {
  it('reveals nobody, and is private', async () => {
    const { notes, deletions, store } = await opened()
    await deletions.note(member, monday)
    await deletions.note({ guildId }, monday)
    const text = await readFile(notes, 'utf8')
    expect(text.split('\n').slice(1, 3)).toEqual([
      `${monday.toISOString()} ${deletions.hashOf(member)}`,
      `${monday.toISOString()} ${deletions.hashOf({ guildId })}`,
    ])
    expect([text.includes(guildId), text.includes(memberId)]).toEqual([false, false])
    expect((await stat(notes)).mode & 0o777).toBe(0o600)
    // Whoever tries ids out needs the key, which lies sealed in the store.
    const other = await storeIn(await temporaryFile())
    expect(other.deletions.hashOf(member)).not.toBe(deletions.hashOf(member))
    expect(store.deletions.hashOf({ ...member, guildId: id('100000000000000002') })).not.toBe(
      deletions.hashOf(member),
    )
  })

  it('knows what came after a moment, over restarts and changes of the key', async () => {
    const [file, old, current] = [await temporaryFile(), newKey(), newKey()]
    const first = await storeIn(file, keys(old))
    await first.deletions.begin()
    await first.deletions.note(member, monday)
    await first.deletions.note({ guildId }, tuesday)
    await first.close()
    const both = await storeIn(file, keys(current, old))
    await rotateKeys(both)
    await both.close()
    const { deletions } = await storeIn(file, keys(current))
    const since = async (moment: Date) => deletions.after(moment)
    expect(await since(before)).toEqual({
      are: 'known',
      deleted: new Set([deletions.hashOf(member), deletions.hashOf({ guildId })]),
    })
    expect(await since(monday)).toEqual({ are: 'known', deleted: new Set([deletions.hashOf({ guildId })]) })
    expect(await since(tuesday)).toEqual({ are: 'known', deleted: new Set() })
  })

  it('loses nothing where a crash cut the last line short', async () => {
    const { notes, deletions } = await opened()
    await deletions.note(member, monday)
    await appendFile(notes, '2026-01-06T12:00:00.000Z half-a-has')
    await deletions.note({ guildId }, tuesday)
    expect(await deletions.after(before)).toEqual({
      are: 'known',
      deleted: new Set([deletions.hashOf(member), deletions.hashOf({ guildId })]),
    })
  })

  it('says that it is missing, or another database’s, and takes that one’s place without losing its lines', async () => {
    const { file, notes, deletions } = await opened()
    await rm(notes)
    expect(await deletions.after(before)).toEqual({ are: 'missing' })
    await writeFile(
      notes,
      'usherr deletions 1 AAAAAAAAAAAAAAAAAAAAAA\n2026-01-05T12:00:00.000Z BBBBBBBBBBBBBBBBBBBBBB',
    )
    expect(await deletions.after(before)).toEqual({ are: 'foreign' })
    const { deletions: again } = await storeIn(file)
    await again.begin()
    await again.note(member, monday)
    expect(await again.after(before)).toMatchObject({ are: 'known' })
    expect(await readFile(notes, 'utf8')).toContain('2026-01-05T12:00:00.000Z BBBBBBBBBBBBBBBBBBBBBB\n')
  })

  it('can be made shorter: older lines and halves go, newer ones stay', async () => {
    const { notes, deletions } = await opened()
    await deletions.note(member, monday)
    await appendFile(notes, 'half')
    await deletions.note({ guildId }, tuesday)
    await deletions.prune(tuesday)
    const text = await readFile(notes, 'utf8')
    expect(text.split('\n').slice(1)).toEqual([
      `${tuesday.toISOString()} ${deletions.hashOf({ guildId })}`,
      '',
    ])
    expect((await stat(notes)).mode & 0o777).toBe(0o600)
  })

  it('that cannot be written is an unavailable store, and a start names it', async () => {
    const { file, notes, deletions } = await opened()
    await rm(notes)
    await mkdir(notes)
    await expect(deletions.note(member, monday)).rejects.toBeInstanceOf(StoreUnavailable)
    const { deletions: again } = await storeIn(file)
    expect(await again.begin()).toMatchObject({
      ok: false,
      problem: { what: expect.stringContaining('forgotten') },
    })
    await chmod(notes, 0o700)
  })
})
