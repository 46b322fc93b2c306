import type { LibraryId, RoleId } from '../lib/ids.ts'
import type { Grant } from './access-request.ts'
import { type GuildSettings, sameName } from './guild-settings.ts'
import { type Actor, type Capability, capabilitiesOf, type GrantLimits, type RoleBinding } from './policy.ts'

/** The rights by which libraries are given or asked for. */
export type GrantingRight = Extract<Capability, 'request' | 'invite' | 'review' | 'change'>

export type BeyondLimits =
  /** `sets` may be granted, and nothing else. */
  { limit: 'libraries'; sets: readonly string[] } | { limit: 'duration'; longestMs: number }

/** One way in which something may be granted, with what this way costs and shortens. */
export interface Permit {
  /** The binding that permits it; absent for who manages the Discord server. */
  roleId?: RoleId
  grantsPerWeek?: number
  /** How long the grant then lasts. */
  durationMs?: number
}

export type Permission =
  /** `permits` begins with the one that costs least. */
  | { is: 'permitted'; needsReview: boolean; permits: readonly [Permit, ...Permit[]] }
  | ({ is: 'beyond' } & BeyondLimits)
  /** None of his roles has the right at all. */
  | { is: 'none' }

/**
 * Whether somebody may grant (or ask for) this by this right. Each of his roles permits on its own: two roles never
 * add up to something that neither permits. Whoever may grant it without a review needs none.
 */
export function permissionFor(
  actor: Actor,
  right: GrantingRight,
  grant: Grant,
  { bindings, sets }: Pick<GuildSettings, 'bindings' | 'sets'>,
): Permission {
  if (actor.managesServer) {
    const free: Permit = grant.durationMs === undefined ? {} : { durationMs: grant.durationMs }
    return { is: 'permitted', needsReview: false, permits: [free] }
  }
  const mine = bindings.filter(
    ({ roleId, level }) => actor.roleIds.includes(roleId) && capabilitiesOf(level).has(right),
  )
  const judged = mine.map((binding) => ({ binding, beyond: beyondOf(binding.limits ?? {}, grant, sets) }))
  const fitting = judged.filter(({ beyond }) => beyond === undefined).map(({ binding }) => binding)
  const needsReviewOf = ({ limits }: RoleBinding) =>
    (right === 'invite' || right === 'change') && limits?.needsReview === true
  const direct = fitting.filter((binding) => !needsReviewOf(binding))
  const [first, ...others] = (direct.length > 0 ? direct : fitting)
    .map((binding) => permitOf(binding, grant))
    .sort(cheapestFirst)
  if (first) return { is: 'permitted', needsReview: direct.length === 0, permits: [first, ...others] }
  const beyond = judged.map((each) => each.beyond).find((each) => each?.limit === 'duration')
  const why = beyond ?? judged[0]?.beyond
  return why ? { is: 'beyond', ...why } : { is: 'none' }
}

function beyondOf(limits: GrantLimits, grant: Grant, sets: GuildSettings['sets']): BeyondLimits | undefined {
  if (limits.sets && !isWithin(grant, limits.sets, sets)) return { limit: 'libraries', sets: limits.sets }
  const { longestMs } = limits
  if (longestMs !== undefined && (grant.durationMs ?? 0) > longestMs) return { limit: 'duration', longestMs }
  return undefined
}

/** "All, future ones too" is within no list. A set that was removed grants nothing. */
function isWithin({ access }: Grant, names: readonly string[], sets: GuildSettings['sets']): boolean {
  if (access.kind === 'all') return false
  const allowed = librariesOf(names, sets)
  return access.libraries.every((library) => allowed.has(library))
}

function librariesOf(names: readonly string[], sets: GuildSettings['sets']): ReadonlySet<LibraryId> {
  const named = sets.filter((set) => names.some((name) => sameName(name, set.name)))
  return new Set(named.flatMap((set) => set.libraries))
}

/** Without a duration it lasts as long as the role may grant at most. */
function permitOf({ roleId, limits = {} }: RoleBinding, grant: Grant): Permit {
  const durationMs = grant.durationMs ?? limits.longestMs
  return {
    roleId,
    ...(limits.grantsPerWeek === undefined ? {} : { grantsPerWeek: limits.grantsPerWeek }),
    ...(durationMs === undefined ? {} : { durationMs }),
  }
}

const cheapestFirst = (a: Permit, b: Permit) =>
  (b.durationMs ?? Number.MAX_VALUE) - (a.durationMs ?? Number.MAX_VALUE) ||
  (b.grantsPerWeek ?? Number.MAX_VALUE) - (a.grantsPerWeek ?? Number.MAX_VALUE)
