import { describe, expect, it } from 'vitest'
import { type AccountId, type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import type { Link } from '../../src/sharing/ports.ts'
import { storeIn, temporaryFile } from './temporary-store.ts'

const guild = id<GuildId>('100000000000000001')
const otherGuild = id<GuildId>('100000000000000002')
const alice = id<MemberId>('200000000000000001')
const bob = id<MemberId>('200000000000000002')
const dora = id<MemberId>('200000000000000003')

function link(memberId: MemberId, email?: string, guildId = guild): Link {
  return {
    guildId,
    memberId,
    who: { accountId: id<AccountId>('42'), username: 'someone', ...(email === undefined ? {} : { email }) },
    linkedAt: new Date('2026-11-21T07:00:00Z'),
    linkedBy: dora,
  }
}

async function links() {
  return (await storeIn(await temporaryFile())).links
}

describe('links', () => {
  it('find a member by id and by address, however the address is written', async () => {
    const store = await links()
    const stored = link(alice, 'Alice@Example.com')
    expect(await store.link(stored)).toBe('linked')
    expect(await store.ofMember(guild, alice)).toEqual(stored)
    for (const email of ['Alice@Example.com', 'alice@example.com', ' ALICE@EXAMPLE.COM ']) {
      expect(await store.ofEmail(guild, email)).toEqual(stored)
    }
    expect(await store.ofEmail(guild, 'alic@example.com')).toBeUndefined()
    expect(await store.ofMember(guild, bob)).toBeUndefined()
  })

  it('keep guilds apart', async () => {
    const store = await links()
    await store.link(link(alice, 'alice@example.com'))
    expect(await store.ofEmail(otherGuild, 'alice@example.com')).toBeUndefined()
    expect(await store.ofMember(otherGuild, alice)).toBeUndefined()
    expect(await store.link(link(bob, 'alice@example.com', otherGuild))).toBe('linked')
    expect((await store.ofEmail(guild, 'alice@example.com'))?.memberId).toBe(alice)
  })

  it('give an address to one member only, and leave the other member as he was', async () => {
    const store = await links()
    await store.link(link(alice, 'alice@example.com'))
    await store.link(link(bob, 'bob@example.com'))
    expect(await store.link(link(bob, 'ALICE@example.com'))).toBe('taken')
    expect((await store.ofMember(guild, bob))?.who.email).toBe('bob@example.com')
    expect((await store.ofEmail(guild, 'alice@example.com'))?.memberId).toBe(alice)
    expect((await store.ofEmail(guild, 'bob@example.com'))?.memberId).toBe(bob)
  })

  it('replace a member’s earlier link, and free his old address', async () => {
    const store = await links()
    await store.link(link(alice, 'old@example.com'))
    expect(await store.link(link(alice, 'new@example.com'))).toBe('linked')
    expect(await store.ofEmail(guild, 'old@example.com')).toBeUndefined()
    expect((await store.ofEmail(guild, 'new@example.com'))?.memberId).toBe(alice)
    expect(await store.link(link(bob, 'old@example.com'))).toBe('linked')
  })

  it('may be without an address, and lose the one they had', async () => {
    const store = await links()
    await store.link(link(alice, 'alice@example.com'))
    expect(await store.link(link(alice))).toBe('linked')
    expect(await store.ofMember(guild, alice)).toEqual(link(alice))
    expect(await store.ofEmail(guild, 'alice@example.com')).toBeUndefined()
  })

  it('end both ways at once, and ending them again is harmless', async () => {
    const store = await links()
    await store.link(link(alice, 'alice@example.com'))
    await store.unlink(guild, alice)
    await store.unlink(guild, alice)
    expect(await store.ofMember(guild, alice)).toBeUndefined()
    expect(await store.ofEmail(guild, 'alice@example.com')).toBeUndefined()
    expect(await store.link(link(bob, 'alice@example.com'))).toBe('linked')
  })

  it('have one winner where two stores give one address to 40 members at once', async () => {
    const file = await temporaryFile()
    const stores = [await storeIn(file), await storeIn(file)]
    const members = Array.from({ length: 40 }, (_, n) =>
      id<MemberId>(String(300000000000000000n + BigInt(n))),
    )
    const answers = await Promise.all(
      members.map((member, n) => stores[n % 2]?.links.link(link(member, 'alice@example.com'))),
    )
    expect(answers.filter((answer) => answer === 'linked')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(39)
    const winner = members[answers.indexOf('linked')]
    expect((await stores[0]?.links.ofEmail(guild, 'alice@example.com'))?.memberId).toBe(winner)
    for (const member of members.filter((each) => each !== winner)) {
      expect(await stores[1]?.links.ofMember(guild, member)).toBeUndefined()
    }
  })

  it('never have one row without the other while two members swap addresses at random', async () => {
    const file = await temporaryFile()
    const [one, two] = [await storeIn(file), await storeIn(file)]
    const addresses = ['a@example.com', 'b@example.com', 'c@example.com']
    const steps = Array.from({ length: 60 }, (_, n) => async () => {
      const store = n % 2 ? one : two
      const member = n % 3 ? alice : bob
      if (n % 5 === 0) await store.links.unlink(guild, member)
      else await store.links.link(link(member, addresses[n % 3]))
    })
    await Promise.all(steps.map((step) => step()))

    const rows = await one.database.rows('links').range('')
    const holders = await Promise.all(addresses.map((email) => one.links.ofEmail(guild, email)))
    const members = await Promise.all([alice, bob].map((member) => one.links.ofMember(guild, member)))
    const byEmail = holders.filter((each) => each !== undefined)
    const byMember = members.filter((each) => each !== undefined)
    expect(byEmail.map((each) => each.memberId).sort()).toEqual(byMember.map((each) => each.memberId).sort())
    expect(rows).toHaveLength(byEmail.length + byMember.length)
    for (const each of byEmail) expect(each).toEqual(await two.links.ofMember(guild, each.memberId))
  })
})
