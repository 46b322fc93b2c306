import type { GuildId } from '../lib/ids.ts'
import type { GuildRecord } from '../sharing/guild-record.ts'
import { after } from '../sharing/person.ts'
import { forgetGuild } from '../sharing/use-cases/forget-guild.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'

/** Where the bot is now, as Discord says. */
export interface Presence {
  /** Of the bot; empty while Discord has not let it in: then nothing is known. */
  applicationId(): string
  guildIds(): readonly GuildId[]
}

export interface SettleGuildsOptions {
  /** How long everything of a guild is kept after the bot has left it. */
  keepLeftMs: number
}

type GuildPorts = Parameters<typeof forgetGuild>[0] & Pick<Ports, 'guilds' | 'greeter' | 'connections'>

/**
 * Brings what is remembered of guilds in line with where the bot is: a new one is told what to do first, one that the
 * bot has left is noted, and everything of it is deleted when it has been gone for long enough. Coming back in time
 * finds everything as it was.
 */
export async function settleGuilds(
  ports: GuildPorts,
  presence: Presence,
  { keepLeftMs }: SettleGuildsOptions,
): Promise<void> {
  const applicationId = presence.applicationId()
  if (applicationId === '') return
  const present = new Set(presence.guildIds())
  for (const guildId of present) await settlePresent(ports, guildId, applicationId)
  const now = ports.clock.now()
  for (const record of await ports.guilds.list('')) {
    const { guildId, leftAt } = record
    // Another bot's guilds were never this one's to leave.
    if (present.has(guildId) || record.applicationId !== applicationId) continue
    if (leftAt === undefined) {
      await ports.guilds.update(guildId, (current) => current && { ...current, leftAt: now })
      const until = after(now, keepLeftMs)
      ports.log.warn({ guildId, until }, 'The bot is no longer in this guild; its data is kept until then')
    } else if (after(leftAt, keepLeftMs) <= now) {
      await forgetGuild(ports, guildId)
    }
  }
}

async function settlePresent(ports: GuildPorts, guildId: GuildId, applicationId: string): Promise<void> {
  const before = await ports.guilds.get(guildId)
  const isKnown = before?.applicationId === applicationId && before.leftAt === undefined
  const record = isKnown
    ? before
    : await ports.guilds.update(guildId, (current) => here(current, guildId, applicationId))
  if (!record || record.greetedAt !== undefined) return
  const isSetUp = ports.connections.guildIds().includes(guildId)
  const came = isSetUp ? 'needless' : await ports.greeter.greet(guildId)
  if (came === 'failed') return
  const greetedAt = ports.clock.now()
  await ports.guilds.update(guildId, (current) => current && { ...current, greetedAt })
  if (!isSetUp)
    ports.log.info({ guildId, came }, 'New in a guild; whoever may manage it types /setup plex there')
}

function here(record: GuildRecord | undefined, guildId: GuildId, applicationId: string): GuildRecord {
  const { leftAt: _, ...kept } = record ?? { schema: 1, guildId, applicationId }
  return { ...kept, applicationId }
}
