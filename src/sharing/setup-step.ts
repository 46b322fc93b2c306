import type { GuildConnections } from './guild-connections.ts'
import type { GuildSettings } from './guild-settings.ts'

/** The parts of `/setup`, in their order. */
export const setupSteps = ['plex', 'server', 'libraries', 'roles', 'channels', 'check'] as const
export type SetupStep = (typeof setupSteps)[number]

/** What is still to be done first. The set-up remembers nothing of its own: whatever is there is done. */
export function nextSetupStep(
  connections: Pick<GuildConnections, 'accounts' | 'servers'>,
  settings: GuildSettings,
  /** The environment gives the guild a server. */
  isConnectedAnyway: boolean,
): SetupStep {
  if (!isConnectedAnyway && connections.servers.length === 0) {
    return connections.accounts.length === 0 ? 'plex' : 'server'
  }
  if (settings.defaultLibraries === undefined) return 'libraries'
  if (settings.bindings.length === 0) return 'roles'
  return settings.reviewersChannelId === undefined ? 'channels' : 'check'
}
