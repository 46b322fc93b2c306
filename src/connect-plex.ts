import type { Log } from './lib/log.ts'
import { problem, type Result } from './lib/result.ts'
import type { ConnectedSharing, ConnectProblem, LibrarySharingOptions } from './plex/library-sharing.ts'
import type { ConnectionProblem } from './sharing/ports.ts'

/** What every connection to plex.tv has in common. */
export type ToPlex = Omit<LibrarySharingOptions, 'token' | 'server'> & { log: Log }

/**
 * Connects one server of one account, and says in the rules' words why it could not be. The client is loaded when it is
 * first needed: axios and the rest are a fifth of the start, and Discord is answered without.
 */
export async function connectPlex(
  plex: ToPlex,
  token: string,
  server: string | undefined,
): Promise<Result<ConnectedSharing, ConnectionProblem>> {
  const { createLibrarySharing } = await import('./plex/library-sharing.ts')
  const connected = await createLibrarySharing({ ...plex, token, server })
  if (connected.ok) return connected
  plex.log.error({ reason: connected.problem.kind }, 'The Plex server could not be connected')
  return problem(connectionProblem(connected.problem, server ?? ''))
}

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
