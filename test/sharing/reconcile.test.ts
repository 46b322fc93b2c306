import { describe, expect, test } from 'vitest'
import {
  type AccountId,
  type GuildId,
  id,
  type LibraryId,
  type MemberId,
  type PersonId,
  type ServerId,
  type ShareId,
} from '../../src/lib/ids.ts'
import { someLibraries } from '../../src/sharing/library-access.ts'
import { adopted, noted } from '../../src/sharing/note.ts'
import { decide, newPerson, type Person, stateOf } from '../../src/sharing/person.ts'
import type { Share, UntoldRow } from '../../src/sharing/ports.ts'
import { type Reconciliation, reconcile, type SharesRead } from '../../src/sharing/reconcile.ts'
import { hours, minutes } from '../support/shifted-clock.ts'

const noon = new Date('2026-03-01T12:00:00Z')
const at = (ms: number) => new Date(noon.getTime() + ms)
const interval = 15 * minutes
const nothingBefore = { missing: [], ignored: [] }
const decision = { id: '1', by: id<MemberId>('4') }

const share = (n: number, differences: Partial<Share> = {}): Share => ({
  id: id<ShareId>(`${n}`),
  status: 'active',
  who: { accountId: id<AccountId>(`9${n}`), username: `person${n}`, email: `person${n}@example.com` },
  access: someLibraries([id<LibraryId>('1'), id<LibraryId>('2')]),
  settings: {},
  ...differences,
})
const shares = (many: number) => Array.from({ length: many }, (_, n) => share(n))
/** Whoever has this share, taken over the day before. */
function known(of: Share): Person {
  const begin = { guildId: id<GuildId>('1'), serverId: id<ServerId>('s') }
  const person = newPerson({ id: id<PersonId>(`p${of.id}`), ...begin, who: of.who })
  return adopted(person, of, decision, at(-24 * hours))
}
const read = (all: readonly Share[], readAt = noon, untold: readonly UntoldRow[] = []): SharesRead => ({
  pending: all.filter(({ status }) => status === 'pending'),
  active: all.filter(({ status }) => status === 'active'),
  untold,
  readAt,
})
const kinds = ({ drift, notes }: Reconciliation) => [...drift, ...notes].map(({ kind }) => kind)

describe('comparing complete lists with what is known', () => {
  test('where they agree there is nothing to say', () => {
    const all = shares(20)
    expect(reconcile(read(all), all.map(known), nothingBefore, interval)).toEqual({
      drift: [],
      notes: [],
      missing: [],
      inDoubt: [],
    })
  })

  test('a share that nobody here made is shown, and never anything else', () => {
    const result = reconcile(read(shares(2)), [known(share(0))], nothingBefore, interval)
    expect(result.drift).toMatchObject([{ kind: 'unknownShare', share: { id: '1' } }])
    expect(result.notes).toEqual([])
  })

  test('an accepted invitation is noted by its share, with the account and address that accepted it', () => {
    const invited = share(5, { status: 'pending', who: { email: 'asked@example.com' } })
    const accepted = share(5, { who: { accountId: id<AccountId>('77'), email: 'other@example.com' } })
    const { notes, drift } = reconcile(read([accepted]), [known(invited)], nothingBefore, interval)
    expect(drift).toEqual([])
    const [note] = notes
    if (!note) throw new Error('nothing was noted')
    const person = noted(note.person, note, noon)
    expect(stateOf(person)).toBe('active')
    expect(person.who).toEqual({ accountId: '77', email: 'other@example.com' })
    expect(person.history.at(-1)).toMatchObject({ what: 'accepted' })
  })

  test('who accepts between the two lists stands in both, and counts as active', () => {
    const invited = share(5, { status: 'pending' })
    const both = { ...read([share(5)]), pending: [invited] }
    expect(kinds(reconcile(both, [known(invited)], nothingBefore, interval))).toEqual(['accepted'])
  })

  test('other libraries are shown, with both; what plex.tv does not name does not differ', () => {
    const before = known(share(1))
    const changed = share(1, { access: { kind: 'all' } })
    const { drift } = reconcile(read([changed]), [before], nothingBefore, interval)
    expect(drift).toMatchObject([{ kind: 'librariesDiffer', believed: { kind: 'some' }, share: changed }])
    const unnamed = reconcile(read([share(1, { access: undefined })]), [before], nothingBefore, interval)
    expect(kinds(unnamed)).toEqual([])
  })

  test('who has something on its way, or was confirmed after the reading began, is not judged', () => {
    const want = { to: 'end' as const, mode: 'remove' as const }
    const onTheWay = decide(known(share(1)), { ...decision, id: '2', want }, noon, 0)
    const justNow = adopted(known(share(2)), share(2), { ...decision, id: '3' }, at(1))
    const result = reconcile(read([]), [onTheWay, justNow], nothingBefore, interval)
    expect(result).toEqual({ drift: [], notes: [], missing: [], inDoubt: [] })
  })

  test('two accounts of one name are nobody: the share is left to a human', () => {
    const twin = (n: number) => known(share(n, { who: { username: 'same' } }))
    const stranger = share(9, { who: { username: 'same' } })
    const both = [twin(1), twin(2)]
    const { drift } = reconcile(read([share(1), share(2), stranger]), both, nothingBefore, interval)
    expect(drift).toMatchObject([{ kind: 'unknownShare' }])
    expect(drift[0]).not.toHaveProperty('person')
  })
})

describe('absence', () => {
  const here = shares(30)
  const everybody = here.map(known)
  const without = (many: number) => here.slice(many)

  test('in one reading proves nothing', () => {
    const { notes, drift } = reconcile(read(without(2)), everybody, nothingBefore, interval)
    expect(notes).toEqual([])
    expect(drift).toMatchObject([{ isConfirmed: false }, { isConfirmed: false }])
  })

  test('is believed after two readings that agree, one interval apart and not sooner', () => {
    const first = reconcile(read(without(2)), everybody, nothingBefore, interval)
    const remembered = { ...nothingBefore, missing: first.missing }
    const soon = reconcile(read(without(2), at(interval - 1)), everybody, remembered, interval)
    expect(soon.notes).toEqual([])
    const later = reconcile(read(without(2), at(interval)), everybody, remembered, interval)
    expect(later.notes.map(({ person }) => person.id)).toEqual(['p0', 'p1'])
  })

  test('begins anew where somebody was seen in between', () => {
    const first = reconcile(read(without(1)), everybody, nothingBefore, interval)
    const second = reconcile(
      read(here, at(interval)),
      everybody,
      { ...nothingBefore, missing: first.missing },
      interval,
    )
    expect(second.missing).toEqual([])
    const third = reconcile(
      read(without(1), at(2 * interval)),
      everybody,
      { ...nothingBefore, missing: second.missing },
      interval,
    )
    expect(third.notes).toEqual([])
  })

  test('begins anew where the clock was set back', () => {
    const first = reconcile(read(without(1), at(10 * hours)), everybody, nothingBefore, interval)
    const second = reconcile(
      read(without(1)),
      everybody,
      { ...nothingBefore, missing: first.missing },
      interval,
    )
    expect(second.missing).toEqual([{ personId: 'p0', since: noon }])
    expect(second.notes).toEqual([])
  })

  test('of somebody whom one said to ignore is never believed', () => {
    const first = reconcile(read(without(1)), everybody, nothingBefore, interval)
    const ignored = first.drift.map(({ key }) => key)
    const later = reconcile(
      read(without(1), at(interval)),
      everybody,
      { missing: first.missing, ignored },
      interval,
    )
    expect(later.notes).toEqual([])
  })

  test('that turns out to be none is taken back: the same share is shown again', () => {
    const [person] = everybody
    if (!person) throw new Error('nobody')
    const gone = noted(person, { kind: 'vanished', person }, at(interval))
    expect(stateOf(gone)).toBe('gone')
    const result = reconcile(read([share(0)], at(2 * interval)), [gone], nothingBefore, interval)
    expect(kinds(result)).toEqual(['reappeared'])
    const another = reconcile(
      read([share(0, { id: id<ShareId>('777') })], at(2 * interval)),
      [gone],
      nothingBefore,
      interval,
    )
    expect(another.drift).toMatchObject([{ kind: 'unknownShare', person: { id: 'p0' } }])
  })

  test.each([
    [30, 3, undefined],
    [30, 4, { count: 4, most: 3 }],
    [200, 20, undefined],
    [200, 21, { count: 21, most: 20 }],
    [200, 200, { count: 200, most: 20 }],
    [2, 2, undefined],
  ])('of %i people, %i at once: %j held back', (many, gone, halted) => {
    const all = shares(many)
    const persons = all.map(known)
    const first = reconcile(read(all.slice(gone)), persons, nothingBefore, interval)
    const then = { ...nothingBefore, missing: first.missing }
    const second = reconcile(read(all.slice(gone), at(interval)), persons, then, interval)
    expect(second.halted).toEqual(halted)
    expect(second.notes).toHaveLength(halted ? 0 : gone)
  })
})

describe('somebody who is not shown may be', () => {
  const twice = (readings: SharesRead, persons: readonly Person[]) => {
    const first = reconcile(readings, persons, nothingBefore, interval)
    const later = { ...readings, readAt: at(interval) }
    return reconcile(later, persons, { missing: first.missing, ignored: [] }, interval)
  }
  const [here, gone] = [share(1), share(2)]
  const { who } = gone

  test.each<[string, UntoldRow]>([
    ['that names nobody', { who: {} }],
    ['with the id of his share', { id: gone.id, who: { accountId: id<AccountId>('555') } }],
    ['with his account', { who: { accountId: id<AccountId>('92') } }],
    ['with his address, though of another account', { who: { ...who, accountId: id<AccountId>('555') } }],
    ['with nothing to compare', { who: { username: '' } }],
  ])('a row %s: nothing is believed of him', (_, row) => {
    const result = twice(read([here], noon, [row]), [here, gone].map(known))
    expect(kinds(result)).toEqual([])
    expect(result.inDoubt).toMatchObject([{ id: 'p2' }])
  })

  test('not a row of somebody else: he is gone after two readings', () => {
    const row = { who: share(7).who }
    expect(kinds(twice(read([here], noon, [row]), [here, gone].map(known)))).toEqual(['notShown', 'vanished'])
  })

  test('the share that shows another account under his share’s id, or two rows of his name', () => {
    const others = share(2, { who: share(8).who })
    const both = [here, share(30, { who }), share(31, { who })]
    for (const all of [[here, others], both]) {
      const result = twice(read(all), [here, gone].map(known))
      expect(result.notes).toEqual([])
      expect(result.inDoubt).toMatchObject([{ id: 'p2' }])
    }
  })

  test('the share of somebody else that shows his address', () => {
    const mixed = share(1, { who: { ...here.who, email: `${who.email}` } })
    const result = twice(read([mixed]), [here, gone].map(known))
    expect(result.notes).toEqual([])
    expect(result.inDoubt).toMatchObject([{ id: 'p2' }])
  })

  test('one of two people under one id: neither of them is believed gone or taken for the other', () => {
    const result = twice(
      { ...read([here, share(2, { who: share(3).who })]), pending: [gone] },
      [here, gone, share(3)].map(known),
    )
    expect(result.notes).toEqual([])
    expect(result.inDoubt).toMatchObject([{ id: 'p2' }, { id: 'p3' }])
  })
})

test('who had accepted is not believed to be invited again by the same share', () => {
  const again = share(1, { status: 'pending' })
  expect(kinds(reconcile(read([again]), [known(share(1))], nothingBefore, interval))).toEqual([])
})

test('twice as many people cost about twice as much: no share is looked for in a list', () => {
  const looksAtNames = (many: number) => {
    let looks = 0
    const counted = shares(many).map((each) => {
      const { who } = each
      return {
        ...each,
        get who() {
          looks++
          return who
        },
      }
    })
    const persons = shares(many).map((each, n) =>
      n % 2 ? known(each) : known({ ...each, id: id<ShareId>(`old${n}`) }),
    )
    reconcile(read(counted), persons, nothingBefore, interval)
    return looks
  }
  expect(looksAtNames(2000) / looksAtNames(1000)).toBeLessThanOrEqual(2.3)
})
