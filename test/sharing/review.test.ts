import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { settleRequests } from '../../src/jobs/settle-requests.ts'
import { crashPoints } from '../../src/lib/crash-point.ts'
import { type ChannelId, type GuildId, id } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { startPretendPlex } from '../../src/sandbox/plex/start.ts'
import { requestKey, requestLifeMs } from '../../src/sharing/access-request.ts'
import { personKeysOf } from '../../src/sharing/people.ts'
import { takeSlot } from '../../src/sharing/use-cases/waiting-slot.ts'
import { temporaryFile } from '../storage/temporary-store.ts'
import { alice, dora, type Ground, guildId } from '../support/ground.ts'
import { reviewGround } from '../support/review-ground.ts'
import { days, minutes } from '../support/shifted-clock.ts'

const created = ({ plex }: Ground) => plex.ledger.filter((entry) => entry.did === 'share-created').length

describe('one click decides', () => {
  test('50 presses at once by several reviewers: one decision, one history entry, one invitation', async () => {
    const on = await reviewGround()
    for (let round = 0; round < 6; round++) {
      const asker = on.somebody(`asker${round}`, 'member')
      const request = await on.waiting(asker, `p${round}@example.com`)
      const reviewers = ['rob', 'rita', 'ron'].map((name) => on.somebody(name, 'reviewer'))
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, at) => {
          const reviewer = reviewers[at % 3] ?? dora
          // Every fifth press is delivered twice.
          const press = on.press(request, `press ${round} ${at % 5 === 0 ? at : at - (at % 2)}`)
          return at % 7 === 0
            ? on.rules.denyRequest(reviewer, press)
            : on.rules.approveRequest(reviewer, press)
        }),
      )
      const then = await on.request(request.id)
      expect(then.decisions).toHaveLength(1)
      expect(then.history.filter(({ what }) => what === 'approved' || what === 'denied')).toHaveLength(1)
      const refusals = outcomes.filter(({ outcome }) => outcome === 'refused')
      expect(refusals.every((each) => 'reason' in each && each.reason === 'requestClosed')).toBe(true)
    }
    const people = await on.ports.people.list(personKeysOf(guildId))
    const approved = (await on.ports.requests.list('')).filter(({ state }) => state === 'approved')
    expect(created(on)).toBe(approved.length)
    expect(people).toHaveLength(approved.length)
  })

  test('two approvals are two reviewers, however often each of them presses at once', async () => {
    const on = await reviewGround()
    await on.rules.setDefaults(dora, { approvals: 2 })
    const request = await on.waiting()
    const rob = on.somebody('rob', 'reviewer')
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => on.rules.approveRequest(rob, on.press(request, `rob ${at}`))),
    )
    expect((await on.request(request.id)).state).toBe('waiting')
    expect(created(on)).toBe(0)
    const rita = on.somebody('rita', 'reviewer')
    const outcome = await on.rules.approveRequest(rita, on.press(request, 'rita'))
    expect(outcome).toMatchObject({ outcome: 'decided', request: { state: 'approved' } })
    expect(created(on)).toBe(1)
  })

  test('twenty wishes of one member at once make one request', async () => {
    const on = await reviewGround()
    const who = on.somebody(alice, 'member')
    await on.ports.links.link({
      guildId,
      memberId: alice,
      who: { email: 'alice@example.com' },
      linkedAt: new Date(),
      linkedBy: alice,
    })
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        on.rules.requestAccess(who, { id: `${at}`, libraries: 'Movies' }),
      ),
    )
    expect(outcomes.filter(({ outcome }) => outcome === 'requested')).toHaveLength(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'alreadyWaiting')).toHaveLength(19)
    expect(await on.ports.requests.list('')).toHaveLength(1)
    expect(on.cards.size).toBe(1)
  })
})

test('who has himself forgotten leaves no request behind, and its card is dead', async () => {
  const on = await reviewGround()
  const request = await on.waiting()
  const actor = on.somebody(alice, 'member')
  const asked = await on.rules.askToForget(actor)
  if (asked.outcome !== 'confirmForget') throw new Error(asked.outcome)
  expect(await on.rules.forget(actor, { draftId: asked.draftId })).toMatchObject({ outcome: 'forgotten' })
  const left = [on.ports.requests.list(''), on.ports.waiting.list(''), on.ports.counters.list('')]
  expect((await Promise.all(left)).flat()).toEqual([])
  expect(on.ports.requests.ofMember(guildId, alice)).toEqual([])
  expect(on.cards.get(`card-${request.id}`)?.request.state).toBe('withdrawn')
  const rob = on.somebody('rob', 'reviewer')
  expect(await on.rules.approveRequest(rob, on.press(request, '1'))).toMatchObject({ reason: 'requestGone' })
})

test('a request that waits takes its place once, and not again with every round of the job', async () => {
  const on = await reviewGround()
  await on.waiting()
  const written: string[] = []
  const { waiting } = on.ports
  const noting: typeof waiting = {
    ...waiting,
    update(key, change) {
      written.push(key)
      return waiting.update(key, change)
    },
  }
  await settleRequests({ ...on.ports, waiting: noting })
  expect(written).toEqual([])
  expect(await waiting.list('')).toHaveLength(1)
})

test('of twenty requests that reach for one place at the same moment one has it, and all agree which', async () => {
  const on = await reviewGround()
  const first = await on.waiting()
  await on.rules.withdrawRequest(on.somebody(alice, 'member'), { requestId: first.id })
  const requests = Array.from({ length: 20 }, (_, at) => ({ ...first, id: `rival-${at}` }))
  for (const each of requests) await on.ports.requests.update(requestKey(each), () => each)
  const winners = await Promise.all(requests.map((each) => takeSlot(on.ports, each)))
  expect(new Set(winners).size).toBe(1)
})

describe('a press that has no right to it is refused, and nothing happens', () => {
  test('wrong guild, message and channel, expired, withdrawn, self, no role, role lost, replay', async () => {
    const on = await reviewGround()
    const request = await on.waiting()
    const rob = on.somebody('rob', 'reviewer')
    const press = on.press(request, 'p')
    const { card } = press
    const elsewhere = { ...dora, guildId: id<GuildId>('2') }
    const reasons: unknown[] = []
    const tries = async (
      actor: typeof rob,
      change: Partial<Omit<typeof press, 'card'>> & { card?: unknown },
    ) => {
      const changed = { ...press, ...change } as typeof press
      const all = [
        await on.rules.approveRequest(actor, changed),
        await on.rules.denyRequest(actor, changed),
        await on.rules.openReviewPanel(actor, changed),
        await on.rules.askRequester(actor, { ...changed, text: 'hm?' }),
      ]
      const found = new Set(all.map((each) => (each.outcome === 'refused' ? each.reason : each.outcome)))
      reasons.push([...found].join(' '))
    }
    await tries(elsewhere, {})
    await tries(rob, { card: { ...card, messageId: 'another' } })
    await tries(rob, { card: { ...card, channelId: id<ChannelId>('5') } })
    await tries(rob, { card: undefined })
    await tries(rob, { requestId: 'nonsense' })
    await tries(on.somebody(alice, 'manager'), {})
    await tries({ ...dora, memberId: alice }, {})
    await tries(on.somebody('mallory'), {})
    await tries(on.somebody('ivo', 'inviter'), {})
    await on.rules.withdrawRequest(on.somebody(alice), { requestId: request.id })
    await tries(rob, {})
    const second = await on.waiting()
    on.clock.pass(requestLifeMs + 1)
    await tries(rob, on.press(second, 'late'))
    expect(reasons).toEqual([
      'requestGone',
      'oldCard',
      'oldCard',
      'oldCard',
      'requestGone',
      'ownRequest',
      'ownRequest',
      'notAllowed',
      'notAllowed',
      'requestClosed',
      'requestClosed',
    ])
    expect(created(on)).toBe(0)
    expect(on.told).toEqual([])
    expect((await on.request(request.id)).decisions).toEqual([])
  })

  test('a reviewer whose own Plex account it is for does not decide on it', async () => {
    const on = await reviewGround()
    const rob = on.somebody('rob', 'reviewer')
    const who = { email: 'rob@example.com' }
    const ivo = on.somebody('ivo', 'inviter')
    await on.limit('inviter', { needsReview: true })
    const made = await on.rules.invite(ivo, { id: '1', email: 'rob@example.com', libraries: 'Movies' })
    if (made.outcome !== 'requested') throw new Error(made.outcome)
    const linked = { guildId, who, linkedAt: new Date(), linkedBy: dora.memberId }
    await on.ports.links.link({ ...linked, memberId: rob.memberId })
    expect(await on.rules.approveRequest(rob, on.press(made.request, '2'))).toMatchObject({
      reason: 'ownRequest',
    })
  })

  test('the panel belongs to who opened it, and its confirmation asks for everything again', async () => {
    const on = await reviewGround()
    const request = await on.waiting()
    const rob = on.somebody('rob', 'reviewer')
    const panel = await on.rules.openReviewPanel(rob, on.press(request, '1'))
    if (panel.outcome !== 'panel') throw new Error(panel.outcome)
    const save = { id: '2', draftId: panel.draftId }
    const rita = on.somebody('rita', 'reviewer')
    expect(await on.rules.approveChanged(rita, save)).toMatchObject({ reason: 'notYours' })
    expect(await on.rules.approveChanged(on.somebody('rob', 'member'), save)).toMatchObject({
      reason: 'notAllowed',
    })
    await on.rules.denyRequest(rita, on.press(request, '3'))
    expect(await on.rules.approveChanged(rob, save)).toMatchObject({ reason: 'requestClosed' })
    expect(created(on)).toBe(0)
  })

  test('every press on a panel that is refused leaves a trace', async () => {
    const on = await reviewGround()
    const request = await on.waiting()
    const noted: unknown[] = []
    on.ports.log = { ...silentLog, warn: ({ memberId, reason }) => noted.push(`${memberId} ${reason}`) }
    const panel = await on.rules.openReviewPanel(on.somebody('rob', 'reviewer'), on.press(request, '1'))
    if (panel.outcome !== 'panel') throw new Error(panel.outcome)
    const { draftId } = panel
    const rita = on.somebody('rita', 'reviewer')
    const elsewhere = { ...dora, guildId: id<GuildId>('2') }
    for (const actor of [rita, elsewhere]) {
      await on.rules.changeReviewPanel(actor, { draftId, part: 0, ticked: [] })
      await on.rules.changeReviewPanel(actor, { draftId, lasts: 'forever' })
      await on.rules.approveChanged(actor, { id: '2', draftId })
    }
    await on.rules.approveChanged(on.somebody('rob', 'member'), { id: '2', draftId })
    const [notYours, draftGone] = ['rita notYours', `${dora.memberId} draftGone`]
    expect(noted).toEqual([
      ...[notYours, notYours, notYours, draftGone, draftGone, draftGone],
      'rob notAllowed',
    ])
  })

  test('nothing that is made up reaches anything', async () => {
    const on = await reviewGround()
    const request = await on.waiting()
    const rob = on.somebody('rob', 'reviewer')
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 90 }),
      fc.constantFrom('', '__proto__', ':', '%'),
    )
    const [card] = request.cards
    await fc.assert(
      fc.asyncProperty(text, text, text, async (requestId, messageId, channelId) => {
        const made = { channelId: id<ChannelId>(channelId), messageId }
        const outcomes = [
          await on.rules.approveRequest(rob, { id: 'x', requestId, card }),
          await on.rules.approveRequest(rob, { id: 'x', requestId: request.id, card: made }),
          await on.rules.approveChanged(rob, { id: 'x', draftId: requestId }),
          await on.rules.withdrawRequest(rob, { requestId }),
          await on.rules.answerReviewer({
            guildId: id<GuildId>(messageId),
            memberId: alice,
            requestId,
            text: 'x',
          }),
          await on.rules.changeReviewPanel(rob, { draftId: requestId, part: Number(messageId), ticked: [] }),
          await on.rules.requestWithAccount(rob, { id: 'x', draftId: requestId, typed: messageId }),
        ]
        expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['refused']))
      }),
      { numRuns: 200 },
    )
    expect(created(on)).toBe(0)
    expect((await on.request(request.id)).decisions).toEqual([])
  })
})

describe('whenever the process dies', () => {
  const points = crashPoints.filter((point) => /a request is|card|ruling|approval/u.test(point))

  test.each(points)('%s: one request, one card, one decision, one invitation, told once', async (point) => {
    const plex = await startPretendPlex()
    const file = await temporaryFile()
    const before = await reviewGround({ plex, file })
    let died = 0
    before.ports.crashPoint = (passed) => {
      if (passed !== point) return
      died += 1
      throw new Error('the process dies here')
    }
    const asksAndApproves = async () => {
      const asked = await before.waiting()
      await before.rules.approveRequest(before.somebody('rob', 'reviewer'), before.press(asked, 'yes'))
    }
    await expect(asksAndApproves()).rejects.toThrow('the process dies here')
    expect(died).toBe(1)

    const after = await reviewGround({ plex, file })
    const rob = after.somebody('rob', 'reviewer')
    after.somebody(alice, 'member')
    await settleRequests(after.ports)
    const kept = await after.ports.requests.list('')
    const request = kept[0] ?? (await after.waiting())
    if (request.state === 'waiting') await after.rules.approveRequest(rob, after.press(request, 'yes'))
    await deliverOwed(after.ports)
    await settleRequests(after.ports)
    const all = await after.ports.requests.list('')
    expect(all).toHaveLength(1)
    expect(all[0]).toMatchObject({ state: 'approved', cards: [{}], owesNotice: false })
    expect(all[0]?.decisions).toHaveLength(1)
    expect(all[0]?.shown).toBe(all[0]?.version)
    expect(new Set([...before.cards.keys(), ...after.cards.keys()]).size).toBe(1)
    expect(created(after)).toBe(1)
    expect([...before.told, ...after.told].filter(({ what }) => what === 'invited')).toHaveLength(1)
    expect(after.ports.requests.unsettled()).toEqual([])
    await plex.close()
  })
})

describe('what was approved is carried out', () => {
  test('plex.tv is down: the decision stands, and it is sent when plex.tv is back', async () => {
    const on = await reviewGround()
    const request = await on.waiting()
    await on.plex.faults.down()
    on.clock.pass(2 * days)
    const rob = on.somebody('rob', 'reviewer')
    const outcome = await on.rules.approveRequest(rob, on.press(request, '1'))
    expect(outcome).toMatchObject({ outcome: 'decided', request: { state: 'approved' } })
    await on.plex.faults.up()
    on.clock.pass(10 * minutes)
    await deliverOwed(on.ports)
    await settleRequests(on.ports)
    expect(created(on)).toBe(1)
    expect(await on.request(request.id)).toMatchObject({ effect: { came: 'invited' }, owesNotice: false })
    await settleRequests(on.ports)
    expect(created(on)).toBe(1)
    expect(on.ports.requests.unsettled()).toEqual([])
  })

  test('the process died right after the decision: the next one carries it out, once', async () => {
    const plex = await startPretendPlex()
    const file = await temporaryFile()
    const before = await reviewGround({ plex, file })
    const request = await before.waiting()
    const rob = before.somebody('rob', 'reviewer')
    const broken = { ...before.ports, connections: before.ports.connections }
    before.actors.delete(rob.memberId)
    broken.members.actor = async () => {
      throw new Error('the process dies here')
    }
    await before.rules.approveRequest(rob, before.press(request, '1'))
    expect(created(before)).toBe(0)

    const after = await reviewGround({ plex, file })
    after.somebody('rob', 'reviewer')
    after.somebody(alice, 'member')
    expect(await after.request(request.id)).toMatchObject({ state: 'approved' })
    await settleRequests(after.ports)
    await settleRequests(after.ports)
    expect(created(after)).toBe(1)
    expect(await after.request(request.id)).toMatchObject({ effect: { came: 'invited' } })
    await plex.close()
  })

  test('who approved lost the role before it could be sent: it is not sent, and the card says so', async () => {
    const on = await reviewGround()
    const request = await on.waiting()
    const rob = on.somebody('rob', 'reviewer')
    on.somebody('rob', 'member')
    await on.rules.approveRequest(rob, on.press(request, '1'))
    expect(await on.request(request.id)).toMatchObject({ effect: { came: 'notAllowed' } })
    expect(created(on)).toBe(0)
    expect(on.told).toEqual([{ to: alice, what: 'request approved' }])
  })

  test('who asked has left the Discord server: nothing is sent', async () => {
    const on = await reviewGround()
    const request = await on.waiting()
    on.actors.set(alice, undefined)
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, '1'))
    expect(await on.request(request.id)).toMatchObject({ effect: { came: 'notAllowed' } })
    expect(created(on)).toBe(0)
  })

  test('an account that somebody else has is not tied to who typed it', async () => {
    const on = await reviewGround()
    const who = on.somebody(alice, 'member')
    const first = await on.rules.requestAccess(who, { id: '1', libraries: 'Movies' })
    if (first.outcome !== 'whichAccount') throw new Error(first.outcome)
    await on.sharing.shares('active')
    const typed = { id: '2', draftId: first.draftId, typed: 'mira@example.com' }
    expect(await on.rules.requestWithAccount(who, typed)).toMatchObject({ reason: 'accountInUse' })
  })

  test('an account that turns out to have a share only at the approval is not tied to who typed it either', async () => {
    const on = await reviewGround()
    const request = await on.waiting(undefined, 'mira@example.com')
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, '1'))
    expect(await on.request(request.id)).toMatchObject({ effect: { came: 'alreadyHas' } })
    expect(await on.ports.links.ofMember(guildId, alice)).toBeUndefined()
    expect(created(on)).toBe(0)
  })

  test('a crash between keeping a request and taking its place leaves at most one', async () => {
    const on = await reviewGround()
    const request = await on.waiting()
    const lost = { ...request, id: 'lost', cards: [] }
    await on.ports.requests.update(requestKey(lost), () => lost)
    await settleRequests(on.ports)
    expect((await on.ports.requests.list('')).map((each) => each.id)).toEqual([request.id])
    expect(on.cards.size).toBe(1)
  })
})
