import type { GuildId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import { problem, type Result } from '../lib/result.ts'
import type { Observation } from './observation.ts'
import type { Connections, LibrarySharing, Trouble } from './ports.ts'

/**
 * The servers of a guild that only looks on can be read and not written to. The rules refuse long before; this is the
 * net below them, for whatever forgets to ask: plex.tv was not touched, and what was decided is tried again later.
 */
export function lookOnly(connections: Connections, observation: Observation, log: Log): Connections {
  const readOnly = new WeakMap<LibrarySharing, LibrarySharing>()
  const seenBy = (guildId: GuildId, sharing: LibrarySharing): LibrarySharing => {
    if (!observation.of(guildId)) return sharing
    const known = readOnly.get(sharing) ?? withoutWrites(sharing, log)
    readOnly.set(sharing, known)
    return known
  }
  const attempt = <P>(guildId: GuildId, made: Result<LibrarySharing, P>): Result<LibrarySharing, P> =>
    made.ok ? { ok: true, value: seenBy(guildId, made.value) } : made
  return {
    of: async (guildId, server) => attempt(guildId, await connections.of(guildId, server)),
    toDecide: async (guildId, server) => attempt(guildId, await connections.toDecide(guildId, server)),
    all: async (guildId) => (await connections.all(guildId)).map((each) => attempt(guildId, each)),
    guildIds: () => connections.guildIds(),
    connected: (guildId) => connections.connected(guildId).map((each) => seenBy(guildId, each)),
    known: (guildId) => connections.known(guildId),
  }
}

function withoutWrites(sharing: LibrarySharing, log: Log): LibrarySharing {
  const heldBack = async (): Promise<{ ok: false; problem: Trouble }> => {
    log.error(
      { serverId: sharing.serverId },
      'Something would have written to plex.tv; held back after a restore',
    )
    return problem({ kind: 'unreachable', mayHaveHappened: false })
  }
  const { serverId, serverName, owner, standsIn } = sharing
  return {
    serverId,
    serverName,
    owner,
    ...(standsIn && { standsIn }),
    libraries: (options) => sharing.libraries(options),
    shares: (status, options) => sharing.shares(status, options),
    home: (options) => sharing.home(options),
    lastRead: () => sharing.lastRead(),
    share: heldBack,
    changeLibraries: heldBack,
    end: heldBack,
    removeFromHome: heldBack,
  }
}
