import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import type { Actor } from '../../src/sharing/policy.ts'

/** Somebody who may do everything in this guild. */
export const managerOf = (guildId: GuildId, memberId = id<MemberId>('4')): Actor => ({
  guildId,
  memberId,
  roleIds: [],
  managesServer: true,
})
