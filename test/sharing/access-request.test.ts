import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type GuildId, id, type LibraryId, type MemberId, type ServerId } from '../../src/lib/ids.ts'
import {
  type AccessRequest,
  carriedOut,
  decideOnRequest,
  expired,
  type Grant,
  isUnsettled,
  newRequest,
  requestLifeMs,
  type Verdict,
  withdrawn,
} from '../../src/sharing/access-request.ts'
import { allLibraries } from '../../src/sharing/library-access.ts'

const member = (name: string) => id<MemberId>(name)
const start = new Date('2026-11-21T20:00:00Z')
const at = (ms: number) => new Date(start.getTime() + ms)
const movies: Grant = { access: { kind: 'some', libraries: [id<LibraryId>('1')] } }
const everything: Grant = { access: allLibraries }

const waiting = (more: Partial<AccessRequest> = {}): AccessRequest => ({
  ...newRequest(
    {
      id: 'r1',
      guildId: id<GuildId>('1'),
      serverId: id<ServerId>('s'),
      memberId: member('alice'),
      right: 'request',
      forMember: member('alice'),
      who: { email: 'alice@example.com' },
      isLinked: false,
      wanted: movies,
    },
    start,
  ),
  ...more,
})
const approve = (by: string, press = `by ${by}`, grant = movies): Verdict => ({
  id: press,
  by: member(by),
  verdict: 'approve',
  grant,
})
const deny = (by: string, press = `no of ${by}`): Verdict => ({ id: press, by: member(by), verdict: 'deny' })
const rule = (request: AccessRequest, verdict: Verdict, approvalsNeeded = 1, now = at(1_000)) =>
  decideOnRequest(request, verdict, { now, approvalsNeeded })

/** The request after these verdicts, with what each came to. */
function pressed(request: AccessRequest, verdicts: readonly Verdict[], approvalsNeeded = 1) {
  const came: string[] = []
  let now = request
  for (const verdict of verdicts) {
    const ruling = rule(now, verdict, approvalsNeeded)
    came.push(ruling.is)
    if ('request' in ruling) now = ruling.request
  }
  return { request: now, came }
}

describe('a request', () => {
  test('is decided by the first press; later ones and the same one again change nothing', () => {
    const { request, came } = pressed(waiting(), [
      approve('rob'),
      deny('dora'),
      approve('rob'),
      approve('rob', 'x'),
    ])
    expect(came).toEqual(['decided', 'closed', 'repeated', 'closed'])
    expect(request).toMatchObject({ state: 'approved', owesNotice: true, decisions: [{ by: 'rob' }] })
  })

  test('is never decided by who asked or whom it is for', () => {
    const forBob = waiting({ memberId: member('ivo'), forMember: member('bob'), right: 'invite' })
    expect(pressed(forBob, [approve('ivo'), approve('bob'), deny('ivo'), deny('bob')]).came).toEqual([
      'own',
      'own',
      'own',
      'own',
    ])
  })

  test('waits for as many different approvals as are demanded; one denial is enough', () => {
    const two = pressed(waiting(), [approve('rob'), approve('rob', 'again'), approve('dora')], 2)
    expect(two.came).toEqual(['counted', 'votedAlready', 'decided'])
    expect(two.request.state).toBe('approved')
    const no = pressed(waiting(), [approve('rob'), deny('dora'), approve('olive')], 2)
    expect(no.came).toEqual(['counted', 'decided', 'closed'])
    expect(no.request.state).toBe('denied')
  })

  test('approvals of different things do not add up', () => {
    const { request, came } = pressed(
      waiting(),
      [approve('rob'), approve('dora', 'd', everything), approve('rob', 'r', everything)],
      2,
    )
    expect(came).toEqual(['counted', 'counted', 'decided'])
    expect(request).toMatchObject({ state: 'approved', wanted: everything })
  })

  test('dies when its time is over, even before the job has come round', () => {
    const late = at(requestLifeMs)
    expect(rule(waiting(), approve('rob'), 1, late).is).toBe('closed')
    expect(expired(waiting(), at(requestLifeMs - 1)).state).toBe('waiting')
    expect(expired(waiting(), late)).toMatchObject({ state: 'expired', owesNotice: true })
  })

  test('can be taken back only while nobody has decided, and nobody is told of it', () => {
    const gone = withdrawn(waiting(), member('alice'), at(1))
    expect(gone).toMatchObject({ state: 'withdrawn', owesNotice: false })
    expect(rule(gone, approve('rob')).is).toBe('closed')
    const { request } = pressed(waiting(), [approve('rob')])
    expect(withdrawn(request, member('alice'), at(2_000))).toBe(request)
  })

  test('keeps what an approval came to, but for what was on its way', () => {
    const { request } = pressed(waiting(), [approve('rob')])
    const kept = carriedOut(request, { came: 'kept', at: at(2) })
    const invited = carriedOut(kept, { came: 'invited', at: at(3) })
    expect(invited.effect?.came).toBe('invited')
    expect(carriedOut(invited, { came: 'failed', at: at(4) })).toBe(invited)
    expect(carriedOut(waiting(), { came: 'invited', at: at(1) }).effect).toBeUndefined()
    expect([request, kept].map(isUnsettled)).toEqual([true, true])
  })

  test('whatever is pressed in whatever order: one decision, nobody on his own, enough approvals of the same', () => {
    const verdict = fc
      .record({
        by: fc.constantFrom('alice', 'bob', 'rob', 'dora', 'olive'),
        press: fc.nat(12),
        yes: fc.boolean(),
        all: fc.boolean(),
      })
      .map(({ by, press, yes, all }) =>
        yes ? approve(by, `${press}`, all ? everything : movies) : deny(by, `${press}`),
      )
    fc.assert(
      fc.property(fc.array(verdict, { maxLength: 12 }), fc.integer({ min: 1, max: 3 }), (all, needed) => {
        const { request, came } = pressed(waiting({ forMember: member('bob') }), all, needed)
        expect(came.filter((each) => each === 'decided').length).toBeLessThanOrEqual(1)
        expect(request.decisions.every(({ by }) => by !== 'alice' && by !== 'bob')).toBe(true)
        expect(new Set(request.decisions.map((each) => each.id)).size).toBe(request.decisions.length)
        expect(request.version).toBe(1 + request.decisions.length)
        if (request.state === 'approved') {
          const same = request.decisions.filter(
            (each) => each.verdict === 'approve' && each.grant.access.kind === request.wanted.access.kind,
          )
          expect(new Set(same.map(({ by }) => by)).size).toBeGreaterThanOrEqual(needed)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
