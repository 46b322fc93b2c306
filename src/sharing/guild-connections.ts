import type { AccountId, GuildId, MemberId, ServerId } from '../lib/ids.ts'

/** The Plex accounts and servers that a guild was connected with by `/setup`: one document a guild. */
export interface GuildConnections {
  schema: 1
  guildId: GuildId
  accounts: readonly ConnectedAccount[]
  /** The first is the one that is meant where none is named. */
  servers: readonly ConnectedServer[]
}

/** An account that owns servers. */
export interface ConnectedAccount {
  accountId: AccountId
  username: string
  /** A secret: it can do everything that the account can. */
  token: string
  linkedBy: MemberId
  linkedAt: Date
}

export interface ConnectedServer {
  serverId: ServerId
  name: string
  /** Whose it is; the account stands in the same document. */
  accountId: AccountId
}

export const noConnections = (guildId: GuildId): GuildConnections => ({
  schema: 1,
  guildId,
  accounts: [],
  servers: [],
})

/** Signing in again replaces the account's token, and its servers stay. */
export function withAccount(connections: GuildConnections, account: ConnectedAccount): GuildConnections {
  const others = connections.accounts.filter((each) => each.accountId !== account.accountId)
  return { ...connections, accounts: [...others, account] }
}

/** The account uses these of its servers and no others; those that are there already keep their places. */
export function withServersOf(
  connections: GuildConnections,
  accountId: AccountId,
  servers: readonly Omit<ConnectedServer, 'accountId'>[],
): GuildConnections {
  const chosen = new Map(servers.map((server) => [server.serverId, { ...server, accountId }]))
  const kept = connections.servers.flatMap((server) => {
    const again = chosen.get(server.serverId)
    return again ?? (server.accountId === accountId ? [] : server)
  })
  const added = [...chosen.values()].filter(
    ({ serverId }) => !kept.some((server) => server.serverId === serverId),
  )
  return { ...connections, servers: [...kept, ...added] }
}

/** This server is the one that is meant where none is named. */
export function withFirst(connections: GuildConnections, serverId: ServerId): GuildConnections {
  const { servers } = connections
  const first = servers.filter((server) => server.serverId === serverId)
  return { ...connections, servers: [...first, ...servers.filter((server) => server.serverId !== serverId)] }
}

export function accountOf(
  { accounts }: GuildConnections,
  { accountId }: ConnectedServer,
): ConnectedAccount | undefined {
  return accounts.find((account) => account.accountId === accountId)
}
