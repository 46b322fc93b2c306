import type { Config } from '../config.ts'
import { createEnvironmentConnections } from '../connections.ts'
import type { Clock } from '../lib/clock.ts'
import { type GuildId, id } from '../lib/ids.ts'
import { silentLog } from '../lib/log.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import { type ConnectProblem, createLibrarySharing } from '../plex/library-sharing.ts'
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
 * Which Plex server a command of the command line works with, for one guild. The one place to widen where a connection
 * may come from elsewhere than the environment.
 */
export function plexOfGuild(
  plex: Config['plex'],
  asked: string | undefined,
  { clock, clientIdentifier }: { clock: Clock; clientIdentifier: string },
): Result<GuildPlex, CannotConnect> {
  const { connection } = plex
  if (!connection) return problem(noConnection('any Discord server'))
  const [only, another] = connection.guildIds
  const guildId = asked === undefined && another === undefined ? only : asked && id<GuildId>(asked)
  if (!guildId) {
    return problem({
      what: 'DISCORD_GUILD_IDS names several Discord servers.',
      next: `Say which one is meant: add --guild ${only ?? ''}`,
      isUsage: true,
    })
  }
  if (!connection.guildIds.includes(guildId)) {
    return problem(noConnection(`the Discord server ${guildId}`))
  }
  const opened: { close(): void }[] = []
  const connect = async () => {
    const connected = await createLibrarySharing({
      token: connection.token.reveal(),
      clientIdentifier: plex.clientIdentifier ?? clientIdentifier,
      baseUrl: plex.apiUrl,
      server: connection.server,
      clock,
      log: silentLog,
    })
    if (!connected.ok) return problem(connectionProblem(connected.problem, connection.server ?? ''))
    opened.push(connected.value)
    return connected
  }
  return ok({
    guildId,
    connections: createEnvironmentConnections({ guildIds: connection.guildIds, connect }),
    close: () => {
      for (const each of opened) each.close()
    },
  })
}

const noConnection = (where: string): CannotConnect => ({
  what: `No Plex server is connected for ${where}.`,
  next: 'Put PLEX_TOKEN and the id of the Discord server in DISCORD_GUILD_IDS into .env, as for the bot itself, and run this again.',
})

/** The client's words in the rules' words. */
function connectionProblem(why: ConnectProblem, asked: string): ConnectionProblem {
  switch (why.kind) {
    case 'trouble':
      return { problem: 'trouble', trouble: why.trouble }
    case 'serverUnknown':
    case 'serverNotOwned':
      return { problem: why.kind, asked, servers: why.owned }
    case 'serverAmbiguous':
      return { problem: why.kind, asked, serverIds: why.choices.map((choice) => choice.id) }
    default:
      return why satisfies never
  }
}

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
