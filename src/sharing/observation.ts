import type { GuildId } from '../lib/ids.ts'
import type { Guards } from './deliver.ts'
import type { GuildRecord } from './guild-record.ts'
import type { Documents } from './ports.ts'

/** A backup was put in the place of the store: what happened since it was made is not in the records. */
export interface Restored {
  id: string
  at: Date
  /** When the backup was made. */
  backupAt: Date
  /** The guilds of which anything was known, in the backup or in what it replaced; absent where that is not known. */
  guildIds?: readonly GuildId[]
}

/**
 * Which guilds only look on after a restore. Old records would undo what was done since, so each guild waits until one
 * of its administrators has seen what differs and confirms.
 */
export interface Observation {
  /** The restore that the store came from, confirmed or not: what was decided before it is looked up before it is sent. */
  readonly restored: Restored | undefined
  /** The restore that this guild has not confirmed yet; nothing where it goes on as usual. */
  of(guildId: GuildId): Restored | undefined
  /** An administrator confirmed: it is in force at once, and over restarts. */
  confirm(guildId: GuildId): Promise<void>
}

export const nothingRestored: Observation = {
  restored: undefined,
  of: () => undefined,
  confirm: async () => {},
}

/** The restore for which this guild only looks on now; nothing where it goes on as usual. */
export function observedRestore(
  { observation, guards }: { observation: Observation; guards?: Guards },
  guildId: GuildId,
): Restored | undefined {
  return guards?.observing === 'off' ? undefined : observation.of(guildId)
}

export async function createObservation({
  restored,
  guilds,
  applicationId,
}: {
  restored: Restored | undefined
  guilds: Documents<GuildRecord>
  applicationId: () => string
}): Promise<Observation> {
  if (!restored) return nothingRestored
  const confirmed = new Set(
    (await guilds.list('')).filter(({ resumed }) => resumed === restored.id).map(({ guildId }) => guildId),
  )
  return {
    restored,
    of: (guildId) => {
      // Of a guild that came later nothing was known that could be old.
      const isConcerned = restored.guildIds?.includes(guildId) ?? true
      return isConcerned && !confirmed.has(guildId) ? restored : undefined
    },
    async confirm(guildId) {
      await guilds.update(guildId, (record) => ({
        ...(record ?? { schema: 1, guildId, applicationId: applicationId() }),
        resumed: restored.id,
      }))
      confirmed.add(guildId)
    },
  }
}
