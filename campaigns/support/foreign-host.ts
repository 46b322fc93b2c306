import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A host that a redirect names, and that nothing of ours may ever reach. */
export interface ForeignHost {
  url: string
  /** How many requests came, whatever they held. */
  received(): number
  close(): Promise<void>
}

export async function startForeignHost(): Promise<ForeignHost> {
  let received = 0
  const server = createServer((request, response) => {
    received++
    request.resume()
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // A TCP server that listens has one: node:net.
  return {
    url: `http://127.0.0.1:${port}`,
    received: () => received,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
