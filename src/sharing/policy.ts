import type { GuildId, MemberId, RoleId } from '../lib/ids.ts'

/** What somebody may do. Every command, button and menu names exactly one of these, or `everybody`. */
export const capabilities = [
  'request',
  'invite',
  'review',
  'see-people',
  'change',
  'revoke',
  'home',
  'audit',
  'see-emails',
  'settings',
] as const
export type Capability = (typeof capabilities)[number]

/** The named levels that Discord roles are bound to, from least to most; each may what the one before may, and more. */
export const levels = ['member', 'inviter', 'reviewer', 'manager', 'administrator'] as const
export type Level = (typeof levels)[number]

const addedBy: Record<Level, readonly Capability[]> = {
  member: ['request'],
  inviter: ['invite'],
  reviewer: ['review', 'see-people'],
  manager: ['change', 'revoke', 'home', 'audit', 'see-emails'],
  administrator: ['settings'],
}

/** Everything that a level may. */
export function capabilitiesOf(level: Level): ReadonlySet<Capability> {
  return new Set(levels.slice(0, levels.indexOf(level) + 1).flatMap((each) => addedBy[each]))
}

/** A Discord role that was given a level, by id: names can be changed and copied. */
export interface RoleBinding {
  roleId: RoleId
  level: Level
  limits?: GrantLimits
}

/** What a role may grant or ask for at most. What is left out is not limited. */
export interface GrantLimits {
  /** Names of library sets: nothing else may be granted, and never "all, future ones too". */
  sets?: readonly string[]
  /** How many grants each member of the role may make within seven days. */
  grantsPerWeek?: number
  longestMs?: number
  /** What its members invite waits for a reviewer. */
  needsReview?: true
}

/** Who is asking, as the interaction itself said: roles and rights of this press, not of a cache. */
export interface Actor {
  guildId: GuildId
  memberId: MemberId
  roleIds: readonly RoleId[]
  /** Whether Discord lets him manage the server: such a person is administrator, so that nobody is locked out. */
  managesServer: boolean
}

/** Default deny: without a binding on one of his roles, and without Manage Server, somebody may nothing. */
export function may(actor: Actor, capability: Capability, bindings: readonly RoleBinding[]): boolean {
  if (actor.managesServer) return true
  return bindings.some(
    (binding) => actor.roleIds.includes(binding.roleId) && capabilitiesOf(binding.level).has(capability),
  )
}

/** The roles that have a capability: a refusal names them, so that the person knows whom to ask. */
export function rolesWith(capability: Capability, bindings: readonly RoleBinding[]): RoleId[] {
  return bindings
    .filter((binding) => capabilitiesOf(binding.level).has(capability))
    .map((binding) => binding.roleId)
}
