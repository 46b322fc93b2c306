import { describe, expect, test } from 'vitest'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { expire } from '../../src/jobs/expire.ts'
import { failing, failingAfterCommit, rateLimited } from '../../src/sandbox/plex/fault.ts'
import { startPretendPlex } from '../../src/sandbox/plex/start.ts'
import { personKeysOf } from '../../src/sharing/people.ts'
import { stateOf } from '../../src/sharing/person.ts'
import { temporaryFile } from '../storage/temporary-store.ts'
import { alice, dora, type Ground, ground, guildId } from '../support/ground.ts'
import { days, minutes } from '../support/shifted-clock.ts'

const creating = { method: 'POST', route: '/api/v2/shared_servers' }
const wish = { id: '100', email: 'fresh@example.com', libraries: 'Movies' }

const created = ({ plex }: Ground) => plex.ledger.filter((entry) => entry.did === 'share-created').length
const states = async ({ ports }: Ground) => (await ports.people.list(personKeysOf(guildId))).map(stateOf)
const nextTurn = async (on: Ground, ms: number) => {
  on.clock.pass(ms)
  await deliverOwed(on.ports)
}

describe('a decision that plex.tv does not answer as hoped', () => {
  test('plex.tv is down: nothing is sent, the wish is kept, and it is carried out when plex.tv is back', async () => {
    const on = await ground()
    await on.sharing.libraries()
    await on.plex.faults.down()
    expect(await on.rules.invite(dora, wish)).toMatchObject({ outcome: 'queued', because: 'unreachable' })
    expect(await states(on)).toEqual(['approved'])

    await on.plex.faults.up()
    await nextTurn(on, 2 * minutes)
    expect(created(on)).toBe(1)
    expect(await states(on)).toEqual(['pending'])
    expect(on.told).toEqual([{ to: dora.memberId, what: 'outcome: shared' }])
  })

  test('the answer is lost after plex.tv did it: it rests, is looked up, and is not sent twice', async () => {
    const on = await ground()
    on.plex.faults.once(creating, { fault: 'reset after commit' })
    expect(await on.rules.invite(dora, wish)).toMatchObject({ outcome: 'unclear' })
    await nextTurn(on, 1 * minutes)
    expect(await states(on)).toEqual(['unclear'])
    expect(on.plex.count(creating)).toBe(1)

    await nextTurn(on, 2 * minutes)
    expect(await states(on)).toEqual(['pending'])
    expect(on.plex.count(creating)).toBe(1)
    expect(created(on)).toBe(1)
  })

  test('502 after plex.tv did it is unclear too, never a failure', async () => {
    const on = await ground()
    on.plex.faults.once(creating, failingAfterCommit())
    expect(await on.rules.invite(dora, wish)).toMatchObject({ outcome: 'unclear', because: 'serverError' })
    await nextTurn(on, 3 * minutes)
    expect(await states(on)).toEqual(['pending'])
    expect(created(on)).toBe(1)
  })

  test('500 before anything was done: two complete readings have to agree before it is sent again', async () => {
    const on = await ground()
    on.plex.faults.once(creating, failing(500))
    await on.rules.invite(dora, wish)
    await nextTurn(on, 3 * minutes)
    expect(on.plex.count(creating)).toBe(1)
    await nextTurn(on, 1 * minutes)
    expect(on.plex.count(creating)).toBe(2)
    expect(created(on)).toBe(1)
    expect(await states(on)).toEqual(['pending'])
  })

  test('a late commit is waited for: plex.tv does it after the connection was cut', async () => {
    const on = await ground()
    on.plex.faults.once(creating, { fault: 'late commit' })
    expect(await on.rules.invite(dora, wish)).toMatchObject({ outcome: 'unclear' })
    on.plex.faults.flushLate()
    await nextTurn(on, 3 * minutes)
    expect(on.plex.count(creating)).toBe(1)
    expect(await states(on)).toEqual(['pending'])
  })

  test('plex.tv limits us: its own time is kept', async () => {
    const on = await ground()
    on.plex.faults.once(creating, rateLimited({ seconds: 600 }))
    const outcome = await on.rules.invite(dora, wish)
    expect(outcome).toMatchObject({ outcome: 'queued', because: 'rateLimited' })
    await nextTurn(on, 5 * minutes)
    expect(on.plex.count(creating)).toBe(1)
    await nextTurn(on, 6 * minutes)
    expect(created(on)).toBe(1)
  })

  test('what plex.tv never shows is sent five times and then parked for a human', async () => {
    const on = await ground()
    on.plex.faults.always(creating, failing(500))
    await on.rules.invite(dora, wish)
    for (let turn = 0; turn < 14; turn++) await nextTurn(on, 3 * minutes)
    expect(on.plex.count(creating)).toBe(5)
    expect(await states(on)).toEqual(['parked'])
    expect(on.told).toEqual([{ to: dora.memberId, what: 'outcome: parked' }])
  })

  test('a list that cannot be read is never "nobody": nothing is sent on it', async () => {
    const on = await ground()
    on.plex.faults.once(creating, failing(500))
    await on.rules.invite(dora, wish)
    on.plex.faults.always({ method: 'GET' }, failing(503))
    for (let turn = 0; turn < 4; turn++) await nextTurn(on, 31 * minutes)
    expect(on.plex.count(creating)).toBe(1)
    expect(await states(on)).toEqual(['unclear'])
  })

  test('the process died between writing down and the answer: it is looked up, not sent again', async () => {
    const plex = await startPretendPlex()
    const file = await temporaryFile()
    const before = await ground({ plex, file })
    const hanging = plex.faults.once(creating, { fault: 'hangs', isDone: true })
    const lost = before.rules.invite(dora, wish)
    await plex.arrival(creating)

    const after = await ground({ plex, file })
    expect(await states(after)).toEqual(['sending'])
    await deliverOwed(after.ports)
    expect(plex.count(creating)).toBe(1)
    await nextTurn(after, 3 * minutes)
    expect(await states(after)).toEqual(['pending'])
    expect(plex.count(creating)).toBe(1)
    hanging.release()
    await lost
    await plex.close()
  })
})

describe('decisions about one person', () => {
  test('the same interaction delivered twice invites once', async () => {
    const on = await ground()
    const [first, second] = await Promise.all([on.rules.invite(dora, wish), on.rules.invite(dora, wish)])
    expect([first.outcome, second.outcome]).toContain('invited')
    expect(created(on)).toBe(1)
    expect(on.plex.count(creating)).toBe(1)
  })

  test('twenty at once invite each person once', async () => {
    const on = await ground()
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        on.rules.invite(dora, { id: `${at}`, email: `p${at % 5}@example.com`, libraries: 'Movies' }),
      ),
    )
    expect(outcomes.filter(({ outcome }) => outcome === 'invited').length).toBeGreaterThanOrEqual(5)
    expect(created(on)).toBe(5)
  })

  test('a revoke that comes while the invitation is unclear waits, and wins', async () => {
    const on = await ground()
    on.plex.faults.once(creating, { fault: 'reset after commit' })
    await on.rules.invite(dora, wish)
    const asked = await on.rules.askToRevoke(dora, { who: 'fresh@example.com', mode: 'remove' })
    if (asked.outcome !== 'confirmShare') throw new Error(asked.outcome)
    const outcome = await on.rules.revoke(dora, { id: '101', draftId: asked.draftId })
    expect(outcome).toMatchObject({ outcome: 'unclear' })
    await nextTurn(on, 3 * minutes)
    await nextTurn(on, 3 * minutes)
    expect(on.plex.ledger.map(({ did }) => did)).toEqual(['share-created', 'invite-withdrawn'])
    expect(await states(on)).toEqual(['gone'])
  })

  test('an end date ends the access, through an outage of plex.tv', async () => {
    const on = await ground()
    await on.rules.invite(dora, { ...wish, duration: '7d' })
    on.plex.accept('fresh@example.com')
    await expire(on.ports)
    expect(await states(on)).toEqual(['pending'])

    on.clock.pass(8 * days)
    await on.plex.faults.down()
    await expire(on.ports)
    await deliverOwed(on.ports)
    expect(await states(on)).toEqual(['revoking'])
    await on.plex.faults.up()
    await nextTurn(on, 2 * minutes)
    expect(await states(on)).toEqual(['gone'])
    expect(on.plex.ledger.map(({ did }) => did)).toContain('share-deleted')
  })

  test('a suspended person is remembered with the libraries, and an invitation gives them back', async () => {
    const on = await ground()
    const asked = await on.rules.askToRevoke(dora, { who: 'mira_q', mode: 'suspend' })
    if (asked.outcome !== 'confirmShare') throw new Error(asked.outcome)
    await on.rules.revoke(dora, { id: '5', draftId: asked.draftId })
    expect(await states(on)).toEqual(['suspended'])
    const again = await on.rules.invite(dora, { id: '6', email: 'mira_q', libraries: 'Movies, TV Shows' })
    expect(again).toMatchObject({ outcome: 'invited', event: { status: 'active' } })
    expect(await states(on)).toEqual(['active'])
  })

  test('an undelivered notice never undoes the invitation, and is remembered', async () => {
    const on = await ground()
    on.notices.outcome = 'closed'
    const outcome = await on.rules.invite(dora, { ...wish, member: alice })
    expect(outcome).toMatchObject({ outcome: 'invited', notice: 'closed' })
    const [person] = await on.ports.people.list(personKeysOf(guildId))
    expect(person?.history.at(-1)).toMatchObject({ what: 'noticeFailed', to: alice, because: 'closed' })
  })
})
