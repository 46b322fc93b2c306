import { describe, expect, test } from 'vitest'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { expire } from '../../src/jobs/expire.ts'
import { reconcileAll } from '../../src/jobs/reconcile.ts'
import type { Log } from '../../src/lib/log.ts'
import { crowdedWorld } from '../../src/sandbox/plex/crowded-world.ts'
import { failing } from '../../src/sandbox/plex/fault.ts'
import type { PlexWorld } from '../../src/sandbox/plex/world.ts'
import { adopted } from '../../src/sharing/note.ts'
import { personKey, personKeysOf } from '../../src/sharing/people.ts'
import { newPerson, stateOf } from '../../src/sharing/person.ts'
import { compareEveryMs } from '../../src/sharing/use-cases/compare.ts'
import { dora, type Ground, ground, guildId } from '../support/ground.ts'
import { days, minutes } from '../support/shifted-clock.ts'

/** P10, small: whatever plex.tv's lists or the clock do, automation takes away at most max(3, 10 %), and says so. */
const people = 40
const most = 4

interface Watched extends Ground {
  alerts: string[]
}

/** Everybody on plex.tv is known, and has an end date in a month, a year, or none. */
async function crowd(): Promise<Watched> {
  const on = await ground({ world: crowdedWorld({ people, libraries: 4 }) })
  const alerts: string[] = []
  const log: Log = { ...on.ports.log, error: (_fields, message) => alerts.push(message) }
  const ports = { ...on.ports, log }
  const active = await on.sharing.shares('active')
  if (!active.ok) throw new Error('plex.tv could not be read')
  const now = on.clock.now()
  for (const [n, share] of active.value.value.entries()) {
    const id = ports.people.idFor(guildId, on.sharing.serverId, share.who)
    const person = newPerson({ id, guildId, serverId: on.sharing.serverId, who: share.who })
    const known = adopted(person, share, { id: `${n}`, by: dora.memberId }, now)
    const endsAt = n % 2 === 0 ? { endsAt: new Date(now.getTime() + (n % 4 === 0 ? 30 : 365) * days) } : {}
    await ports.people.update(personKey({ guildId, id }), () => ({ ...known, ...endsAt }))
  }
  on.clock.pass(1 * minutes)
  return { ...on, ports, alerts }
}

async function turns(on: Watched, many: number): Promise<void> {
  for (let turn = 0; turn < many; turn++) {
    await expire(on.ports)
    await deliverOwed(on.ports)
    await reconcileAll(on.ports)
    on.clock.pass(compareEveryMs + 1)
  }
}

const count = async (on: Watched, state: string) =>
  (await on.ports.people.list(personKeysOf(guildId))).filter((person) => stateOf(person) === state).length
const keeping = (isKept: (n: number) => boolean) => (world: PlexWorld) => ({
  ...world,
  shares: world.shares.filter((_, n) => isKept(n)),
})

describe('automation cannot take away many at once', () => {
  test.each([
    ['empty', keeping(() => false)],
    ['halved', keeping((n) => n % 2 === 0)],
    ['shrunk to a page', keeping((n) => n < 10)],
    ['one more than is believed shorter', keeping((n) => n > most)],
  ])('a list that is suddenly %s: nobody is believed gone, one alert', async (_, change) => {
    const on = await crowd()
    on.plex.change(change)
    await turns(on, 5)
    expect(await count(on, 'active')).toBe(people)
    expect(on.alerts).toHaveLength(1)
    expect(on.plex.ledger).toEqual([])
  })

  test('as many as the brake allows are believed gone after two readings, and nothing is sent', async () => {
    const on = await crowd()
    on.plex.change(keeping((n) => n >= most))
    await turns(on, 1)
    expect(await count(on, 'active')).toBe(people)
    await turns(on, 1)
    expect(await count(on, 'gone')).toBe(most)
    expect(on.alerts).toEqual([])
    expect(on.plex.ledger).toEqual([])
  })

  test('a list that fails or lies only once changes nothing', async () => {
    const on = await crowd()
    on.plex.faults.always({ method: 'GET' }, failing(503))
    await turns(on, 1)
    on.plex.faults.clear()
    const { world } = on.plex
    on.plex.change(keeping(() => false))
    await turns(on, 1)
    on.plex.change(() => world)
    await turns(on, 2)
    expect(await count(on, 'active')).toBe(people)
    expect(on.alerts).toEqual([])
  })

  test('the clock jumps ten years ahead: no access is ended, one alert; and none either when it is set back', async () => {
    const on = await crowd()
    on.clock.pass(3650 * days)
    await turns(on, 3)
    expect(await count(on, 'active')).toBe(people)
    expect(on.alerts).toHaveLength(1)
    expect(on.plex.ledger).toEqual([])
    on.clock.pass(-3650 * days)
    await turns(on, 2)
    expect(await count(on, 'active')).toBe(people)
    expect((await on.ports.drift.list(''))[0]).not.toHaveProperty('endsHeld')
  })

  test('somebody looks, presses, and what was held back is carried out: exactly that', async () => {
    const on = await crowd()
    on.clock.pass(31 * days)
    await turns(on, 1)
    const preview = await on.rules.previewSync(dora, {})
    if (preview.outcome !== 'sync') throw new Error(preview.reason)
    expect(preview.endsHeld).toMatchObject({ count: 10, most })
    const press = { id: '9', draftId: preview.draftId, what: 'ends' as const }
    expect(await on.rules.letGo(dora, press)).toMatchObject({ outcome: 'letGo', count: 10 })
    await deliverOwed(on.ports)
    expect(await count(on, 'gone')).toBe(10)
    expect(await on.rules.letGo(dora, press)).toMatchObject({ reason: 'draftGone' })
  })
})
