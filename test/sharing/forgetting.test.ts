import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createRetain } from '../../src/jobs/retain.ts'
import { noSettings } from '../../src/sharing/guild-settings.ts'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { forgetGuild } from '../../src/sharing/use-cases/forget-guild.ts'
import { temporaryFile } from '../storage/temporary-store.ts'
import { alice, dora, ground, guildId } from '../support/ground.ts'
import { days } from '../support/shifted-clock.ts'

const asAlice = { ...dora, memberId: alice, managesServer: false }

async function linked() {
  const file = await temporaryFile()
  const on = await ground({ file })
  const link = { guildId, memberId: alice, who: { username: 'alice' }, linkedAt: new Date(), linkedBy: alice }
  await on.ports.links.link(link)
  const asked = await on.rules.askToForget(asAlice)
  if (asked.outcome !== 'confirmForget') throw new Error(asked.outcome)
  const notes = async () => (await readFile(`${file}.forgotten`, 'utf8')).split('\n').slice(1, -1)
  return { ...on, draftId: asked.draftId, notes }
}

describe('/me forget', () => {
  it('is noted outside of the store before anything is removed, and again when all is', async () => {
    const { rules, ports, draftId, notes } = await linked()
    const seen: unknown[] = []
    const { unlink } = ports.links
    ports.links.unlink = async (...of) => {
      seen.push((await notes()).length)
      return unlink(...of)
    }
    expect(await rules.forget(asAlice, { draftId })).toMatchObject({ outcome: 'forgotten' })
    expect(seen).toEqual([1])
    expect(await notes()).toHaveLength(2)
  })

  it('that cannot be noted deletes nothing and is not called done', async () => {
    const { rules, ports, draftId } = await linked()
    ports.deletions = {
      ...ports.deletions,
      note: async () => {
        throw new StoreUnavailable('deletions: full')
      },
    }
    await expect(rules.forget(asAlice, { draftId })).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await ports.links.ofMember(guildId, alice)).toBeDefined()
  })

  it('that is refused because there is still access is not noted', async () => {
    const { rules, ports, draftId } = await linked()
    const noted: unknown[] = []
    ports.deletions = { ...ports.deletions, note: async (deleted) => void noted.push(deleted) }
    await rules.invite(dora, { id: 'press', email: 'alice@example.com', member: alice, libraries: 'Movies' })
    expect(await rules.forget(asAlice, { draftId })).toMatchObject({ outcome: 'accessFirst' })
    expect(noted).toEqual([])
  })

  it('is forgotten itself after 400 days', async () => {
    const { rules, ports, clock, draftId, notes } = await linked()
    await rules.forget(asAlice, { draftId })
    const retain = createRetain(ports)
    clock.pass(399 * days)
    await retain()
    expect(await notes()).toHaveLength(2)
    clock.pass(2 * days)
    await retain()
    expect(await notes()).toHaveLength(0)
  })
})

describe('the deletion of a guild that was left', () => {
  it('is noted before anything is removed, and again when all is', async () => {
    const file = await temporaryFile()
    const { ports } = await ground({ file })
    const noted: number[] = []
    const { note } = ports.deletions
    ports.deletions = {
      ...ports.deletions,
      async note(deleted, at) {
        await note(deleted, at)
        noted.push((await ports.settings.list('')).length)
      },
    }
    await ports.settings.update(guildId, () => noSettings(guildId))
    await forgetGuild(ports, guildId)
    expect(noted).toEqual([1, 0])
    expect((await readFile(`${file}.forgotten`, 'utf8')).split('\n')).toHaveLength(4)
  })
})
