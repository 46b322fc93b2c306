import type { RoleId } from '../../lib/ids.ts'
import {
  bindRole,
  type GuildSettings,
  noSettings,
  removeSet,
  sameName,
  saveSet,
  unbindRole,
} from '../guild-settings.ts'
import type { Actor, Level } from '../policy.ts'
import type { Library } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { resolveLibraries } from '../resolve-libraries.ts'
import { mayNot, type Ports, settingsOf } from './ports.ts'

export interface SettingsShown {
  outcome: 'settings'
  before: GuildSettings
  after: GuildSettings
  /** For the titles in library sets; empty where nothing was read yet. */
  libraries: readonly Library[]
}

export function showSettings(ports: Ports, actor: Actor): Promise<SettingsShown | Refusal> {
  return changeSettings(ports, actor, (settings) => settings)
}

/** Binds a role to a level, or takes its level away. */
export function setRoleLevel(
  ports: Ports,
  actor: Actor,
  wish: { roleId: RoleId; level: Level | 'none' },
): Promise<SettingsShown | Refusal> {
  const { roleId, level } = wish
  return changeSettings(ports, actor, (settings) =>
    level === 'none' ? unbindRole(settings, roleId) : bindRole(settings, roleId, level),
  )
}

/** Keeps a named list of libraries, or removes it where no libraries are given. */
export async function setLibrarySet(
  ports: Ports,
  actor: Actor,
  wish: { name: string; libraries?: string; server?: string },
): Promise<SettingsShown | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const name = wish.name.trim()
  const { libraries: typed } = wish
  if (typed === undefined) return changeSettings(ports, actor, (settings) => removeSet(settings, name))

  const connection = await ports.connections.of(actor.guildId, wish.server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const reading = await connection.value.libraries()
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const libraries = reading.value.value
  const { sets } = await settingsOf(ports, actor.guildId)
  const others = sets.filter((set) => !sameName(set.name, name))
  const resolved = resolveLibraries(typed, libraries, others)
  const offered = libraries.map((library) => library.title)
  if (!resolved.ok) return refuse({ reason: 'badLibraries', problem: resolved, offered })
  const { access } = resolved
  // A set is a list. "All, future ones too" is no list and is said with the word itself.
  if (access.kind === 'all')
    return refuse({ reason: 'badLibraries', problem: { problem: 'allWithOthers' }, offered })
  return changeSettings(ports, actor, (settings) => saveSet(settings, { name, libraries: access.libraries }))
}

async function changeSettings(
  ports: Ports,
  actor: Actor,
  change: (settings: GuildSettings) => GuildSettings,
): Promise<SettingsShown | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  let before = noSettings(actor.guildId)
  const after = await ports.settings.update(actor.guildId, (current) => {
    before = current ?? noSettings(actor.guildId)
    const next = change(before)
    return next === before ? undefined : next
  })
  const libraries = ports.connections.connected(actor.guildId)[0]?.lastRead().libraries ?? []
  return { outcome: 'settings', before, after: after ?? before, libraries }
}
