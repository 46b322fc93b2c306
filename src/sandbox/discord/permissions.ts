import { permission } from './numbers.ts'
import type { WorldChannel, WorldGuild, WorldMember } from './world.ts'

const everything = (1n << 53n) - 1n

/**
 * What a member may do in a guild, or in one of its channels, as Discord computes it: owner and administrators all;
 * else roles together, then the channel's overwrites for @everyone, for roles, for the member.
 * @see https://docs.discord.com/developers/topics/permissions#permission-overwrites
 */
export function permissionsOf(guild: WorldGuild, member: WorldMember, channel?: WorldChannel): bigint {
  if (guild.ownerId === member.user.id) return everything
  let bits = 0n
  for (const role of guild.roles) {
    if (role.id === guild.id || member.roles.includes(role.id)) bits |= BigInt(role.permissions)
  }
  if ((bits & permission.administrator) !== 0n) return everything
  const overwrites = channel?.overwrites
  if (overwrites === undefined) return bits
  const apply = (chosen: typeof overwrites) => {
    bits &= ~chosen.reduce((all, one) => all | BigInt(one.deny), 0n)
    bits |= chosen.reduce((all, one) => all | BigInt(one.allow), 0n)
  }
  apply(overwrites.filter((one) => one.id === guild.id))
  apply(overwrites.filter((one) => one.type === 0 && one.id !== guild.id && member.roles.includes(one.id)))
  apply(overwrites.filter((one) => one.type === 1 && one.id === member.user.id))
  return bits
}

export const may = (bits: bigint, wanted: bigint): boolean => (bits & wanted) === wanted

/** The position of the highest role a member has; @everyone is 0. */
export function highestRole(guild: WorldGuild, member: WorldMember): number {
  return guild.roles
    .filter((role) => member.roles.includes(role.id))
    .reduce((top, role) => Math.max(top, role.position), 0)
}
