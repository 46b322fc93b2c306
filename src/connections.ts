import type { GuildId } from './lib/ids.ts'
import { ok, problem, type Result } from './lib/result.ts'
import {
  accountOf,
  type ConnectedAccount,
  type ConnectedServer,
  type GuildConnections,
} from './sharing/guild-connections.ts'
import type { ConnectionProblem, Connections, LibrarySharing } from './sharing/ports.ts'

export type Connect = () => Promise<Result<LibrarySharing, ConnectionProblem>>

export interface ConnectionsOptions {
  /** Nothing is done for a guild that the bot is not in, or no longer. Without it, for all. */
  isMember?: (guildId: GuildId) => boolean
  /** The one Plex server of the environment, for the guilds that the environment names and for no others. */
  environment?: { guildIds: readonly GuildId[]; connect: Connect } | undefined
  /** What every guild was connected with by `/setup`, as it is at each moment. */
  records: ReadonlyMap<string, GuildConnections>
  connectTo(account: ConnectedAccount, server: ConnectedServer): ReturnType<Connect>
}

/**
 * Which servers a guild may share: those it was connected with, and then that of the environment. Each is connected when
 * it is first needed, and again at the next need where that failed: plex.tv being down delays nothing.
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const { records, environment, connectTo, isMember = () => true } = options
  const ofEnvironment = environment && once(environment.connect)
  /** By guild, then by server and sign-in: a new token is a new connection, and no guild ever has another's. */
  const ofRecords = new Map<GuildId, Map<string, Once>>()

  function slotsOf(guildId: GuildId): Slot[] {
    if (!isMember(guildId)) return []
    const before = ofRecords.get(guildId)
    // What was connected with an older sign-in, or is no longer the guild's, is not used again.
    const now = new Map<string, Once>()
    const own = servedBy(records.get(guildId)).map(({ key, server, account }): Slot => {
      const connection =
        before?.get(key) ?? once(async () => ownServer(server, await connectTo(account, server)))
      now.set(key, connection)
      return { ...connection, server }
    })
    ofRecords.set(guildId, now)
    const isServed = ofEnvironment && environment.guildIds.includes(guildId)
    return isServed ? [...own, ofEnvironment] : own
  }

  async function all(guildId: GuildId): Promise<readonly Result<LibrarySharing, ConnectionProblem>[]> {
    const attempts = await Promise.all(slotsOf(guildId).map((slot) => slot.connect()))
    const distinct = new Set(distinctIn(attempts.flatMap((each) => (each.ok ? [each.value] : []))))
    return attempts.filter((each) => !each.ok || distinct.has(each.value))
  }

  return {
    all,
    async of(guildId, server) {
      const slots = slotsOf(guildId)
      const [first] = slots
      if (!first) return problem({ problem: 'notSetUp' })
      if (server === undefined) return first.connect()
      // A record says which one is meant before anything is connected.
      const byId = slots.find((slot) => slot.server?.serverId === server)
      if (byId) return byId.connect()
      return named(server, await all(guildId))
    },
    connected: (guildId) => distinctIn(slotsOf(guildId).flatMap((slot) => slot.connected() ?? [])),
    guildIds: () => {
      const own = [...records.values()].filter(({ servers }) => servers.length > 0)
      const everyone = new Set([...own.map(({ guildId }) => guildId), ...(environment?.guildIds ?? [])])
      return [...everyone].filter(isMember)
    },
  }
}

/** The servers of a record with whose they are, and what tells the connection apart. */
function servedBy(record: GuildConnections | undefined) {
  if (!record) return []
  return record.servers.flatMap((server) => {
    const account = accountOf(record, server)
    if (!account) return []
    const key = [server.serverId, account.accountId, account.linkedAt.getTime()].join(' ')
    return [{ key, server, account }]
  })
}

/**
 * A server that the account no longer owns. What else that account owns may be another guild's, and none of it is named
 * here until somebody chooses it.
 */
function ownServer(
  { name }: ConnectedServer,
  connected: Awaited<ReturnType<Connect>>,
): Awaited<ReturnType<Connect>> {
  if (connected.ok) return connected
  const { problem: why } = connected.problem
  const isGone = why === 'serverUnknown' || why === 'serverNotOwned'
  return isGone ? problem({ problem: 'serverLost', name }) : connected
}

/** The same for the environment's: where a server is named there, the account's others are nobody's affair. */
export function withoutOtherServers(connected: Awaited<ReturnType<Connect>>): Awaited<ReturnType<Connect>> {
  if (connected.ok || !('servers' in connected.problem) || connected.problem.asked === '') return connected
  return problem({ ...connected.problem, servers: [] })
}

/** The environment's server may be one of the guild's own as well; then it is the guild's own that is used. */
function distinctIn(connected: readonly LibrarySharing[]): LibrarySharing[] {
  const seen = new Map<string, LibrarySharing>()
  for (const each of connected) if (!seen.has(each.serverId)) seen.set(each.serverId, each)
  return [...seen.values()]
}

interface Once {
  connect: Connect
  connected(): LibrarySharing | undefined
}
/** `server` is absent where only connecting tells which one it is. */
type Slot = Once & { server?: ConnectedServer }

/** Whoever asks while it is being connected waits for the same attempt; one that failed is made again. */
function once(connect: Connect): Once {
  let connected: LibrarySharing | undefined
  let connecting: ReturnType<Connect> | undefined
  return {
    connected: () => connected,
    async connect() {
      if (connected) return ok(connected)
      connecting ??= connect().finally(() => {
        connecting = undefined
      })
      const attempt = await connecting
      if (attempt.ok) connected = attempt.value
      return attempt
    },
  }
}

function named(
  asked: string,
  attempts: readonly Result<LibrarySharing, ConnectionProblem>[],
): Result<LibrarySharing, ConnectionProblem> {
  const connected = attempts.flatMap((each) => (each.ok ? [each.value] : []))
  const byId = connected.find(({ serverId }) => serverId === asked)
  if (byId) return ok(byId)
  const wanted = asked.trim().toLowerCase()
  const [found, another] = connected.filter(({ serverName }) => serverName.toLowerCase() === wanted)
  if (found && !another) return ok(found)
  if (found) {
    const serverIds = connected.filter((each) => each.serverName.toLowerCase() === wanted)
    return problem({ problem: 'serverAmbiguous', asked, serverIds: serverIds.map((each) => each.serverId) })
  }
  // The one that is meant may be one that could not be asked.
  const failed = attempts.find((each) => !each.ok)
  if (failed) return failed
  return problem({ problem: 'serverUnknown', asked, servers: connected.map((each) => each.serverName) })
}
