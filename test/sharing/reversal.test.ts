import { describe, expect, test } from 'vitest'
import {
  id,
  type LibraryId,
  type MemberId,
  type PersonId,
  type ServerId,
  type ShareId,
} from '../../src/lib/ids.ts'
import {
  confirmed,
  decide,
  ended,
  newPerson,
  observed,
  type Person,
  refused,
} from '../../src/sharing/person.ts'
import type { Share } from '../../src/sharing/ports.ts'
import { restorableUntil, restoreOf, undoOf } from '../../src/sharing/reversal.ts'
import { dora, ground, guildId } from '../support/ground.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 10, 21, hour))
const by = dora.memberId
const movies = { kind: 'some', libraries: [id<LibraryId>('1')] } as const
const music = { kind: 'some', libraries: [id<LibraryId>('2')] } as const
const share: Share = {
  id: id<ShareId>('9'),
  status: 'active',
  who: { username: 'mira_q' },
  access: movies,
  settings: { allowSync: true, filterMovies: 'contentRating=G' },
}
const begin = newPerson({
  id: id<PersonId>('p'),
  guildId,
  serverId: id<ServerId>('s'),
  who: { username: 'mira_q' },
})
const active = observed(begin, share, at(1))
const end = (person: Person, decision: string, hour: number, mode: 'remove' | 'suspend' = 'remove') =>
  ended(decide(person, { id: decision, want: { to: 'end', mode }, by }, at(hour), 0), at(hour))

describe('the way back', () => {
  test('from an ended access is the same libraries, restrictions and end', () => {
    const person = end({ ...active, endsAt: at(20) }, 'a', 2)
    const want = { to: 'share', access: movies, settings: share.settings, endsAt: at(20) }
    expect(undoOf(person, 'a', at(3))).toEqual({ ok: true, want })
    expect(restoreOf(person, at(3))).toEqual({ ok: true, want })
    expect(restoreOf(person, at(21))).toEqual({ ok: false, because: 'endedMeanwhile' })
  })

  test('from libraries that plex.tv never named is none: nothing is guessed', () => {
    const { access: _, ...seen } = { ...active.seen, access: undefined }
    const person = end({ ...active, seen: seen as Person['seen'] }, 'a', 2)
    expect(undoOf(person, 'a', at(3))).toEqual({ ok: false, because: 'librariesUnknown' })
  })

  test('leads behind no newer decision', () => {
    const person = end(active, 'a', 2)
    const later = decide(person, { id: 'b', want: { to: 'share', access: music }, by }, at(3), 0)
    expect(undoOf(later, 'a', at(3))).toEqual({ ok: false, because: 'changedSince' })
    expect(undoOf(confirmed(later, { ...share, access: music }, at(3)), 'a', at(3))).toMatchObject({
      ok: false,
    })
    expect(restoreOf(later, at(3))).toEqual({ ok: false, because: 'changedSince' })
  })

  test('stays open where an attempt to restore came to nothing', () => {
    const person = end(active, 'a', 2)
    const attempt = decide(person, { id: 'b', want: { to: 'share', access: movies }, by }, at(3), 0)
    const failed = refused(attempt, 'conflict', at(3))
    expect(restoreOf(failed, at(4))).toMatchObject({ ok: true, want: { access: movies } })
  })

  test('is open for 30 days after a removal, and for good after a suspension', () => {
    const day = 24
    expect(restoreOf(end(active, 'a', 0), at(29 * day))).toMatchObject({ ok: true })
    expect(restoreOf(end(active, 'a', 0), at(30 * day))).toEqual({ ok: false, because: 'tooLongAgo' })
    expect(restorableUntil(end(active, 'a', 0))).toEqual(at(30 * day))
    const suspended = end(active, 'a', 0, 'suspend')
    expect(suspended.suspended).toEqual(movies)
    expect(restorableUntil(suspended)).toBeUndefined()
    expect(restoreOf(suspended, at(9_000))).toMatchObject({ ok: true, want: { settings: share.settings } })
  })
})

describe('an undo on real ground', () => {
  const ivo = { ...dora, memberId: id<MemberId>('5'), managesServer: false, roleIds: [] }

  async function revoked() {
    const on = await ground()
    const asked = await on.rules.askToRevoke(dora, { who: 'mira_q', mode: 'remove' })
    if (asked.outcome !== 'confirmShare') throw new Error(asked.outcome)
    const done = await on.rules.revoke(dora, { id: '1', draftId: asked.draftId })
    if (done.outcome !== 'revoked' || !done.undo) throw new Error(done.outcome)
    return { on, draftId: done.undo }
  }

  test('is refused to others, whatever button they send', async () => {
    const { on, draftId } = await revoked()
    expect(await on.rules.undo(ivo, { draftId })).toMatchObject({
      reason: 'notAllowed',
      capability: 'revoke',
    })
    expect(on.plex.ledger).toHaveLength(1)
  })

  test('of somebody else is a right of those who may end access', async () => {
    const { on, draftId } = await revoked()
    expect(await on.rules.undo({ ...dora, memberId: id<MemberId>('6') }, { draftId })).toMatchObject({
      outcome: 'takenBack',
    })
  })

  test('of an invitation is refused to another inviter', async () => {
    const on = await ground()
    const role = id<(typeof dora.roleIds)[number]>('77')
    await on.rules.setRoleLevel(dora, { roleId: role, level: 'inviter' })
    const invited = await on.rules.invite(dora, { id: '1', email: 'fresh@example.com', libraries: 'Movies' })
    if (invited.outcome !== 'invited' || !invited.undo) throw new Error(invited.outcome)
    const other = { ...ivo, roleIds: [role] }
    expect(await on.rules.undo(other, { draftId: invited.undo })).toMatchObject({ reason: 'notYours' })
  })

  test('in another guild finds nothing', async () => {
    const { on, draftId } = await revoked()
    const elsewhere = { ...dora, guildId: id<typeof guildId>('2') }
    expect(await on.rules.undo(elsewhere, { draftId })).toMatchObject({ reason: 'undoOver' })
  })

  test.each(['', 'x'.repeat(65), 'a b', '../1', '%00'])('a made-up person %j is nobody', async (personId) => {
    const on = await ground()
    const press = { id: '1', personId: id<PersonId>(personId) }
    expect(await on.rules.restore(dora, press)).toMatchObject({ reason: 'cannotGoBack' })
  })
})
