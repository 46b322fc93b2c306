import type { GuildId } from '../lib/ids.ts'

/** What the bot remembers of a guild itself, as opposed to what the guild has set. */
export interface GuildRecord {
  schema: 1
  guildId: GuildId
  /** The bot that was its member: another bot with the same store was never there, and so has not left it. */
  applicationId: string
  /** When it was told what to do first. */
  greetedAt?: Date
  /** Since when the bot is no member any more. Everything of the guild is deleted some time after. */
  leftAt?: Date
  /** Which restored backup an administrator of this guild has confirmed. */
  resumed?: string
}
