import { describe, expect, test } from 'vitest'
import { pruneCounters } from '../../src/jobs/prune-counters.ts'
import type { Actor } from '../../src/sharing/policy.ts'
import { takePlace } from '../../src/sharing/use-cases/count.ts'
import { alice, dora, type Ground, ground, guildId } from '../support/ground.ts'
import { type ReviewGround, reviewGround } from '../support/review-ground.ts'
import { days, hours } from '../support/shifted-clock.ts'

const created = ({ plex }: Ground) => plex.ledger.filter((entry) => entry.did === 'share-created').length
const invite = (on: Ground, who: Actor, at: number | string, more: object = {}) =>
  on.rules.invite(who, { id: `i${at}`, email: `p${at}@example.com`, libraries: 'Movies', ...more })
const family = (on: ReviewGround) =>
  on.rules.setLibrarySet(dora, { name: 'Family', libraries: 'Movies, Music' })

describe('a limit holds however many come at once', () => {
  test('200 attempts at a limit of 5: exactly 5, and 5 more when the time is over', async () => {
    const on = await ground()
    const attempt = (round: string) =>
      Promise.all(
        Array.from({ length: 200 }, (_, at) =>
          takePlace(on.ports, 'guesses', `${round} ${at}`, { most: 5, withinMs: hours }),
        ),
      )
    const taken = async (round: string) => (await attempt(round)).filter(({ ok }) => ok).length
    expect(await taken('first')).toBe(5)
    expect(await taken('second')).toBe(0)
    on.clock.pass(hours)
    expect(await taken('third')).toBe(5)
  })

  test('the same id takes one place however often it comes', async () => {
    const on = await ground()
    const again = () => takePlace(on.ports, 'k', 'one', { most: 1, withinMs: hours })
    const all = await Promise.all(Array.from({ length: 20 }, again))
    expect(all.filter((each) => each.ok && each.isNew)).toHaveLength(1)
    expect(all.every(({ ok }) => ok)).toBe(true)
  })

  test('40 invitations at once by a role with 5 a week: exactly 5', async () => {
    const on = await reviewGround()
    await on.limit('inviter', { grantsPerWeek: 5 })
    const ivo = on.somebody('ivo', 'inviter')
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, at) => invite(on, ivo, at)))
    expect(outcomes.filter(({ outcome }) => outcome === 'invited')).toHaveLength(5)
    expect(outcomes.filter((each) => 'reason' in each && each.reason === 'limitReached')).toHaveLength(35)
    expect(created(on)).toBe(5)
    on.clock.pass(7 * days)
    expect(await invite(on, ivo, 'later')).toMatchObject({ outcome: 'invited' })
    expect(await invite(on, on.somebody('ina', 'inviter'), 'hers')).toMatchObject({ outcome: 'invited' })
  })

  test('what gave nobody anything is not counted; what was delivered twice is counted once', async () => {
    const on = await reviewGround()
    await on.limit('inviter', { grantsPerWeek: 1 })
    const ivo = on.somebody('ivo', 'inviter')
    await on.sharing.shares('active')
    expect(await invite(on, ivo, 1, { email: 'mira@example.com' })).toMatchObject({ outcome: 'alreadyHas' })
    expect(await invite(on, ivo, 2)).toMatchObject({ outcome: 'invited' })
    await invite(on, ivo, 2)
    expect(await invite(on, ivo, 3)).toMatchObject({ reason: 'limitReached' })
  })

  test('approvals count against the reviewer’s role', async () => {
    const on = await reviewGround()
    await on.limit('reviewer', { grantsPerWeek: 1 })
    const rob = on.somebody('rob', 'reviewer')
    const first = await on.waiting()
    const second = await on.waiting(on.somebody('bob', 'member'), 'bob@example.com')
    await on.rules.approveRequest(rob, on.press(first, '1'))
    expect(await on.rules.approveRequest(rob, on.press(second, '2'))).toMatchObject({
      reason: 'limitReached',
    })
    expect(await on.rules.denyRequest(rob, on.press(second, '3'))).toMatchObject({ outcome: 'decided' })
    expect(created(on)).toBe(1)
  })

  test('a member asks so often within a day and no oftener', async () => {
    const on = await reviewGround()
    await on.rules.setDefaults(dora, { requestsPerDay: 2 })
    for (const round of [1, 2]) {
      const request = await on.waiting()
      await on.rules.withdrawRequest(on.somebody(alice, 'member'), { requestId: request.id })
      expect(round).toBeLessThan(3)
    }
    await expect(on.waiting()).rejects.toThrow('limitReached')
    on.clock.pass(1 * days)
    expect((await on.waiting()).state).toBe('waiting')
  })

  test('counts that are over are taken away', async () => {
    const on = await reviewGround()
    await on.waiting()
    await pruneCounters(on.ports)
    expect(await on.ports.counters.list('')).toHaveLength(1)
    on.clock.pass(2 * days)
    await pruneCounters(on.ports)
    expect(await on.ports.counters.list('')).toEqual([])
  })
})

describe('what a role may grant is asked wherever something is granted', () => {
  test('inviting', async () => {
    const on = await reviewGround()
    await family(on)
    await on.limit('inviter', { sets: ['Family'], longestMs: 30 * days })
    const ivo = on.somebody('ivo', 'inviter')
    const beyond = { reason: 'beyondLimits' }
    expect(await invite(on, ivo, 1, { libraries: 'TV Shows' })).toMatchObject(beyond)
    expect(await invite(on, ivo, 1, { libraries: 'all' })).toMatchObject(beyond)
    expect(await invite(on, ivo, 1, { duration: '31d' })).toMatchObject(beyond)
    const done = await invite(on, ivo, 1)
    expect(done).toMatchObject({ outcome: 'invited' })
    const lasts = 'endsAt' in done && done.endsAt ? done.endsAt.getTime() - on.clock.now().getTime() : 0
    expect(Math.round(lasts / days)).toBe(30)
    expect(created(on)).toBe(1)
  })

  test('asking, approving and approving with changes', async () => {
    const on = await reviewGround()
    await family(on)
    await on.limit('member', { sets: ['Family'] })
    const member = on.somebody(alice, 'member')
    expect(await on.rules.requestAccess(member, { id: '1', libraries: 'TV Shows' })).toMatchObject({
      reason: 'beyondLimits',
    })
    const request = await on.waiting()
    await on.rules.setLibrarySet(dora, { name: 'Songs', libraries: 'Music' })
    await on.limit('reviewer', { sets: ['Songs'] })
    const rob = on.somebody('rob', 'reviewer')
    const press = on.press(request, '2')
    expect(await on.rules.approveRequest(rob, press)).toMatchObject({ reason: 'beyondLimits' })
    const panel = await on.rules.openReviewPanel(rob, press)
    if (panel.outcome !== 'panel') throw new Error(panel.outcome)
    const { draftId } = panel
    const ticked = [...panel.libraries].filter(({ title }) => title === 'Music').map(({ id }) => id)
    expect(await on.rules.approveChanged(rob, { id: '3', draftId })).toMatchObject({
      reason: 'beyondLimits',
    })
    await on.rules.changeReviewPanel(rob, { draftId, part: 0, ticked })
    expect(await on.rules.approveChanged(rob, { id: '4', draftId })).toMatchObject({
      outcome: 'decided',
      request: { effect: { came: 'invited' }, wanted: { access: { libraries: ticked } } },
    })
  })

  test('the reviewer’s limits are lowered after the decision and before it is carried out', async () => {
    const on = await reviewGround()
    await family(on)
    const request = await on.waiting()
    const rob = on.somebody('rob', 'reviewer')
    const ask = on.ports.members.actor
    on.ports.members.actor = async (guild, who) => {
      await on.limit('reviewer', { sets: ['Removed'] })
      return ask(guild, who)
    }
    await on.rules.approveRequest(rob, on.press(request, '1'))
    expect(await on.request(request.id)).toMatchObject({ effect: { came: 'notAllowed' } })
    expect(created(on)).toBe(0)
  })

  test('changing: what is added has to be within the limits, what is taken away has not', async () => {
    const on = await reviewGround()
    await family(on)
    await on.limit('manager', { sets: ['Family'], grantsPerWeek: 1 })
    const mona = on.somebody('mona', 'manager')
    const change = async (press: string, titles: string[]) => {
      const asked = await on.rules.askToChange(mona, { who: 'mira_q' })
      if (asked.outcome !== 'choose') throw new Error(asked.outcome)
      const ticked = asked.libraries.filter(({ title }) => titles.includes(title)).map(({ id }) => id)
      await on.rules.chooseLibraries(mona, { draftId: asked.draftId, part: 0, ticked })
      return on.rules.changeLibraries(mona, { id: press, draftId: asked.draftId })
    }
    expect(await change('1', ['Movies', 'TV Shows', 'Photos'])).toMatchObject({ reason: 'beyondLimits' })
    expect(await change('2', ['TV Shows'])).toMatchObject({ outcome: 'changed' })
    expect(await change('3', ['TV Shows', 'Music'])).toMatchObject({ outcome: 'changed' })
    expect(await change('4', ['TV Shows', 'Music', 'Movies'])).toMatchObject({ reason: 'limitReached' })
    await on.limit('manager', { needsReview: true })
    expect(await change('5', ['TV Shows', 'Music', 'Movies'])).toMatchObject({ reason: 'needsReview' })
  })

  test('a question that was open while the inviter’s limits were lowered is answered in vain', async () => {
    const on = await reviewGround()
    const ivo = on.somebody('ivo', 'inviter')
    const asked = await on.rules.invite(ivo, { id: '1', member: alice, libraries: 'Movies' })
    if (asked.outcome !== 'asked') throw new Error(asked.outcome)
    await on.limit('inviter', { needsReview: true })
    const answer = { id: '2', guildId, memberId: alice, draftId: asked.draftId, typed: 'alice@example.com' }
    expect(await on.rules.answerAccount(answer)).toMatchObject({ reason: 'draftGone' })
    expect(created(on)).toBe(0)
  })

  test('limits stay when a role is moved without naming them, and each has a word that takes it away', async () => {
    const on = await reviewGround()
    await family(on)
    const set = async (more: object) => {
      const level = { roleId: on.somebody('x', 'inviter').roleIds[0] ?? '', level: 'inviter' as const }
      const shown = await on.rules.setRoleLevel(dora, { ...level, ...more } as never)
      if (shown.outcome !== 'settings') return shown
      return shown.after.bindings.find(({ roleId }) => roleId === 'inviter')?.limits
    }
    expect(await set({ sets: 'family', perWeek: 3, longest: '30d', review: true })).toEqual({
      sets: ['family'],
      grantsPerWeek: 3,
      longestMs: 30 * days,
      needsReview: true,
    })
    expect(await set({})).toMatchObject({ grantsPerWeek: 3, needsReview: true })
    expect(await set({ perWeek: 0, longest: 'any', review: false, sets: 'any' })).toBeUndefined()
    expect(await set({ sets: 'Nonsense' })).toMatchObject({ reason: 'unknownSet' })
    expect(await set({ longest: 'soon' })).toMatchObject({ reason: 'badDuration' })
  })
})
