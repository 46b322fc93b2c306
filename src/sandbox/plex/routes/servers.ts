import { json, notFound, response, v2, wantsJson, xml } from '../answer.ts'
import { accountContainer } from '../containers.ts'
import { accountById, isActive, serverById } from '../look-up.ts'
import { type Call, type Route, signedIn } from '../router.ts'
import { epoch } from '../times.ts'
import type { JsonObject } from '../v2-value.ts'
import { v2Xml } from '../v2-value.ts'
import type { PlexAccount, PlexServer, PlexWorld } from '../world.ts'
import { type Attributes, element } from '../xml.ts'

export const servers: readonly Route[] = [
  ...['/api/servers', '/servers.xml', '/pms/servers.xml'].map((path) => ({
    method: 'GET',
    path,
    handle: signedIn(listServers),
  })),
  {
    method: 'GET',
    path: '/api/servers/{mid}',
    handle: signedIn(({ world, params }, me) => {
      const server = serverById(world, params.mid ?? '')
      if (server?.ownerId !== me.id) return response(404, 'Server not found')
      const sections = server.libraries.map(({ id, key, type, title }) =>
        element('Section', { id, key, type, title }),
      )
      // `size` counts sections here, not servers.
      return xml(200, accountContainer(sections.length, [element('Server', serverFacts(server), sections)]))
    }),
  },
  {
    method: 'GET',
    path: '/api/v2/servers/{mid}',
    handle: signedIn(({ request, world, params }, me) => {
      const server = serverById(world, params.mid ?? '')
      return server?.ownerId === me.id ? v2(request, 200, 'server', serverValue(server)) : notFound(request)
    }),
  },
  {
    method: 'GET',
    path: '/api/v2/resources',
    handle: signedIn(({ request, world }, me) => {
      const resources = [...resourcesOf(world, me)]
      if (wantsJson(request)) return json(200, JSON.stringify(resources))
      return xml(
        200,
        element(
          'resources',
          {},
          resources.map((resource) => v2Xml('resource', resource)),
        ),
      )
    }),
  },
  {
    method: 'GET',
    path: '/api/resources',
    handle: signedIn(({ world }, me) => {
      const resources = [...resourcesOf(world, me)]
      return xml(200, accountContainer(resources.length, resources.map(deviceElement)))
    }),
  },
]

function listServers({ request, world }: Call, me: PlexAccount) {
  const isLite = request.query.get('includeLite') === '1'
  const rows = serversOf(world, me)
    .filter((server) => server.hasRemoteAccess || isLite)
    .map((server) => {
      const from = server.ownerId === me.id ? undefined : accountById(world, server.ownerId)
      return element('Server', {
        accessToken: accessTokenOf(world, server, me),
        ...serverFacts(server),
        owned: !from,
        ...(from ? { sourceTitle: from.username, ownerId: from.id, home: 0 } : {}),
      })
    })
  return xml(200, accountContainer(rows.length, rows))
}

/** The own ones, and those that others share; what is only offered is not among them. */
const serversOf = (world: PlexWorld, me: PlexAccount) =>
  world.servers.filter((server) => server.ownerId === me.id || shareWith(world, server, me) !== undefined)

const shareWith = (world: PlexWorld, server: PlexServer, me: PlexAccount) =>
  world.shares.find(
    (share) =>
      share.machineIdentifier === server.machineIdentifier && share.invitedId === me.id && isActive(share),
  )

const accessTokenOf = (world: PlexWorld, server: PlexServer, me: PlexAccount) =>
  server.ownerId === me.id ? server.accessToken : (shareWith(world, server, me)?.accessToken ?? null)

function serverFacts(server: PlexServer) {
  return {
    name: server.name,
    address: server.hasRemoteAccess ? '203.0.113.10' : '',
    port: server.hasRemoteAccess ? 32400 : 0,
    version: server.version,
    scheme: 'http',
    host: server.hasRemoteAccess ? '203.0.113.10' : '',
    localAddresses: '192.0.2.5',
    machineIdentifier: server.machineIdentifier,
    createdAt: epoch(server.createdAt),
    updatedAt: epoch(server.lastSeenAt),
    owned: 1,
    synced: 0,
  } satisfies Attributes
}

function serverValue(server: PlexServer): JsonObject {
  return {
    ...serverFacts(server),
    owned: true,
    synced: false,
    librarySections: server.libraries.map(({ id, key, title, type }) => ({ id, key, title, type })),
  }
}

type Resource = ReturnType<typeof resource>

function* resourcesOf(world: PlexWorld, me: PlexAccount): Generator<Resource> {
  for (const server of serversOf(world, me)) {
    const from = server.ownerId === me.id ? undefined : accountById(world, server.ownerId)
    yield resource({
      name: server.name,
      product: 'Plex Media Server',
      productVersion: server.version,
      device: 'Docker Container',
      clientIdentifier: server.machineIdentifier,
      createdAt: server.createdAt,
      lastSeenAt: server.lastSeenAt,
      provides: 'server',
      ownerId: from?.id ?? null,
      sourceTitle: from?.username ?? null,
      accessToken: accessTokenOf(world, server, me),
      isReachable: server.hasRemoteAccess,
      isOnline: server.isOnline,
    })
  }
  for (const device of world.devices.filter((other) => other.ownerId === me.id)) {
    yield resource({
      name: device.name,
      product: device.product,
      productVersion: '2026.1',
      device: null,
      clientIdentifier: device.clientIdentifier,
      createdAt: '2022-01-02T03:04:05Z',
      lastSeenAt: '2026-11-19T22:00:00Z',
      provides: device.provides,
      ownerId: null,
      sourceTitle: null,
      accessToken: null,
      isReachable: false,
      isOnline: false,
    })
  }
}

function resource(of: {
  name: string
  product: string
  productVersion: string
  device: string | null
  clientIdentifier: string
  createdAt: string
  lastSeenAt: string
  provides: string
  ownerId: number | null
  sourceTitle: string | null
  accessToken: string | null
  isReachable: boolean
  isOnline: boolean
}) {
  return {
    name: of.name,
    product: of.product,
    productVersion: of.productVersion,
    platform: 'Linux',
    platformVersion: '6.8',
    device: of.device,
    clientIdentifier: of.clientIdentifier,
    createdAt: of.createdAt,
    lastSeenAt: of.lastSeenAt,
    provides: of.provides,
    ownerId: of.ownerId,
    sourceTitle: of.sourceTitle,
    publicAddress: '203.0.113.10',
    accessToken: of.accessToken,
    owned: of.ownerId === null,
    home: false,
    synced: false,
    relay: of.isReachable,
    presence: of.isOnline,
    httpsRequired: false,
    publicAddressMatches: of.isReachable,
    dnsRebindingProtection: false,
    natLoopbackSupported: false,
    connections: of.isReachable ? [connection] : [],
  }
}

const connection = {
  protocol: 'https',
  address: '192.0.2.5',
  port: 32400,
  uri: 'https://192-0-2-5.0123456789abcdef0123456789abcdef.plex.direct:32400',
  local: true,
  relay: false,
  IPv6: false,
}

/** v1's form: seconds, "1" and "0", and an order of its own. */
function deviceElement(of: Resource): string {
  const { name, product, productVersion, platform, platformVersion, device, clientIdentifier } = of
  const { httpsRequired, synced, relay, dnsRebindingProtection, natLoopbackSupported } = of
  return element(
    'Device',
    {
      ...{ name, product, productVersion, platform, platformVersion, device, clientIdentifier },
      createdAt: epoch(of.createdAt),
      lastSeenAt: epoch(of.lastSeenAt),
      provides: of.provides,
      owned: of.owned,
      accessToken: of.accessToken,
      publicAddress: of.publicAddress,
      ...{ httpsRequired, synced, relay, dnsRebindingProtection, natLoopbackSupported },
      publicAddressMatches: of.publicAddressMatches,
      presence: of.presence,
      ...(of.ownerId === null ? {} : { ownerId: of.ownerId, sourceTitle: of.sourceTitle }),
    },
    of.connections.map(({ protocol, address, port, uri, local }) =>
      element('Connection', { protocol, address, port, uri, local }),
    ),
  )
}
