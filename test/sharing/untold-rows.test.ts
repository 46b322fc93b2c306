import { describe, expect, test } from 'vitest'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { reconcileAll } from '../../src/jobs/reconcile.ts'
import { failing } from '../../src/sandbox/plex/fault.ts'
import { personKeysOf } from '../../src/sharing/people.ts'
import { stateOf } from '../../src/sharing/person.ts'
import { compareEveryMs } from '../../src/sharing/use-cases/compare.ts'
import { alice, dora, type Ground, ground, guildId } from '../support/ground.ts'
import { reviewGround } from '../support/review-ground.ts'
import { minutes } from '../support/shifted-clock.ts'

/**
 * plex.tv's lists have a row that cannot be told: whoever is not shown may be that row. What is shown is used as
 * always; what is not shown is "could not find out".
 */
const accepted = { method: 'GET', route: '/api/v2/shared_servers/owned/accepted' }
const creating = { method: 'POST', route: '/api/v2/shared_servers' }
const miraShare = 30000001
const incomplete = { outcome: 'refused', reason: 'plexTrouble', trouble: { kind: 'incomplete' } }

interface Row {
  id?: number | null
  machineIdentifier?: string
  invitedId?: number | null
  invited?: unknown
}

/** plex.tv's list of active shares, with one row changed. */
function misread(on: Ground, change: (row: Row) => unknown, share = miraShare) {
  const body = (text: string) => {
    // The pretend plex.tv wrote it as JSON.
    const rows = JSON.parse(text) as Row[]
    return JSON.stringify(rows.map((row) => (row.id === share ? change(row) : row)))
  }
  return on.plex.faults.always(accepted, { fault: 'rewritten', body })
}
const withoutId = (row: Row) => ({ ...row, id: null })
const nobodys = (row: Row) => ({ ...row, id: null, invitedId: null, invited: null, invitedEmail: null })
const ofAnUnknownServer = (row: Row) => ({
  ...row,
  machineIdentifier: 'beef00beef00beef00beef00beef00beef00beef',
})

/** Everybody that the ordinary plex.tv shows is in the records. */
async function adoptedGround(): Promise<Ground> {
  const on = await ground()
  for (let left = 3; left > 0; left--) {
    const preview = await on.rules.previewSync(dora, {})
    if (preview.outcome !== 'sync') throw new Error(preview.reason)
    await on.rules.settleDrift(dora, { id: `${left}`, draftId: preview.draftId, at: 0, remedy: 'adopt' })
  }
  on.clock.pass(2 * minutes)
  return on
}
const persons = ({ ports }: Ground) => ports.people.list(personKeysOf(guildId))
const states = async (on: Ground) => (await persons(on)).map(stateOf).sort()
async function turns(on: Ground, many: number) {
  for (let turn = 0; turn < many; turn++) {
    await reconcileAll(on.ports)
    on.clock.pass(compareEveryMs + 1)
  }
}
const sentNothing = (on: Ground) => expect(on.plex.ledger).toEqual([])

describe('comparing', () => {
  test.each([
    ['without its id', withoutId],
    ['of a server that nobody knows', ofAnUnknownServer],
    ['with the id of somebody else', (row: Row) => ({ ...row, id: 30000002 })],
    ['with another account under its id', (row: Row) => ({ ...row, invitedId: 20009999, invited: null })],
    ['that says of its end neither yes nor no', (row: Row) => ({ ...row, leftAt: 'soon' })],
  ])('a row %s: nobody is believed gone, in however many readings', async (_, change) => {
    const on = await adoptedGround()
    misread(on, change)
    await turns(on, 4)
    expect(await states(on)).toEqual(['active', 'active', 'pending'])
    sentNothing(on)
  })

  test('who cannot be that row is believed gone all the same, after two readings', async () => {
    const on = await adoptedGround()
    misread(on, withoutId)
    on.plex.change((world) => ({ ...world, shares: world.shares.filter((share) => share.id !== 30000002) }))
    await turns(on, 1)
    expect(await states(on)).toEqual(['active', 'active', 'pending'])
    await turns(on, 1)
    expect(await states(on)).toEqual(['active', 'gone', 'pending'])
  })

  test('/sync says how many rows there are, and of how many people nothing is believed', async () => {
    const on = await adoptedGround()
    misread(on, withoutId)
    await on.rules.applySync(dora, {})
    expect(await on.rules.previewSync(dora, {})).toMatchObject({ items: [], untold: 1, inDoubt: 1 })
  })

  test('a reading with doubt neither forgets nor confirms who was missing before it', async () => {
    const on = await adoptedGround()
    const { world } = on.plex
    on.plex.change((now) => ({ ...now, shares: now.shares.filter((share) => share.id !== miraShare) }))
    await turns(on, 1)
    on.plex.change(() => world)
    const odd = misread(on, withoutId)
    await turns(on, 2)
    expect(await states(on)).toEqual(['active', 'active', 'pending'])
    odd.release()
    on.plex.change((now) => ({ ...now, shares: now.shares.filter((share) => share.id !== miraShare) }))
    await turns(on, 1)
    expect(await states(on)).toEqual(['active', 'gone', 'pending'])
  })
})

describe('what /sync had shown', () => {
  test('somebody who was missing and now is in doubt is neither "no longer so" nor invited again nor believed gone', async () => {
    const on = await adoptedGround()
    const { world } = on.plex
    on.plex.change((now) => ({ ...now, shares: now.shares.filter((share) => share.id !== miraShare) }))
    await on.rules.applySync(dora, {})
    const preview = await on.rules.previewSync(dora, {})
    if (preview.outcome !== 'sync') throw new Error(preview.reason)
    expect(preview.items).toMatchObject([{ kind: 'notShown' }])
    on.plex.change(() => world)
    misread(on, withoutId)
    for (const remedy of ['fix', 'adopt'] as const) {
      const press = { id: remedy, draftId: preview.draftId, at: 0, remedy }
      expect(await on.rules.settleDrift(dora, press)).toMatchObject(incomplete)
    }
    expect(await states(on)).toEqual(['active', 'active', 'pending'])
    sentNothing(on)
  })

  test('a share that nobody here made, and that cannot be told now, is not "no longer so" either', async () => {
    const on = await ground()
    const preview = await on.rules.previewSync(dora, {})
    if (preview.outcome !== 'sync') throw new Error(preview.reason)
    const at = preview.items.findIndex((item) => 'share' in item && item.share.id === `${miraShare}`)
    misread(on, withoutId)
    const press = { id: '1', draftId: preview.draftId, at, remedy: 'adopt' as const }
    expect(await on.rules.settleDrift(dora, press)).toMatchObject(incomplete)
    expect(await persons(on)).toEqual([])
  })

  test('those whom the brake holds are not let go while one of them is in doubt, and stay held', async () => {
    const on = await adoptedGround()
    for (const name of ['a', 'b', 'c']) {
      await on.rules.invite(dora, { id: name, email: `${name}@example.com`, libraries: 'Movies' })
    }
    const { world } = on.plex
    on.clock.pass(1 * minutes)
    on.plex.change((now) => ({ ...now, shares: [] }))
    await turns(on, 2)
    const preview = await on.rules.previewSync(dora, {})
    if (preview.outcome !== 'sync') throw new Error(preview.reason)
    expect(preview.halted).toMatchObject({ count: 6 })
    on.plex.change((now) => ({ ...now, shares: world.shares.filter((share) => share.id === miraShare) }))
    misread(on, nobodys)
    // A list of nothing but rows that cannot be told is no list, so there is one more.
    on.plex.change((now) => ({
      ...now,
      shares: [...now.shares, ...world.shares.filter(({ id: share }) => share === 30000050)],
    }))
    const press = { id: '9', draftId: preview.draftId, what: 'vanished' as const }
    expect(await on.rules.letGo(dora, press)).toMatchObject(incomplete)
    await turns(on, 1)
    expect((await on.ports.drift.list(''))[0]).toHaveProperty('halted')
    expect((await persons(on)).filter((person) => stateOf(person) === 'gone')).toEqual([])
  })
})

describe('an invitation that is unclear', () => {
  test.each([
    ['an id', withoutId],
    ['a server that is known', ofAnUnknownServer],
  ])('is not sent again on lists with a row without %s that may be his', async (_, change) => {
    const on = await ground()
    on.plex.faults.once(creating, { fault: 'reset after commit' })
    await on.rules.invite(dora, { id: '100', email: 'fresh@example.com', libraries: 'Movies' })
    on.plex.accept('fresh@example.com')
    const [made] = on.plex.world.shares.slice(-1)
    const odd = misread(on, change, made?.id)
    for (let turn = 0; turn < 6; turn++) {
      on.clock.pass(6 * minutes)
      await deliverOwed(on.ports)
    }
    expect(on.plex.count(creating)).toBe(1)
    expect(await states(on)).toEqual(['unclear'])
    odd.release()
    on.clock.pass(6 * minutes)
    await deliverOwed(on.ports)
    expect(await states(on)).toEqual(['active'])
  })
})

describe('an end', () => {
  const revoke = async (on: Ground) => {
    const asked = await on.rules.askToRevoke(dora, { who: 'mira_q', mode: 'remove' })
    if (asked.outcome !== 'confirmShare') throw new Error(asked.outcome)
    return () => on.rules.revoke(dora, { id: '5', draftId: asked.draftId })
  }
  const ending = (on: Ground) => on.plex.count({ method: 'DELETE' })

  test('that plex.tv never answered is not believed on a list with a row that may be his', async () => {
    const on = await adoptedGround()
    const confirm = await revoke(on)
    on.plex.faults.always({ method: 'DELETE' }, failing(500))
    expect(await confirm()).toMatchObject({ outcome: 'unclear' })
    misread(on, withoutId)
    for (let turn = 0; turn < 3; turn++) {
      on.clock.pass(6 * minutes)
      await deliverOwed(on.ports)
    }
    expect(await states(on)).toContain('revoking')
  })

  test('is settled by plex.tv’s own 404 where the list cannot tell: it is asked once more', async () => {
    const on = await adoptedGround()
    const confirm = await revoke(on)
    misread(on, nobodys, 30000002)
    expect(await confirm()).toMatchObject({ outcome: 'revoked' })
    expect(ending(on)).toBeGreaterThan(1)
    expect(on.plex.ledger.map(({ did }) => did)).toEqual(['share-deleted'])
  })

  test('waits while a row has the very id, whosever it seems to be: nothing is removed again', async () => {
    const on = await adoptedGround()
    const confirm = await revoke(on)
    on.plex.faults.once({ method: 'DELETE' }, failing(500))
    await confirm()
    const asked = ending(on)
    misread(on, ofAnUnknownServer)
    for (let turn = 0; turn < 3; turn++) {
      on.clock.pass(6 * minutes)
      await deliverOwed(on.ports)
    }
    expect(ending(on)).toBe(asked)
    expect(await states(on)).toContain('revoking')
  })
})

describe('what people are told', () => {
  test('nobody called so is never said; who is shown can be managed', async () => {
    const on = await ground()
    misread(on, withoutId)
    for (const who of ['mira_q', `share:${miraShare}`]) {
      expect(await on.rules.askToRevoke(dora, { who, mode: 'remove' })).toMatchObject(incomplete)
      expect(await on.rules.askToChange(dora, { who })).toMatchObject(incomplete)
    }
    expect(await on.rules.askToRevoke(dora, { who: 'jonas.b', mode: 'remove' })).toMatchObject({
      outcome: 'confirmShare',
    })
    expect(await on.rules.askToRevoke(dora, { who: 'nobody-at-all', mode: 'remove' })).toMatchObject({
      reason: 'unknownPerson',
    })
  })

  test('a confirmation is not answered "gone already"', async () => {
    const on = await ground()
    const asked = await on.rules.askToRevoke(dora, { who: 'mira_q', mode: 'remove' })
    if (asked.outcome !== 'confirmShare') throw new Error(asked.outcome)
    misread(on, withoutId)
    on.clock.pass(2 * minutes)
    expect(await on.rules.revoke(dora, { id: '1', draftId: asked.draftId })).toMatchObject(incomplete)
  })

  test('/users and /libraries say that they may not show everybody and everything', async () => {
    const on = await ground()
    misread(on, withoutId)
    expect(await on.rules.listPeople(dora, {})).toMatchObject({ untold: 1 })
    expect(await on.rules.showPerson(dora, { who: `share:${miraShare}` })).toMatchObject(incomplete)
    const link = {
      guildId,
      memberId: alice,
      who: { username: 'mira_q' },
      linkedAt: on.clock.now(),
      linkedBy: alice,
    }
    await on.ports.links.link(link)
    expect(await on.rules.showPerson(dora, { member: alice })).toMatchObject(incomplete)
    const asAlice = { ...dora, memberId: alice }
    const list = await on.rules.listLibraries(asAlice, {})
    expect(list).toMatchObject({ outcome: 'libraries', mine: 'unknown' })
    expect(list).not.toHaveProperty('counts')
  })

  test('an undo is not refused for a change that nobody saw', async () => {
    const on = await adoptedGround()
    const asked = await on.rules.askToChange(dora, { who: 'mira_q' })
    if (asked.outcome !== 'choose') throw new Error(asked.outcome)
    const draftId = asked.draftId
    const [movies] = asked.libraries
    await on.rules.chooseLibraries(dora, { draftId, part: 0, ticked: movies ? [movies.id] : [] })
    const changed = await on.rules.changeLibraries(dora, { id: '7', draftId })
    if (changed.outcome !== 'changed' || changed.undo === undefined) throw new Error(changed.outcome)
    misread(on, withoutId)
    expect(await on.rules.undo(dora, { draftId: changed.undo })).toMatchObject(incomplete)
  })

  test('whoever was seen before is not invited a second time on a list that cannot tell', async () => {
    const on = await ground()
    await Promise.all([on.sharing.shares('active'), on.sharing.shares('pending')])
    misread(on, withoutId)
    on.clock.pass(2 * minutes)
    const wish = { id: '8', email: 'mira_q', libraries: 'Movies' }
    expect(await on.rules.invite(dora, wish)).toMatchObject(incomplete)
    expect(on.plex.count(creating)).toBe(0)
  })

  test('a member who would give his access back is not told that he has none', async () => {
    const on = await ground()
    await on.rules.invite(dora, { id: '30', email: 'fresh@example.com', libraries: 'Movies', member: alice })
    on.plex.accept('fresh@example.com')
    const [made] = on.plex.world.shares.slice(-1)
    misread(on, withoutId, made?.id)
    on.clock.pass(2 * minutes)
    expect(await on.rules.askToLeave({ ...dora, memberId: alice })).toMatchObject(incomplete)
  })

  test('nor is one whose invitation is unclear', async () => {
    const on = await ground()
    on.plex.faults.once(creating, { fault: 'reset after commit' })
    await on.rules.invite(dora, { id: '31', email: 'fresh@example.com', libraries: 'Movies', member: alice })
    misread(on, withoutId)
    await on.sharing.shares('active', { fresh: true })
    expect(await on.rules.askToLeave({ ...dora, memberId: alice })).toMatchObject(incomplete)
  })

  test('an approval for an account that was only typed in waits until it can be told', async () => {
    const on = await reviewGround()
    const request = await on.waiting(undefined, 'mira@example.com')
    misread(on, withoutId)
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, '1'))
    expect(await on.request(request.id)).toMatchObject({ state: 'approved' })
    expect(await on.request(request.id)).not.toHaveProperty('effect')
    expect(on.plex.count(creating)).toBe(0)
  })
})
