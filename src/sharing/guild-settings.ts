import type { GuildId, LibraryId, RoleId } from '../lib/ids.ts'
import type { NonEmpty } from './library-access.ts'
import type { Level, RoleBinding } from './policy.ts'

/** What a guild has set: one document a guild. */
export interface GuildSettings {
  schema: 1
  guildId: GuildId
  bindings: readonly RoleBinding[]
  sets: readonly LibrarySet[]
}

/** A named list of libraries ("Family", "4K"), by id: a library may be renamed. */
export interface LibrarySet {
  name: string
  libraries: NonEmpty<LibraryId>
}

export const noSettings = (guildId: GuildId): GuildSettings => ({
  schema: 1,
  guildId,
  bindings: [],
  sets: [],
})

/** A role has one level: binding it again moves it. */
export function bindRole(settings: GuildSettings, roleId: RoleId, level: Level): GuildSettings {
  return { ...settings, bindings: [...unbindRole(settings, roleId).bindings, { roleId, level }] }
}

export function unbindRole(settings: GuildSettings, roleId: RoleId): GuildSettings {
  return { ...settings, bindings: settings.bindings.filter((binding) => binding.roleId !== roleId) }
}

export function saveSet(settings: GuildSettings, set: LibrarySet): GuildSettings {
  return { ...settings, sets: [...removeSet(settings, set.name).sets, set] }
}

export function removeSet(settings: GuildSettings, name: string): GuildSettings {
  return { ...settings, sets: settings.sets.filter((set) => !sameName(set.name, name)) }
}

export function sameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}
