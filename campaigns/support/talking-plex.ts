import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createLibrarySharing } from '../../src/plex/library-sharing.ts'
import { harborId } from '../../src/sandbox/plex/world.ts'
import type { LibrarySharing } from '../../src/sharing/ports.ts'
import type { VirtualClock } from './clocks.ts'
import type { ListForm } from './share-lists.ts'

/** What plex.tv says when it is asked who has access. */
export type Speech = Buffer | ((response: ServerResponse) => void)

/** A plex.tv of one server, which says of its list whatever it is told to, and remembers what it was asked to do. */
export interface TalkingPlex {
  sharing: LibrarySharing
  say(speech: Speech): void
  /** Every request that could change something: `DELETE 32000001`, `POST`. */
  writes: string[]
  /** Forgets what was asked, and what was removed. */
  calm(): void
  /** How many bytes the client has read off its sockets since. */
  bytesRead(): number
  close(): void
}

export async function talkingPlex(
  form: ListForm,
  clock: VirtualClock,
  totalMs?: number,
): Promise<TalkingPlex> {
  let speech: Speech = Buffer.from('[]')
  const writes: string[] = []
  const removed = new Set<string>()
  const answers: Record<string, unknown> = {
    'GET /api/v2/user': { id: 10000001, username: 'owner', email: 'owner@example.com' },
    'GET /api/v2/resources': [
      { clientIdentifier: harborId, name: 'Harbor', provides: 'server', owned: true },
    ],
    ...(form === 'v1 XML' ? {} : { 'GET /api/v2/shared_servers/owned/pending': [] }),
  }
  const listAt =
    form === 'v1 XML'
      ? `GET /api/servers/${harborId}/shared_servers`
      : 'GET /api/v2/shared_servers/owned/accepted'
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request
    const path = url.split('?')[0] ?? ''
    request.resume()
    const key = `${method} ${path}`
    if (key === listAt) {
      if (typeof speech === 'function') speech(response)
      else response.writeHead(200, { 'content-length': speech.length }).end(speech)
      return
    }
    const answer = answers[key]
    if (answer !== undefined) return void response.end(JSON.stringify(answer))
    if (method === 'GET') return void response.writeHead(410).end()
    const share = path.split('/').at(-1) ?? ''
    writes.push(method === 'DELETE' ? `DELETE ${share}` : method)
    const isKnown = method === 'DELETE' && !removed.has(share)
    removed.add(share)
    response.writeHead(isKnown ? 204 : 404).end(isKnown ? '' : '{"errors":[{"code":1002,"status":404}]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // `listen` on a port gives an `AddressInfo`.
  const { port } = server.address() as AddressInfo
  const sockets = new Set<Socket>()
  const onSocket = (message: unknown) => {
    // Node says so of this channel: https://nodejs.org/api/diagnostics_channel.html#net
    const { socket } = message as { socket: Socket }
    socket.once('connect', () => socket.remotePort === port && sockets.add(socket))
  }
  subscribe('net.client.socket', onSocket)
  const read = () => [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0)
  const connected = await createLibrarySharing({
    token: 'FAKEownerToken000001',
    clientIdentifier: 'client-0001',
    baseUrl: `http://127.0.0.1:${port}`,
    server: 'Harbor',
    clock,
    ...(totalMs === undefined ? {} : { totalMs, idleMs: totalMs / 3 }),
  })
  if (!connected.ok) throw new Error(`not connected: ${connected.problem.kind}`)
  let readBefore = read()
  return {
    sharing: connected.value,
    say: (next) => {
      speech = next
    },
    writes,
    calm() {
      writes.length = 0
      removed.clear()
      readBefore = read()
    },
    bytesRead: () => read() - readBefore,
    close() {
      unsubscribe('net.client.socket', onSocket)
      connected.value.close()
      server.closeAllConnections()
      server.close()
    },
  }
}
