import type { ChannelId, GuildId, LibraryId, RoleId } from '../lib/ids.ts'
import type { NonEmpty } from './library-access.ts'
import type { GrantLimits, Level, RoleBinding } from './policy.ts'

/** What a guild has set: one document a guild. */
export interface GuildSettings {
  schema: 1
  guildId: GuildId
  bindings: readonly RoleBinding[]
  sets: readonly LibrarySet[]
  /** Where requests are shown to reviewers. */
  reviewersChannelId?: ChannelId
  /** Where what happens is shown, a card for each person. */
  log?: GuildLog
  /** How many reviewers must approve; absent: one. */
  approvalsNeeded?: number
  /** How many requests a member may make within a day; absent: as below. */
  requestsPerDay?: number
  /** What is meant where no library is named, of all the guild's servers. */
  defaultLibraries?: NonEmpty<LibraryId>
}

export interface GuildLog {
  channelId: ChannelId
  /** What happened earlier is not shown. */
  since: Date
  /** Why the channel cannot be written to, as Discord last said. */
  trouble?: { at: Date; because: 'gone' | 'notWritable' }
}

export const usualApprovals = 1
export const usualRequestsPerDay = 3

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

/** A role has one level: binding it again moves it, with these limits and no others. */
export function bindRole(
  settings: GuildSettings,
  roleId: RoleId,
  level: Level,
  limits: GrantLimits = {},
): GuildSettings {
  const binding = { roleId, level, ...(Object.keys(limits).length === 0 ? {} : { limits }) }
  return { ...settings, bindings: [...unbindRole(settings, roleId).bindings, binding] }
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
