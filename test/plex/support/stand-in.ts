import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type PlexConnection, PlexHttp } from '../../../src/plex/http.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { fixture, fixtureBody } from './fixtures.ts'

export interface Received {
  method: string
  /** Path and query. */
  url: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

export interface Reply {
  status?: number
  headers?: Record<string, string>
  body?: string | Buffer
  /** Sends the reply by hand. */
  by?: (response: ServerResponse, request: IncomingMessage) => void
}

export const serve = (file: string): Reply => {
  const { status, contentType, headers } = fixture(file)
  return {
    status,
    body: fixtureBody(file),
    headers: { ...(contentType && { 'content-type': contentType }), ...headers },
  }
}

export interface StandIn {
  url: string
  received: Received[]
  /** `"GET /path"` of every request so far. */
  asked(): string[]
}

/**
 * A real server in plex.tv's place. Each route answers with its replies one after the other, the last one again and
 * again; a route that is not foreseen answers 410, as a retired one does.
 */
export async function standIn(routes: Readonly<Record<string, Reply | readonly Reply[]>>): Promise<StandIn> {
  const received: Received[] = []
  const given = new Map<string, number>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      // A fresh name in front of every path keeps what one test learns about retired forms from another's server.
      const url = (request.url ?? '').replace(/^\/\d+/u, '')
      const { pathname: path, searchParams: query } = new URL(url, 'http://x')
      const { method = '', headers } = request
      received.push({ method, url, path, query, headers, body: Buffer.concat(chunks).toString() })
      const key = `${method} ${path}`
      const replies = [routes[key] ?? routes['*'] ?? { status: 410 }].flat()
      const turn = given.get(key) ?? 0
      given.set(key, turn + 1)
      answer(replies[Math.min(turn, replies.length - 1)] ?? {}, response, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  // `listen` on a port gives an `AddressInfo`.
  const { port } = server.address() as AddressInfo
  started += 1
  return {
    url: `http://127.0.0.1:${port}/${started}`,
    received,
    asked: () => received.map(({ method, path }) => `${method} ${path}`),
  }
}

let started = 0

function answer(reply: Reply, response: ServerResponse, request: IncomingMessage): void {
  if (reply.by) reply.by(response, request)
  else response.writeHead(reply.status ?? 200, reply.headers).end(reply.body)
}

export const ownerToken = 'FAKEownerToken000001'

export function connected(
  url: string,
  options: Partial<PlexConnection> = {},
): { http: PlexHttp; clock: FakeClock } {
  const clock = fakeClock()
  const http = new PlexHttp({
    token: ownerToken,
    clientIdentifier: 'client-0001',
    baseUrl: url,
    clock,
    ...options,
  })
  onTestFinished(() => http.close())
  return { http, clock }
}
