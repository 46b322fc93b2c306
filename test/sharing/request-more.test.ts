import { describe, expect, test } from 'vitest'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { settleRequests } from '../../src/jobs/settle-requests.ts'
import { crashPoints } from '../../src/lib/crash-point.ts'
import { id, type MemberId } from '../../src/lib/ids.ts'
import { startPretendPlex } from '../../src/sandbox/plex/start.ts'
import type { AccessRequest } from '../../src/sharing/access-request.ts'
import type { PlexIdentity } from '../../src/sharing/ports.ts'
import { temporaryFile } from '../storage/temporary-store.ts'
import { alice, dora, type Ground, guildId } from '../support/ground.ts'
import { type ReviewGround, reviewGround } from '../support/review-ground.ts'
import { days, minutes } from '../support/shifted-clock.ts'

const mira = { email: 'mira@example.com' }
const [movies, shows, music, photos] = ['910000001', '910000002', '910000003', '910000004']

const tie = (on: Ground, who: PlexIdentity, memberId: MemberId = alice) =>
  on.ports.links.link({ guildId, memberId, who, linkedAt: on.clock.now(), linkedBy: dora.memberId })
const deeds = ({ plex }: Ground) => plex.ledger.map(({ did }) => did)
const has = ({ plex }: Ground) =>
  plex.world.shares.find((each) => each.id === 30000001)?.libraryIds.map(String)

/** alice is tied to mira's account, which has Movies and TV Shows, and asks for more. */
async function asks(on: ReviewGround, libraries = 'Music', press = 'asks'): Promise<AccessRequest> {
  await tie(on, mira)
  const made = await on.rules.requestAccess(on.somebody(alice, 'member'), { id: press, libraries })
  if (made.outcome !== 'requested') throw new Error(JSON.stringify(made))
  return made.request
}
const cameOf = async (on: ReviewGround, { id: request }: AccessRequest) =>
  (await on.request(request)).effect?.came

describe('what is added', () => {
  test('is what was asked for and is not there, once, however often the press is delivered', async () => {
    const on = await reviewGround()
    const request = await asks(on, 'Movies, Music')
    expect(request).toMatchObject({
      has: { access: { libraries: [movies, shows] } },
      wanted: { access: { libraries: [music] } },
    })
    const rob = on.somebody('rob', 'reviewer')
    await Promise.all(Array.from({ length: 5 }, () => on.rules.approveRequest(rob, on.press(request, 'yes'))))
    await settleRequests(on.ports)
    expect(deeds(on)).toEqual(['libraries-changed'])
    expect(has(on)).toEqual([movies, shows, music])
    expect(await cameOf(on, request)).toBe('changed')
    expect((await on.request(request.id)).history.filter(({ what }) => what === 'approved')).toHaveLength(1)
    expect(on.told).toEqual([{ to: alice, what: 'request approved' }])
  })

  test('is added to what is there at that moment, and to nothing older', async () => {
    const on = await reviewGround()
    const request = await asks(on)
    on.plex.change((world) => ({
      ...world,
      shares: world.shares.map((each) =>
        each.id === 30000001 ? { ...each, libraryIds: [910000002, 910000004] } : each,
      ),
    }))
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, '1'))
    expect(has(on)).toEqual([shows, music, photos])
  })

  test('gives no end date to an access without one, whatever the roles may grant at most', async () => {
    const on = await reviewGround()
    await on.limit('member', { longestMs: 7 * days })
    await on.limit('reviewer', { longestMs: 7 * days })
    const request = await asks(on)
    expect(request.wanted).not.toHaveProperty('durationMs')
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, '1'))
    expect(await cameOf(on, request)).toBe('changed')
    const [person] = await on.ports.people.list('')
    expect(person).not.toHaveProperty('endsAt')
  })

  test('takes no end date away, and what a panel says of a length of time counts for nothing', async () => {
    const on = await reviewGround()
    const asked = await on.rules.askToRevoke(dora, { who: 'mira_q', mode: 'remove' })
    if (asked.outcome !== 'confirmShare') throw new Error(asked.outcome)
    await on.rules.revoke(dora, { id: 'ends', draftId: asked.draftId })
    const again = { id: 'again', email: mira.email, libraries: 'Movies', duration: '30d' }
    await on.rules.invite(dora, again)
    const endsAt = async () => (await on.ports.people.list('')).map((person) => person.endsAt)
    const before = await endsAt()
    const request = await asks(on)
    expect(request.has?.endsAt).toEqual(before[0])
    const rob = on.somebody('rob', 'reviewer')
    const panel = await on.rules.openReviewPanel(rob, on.press(request, '1'))
    if (panel.outcome !== 'panel') throw new Error(panel.outcome)
    const { draftId } = panel
    const lasting = await on.rules.changeReviewPanel(rob, { draftId, lasts: 90 * days })
    expect(lasting).not.toHaveProperty('durationMs')
    await on.rules.approveChanged(rob, { id: '2', draftId })
    expect(await on.request(request.id)).toMatchObject({ effect: { came: 'changed' } })
    expect((await on.request(request.id)).wanted).not.toHaveProperty('durationMs')
    expect(await endsAt()).toEqual(before)
    expect(before[0]).toBeInstanceOf(Date)
  })

  test('is ticked among what is not there yet, and nothing else', async () => {
    const on = await reviewGround()
    const request = await asks(on)
    const rob = on.somebody('rob', 'reviewer')
    const panel = await on.rules.openReviewPanel(rob, on.press(request, '1'))
    if (panel.outcome !== 'panel') throw new Error(panel.outcome)
    const { draftId } = panel
    const ticked = await on.rules.changeReviewPanel(rob, {
      draftId,
      part: 0,
      ticked: [movies ?? '', photos ?? ''],
    })
    expect(ticked).toMatchObject({ access: { libraries: [photos] } })
    await on.rules.approveChanged(rob, { id: '2', draftId })
    expect(has(on)).toEqual([movies, shows, photos])
  })
})

describe('who may', () => {
  test('a role that may ask only for a set may ask for that, whatever it has besides', async () => {
    const on = await reviewGround()
    await on.rules.setLibrarySet(dora, { name: 'Songs', libraries: 'Music' })
    await on.limit('member', { sets: ['Songs'] })
    await tie(on, mira)
    const who = on.somebody(alice, 'member')
    const asked = await on.rules.requestAccess(who, { id: '1', libraries: 'Movies, Photos' })
    expect(asked).toMatchObject({ reason: 'beyondLimits', sets: ['Songs'] })
    const made = await on.rules.requestAccess(who, { id: '2', libraries: 'Movies, Music' })
    expect(made).toMatchObject({ outcome: 'requested' })
  })

  test('the limits of whoever approves are asked at the press, and again when it is carried out', async () => {
    const on = await reviewGround()
    await on.rules.setLibrarySet(dora, { name: 'Films', libraries: 'Movies, TV Shows' })
    const request = await asks(on)
    const rob = on.somebody('rob', 'reviewer')
    await on.limit('reviewer', { sets: ['Films'] })
    expect(await on.rules.approveRequest(rob, on.press(request, '1'))).toMatchObject({
      reason: 'beyondLimits',
    })
    expect((await on.request(request.id)).state).toBe('waiting')

    await on.limit('reviewer', {})
    await on.plex.faults.down()
    await on.rules.approveRequest(rob, on.press(request, '2'))
    await on.limit('reviewer', { sets: ['Films'] })
    await on.plex.faults.up()
    on.clock.pass(minutes)
    await settleRequests(on.ports)
    expect(await cameOf(on, request)).toBe('notAllowed')
    expect(deeds(on)).toEqual([])
  })

  test('it takes a place of the reviewer’s week, and gives it back where nothing was given', async () => {
    const on = await reviewGround()
    await on.limit('reviewer', { grantsPerWeek: 1 })
    const rob = on.somebody('rob', 'reviewer')
    const request = await asks(on)
    on.plex.change((world) => ({
      ...world,
      shares: world.shares.filter(({ id: share }) => share !== 30000001),
    }))
    await on.rules.approveRequest(rob, on.press(request, '1'))
    expect(await cameOf(on, request)).toBe('shareGone')
    const other = await on.waiting(on.somebody('bob', 'member'), 'bob@example.com')
    expect(await on.rules.approveRequest(rob, on.press(other, '2'))).toMatchObject({ outcome: 'decided' })
    const third = await on.waiting(on.somebody('carl', 'member'), 'carl@example.com')
    expect(await on.rules.approveRequest(rob, on.press(third, '3'))).toMatchObject({ reason: 'limitReached' })
  })

  test('an account that was only typed tells nobody what it has', async () => {
    const on = await reviewGround()
    await on.sharing.shares('active')
    const who = on.somebody('bob', 'member')
    const first = await on.rules.requestAccess(who, { id: '1', libraries: 'Music' })
    if (first.outcome !== 'whichAccount') throw new Error(first.outcome)
    const typed = { id: '2', draftId: first.draftId, typed: mira.email }
    expect(await on.rules.requestWithAccount(who, typed)).toEqual({
      outcome: 'refused',
      reason: 'accountInUse',
    })
  })

  test('who is tied to another account by then gets nothing of it, and neither does the old one', async () => {
    const on = await reviewGround()
    const request = await asks(on)
    await tie(on, { email: 'other@example.com' })
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, '1'))
    expect(await cameOf(on, request)).toBe('failed')
    expect(deeds(on)).toEqual([])
  })

  test('the reviewer to whose account it would go does not decide on it', async () => {
    const on = await reviewGround()
    const request = await asks(on)
    expect(request.who).toEqual({ ...mira, accountId: '20000001' })
    const asker = on.somebody(alice, 'member', 'reviewer')
    expect(await on.rules.approveRequest(asker, on.press(request, '1'))).toMatchObject({
      reason: 'ownRequest',
    })
    const rob = on.somebody('rob', 'reviewer')
    await tie(on, { accountId: id('20000001'), username: 'mira_q' }, rob.memberId)
    expect(await on.rules.approveRequest(rob, on.press(request, '2'))).toMatchObject({ reason: 'ownRequest' })
  })
})

describe('what is not as it was', () => {
  const rounds: [string, string, (on: ReviewGround) => unknown][] = [
    [
      'the access is gone',
      'shareGone',
      (on) =>
        on.plex.change((world) => ({
          ...world,
          shares: world.shares.filter((each) => each.id !== 30000001),
        })),
    ],
    ['all of it is there', 'hasAll', (on) => edit(on, { libraryIds: [910000001, 910000003] })],
    ['the access is for everything by now', 'hasAll', (on) => edit(on, { allLibraries: true })],
    ['it is an invitation by now', 'stillPending', (on) => edit(on, { acceptedAt: null })],
    ['plex.tv names no libraries', 'librariesUnknown', (on) => edit(on, { libraryIds: [] })],
  ]
  const edit = (on: ReviewGround, change: object) =>
    on.plex.change((world) => ({
      ...world,
      shares: world.shares.map((each) => (each.id === 30000001 ? { ...each, ...change } : each)),
    }))

  test.each(rounds)('%s: nothing is sent, and the card says %s', async (_, came, change) => {
    const on = await reviewGround()
    const request = await asks(on)
    change(on)
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, '1'))
    expect(await cameOf(on, request)).toBe(came)
    expect(deeds(on)).toEqual([])
    expect(on.told).toEqual([{ to: alice, what: 'request approved' }])
    expect(on.ports.requests.unsettled()).toEqual([])
  })

  test('a library is gone: at the press nothing is decided, later nothing is sent', async () => {
    const on = await reviewGround()
    const request = await asks(on)
    const rob = on.somebody('rob', 'reviewer')
    const removed = () =>
      on.plex.change((world) => ({
        ...world,
        servers: world.servers.map((server) => ({
          ...server,
          libraries: server.libraries.filter(({ title }) => title !== 'Music'),
        })),
      }))
    await on.plex.faults.down()
    await on.rules.approveRequest(rob, on.press(request, '1'))
    await on.plex.faults.up()
    removed()
    on.clock.pass(5 * minutes)
    await settleRequests(on.ports)
    expect(await cameOf(on, request)).toBe('libraryGone')
    expect(deeds(on)).toEqual([])
  })

  test('what the server no longer has of the old does not keep the new back', async () => {
    const on = await reviewGround()
    const request = await asks(on)
    on.plex.change((world) => ({
      ...world,
      servers: world.servers.map((server) => ({
        ...server,
        libraries: server.libraries.filter(({ title }) => title !== 'TV Shows'),
      })),
    }))
    on.clock.pass(5 * minutes)
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, '1'))
    expect(await cameOf(on, request)).toBe('changed')
    expect(has(on)).toEqual([movies, music])
  })
})

describe('other decisions about her', () => {
  /** Approved while plex.tv was down, so that it is still to be carried out. */
  async function approvedInVain(on: ReviewGround) {
    const request = await asks(on)
    await on.plex.faults.down()
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, 'yes'))
    expect((await on.request(request.id)).effect).toBeUndefined()
    await on.plex.faults.up()
    on.clock.pass(minutes)
    return request
  }
  async function change(on: ReviewGround, press: string, ticked: readonly string[]) {
    const asked = await on.rules.askToChange(dora, { who: 'mira_q' })
    if (asked.outcome !== 'choose') throw new Error(asked.outcome)
    await on.rules.chooseLibraries(dora, { draftId: asked.draftId, part: 0, ticked })
    return on.rules.changeLibraries(dora, { id: press, draftId: asked.draftId })
  }

  test('a newer one is not overtaken by an approval that came late', async () => {
    const on = await reviewGround()
    const request = await approvedInVain(on)
    expect(await change(on, 'dora', [movies ?? ''])).toMatchObject({ outcome: 'changed' })
    await settleRequests(on.ports)
    expect(await cameOf(on, request)).toBe('failed')
    expect(has(on)).toEqual([movies])
  })

  test('not even one of the very moment in which it is carried out', async () => {
    const on = await reviewGround()
    const request = await asks(on)
    const { find } = on.ports.people
    let isOnce = true
    on.ports.people.find = async (guild, server, by) => {
      const found = await find(guild, server, by)
      if (by.shareId !== undefined && isOnce) {
        isOnce = false
        await change(on, 'dora', [movies ?? ''])
      }
      return found
    }
    on.clock.pass(1)
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, 'yes'))
    await settleRequests(on.ports)
    expect(isOnce).toBe(false)
    expect(has(on)).toEqual([movies])
    expect(deeds(on)).toEqual(['libraries-changed'])
  })

  test('an older one that has not come out yet is waited for', async () => {
    const on = await reviewGround()
    const request = await asks(on)
    on.plex.faults.once({ method: 'POST' }, { fault: 'reset after commit' })
    expect(await change(on, 'dora', [movies ?? ''])).toMatchObject({ outcome: 'unclear' })
    on.clock.pass(1_000)
    const rob = on.somebody('rob', 'reviewer')
    await on.rules.approveRequest(rob, on.press(request, 'yes'))
    await settleRequests(on.ports)
    expect((await on.request(request.id)).effect).toBeUndefined()
    expect(deeds(on)).toEqual(['libraries-changed'])
    on.clock.pass(10 * minutes)
    await deliverOwed(on.ports)
    await settleRequests(on.ports)
    expect(await cameOf(on, request)).toBe('changed')
    expect(has(on)).toEqual([movies, music])
  })

  test('an answer that is lost is looked for, and she is told once it has come out', async () => {
    const on = await reviewGround()
    const request = await asks(on)
    on.plex.faults.once({ method: 'POST' }, { fault: 'reset after commit' })
    await on.rules.approveRequest(on.somebody('rob', 'reviewer'), on.press(request, 'yes'))
    expect(await cameOf(on, request)).toBe('unclear')
    on.clock.pass(10 * minutes)
    await deliverOwed(on.ports)
    await settleRequests(on.ports)
    expect(await cameOf(on, request)).toBe('changed')
    expect(deeds(on)).toEqual(['libraries-changed'])
    expect(on.told.filter(({ to }) => to === alice).map(({ what }) => what)).toEqual([
      'request approved',
      'invited',
    ])
  })
})

describe('whenever the process dies', () => {
  const points = crashPoints.filter((point) =>
    /a request is|card|ruling|approval|decision|sending|reply|outcome/u.test(point),
  )

  test.each(points)('%s: one request, one decision, added once, told', async (point) => {
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
      const request = await asks(before)
      await before.rules.approveRequest(before.somebody('rob', 'reviewer'), before.press(request, 'yes'))
    }
    await expect(asksAndApproves()).rejects.toThrow('the process dies here')
    expect(died).toBe(1)

    const after = await reviewGround({ plex, file })
    const rob = after.somebody('rob', 'reviewer')
    after.somebody(alice, 'member')
    await settleRequests(after.ports)
    const kept = await after.ports.requests.list('')
    const request = kept[0] ?? (await asks(after))
    if (request.state === 'waiting') await after.rules.approveRequest(rob, after.press(request, 'yes'))
    after.clock.pass(10 * minutes)
    await deliverOwed(after.ports)
    await settleRequests(after.ports)
    const all = await after.ports.requests.list('')
    expect(all).toHaveLength(1)
    expect(all[0]).toMatchObject({ state: 'approved', effect: { came: 'changed' }, owesNotice: false })
    expect(all[0]?.decisions).toHaveLength(1)
    expect(deeds(after)).toEqual(['libraries-changed'])
    expect(has(after)).toEqual([movies, shows, music])
    expect([...before.told, ...after.told].some(({ what }) => what === 'request approved')).toBe(true)
    expect(after.ports.requests.unsettled()).toEqual([])
    await plex.close()
  })
})
