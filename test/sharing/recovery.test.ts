import { describe, expect, test } from 'vitest'
import { managerOf } from '../../campaigns/support/manager.ts'
import { Died, mortal } from '../../campaigns/support/mortal.ts'
import { calm } from '../../campaigns/support/port-plex.ts'
import { randomFrom } from '../../campaigns/support/random.ts'
import { startSmallBot } from '../../campaigns/support/small-bot.ts'
import { type SmallWorld, smallWorld } from '../../campaigns/support/small-world.ts'
import type { CrashPoint } from '../../src/lib/crash-point.ts'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import type { PlexState } from '../../src/sandbox/plex/state.ts'
import { plexWorld } from '../../src/sandbox/plex/world.ts'
import { personKey, personKeysOf } from '../../src/sharing/people.ts'
import { stateOf } from '../../src/sharing/person.ts'
import { days, minutes } from '../support/shifted-clock.ts'

const guildId = id<GuildId>('1')
const dora = managerOf(guildId)
const alice = id<MemberId>('7')
const wish = { id: 'press 1', email: 'fresh@example.com', libraries: 'Movies' }

/** A lenient plex.tv: whatever is sent twice is there twice. */
const lenient = () => smallWorld(randomFrom(1), { world: plexWorld({ rules: { secondShare: 'allowed' } }) })

async function restarted(on: SmallWorld): Promise<SmallWorld> {
  return { ...on, bot: await startSmallBot(on.plex, on.disk, { guildIds: [guildId], process: mortal(0) }) }
}

/** The process dies when it comes to this point, and another one takes over. */
async function diesAt(on: SmallWorld, point: CrashPoint, work: (on: SmallWorld) => Promise<unknown>) {
  const process = mortal(0)
  const { crashPoint } = process
  process.crashPoint = (passed) => {
    crashPoint(passed)
    if (passed !== point) return
    process.isAlive = false
    throw new Died()
  }
  const bot = await startSmallBot(on.plex, on.disk, { guildIds: [guildId], process })
  await expect(work({ ...on, bot })).rejects.toBeInstanceOf(Died)
  return { told: bot.told, after: await restarted(on) }
}

const created = ({ state }: { state: PlexState }) =>
  state.ledger.filter(({ did }) => did === 'share-created').length
const persons = ({ bot }: SmallWorld) => bot.ports.people.list(personKeysOf(guildId))
const nextTurn = async (on: SmallWorld, ms: number) => {
  on.clock.pass(ms)
  await on.bot.tick()
}

describe('after a crash', () => {
  test('before the decision was stored, nothing was decided and nothing was sent', async () => {
    const { after } = await diesAt(await lenient(), 'before a decision is stored', ({ bot }) =>
      bot.rules.invite(dora, wish),
    )
    await nextTurn(after, 3 * minutes)
    expect([await persons(after), created(after)]).toEqual([[], 0])
  })

  test('once it was stored, it is carried out, and whoever decided it is told', async () => {
    const { after } = await diesAt(await lenient(), 'after a decision is stored', ({ bot }) =>
      bot.rules.invite(dora, wish),
    )
    await nextTurn(after, 1 * minutes)
    expect(created(after)).toBe(1)
    expect(after.bot.told).toEqual([{ to: dora.memberId, what: 'outcome: shared' }])
  })

  test('after "sending", a list that cannot be read does not make it sent again', async () => {
    const { after } = await diesAt(await lenient(), 'after the reply, before it is stored', ({ bot }) =>
      bot.rules.invite(dora, wish),
    )
    after.plex.faults = { ...calm, readFails: 1 }
    for (let turn = 0; turn < 5; turn++) await nextTurn(after, 31 * minutes)
    expect((await persons(after)).map(stateOf)).toEqual(['unclear'])

    after.plex.faults = calm
    await nextTurn(after, 31 * minutes)
    expect((await persons(after)).map(stateOf)).toEqual(['pending'])
    expect(created(after)).toBe(1)
  })

  test('between plex.tv’s yes and the message to the member, he is told all the same, once', async () => {
    const { told, after } = await diesAt(await lenient(), 'before a notice', ({ bot }) =>
      bot.rules.invite(dora, { ...wish, member: alice }),
    )
    expect(told).toEqual([])
    await nextTurn(after, 1 * minutes)
    await nextTurn(after, 1 * minutes)
    expect(after.bot.told).toEqual([{ to: alice, what: 'invited' }])
  })
})

describe('the same press delivered again', () => {
  test('to the next process, after the history was pruned, decides nothing and tells nobody anew', async () => {
    const on = await lenient()
    await on.bot.rules.invite(dora, { ...wish, member: alice })
    const [person] = await persons(on)
    if (!person) throw new Error('nobody was invited')
    await on.bot.ports.people.update(personKey(person), (current) => current && { ...current, history: [] })

    const after = await restarted(on)
    await after.bot.rules.invite(dora, { ...wish, member: alice })
    await nextTurn(after, 5 * minutes)
    expect(created(after)).toBe(1)
    expect(after.bot.told).toEqual([])
    expect((await persons(after)).map(({ history }) => history)).toEqual([[]])
  })
})

describe('a person who had a share when we last looked', () => {
  test('is looked for before a second one is sent, also by a process that has read nothing yet', async () => {
    const on = await lenient()
    await on.bot.rules.invite(dora, wish)
    const after = await restarted(on)
    after.clock.pass(1 * days)
    const again = await after.bot.rules.invite(dora, { ...wish, id: 'press 2' })
    expect(again).toMatchObject({ outcome: 'invited' })
    expect(created(after)).toBe(1)
  })
})

describe('plex.tv out of reach', () => {
  test('for days: it is no attempt, it is asked ever less often, and nothing is parked', async () => {
    const on = await lenient()
    on.plex.faults = { ...calm, unreachable: 1 }
    await on.bot.rules.invite(dora, wish)
    for (let turn = 0; turn < 100; turn++) await nextTurn(on, 31 * minutes)
    const [person] = await persons(on)
    expect(person?.history.map(({ what }) => what)).toEqual(['decided'])
    expect(person?.intent?.progress).toMatchObject({ is: 'decided', attempts: 0, tries: 101 })

    on.plex.faults = calm
    await nextTurn(on, 31 * minutes)
    expect(created(on)).toBe(1)
  })
})
