import type { Grant } from '../access-request.ts'
import { type GrantingRight, type Permit, permissionFor } from '../grant-limits.ts'
import { type Actor, rolesWith } from '../policy.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { returnPlace, takePlace } from './count.ts'
import { type Ports, settingsOf } from './ports.ts'

export interface GrantRight {
  outcome: 'granted'
  needsReview: boolean
  permits: readonly [Permit, ...Permit[]]
}

/** Whether somebody may grant, or ask for, this by this right, with what his roles allow at most. */
export async function grantRightOf(
  ports: Pick<Ports, 'settings'>,
  actor: Actor,
  right: GrantingRight,
  grant: Grant,
): Promise<GrantRight | Refusal> {
  const settings = await settingsOf(ports, actor.guildId)
  const permission = permissionFor(actor, right, grant, settings)
  switch (permission.is) {
    case 'none':
      return refuse({
        reason: 'notAllowed',
        capability: right,
        askRoles: rolesWith(right, settings.bindings),
      })
    case 'beyond': {
      const { is: _, ...beyond } = permission
      return { outcome: 'refused', reason: 'beyondLimits', ...beyond }
    }
    case 'permitted':
      return { outcome: 'granted', needsReview: permission.needsReview, permits: permission.permits }
    default:
      return permission satisfies never
  }
}

const weekMs = 7 * 86_400_000

/** A grant that has been counted, and how long it lasts by the role that permits it. */
export interface CountedGrant {
  outcome: 'counted'
  durationMs?: number
  /** To be called where the grant came to nothing. */
  undo(): Promise<void>
}

/** Counts a grant against the first of these ways that still has a place. */
export async function countGrant(
  ports: Pick<Ports, 'counters' | 'clock'>,
  actor: Actor,
  permits: readonly Permit[],
  id: string,
): Promise<CountedGrant | Refusal> {
  let again: Date | undefined
  for (const { roleId, grantsPerWeek, durationMs } of permits) {
    const lasts = durationMs === undefined ? {} : { durationMs }
    if (grantsPerWeek === undefined || roleId === undefined) {
      return { outcome: 'counted', ...lasts, undo: async () => {} }
    }
    const key = `${actor.guildId}:grants:${roleId}:${actor.memberId}`
    const taken = await takePlace(ports, key, id, { most: grantsPerWeek, withinMs: weekMs })
    if (taken.ok) {
      // The same press, delivered again, gives back nothing that the first one took.
      const undo = async () => (taken.isNew ? returnPlace(ports, key, id) : undefined)
      return { outcome: 'counted', ...lasts, undo }
    }
    if (!again || taken.again < again) again = taken.again
  }
  return refuse({ reason: 'limitReached', what: 'grantsPerWeek', again: again ?? ports.clock.now() })
}
