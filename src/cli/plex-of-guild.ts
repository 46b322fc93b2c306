import type { Config } from '../config.ts'
import { connectPlex, type ToPlex } from '../connect-plex.ts'
import { createConnections } from '../connections.ts'
import type { Clock } from '../lib/clock.ts'
import { type GuildId, id } from '../lib/ids.ts'
import { silentLog } from '../lib/log.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import type { GuildConnections } from '../sharing/guild-connections.ts'
import type { ConnectionProblem, Connections, Trouble } from '../sharing/ports.ts'

export interface GuildPlex {
  guildId: GuildId
  connections: Connections
  /** Frees what was opened. */
  close(): void
}

/** What to tell the person at the terminal. */
export interface CannotConnect {
  what: string
  next: string
  /** The command was not complete. */
  isUsage?: true
}

/**
 * Which Plex servers a command of the command line works with, for one guild: those that it was connected with by
 * `/setup`, and that of the environment, as for the bot itself.
 */
export function plexOfGuild(
  plex: Config['plex'],
  asked: string | undefined,
  {
    clock,
    clientIdentifier,
    records,
  }: { clock: Clock; clientIdentifier: string; records: ReadonlyMap<string, GuildConnections> },
): Result<GuildPlex, CannotConnect> {
  const { connection: environment } = plex
  const opened: { close(): void }[] = []
  const to: ToPlex = {
    clientIdentifier: plex.clientIdentifier ?? clientIdentifier,
    baseUrl: plex.apiUrl,
    clock,
    log: silentLog,
  }
  const connect = async (token: string, server: string | undefined) => {
    const connected = await connectPlex(to, token, server)
    if (connected.ok) opened.push(connected.value)
    return connected
  }
  const connections = createConnections({
    records,
    connectTo: ({ token }, { serverId }) => connect(token, serverId),
    environment: environment && {
      guildIds: environment.guildIds,
      connect: () => connect(environment.token.reveal(), environment.server),
    },
  })
  const [only, another] = connections.guildIds()
  if (!only) return problem(noConnection('any Discord server'))
  const guildId = asked === undefined && another === undefined ? only : asked && id<GuildId>(asked)
  if (!guildId) {
    return problem({
      what: 'Several Discord servers have a Plex server.',
      next: `Say which one is meant: add --guild ${only}`,
      isUsage: true,
    })
  }
  if (!connections.guildIds().includes(guildId)) {
    return problem(noConnection(`the Discord server ${guildId}`))
  }
  return ok({
    guildId,
    connections,
    close: () => {
      for (const each of opened) each.close()
    },
  })
}

const noConnection = (where: string): CannotConnect => ({
  what: `No Plex server is connected for ${where}.`,
  next: 'Connect one with /setup plex in Discord, or put PLEX_TOKEN and the id of the Discord server in DISCORD_GUILD_IDS into .env, and run this again.',
})

/** Why there is no connection, for a terminal. */
export function connectionWords(why: ConnectionProblem): CannotConnect {
  switch (why.problem) {
    case 'notSetUp':
      return noConnection('this Discord server')
    case 'serverUnknown':
    case 'serverNotOwned': {
      const owned = why.servers.join(', ')
      return {
        what:
          why.asked === ''
            ? `The Plex account owns several servers: ${owned}.`
            : `The Plex account owns no server ${why.asked}. It owns: ${owned}.`,
        next: 'Put the name of the one that is meant into PLEX_SERVER, or leave --server out.',
      }
    }
    case 'serverLost':
      return {
        what: `The server ${why.name} no longer belongs to the account that was linked for it.`,
        next: 'Choose another one with /setup server in Discord, or sign in with the account that owns it now with /setup plex.',
      }
    case 'serverAmbiguous':
      return {
        what: `Several servers have the name ${why.asked}.`,
        next: `Put the identifier of one into PLEX_SERVER: ${why.serverIds.join(' or ')}`,
      }
    case 'trouble':
      return troubleWords(why.trouble)
    default:
      return why satisfies never
  }
}

/** What plex.tv did in place of an answer, for a terminal. */
export function troubleWords({ kind }: Trouble): CannotConnect {
  return kind === 'unauthorised'
    ? {
        what: 'plex.tv does not accept the token.',
        next: 'Put the present one into PLEX_TOKEN; a change of the Plex password can end tokens.',
      }
    : {
        what: `plex.tv could not be read (${kind}). What it did not say is not concluded: nothing was changed.`,
        next: 'Run this again later.',
      }
}
