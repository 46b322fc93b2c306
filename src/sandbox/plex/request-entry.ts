import { isRecord, type PlexRequest } from './request.ts'

/** One request as it came and as it ended. No secret is in it: of the query only the names, of the body no passwords. */
export interface RequestEntry {
  number: number
  at: Date
  method: string
  path: string
  /** The template, `/api/servers/{mid}`; `undefined` where plex.tv has no such route. */
  route: string | undefined
  queryNames: readonly string[]
  body: unknown
  accept: string | undefined
  clientIdentifier: string | undefined
  /** Where the token was: one in the query ends in other people's logs. */
  tokenIn: 'header' | 'query' | 'nowhere'
  /** What was answered; `cut` where the connection was, `waiting` until then. */
  status: number | 'cut' | 'waiting'
  /** The faults that befell it. */
  faults: readonly string[]
}

export interface RequestFilter {
  method?: string
  route?: string
  status?: RequestEntry['status']
}
export type WhichRequests = RequestFilter | ((entry: RequestEntry) => boolean)

export function isMeant(which: WhichRequests, entry: RequestEntry): boolean {
  if (typeof which === 'function') return which(entry)
  return (
    (which.method === undefined || which.method === entry.method) &&
    (which.route === undefined || which.route === entry.route) &&
    (which.status === undefined || which.status === entry.status)
  )
}

export function entryOf(
  request: PlexRequest,
  route: string | undefined,
  number: number,
  at: Date,
): RequestEntry {
  return {
    number,
    at,
    method: request.method,
    path: request.path,
    route,
    queryNames: [...request.query.keys()],
    body: withoutSecrets(request.body),
    accept: request.header('accept'),
    clientIdentifier: request.clientIdentifier,
    tokenIn: request.header('x-plex-token')
      ? 'header'
      : request.query.has('X-Plex-Token')
        ? 'query'
        : 'nowhere',
    status: 'waiting',
    faults: [],
  }
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      /password|pin$|code$/iu.test(name) ? '[secret]' : withoutSecrets(inner),
    ]),
  )
}
