import { isDue } from '../end-date.ts'
import type { Restored } from '../observation.ts'
import type { Actor } from '../policy.ts'
import type { Refusal } from '../refusal.ts'
import { mayNot, type Ports } from './ports.ts'
import { previewSync, type SyncPreview } from './sync.ts'

/** What an administrator sees before he confirms a restore. Nothing has been changed. */
export interface ResumeQuestion {
  outcome: 'confirmResume'
  restored: Restored
  /** What differs from plex.tv since the backup, for each server; a refusal where that could not be found out. */
  compared: readonly (SyncPreview | Refusal)[]
  /** Decisions of the backup that plex.tv had not confirmed: looked up first, then carried on. */
  unconfirmed: number
  /** End dates that have come since. */
  ended: number
}

/** After a restore: shows what it means for this guild, and asks. */
export async function askToResume(
  ports: Ports,
  actor: Actor,
): Promise<ResumeQuestion | { outcome: 'goesOn' } | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const { guildId } = actor
  const restored = ports.observation.of(guildId)
  if (!restored) return { outcome: 'goesOn' }
  const compared: (SyncPreview | Refusal)[] = []
  for (const connection of await ports.connections.all(guildId)) {
    // For the titles; where they cannot be read, the differences are shown without.
    if (connection.ok) await connection.value.libraries()
    const server = connection.ok ? { server: connection.value.serverId } : {}
    compared.push(await previewSync(ports, actor, server))
  }
  const now = ports.clock.now()
  const here = ports.people.unsettled().filter((person) => person.guildId === guildId)
  return {
    outcome: 'confirmResume',
    restored,
    compared,
    unconfirmed: here.filter(({ intent }) => intent !== undefined).length,
    ended: here.filter((person) => isDue(person, now)).length,
  }
}

/**
 * The confirmation was pressed: from now on the guild goes on as before. It names the restore that was shown, so that an
 * old button does not confirm a later one.
 */
export async function resume(
  ports: Ports,
  actor: Actor,
  press: { restoreId: string },
): Promise<{ outcome: 'resumed' | 'goesOn' } | ResumeQuestion | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const { guildId, memberId } = actor
  const restored = ports.observation.of(guildId)
  if (!restored) return { outcome: 'goesOn' }
  if (restored.id !== press.restoreId) return askToResume(ports, actor)
  await ports.observation.confirm(guildId)
  ports.log.info({ guildId, memberId }, 'An administrator confirmed the restored records; this guild goes on')
  return { outcome: 'resumed' }
}
