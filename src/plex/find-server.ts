import type { ServerId } from '../lib/ids.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import type { Server } from './api/servers.ts'

export type ServerProblem =
  /** No server of that name or identifier, or none was named and there are several. `owned` are their names. */
  | { kind: 'serverUnknown'; owned: readonly string[] }
  /** There is such a server, but it is somebody else's. */
  | { kind: 'serverNotOwned'; owned: readonly string[] }
  /** Two owned servers have that name: only the identifier tells them apart. */
  | { kind: 'serverAmbiguous'; choices: readonly { id: ServerId; name: string }[] }

/**
 * Finds an owned server by its identifier, else by its exact name, else by its name whatever the case. Where none is
 * named and only one is owned, it is that one.
 */
export function findServer(servers: readonly Server[], wanted: string): Result<Server, ServerProblem> {
  const owned = servers.filter((server) => server.owned)
  const names = owned.map(({ name }) => name)
  if (wanted === '') {
    const [only, another] = owned
    return only && !another ? ok(only) : problem({ kind: 'serverUnknown', owned: names })
  }
  const folded = wanted.toLowerCase()
  const matches: ((server: Server) => boolean)[] = [
    (server) => server.id.toLowerCase() === folded,
    (server) => server.name === wanted,
    (server) => server.name.toLowerCase() === folded,
  ]
  for (const match of matches) {
    const [server, another] = owned.filter(match)
    if (server && another) return problem({ kind: 'serverAmbiguous', choices: owned.filter(match) })
    if (server) return ok(server)
  }
  const isForeign = servers.some((server) => matches.some((match) => match(server)))
  return problem({ kind: isForeign ? 'serverNotOwned' : 'serverUnknown', owned: names })
}
