import type { ChannelId, RoleId } from '../../lib/ids.ts'
import { readDuration } from '../duration.ts'
import {
  bindRole,
  type GuildSettings,
  noSettings,
  removeSet,
  sameName,
  saveSet,
  unbindRole,
} from '../guild-settings.ts'
import type { Restored } from '../observation.ts'
import type { Actor, GrantLimits, Level } from '../policy.ts'
import type { Library } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { resolveLibraries } from '../resolve-libraries.ts'
import { knownLibraries, mayNot, type Ports, settingsOf } from './ports.ts'

export interface SettingsShown {
  outcome: 'settings'
  before: GuildSettings
  after: GuildSettings
  /** For the titles in library sets; empty where nothing was read yet. */
  libraries: readonly Library[]
  /** The restore that is still to be confirmed. */
  restored?: Restored
}

export function showSettings(ports: Ports, actor: Actor): Promise<SettingsShown | Refusal> {
  return changeSettings(ports, actor, (settings) => settings)
}

/** What is left out stays as it was; each has a word of its own that takes the limit away. */
export interface LimitsWish {
  review?: boolean
  /** Names of sets, separated by commas, or "any". */
  sets?: string
  /** 0 takes the limit away. */
  perWeek?: number
  /** A length of time, or "any". */
  longest?: string
}

/** Binds a role to a level with its limits, or takes its level away. */
export async function setRoleLevel(
  ports: Ports,
  actor: Actor,
  wish: { roleId: RoleId; level: Level | 'none' } & LimitsWish,
): Promise<SettingsShown | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const { roleId, level } = wish
  const { sets } = await settingsOf(ports, actor.guildId)
  const read = readLimits(wish, sets)
  if ('outcome' in read) return read
  return changeSettings(ports, actor, (settings) => {
    if (level === 'none') return unbindRole(settings, roleId)
    const had = settings.bindings.find((binding) => binding.roleId === roleId)?.limits ?? {}
    return bindRole(settings, roleId, level, withoutUndefined({ ...had, ...read }))
  })
}

/** A limit that is to be taken away is there and `undefined`. */
type ReadLimits = { [Limit in keyof GrantLimits]?: GrantLimits[Limit] | undefined }

function readLimits(wish: LimitsWish, known: GuildSettings['sets']): ReadLimits | Refusal {
  const limits: ReadLimits = {}
  if (wish.review !== undefined) limits.needsReview = wish.review ? true : undefined
  if (wish.perWeek !== undefined) limits.grantsPerWeek = wish.perWeek > 0 ? wish.perWeek : undefined
  if (wish.longest !== undefined) {
    const isAny = sameName(wish.longest, 'any')
    const longestMs = isAny ? undefined : readDuration(wish.longest)
    if (!isAny && longestMs === undefined) return refuse({ reason: 'badDuration', typed: wish.longest })
    limits.longestMs = longestMs
  }
  if (wish.sets !== undefined) {
    const names = wish.sets.split(',').map((name) => name.trim())
    const isAny = names.length === 1 && sameName(names[0] ?? '', 'any')
    const unknown = isAny ? undefined : names.find((name) => !known.some((set) => sameName(set.name, name)))
    if (unknown !== undefined) {
      return refuse({ reason: 'unknownSet', typed: unknown, sets: known.map((set) => set.name) })
    }
    limits.sets = isAny ? undefined : names
  }
  return limits
}

function withoutUndefined(limits: ReadLimits): GrantLimits {
  // What holds `undefined` is left out, and then every value is one that the limit may have.
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)) as GrantLimits
}

/**
 * Where requests and what happens are shown from now on. Cards that hang elsewhere stay good. A channel in which the bot
 * could show nothing is refused, for nobody would notice until a request is lost.
 */
export async function setChannels(
  ports: Ports,
  actor: Actor,
  { reviewers, log, remove }: { reviewers?: ChannelId; log?: ChannelId; remove?: 'log' },
): Promise<SettingsShown | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  for (const channelId of [reviewers, log]) {
    if (channelId === undefined) continue
    const found = ports.guildFacts.channel(actor.guildId, channelId)
    const missing = found.is === 'gone' ? 'all' : found.missing
    if (missing.length > 0) return refuse({ reason: 'channelNotUsable', channelId, missing })
  }
  const since = ports.clock.now()
  return changeSettings(ports, actor, (settings) => {
    const { log: before, ...rest } = settings
    const after = remove === 'log' ? undefined : log === undefined ? before : { channelId: log, since }
    if (after === before && reviewers === undefined) return settings
    return {
      ...rest,
      ...(reviewers === undefined ? {} : { reviewersChannelId: reviewers }),
      ...(after === undefined ? {} : { log: after }),
    }
  })
}

/** How many reviewers must approve, and how many requests a member may make within a day. */
export function setDefaults(
  ports: Ports,
  actor: Actor,
  wish: { approvals?: number; requestsPerDay?: number },
): Promise<SettingsShown | Refusal> {
  const { approvals, requestsPerDay } = wish
  return changeSettings(ports, actor, (settings) => ({
    ...settings,
    ...(approvals === undefined ? {} : { approvalsNeeded: approvals }),
    ...(requestsPerDay === undefined ? {} : { requestsPerDay }),
  }))
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

export async function changeSettings(
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
  const libraries = knownLibraries(ports, actor.guildId)
  const restored = ports.observation.of(actor.guildId)
  const waiting = restored === undefined ? {} : { restored }
  return { outcome: 'settings', before, after: after ?? before, libraries, ...waiting }
}
