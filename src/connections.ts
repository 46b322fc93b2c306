import type { GuildId } from './lib/ids.ts'
import { ok, problem, type Result } from './lib/result.ts'
import type { ConnectionProblem, Connections, LibrarySharing } from './sharing/ports.ts'

export type Connect = () => Promise<Result<LibrarySharing, ConnectionProblem>>

/**
 * The one Plex server of the environment, for the guilds that the environment names and for no others. It is
 * connected when it is first needed, and again at the next need where that failed: plex.tv being down delays nothing.
 */
export function createEnvironmentConnections(
  environment: { guildIds: readonly GuildId[]; connect: Connect } | undefined,
): Connections {
  let connected: LibrarySharing | undefined
  let connecting: ReturnType<Connect> | undefined

  function connectOnce(connect: Connect): ReturnType<Connect> {
    connecting ??= connect().finally(() => {
      connecting = undefined
    })
    return connecting
  }
  const serves = (guildId: GuildId) => environment?.guildIds.includes(guildId) ?? false

  return {
    async of(guildId, server) {
      if (!environment || !serves(guildId)) return problem({ problem: 'notSetUp' })
      if (!connected) {
        const attempt = await connectOnce(environment.connect)
        if (!attempt.ok) return attempt
        connected = attempt.value
      }
      const { serverId, serverName } = connected
      const isMeant =
        server === undefined ||
        server === serverId ||
        server.trim().toLowerCase() === serverName.toLowerCase()
      return isMeant
        ? ok(connected)
        : problem({ problem: 'serverUnknown', asked: server, servers: [serverName] })
    },
    connected: (guildId) => (connected && serves(guildId) ? [connected] : []),
  }
}
