import { type ChannelId, type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import type { Actor } from '../../src/sharing/policy.ts'

/** Who and what the tests and the campaigns have in common. */
export const guildId = id<GuildId>('1')
export const dora: Actor = { guildId, memberId: id<MemberId>('4'), roleIds: [], managesServer: true }
export const reviewersChannel = id<ChannelId>('99')
export const alice = id<MemberId>('7')
