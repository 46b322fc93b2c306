import type { GuildId, ServerId } from '../lib/ids.ts'
import { problem } from '../lib/result.ts'
import type { Library, LibrarySharing, Owner, Trouble, TroubleKind } from './ports.ts'

/**
 * What was learnt of a guild's server when plex.tv answered last: enough to decide by while it does not. Who has access
 * is not among it: of people nothing is said that plex.tv does not say now.
 */
export interface RememberedServer {
  schema: 1
  guildId: GuildId
  serverId: ServerId
  name: string
  owner: Owner
  libraries: readonly Library[]
  /** When the libraries were read. */
  readAt: Date
  /** By which sign-in it was learnt: what another one is connected with may be another server. */
  connection: string
}

export const rememberedServerKey = ({ guildId, serverId }: Pick<RememberedServer, 'guildId' | 'serverId'>) =>
  `${guildId}:${serverId}`

/** plex.tv could not be asked. It did not say no: a token that it refuses is another thing. */
export function isOutOfReach({ kind }: { kind: TroubleKind }): boolean {
  return outOfReach.includes(kind)
}
const outOfReach: readonly TroubleKind[] = [
  'unreachable',
  'timedOut',
  'rateLimited',
  'serverError',
  'unexpected',
]

/**
 * The server in the place of a connection that could not be made. It can be decided about, and nothing else: it has no way
 * to plex.tv at all, so nothing can be sent before a connection has confirmed which server this is.
 */
export function standIn(server: RememberedServer, trouble: Trouble): LibrarySharing {
  const refuses = async () => problem<Trouble>({ ...trouble, mayHaveHappened: false })
  return {
    serverId: server.serverId,
    serverName: server.name,
    owner: server.owner,
    standsIn: true,
    lastRead: () => ({
      libraries: server.libraries,
      librariesReadAt: server.readAt,
      pending: undefined,
      active: undefined,
      untold: 0,
      home: undefined,
    }),
    libraries: refuses,
    shares: refuses,
    home: refuses,
    share: refuses,
    changeLibraries: refuses,
    end: refuses,
    removeFromHome: refuses,
  }
}
