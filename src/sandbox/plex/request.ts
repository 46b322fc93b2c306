import type { IncomingMessage } from 'node:http'
import { readFields } from './fields.ts'

/** A request as the routes see it. A field is looked for in the query and in the body alike, as Rails does. */
export interface PlexRequest {
  method: string
  path: string
  query: URLSearchParams
  header(name: string): string | undefined
  /** JSON as it is; a form as its fields, `a[b][]` nested; `undefined` where there is none or it cannot be read. */
  body: unknown
  token: string | undefined
  clientIdentifier: string | undefined
}

export async function readRequest(message: IncomingMessage): Promise<PlexRequest> {
  const url = new URL(message.url ?? '/', 'http://plex.tv')
  const bytes: Buffer[] = []
  for await (const chunk of message) bytes.push(chunk)
  const header = (name: string) => {
    const value = message.headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  // Every X-Plex value may be a header or a part of the query (official documents).
  const plexValue = (name: string) => header(name.toLowerCase()) || url.searchParams.get(name) || undefined
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    header,
    body: readFields(Buffer.concat(bytes), header('content-type') ?? ''),
    token: plexValue('X-Plex-Token'),
    clientIdentifier: plexValue('X-Plex-Client-Identifier'),
  }
}

export function field(request: PlexRequest, ...path: string[]): unknown {
  const flat = path.map((part, at) => (at === 0 ? part : `[${part}]`)).join('')
  const inQuery = request.query.get(flat)
  if (inQuery !== null) return inQuery
  let value: unknown = request.body
  for (const part of path) value = isRecord(value) ? value[part] : undefined
  return value
}

export function textField(request: PlexRequest, ...path: string[]): string | undefined {
  const value = field(request, ...path)
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}

/** An id as a number or as its digits; anything else is none. */
export function idField(request: PlexRequest, ...path: string[]): number | undefined {
  return asId(field(request, ...path))
}

/** `[]` and a missing list are the same to plex.tv; a list with anything but ids in it is `undefined`. */
export function idListField(request: PlexRequest, ...path: string[]): number[] | undefined {
  const value = field(request, ...path) ?? []
  if (!Array.isArray(value)) return undefined
  const ids = value.filter((item) => item !== '').map(asId)
  return ids.every((id) => id !== undefined) ? ids : undefined
}

export function flag(value: unknown): boolean | undefined {
  if (value === true || value === 1 || value === '1' || value === 'true') return true
  if (value === false || value === 0 || value === '0' || value === 'false') return false
  return undefined
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function asId(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/u.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}
