import type { GuildId, PersonId, ServerId } from '../lib/ids.ts'

/** What comparing with plex.tv has to remember from one time to the next: one document a guild and server. */
export interface DriftRecord {
  schema: 1
  guildId: GuildId
  serverId: ServerId
  /** When plex.tv is to be compared next. */
  nextAt: Date
  /** Whom complete readings have not shown, since the first of them. */
  missing: readonly Missing[]
  /** What somebody said to leave as it is, by the key of the difference: another difference is shown again. */
  ignored: readonly string[]
  /** More people vanished at once than is believed without a human. */
  halted?: Held
  /** More end dates came at once than are carried out without a human. */
  endsHeld?: Held
}
export interface Missing {
  personId: PersonId
  since: Date
}
export interface Held {
  at: Date
  count: number
  /** So many would have been believed, or carried out. */
  most: number
}

export const driftKey = (guildId: GuildId, serverId: ServerId) => `${guildId}:${serverId}`

export const noDrift = (guildId: GuildId, serverId: ServerId, nextAt: Date): DriftRecord => ({
  schema: 1,
  guildId,
  serverId,
  nextAt,
  missing: [],
  ignored: [],
})
