import type { GuildId, MemberId, PersonId, ServerId } from '../lib/ids.ts'
import type { AccessRequest } from './access-request.ts'
import type { Documents } from './ports.ts'

/** The requests of all guilds. A key begins with the guild, so that no guild can name another's. */
export interface Requests extends Documents<AccessRequest> {
  /** Those about which something is still to be done: waiting, not carried out, not told, or shown as they were. */
  unsettled(): readonly AccessRequest[]
  /** All that were ever made by or for this member of the guild. */
  ofMember(guildId: GuildId, memberId: MemberId): readonly AccessRequest[]
}

/** Which request of somebody waits: at most one for each person and server, by insert-if-absent. */
export interface WaitingSlot {
  schema: 1
  requestId: string
}

/** A member is one person whatever accounts he names; an account without a member is one of its own. */
export const slotKey = (guildId: GuildId, serverId: ServerId, whom: MemberId | PersonId) =>
  `${guildId}:${serverId}:${whom}`
