import { id, isIdLike, type RoleId } from '../../lib/ids.ts'
import { bindRole, unbindRole } from '../guild-settings.ts'
import type { Actor, Level, RoleBinding } from '../policy.ts'
import type { GuildFacts } from '../ports.ts'
import type { Refusal } from '../refusal.ts'
import type { SetupStep } from '../setup-step.ts'
import { changeSettings } from './guild-settings.ts'
import type { Ports } from './ports.ts'
import { setupStepOf } from './setup-state.ts'

/** Which roles have which level, and what Discord says of these roles. */
export interface LevelRoles {
  outcome: 'levelRoles'
  bindings: readonly RoleBinding[]
  facts: ReturnType<GuildFacts['roles']>
  /** The level whose roles were just chosen. */
  changed?: Level
  next: SetupStep
}

export function showLevelRoles(ports: Ports, actor: Actor): Promise<LevelRoles | Refusal> {
  return withRoles(ports, actor, undefined, [])
}

/** Exactly these roles have the level; whichever had another one moves, and limits stay where the level stays. */
export function setLevelRoles(
  ports: Ports,
  actor: Actor,
  press: { level: Level; roleIds: readonly string[] },
): Promise<LevelRoles | Refusal> {
  return withRoles(
    ports,
    actor,
    press.level,
    press.roleIds.filter(isIdLike).map((role) => id<RoleId>(role)),
  )
}

async function withRoles(
  ports: Ports,
  actor: Actor,
  level: Level | undefined,
  roleIds: readonly RoleId[],
): Promise<LevelRoles | Refusal> {
  const changed = await changeSettings(ports, actor, (settings) => {
    if (level === undefined) return settings
    const had = settings.bindings.filter((binding) => binding.level === level).map(({ roleId }) => roleId)
    const dropped = had.filter((roleId) => !roleIds.includes(roleId))
    const added = roleIds.filter((roleId) => !had.includes(roleId))
    const without = dropped.reduce(unbindRole, settings)
    return added.reduce((all, roleId) => bindRole(all, roleId, level), without)
  })
  if (changed.outcome === 'refused') return changed
  const { guildId } = actor
  const { bindings } = changed.after
  return {
    outcome: 'levelRoles',
    bindings,
    facts: ports.guildFacts.roles(
      guildId,
      bindings.map(({ roleId }) => roleId),
    ),
    ...(level === undefined ? {} : { changed: level }),
    next: await setupStepOf(ports, guildId),
  }
}
