import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type GuildId, id, type LibraryId, type MemberId, type RoleId } from '../../src/lib/ids.ts'
import type { Grant } from '../../src/sharing/access-request.ts'
import { type GrantingRight, permissionFor } from '../../src/sharing/grant-limits.ts'
import { bindRole, type LibrarySet, noSettings } from '../../src/sharing/guild-settings.ts'
import { allLibraries, someLibraries } from '../../src/sharing/library-access.ts'
import {
  type Actor,
  capabilitiesOf,
  type GrantLimits,
  levels,
  type RoleBinding,
} from '../../src/sharing/policy.ts'
import { addedBy } from '../../src/sharing/use-cases/change-libraries.ts'

const role = (name: string) => id<RoleId>(name)
const library = (name: string) => id<LibraryId>(name)
const guildId = id<GuildId>('1')
const actor = (...roles: string[]): Actor => ({
  guildId,
  memberId: id<MemberId>('7'),
  roleIds: roles.map(role),
  managesServer: false,
})
const sets: LibrarySet[] = [
  { name: 'Family', libraries: [library('1'), library('2')] },
  { name: 'Music', libraries: [library('3')] },
]
const bound = (limits: GrantLimits, level: RoleBinding['level'] = 'inviter'): RoleBinding => ({
  roleId: role('r'),
  level,
  limits,
})
const some = (...names: string[]): Grant => {
  const access = someLibraries(names.map(library))
  if (!access) throw new Error('a grant of nothing')
  return { access }
}
const days = 86_400_000
const judged = (bindings: RoleBinding[], grant: Grant, right: GrantingRight = 'invite', who = actor('r')) =>
  permissionFor(who, right, grant, { bindings, sets })

describe('what a role may grant', () => {
  test('without limits everything that the level may', () => {
    expect(judged([bound({})], { access: allLibraries })).toMatchObject({
      is: 'permitted',
      needsReview: false,
    })
    expect(judged([bound({}, 'member')], some('1'))).toEqual({ is: 'none' })
    expect(judged([], some('1'))).toEqual({ is: 'none' })
  })

  test('only the libraries of its sets, and never "all, future ones too"', () => {
    const family = [bound({ sets: ['family'] })]
    expect(judged(family, some('1', '2')).is).toBe('permitted')
    expect(judged(family, some('1', '3'))).toMatchObject({ is: 'beyond', limit: 'libraries' })
    expect(judged(family, { access: allLibraries }).is).toBe('beyond')
    expect(judged([bound({ sets: ['Removed'] })], some('1')).is).toBe('beyond')
  })

  test('at most so long; without a duration exactly so long', () => {
    const month = [bound({ longestMs: 30 * days })]
    expect(judged(month, { ...some('1'), durationMs: 31 * days })).toMatchObject({
      is: 'beyond',
      limit: 'duration',
    })
    expect(judged(month, some('1'))).toMatchObject({ permits: [{ durationMs: 30 * days }] })
    expect(judged(month, { ...some('1'), durationMs: days })).toMatchObject({
      permits: [{ durationMs: days }],
    })
  })

  test('what needs a review needs none for who may do it directly by another role, nor for a reviewer', () => {
    const reviewed = bound({ needsReview: true }, 'reviewer')
    expect(judged([reviewed], some('1'))).toMatchObject({ needsReview: true })
    expect(judged([reviewed], some('1'), 'review')).toMatchObject({ needsReview: false })
    const other = { roleId: role('other'), level: 'inviter' as const, limits: { sets: ['Music'] } }
    const both = actor('r', 'other')
    expect(judged([reviewed, other], some('3'), 'invite', both)).toMatchObject({ needsReview: false })
    expect(judged([reviewed, other], some('1'), 'invite', both)).toMatchObject({ needsReview: true })
  })

  test('two roles never add up to what neither permits', () => {
    const one = bound({ sets: ['Family'] })
    const other = { roleId: role('other'), level: 'inviter' as const, limits: { sets: ['Music'] } }
    expect(judged([one, other], some('1', '3'), 'invite', actor('r', 'other')).is).toBe('beyond')
  })

  test('who manages the Discord server has no limits', () => {
    const olive = { ...actor('r'), managesServer: true }
    expect(judged([bound({ sets: ['Family'] })], { access: allLibraries }, 'invite', olive)).toMatchObject({
      is: 'permitted',
    })
  })

  test('a role is bound with these limits and no others', () => {
    const settings = bindRole(noSettings(guildId), role('r'), 'inviter', { grantsPerWeek: 2 })
    expect(settings.bindings).toEqual([{ roleId: 'r', level: 'inviter', limits: { grantsPerWeek: 2 } }])
    expect(bindRole(settings, role('r'), 'reviewer').bindings).toEqual([{ roleId: 'r', level: 'reviewer' }])
  })

  test('whatever is set and asked for: what is permitted is a subset of what one of the roles permits', () => {
    const names = ['1', '2', '3', '4']
    const limits = fc.record(
      {
        sets: fc.subarray(['Family', 'music', 'Removed']),
        longestMs: fc.integer({ min: 1, max: 10 }),
        grantsPerWeek: fc.integer({ min: 1, max: 5 }),
        needsReview: fc.constant(true as const),
      },
      { requiredKeys: [] },
    )
    const binding = fc.record({
      roleId: fc.constantFrom('a', 'b', 'c').map(role),
      level: fc.constantFrom(...levels),
      limits,
    })
    const grant = fc
      .record({
        names: fc.option(fc.subarray(names, { minLength: 1 })),
        durationMs: fc.option(fc.integer({ min: 1, max: 12 })),
      })
      .map(
        ({ names: chosen, durationMs }): Grant => ({
          ...(chosen ? some(...chosen) : { access: allLibraries }),
          ...(durationMs === null ? {} : { durationMs }),
        }),
      )
    const right = fc.constantFrom<GrantingRight>('request', 'invite', 'review', 'change')
    fc.assert(
      fc.property(
        fc.array(binding, { maxLength: 4 }),
        fc.subarray(['a', 'b', 'c']),
        grant,
        right,
        (bindings, roles, wanted, by) => {
          const result = permissionFor(actor(...roles), by, wanted, { bindings, sets })
          if (result.is !== 'permitted') return
          for (const permit of result.permits) {
            const allows = bindings.some(
              (each) =>
                each.roleId === permit.roleId &&
                roles.includes(each.roleId) &&
                capabilitiesOf(each.level).has(by) &&
                (each.limits.longestMs === undefined ||
                  (permit.durationMs !== undefined && permit.durationMs <= each.limits.longestMs)) &&
                (each.limits.sets === undefined ||
                  (wanted.access.kind === 'some' &&
                    wanted.access.libraries.every((one) => allowedBy(each.limits.sets ?? []).has(one)))) &&
                (!each.limits.needsReview || by === 'request' || by === 'review' || result.needsReview),
            )
            expect(allows).toBe(true)
          }
        },
      ),
      { numRuns: 5_000 },
    )
  })
})

const allowedBy = (chosen: readonly string[]) =>
  new Set(
    sets
      .filter((set) => chosen.some((name) => name.toLowerCase() === set.name.toLowerCase()))
      .flatMap((set) => set.libraries),
  )

describe('what a change adds', () => {
  const added = (before: string[] | 'all' | undefined, after: string[] | 'all') => {
    const access = (names: string[] | 'all') => (names === 'all' ? allLibraries : some(...names).access)
    const result = addedBy(before === undefined ? undefined : access(before), access(after))
    return result?.kind === 'some' ? result.libraries : result?.kind
  }
  test.each<[string[] | 'all' | undefined, string[] | 'all', unknown]>([
    [['1'], ['1', '2'], ['2']],
    [['1', '2'], ['1'], undefined],
    [['1'], 'all', 'all'],
    ['all', ['1'], undefined],
    ['all', 'all', undefined],
    [undefined, ['1'], ['1']],
  ])('from %j to %j: %j', (before, after, expected) => {
    expect(added(before, after)).toEqual(expected)
  })
})
