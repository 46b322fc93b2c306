import { OverwriteType, PermissionFlagsBits } from 'discord-api-types/v10'
import { type GuildId, id, type RoleId } from '../lib/ids.ts'
import type { GuildLook, SeenChannel } from './look.ts'
import { neededPermissions, type Permission } from './requirements.ts'

/** What the bot may do in a guild: its owner and administrators everything, others what their roles give together. */
export function permissionsInGuild({ guildId, ownerId, botId, botRoleIds, roles }: GuildLook): bigint {
  if (ownerId === botId) return everything
  const bits = roles
    .filter(({ roleId }) => roleId === everybodyIn(guildId) || botRoleIds.includes(roleId))
    .reduce((all, role) => all | role.permissions, 0n)
  return (bits & PermissionFlagsBits.Administrator) !== 0n ? everything : bits
}

/**
 * What the bot may do in a channel: overwrites count in the order @everyone, its roles together, itself. Whoever cannot
 * see a channel can do nothing there.
 * @see https://docs.discord.com/developers/topics/permissions#permission-overwrites
 */
export function permissionsInChannel(guild: GuildLook, { overwrites }: SeenChannel): bigint {
  const { guildId, botId } = guild
  const hasRole = new Set<string>(guild.botRoleIds)
  const base = permissionsInGuild(guild)
  if (base === everything) return everything
  const ofRoles = overwrites.filter(({ type }) => type === OverwriteType.Role)
  const steps = [
    ofRoles.filter((each) => each.id === guildId),
    ofRoles.filter((each) => each.id !== guildId && hasRole.has(each.id)),
    overwrites.filter((each) => each.type === OverwriteType.Member && each.id === botId),
  ]
  const bits = steps.reduce((before, step) => {
    const denied = step.reduce((all, { deny }) => all | deny, 0n)
    const allowed = step.reduce((all, { allow }) => all | allow, 0n)
    return (before & ~denied) | allowed
  }, base)
  return (bits & PermissionFlagsBits.ViewChannel) === 0n ? 0n : bits
}

/** The needed permissions that are missing, by the names that Discord's settings show. */
export function missingPermissions(
  bits: bigint,
  needed: readonly Permission[] = neededPermissions,
): readonly string[] {
  return needed.filter(({ bit }) => (bits & bit) === 0n).map(({ name }) => name)
}

/** The highest of the bot's roles; 0 where it has none but @everyone. */
export function highestPosition({ botRoleIds, roles }: GuildLook): number {
  return roles
    .filter(({ roleId }) => botRoleIds.includes(roleId))
    .reduce((top, { position }) => Math.max(top, position), 0)
}

/** The role @everyone has the guild's own id. */
const everybodyIn = (guildId: GuildId) => id<RoleId>(guildId)

/** Every bit, those too that are not known yet. */
const everything = -1n
