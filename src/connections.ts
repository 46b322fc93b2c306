import type { GuildId } from './lib/ids.ts'
import { ok, problem, type Result } from './lib/result.ts'
import {
  accountOf,
  type ConnectedAccount,
  type ConnectedServer,
  type GuildConnections,
} from './sharing/guild-connections.ts'
import type {
  ConnectionProblem,
  Connections,
  Documents,
  KnownServer,
  LibrarySharing,
} from './sharing/ports.ts'
import {
  isOutOfReach,
  type RememberedServer,
  rememberedServerKey,
  standIn,
} from './sharing/remembered-server.ts'

export type Connect = () => Promise<Result<LibrarySharing, ConnectionProblem>>

export interface ConnectionsOptions {
  /** Nothing is done for a guild that the bot is not in, or no longer. Without it, for all. */
  isMember?: (guildId: GuildId) => boolean
  /** The one Plex server of the environment, for the guilds that the environment names and for no others. */
  environment?: EnvironmentServer | undefined
  /** What every guild was connected with by `/setup`, as it is at each moment. */
  records: ReadonlyMap<string, GuildConnections>
  connectTo(account: ConnectedAccount, server: ConnectedServer): ReturnType<Connect>
  /** What was learnt of servers, over restarts. Without it, only what is connected is known. */
  memory?: ServerMemory
}
export interface EnvironmentServer {
  guildIds: readonly GuildId[]
  connect: Connect
  /** Tells this token and this choice of a server from any other, and reveals neither. */
  fingerprint?: string
}
export interface ServerMemory {
  known: ReadonlyMap<string, RememberedServer>
  documents: Pick<Documents<RememberedServer>, 'update' | 'remove'>
}

/** The port, and what keeps its memory up to date. */
export interface RememberingConnections extends Connections {
  /** Writes down what has been learnt of the servers, and forgets those that are no guild's any more. Asks plex.tv nothing. */
  remember(): Promise<void>
}

/**
 * Which servers a guild may share: those it was connected with, and then that of the environment. Each is connected when
 * it is first needed, and again at the next need where that failed: plex.tv being down delays nothing.
 */
export function createConnections(options: ConnectionsOptions): RememberingConnections {
  const { records, environment, connectTo, isMember = () => true, memory } = options
  const ofEnvironment = environment && {
    ...once(environment.connect),
    id: `environment ${environment.fingerprint ?? ''}`,
  }
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
      return { ...connection, id: key, server }
    })
    ofRecords.set(guildId, now)
    const isServed = ofEnvironment && environment.guildIds.includes(guildId)
    return isServed ? [...own, ofEnvironment] : own
  }

  const rememberedAt = (guildId: GuildId, { id }: Slot) =>
    [...(memory?.known.values() ?? [])].find((each) => each.guildId === guildId && each.connection === id)

  async function find(slots: readonly Slot[], server: string | undefined, connect: (slot: Slot) => Attempt) {
    const [first] = slots
    if (!first) return problem<ConnectionProblem>({ problem: 'notSetUp' })
    if (server === undefined) return connect(first)
    // A record says which one is meant before anything is connected.
    const byId = slots.find((slot) => slot.server?.serverId === server)
    if (byId) return connect(byId)
    return named(server, withoutRepeats(await Promise.all(slots.map(connect))))
  }

  function guildIds(): readonly GuildId[] {
    const own = [...records.values()].filter(({ servers }) => servers.length > 0)
    const everyone = new Set([...own.map(({ guildId }) => guildId), ...(environment?.guildIds ?? [])])
    return [...everyone].filter(isMember)
  }

  return {
    all: async (guildId) => withoutRepeats(await Promise.all(slotsOf(guildId).map((slot) => slot.connect()))),
    of: (guildId, server) => find(slotsOf(guildId), server, (slot) => slot.connect()),
    async toDecide(guildId, server) {
      const failures: ConnectionProblem[] = []
      const found = await find(slotsOf(guildId), server, async (slot) => {
        const made = await slot.connect()
        if (made.ok || made.problem.problem !== 'trouble' || !isOutOfReach(made.problem.trouble)) return made
        const remembered = rememberedAt(guildId, slot)
        if (!remembered) return made
        failures.push(made.problem)
        return ok(standIn(remembered, made.problem.trouble))
      })
      // That there is none of this name is not said on the word of a memory.
      const isUnknown = !found.ok && found.problem.problem === 'serverUnknown'
      return isUnknown && failures[0] ? problem(failures[0]) : found
    },
    connected: (guildId) => distinctIn(slotsOf(guildId).flatMap((slot) => slot.connected() ?? [])),
    known: (guildId) =>
      distinctIn(
        slotsOf(guildId).flatMap((slot): KnownServer | [] => {
          const remembered = rememberedAt(guildId, slot)
          const nothingAsked = { kind: 'unreachable', mayHaveHappened: false } as const
          return slot.connected() ?? (remembered ? standIn(remembered, nothingAsked) : [])
        }),
      ),
    guildIds,
    async remember() {
      if (!memory) return
      for (const each of memory.known.values()) {
        // Of a guild that the bot is not in, nothing is known just now, and nothing is thrown away.
        if (isMember(each.guildId) && !isStillOf(each, slotsOf(each.guildId))) {
          await memory.documents.remove(rememberedServerKey(each))
        }
      }
      for (const guildId of guildIds()) {
        for (const learnt of learntOf(guildId, slotsOf(guildId))) {
          const key = rememberedServerKey(learnt)
          if (isNews(learnt, memory.known.get(key))) await memory.documents.update(key, () => learnt)
        }
      }
    },
  }
}

type Attempt = Promise<Result<LibrarySharing, ConnectionProblem>>

/** Still a connection of the guild, as far as is known to the same server. */
function isStillOf({ connection, serverId }: RememberedServer, slots: readonly Slot[]): boolean {
  const slot = slots.find(({ id }) => id === connection)
  return slot !== undefined && (slot.connected()?.serverId ?? serverId) === serverId
}

/** What is known of the connected servers; of one that is connected twice, what the first connection says. */
function learntOf(guildId: GuildId, slots: readonly Slot[]): RememberedServer[] {
  const learnt = new Map<string, RememberedServer>()
  for (const { id: connection, connected } of slots) {
    const sharing = connected()
    const { libraries, librariesReadAt: readAt } = sharing?.lastRead() ?? {}
    if (!sharing || !libraries || !readAt || learnt.has(sharing.serverId)) continue
    const { serverId, serverName: name } = sharing
    learnt.set(serverId, {
      schema: 1,
      guildId,
      serverId,
      name,
      owner: ownerOnly(sharing.owner),
      libraries: libraries.map(libraryOnly),
      readAt,
      connection,
    })
  }
  return [...learnt.values()]
}

/** In one order, so that two of them can be compared as texts. */
const ownerOnly = ({ accountId, username, email }: RememberedServer['owner']) => ({
  accountId,
  username,
  email,
})
const libraryOnly = ({ id, type, title }: RememberedServer['libraries'][number]) => ({ id, type, title })

/** A reading that only confirms what is known is written down once an hour. */
const confirmedEveryMs = 60 * 60_000

function isNews(learnt: RememberedServer, before: RememberedServer | undefined): boolean {
  if (!before) return true
  const content = ({ name, owner, libraries, connection }: RememberedServer) =>
    JSON.stringify([name, ownerOnly(owner), libraries.map(libraryOnly), connection])
  return (
    content(learnt) !== content(before) ||
    Math.abs(learnt.readAt.getTime() - before.readAt.getTime()) >= confirmedEveryMs
  )
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
function withoutRepeats(attempts: readonly Awaited<Attempt>[]): Awaited<Attempt>[] {
  const distinct = new Set(distinctIn(attempts.flatMap((each) => (each.ok ? [each.value] : []))))
  return attempts.filter((each) => !each.ok || distinct.has(each.value))
}

function distinctIn<S extends KnownServer>(connected: readonly S[]): S[] {
  const seen = new Map<string, S>()
  for (const each of connected) if (!seen.has(each.serverId)) seen.set(each.serverId, each)
  return [...seen.values()]
}

interface Once {
  connect: Connect
  connected(): LibrarySharing | undefined
}
/** `server` is absent where only connecting tells which one it is. */
type Slot = Once & { id: string; server?: ConnectedServer }

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
