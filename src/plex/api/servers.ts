import { z } from 'zod'
import { id, type ServerId } from '../../lib/ids.ts'
import { container, flag, text, xmlList } from '../fields.ts'
import { inFirstWorkingForm } from '../forms.ts'
import type { PlexHttp } from '../http.ts'
import { readAnswer } from '../parse.ts'

export interface Server {
  id: ServerId
  name: string
  /** Only an owned server can be shared. */
  owned: boolean
  /** Whether plex.tv sees it at this moment; `undefined` where the answer does not say. */
  isOnline: boolean | undefined
}

/** The servers an account sees: its own and those shared with it. @throws PlexError */
export function readServers(http: PlexHttp): Promise<Server[]> {
  return inFirstWorkingForm(http.baseUrl, [
    { name: 'v2 resources', ask: () => readResources(http) },
    { name: 'v1 servers', ask: () => readServerList(http) },
  ])
}

/** v2: every device of the account; a server is what provides `server`. */
async function readResources(http: PlexHttp): Promise<Server[]> {
  const answer = await http.send({
    method: 'GET',
    host: 'clients',
    route: '/api/v2/resources',
    query: { includeHttps: '1', includeRelay: '1' },
  })
  const devices = await readAnswer(answer, resourcesAnswer)
  return devices.filter(({ provides }) => provides?.split(',').includes('server')).map(toServer)
}

/** v1: leaves out servers without remote access unless told not to. */
async function readServerList(http: PlexHttp): Promise<Server[]> {
  const answer = await http.send({
    method: 'GET',
    route: '/api/servers',
    query: { includeLite: '1' },
    accept: 'xml',
  })
  const servers = await readAnswer(answer, serversAnswer)
  return servers.map(({ machineIdentifier, ...server }) =>
    toServer({ clientIdentifier: machineIdentifier, ...server }),
  )
}

const toServer = (server: {
  clientIdentifier: string
  name?: string | undefined
  owned: boolean | undefined
  presence?: boolean | undefined
}): Server => ({
  id: id<ServerId>(server.clientIdentifier),
  name: server.name ?? server.clientIdentifier,
  owned: server.owned === true,
  isOnline: server.presence,
})

/** A server's `machineIdentifier` is what a device calls its `clientIdentifier`. Tokens and addresses are not read. */
const device = z.object({
  clientIdentifier: z.string().min(1),
  name: text,
  provides: text,
  owned: flag,
  presence: flag,
})
const resourcesAnswer = z.union([
  z.array(device),
  container('Device', device),
  xmlList('resources', 'resource', device),
])

/** The container's own `machineIdentifier` is another thing: the account's. */
const serversAnswer = container(
  'Server',
  z.object({ machineIdentifier: z.string().min(1), name: text, owned: flag }),
)
