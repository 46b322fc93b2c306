import { type Answer, noContent, response, v1NotFound, xml } from '../answer.ts'
import { isActive, isPending, serverById } from '../look-up.ts'
import { field, idField, idListField, textField } from '../request.ts'
import { type Call, type Route, signedIn } from '../router.ts'
import { createdRow, shareRow } from '../share-row-v1.ts'
import { changeShare, createShare, endShare } from '../sharing.ts'
import { settingsIn } from '../sharing-settings.ts'
import type { PlexAccount, PlexServer, PlexShare, PlexWorld } from '../world.ts'
import { element } from '../xml.ts'

/** XML whatever is asked for; the bodies of requests may be JSON or a form. */
export const sharedServersV1: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/servers/{mid}/shared_servers',
    handle: signedIn((call, me) =>
      onOwnServer(call.world, call, me, (server) =>
        container(
          server,
          rowsOf(call.world, server).map((share) => shareRow(call.world, share)),
        ),
      ),
    ),
  },
  {
    method: 'GET',
    path: '/api/servers/{mid}/shared_servers/{shareId}',
    handle: signedIn((call, me) =>
      onOwnShare(call.world, call, me, (share, server) => container(server, [shareRow(call.world, share)])),
    ),
  },
  {
    method: 'POST',
    path: '/api/servers/{mid}/shared_servers',
    handle: signedIn((call, me) => onOwnServer(call.state.world, call, me, (server) => create(call, server))),
  },
  {
    method: 'PUT',
    path: '/api/servers/{mid}/shared_servers/{shareId}',
    handle: signedIn((call, me) =>
      onOwnShare(call.state.world, call, me, (share, server) => {
        const libraryIds = idListField(call.request, 'shared_server', 'library_section_ids')
        if (libraryIds === undefined) return v1NotFound
        // Settings in this request are passed over (streamarr found so).
        const changed = changeShare(call.state, share, { libraryIds })
        return 'refused' in changed ? v1NotFound : container(server, [shareRow(call.state.world, changed)])
      }),
    ),
  },
  {
    method: 'DELETE',
    path: '/api/servers/{mid}/shared_servers/{shareId}',
    handle: signedIn((call, me) =>
      onOwnShare(call.state.world, call, me, (share) => {
        endShare(call.state, share)
        return noContent
      }),
    ),
  },
]

function create({ state, request }: Call, server: PlexServer): Answer {
  const to =
    idField(request, 'shared_server', 'invited_id') ?? textField(request, 'shared_server', 'invited_email')
  const libraryIds = idListField(request, 'shared_server', 'library_section_ids')
  if (to === undefined || to === '') return invalidRecipient
  if (libraryIds === undefined) return v1NotFound
  const settings = settingsIn(field(request, 'sharing_settings'))
  const made = createShare(state, { server, to, libraryIds, settings, makesFriends: true })
  if (!('refused' in made)) return container(server, [createdRow(state.world, server, made)])
  switch (made.refused) {
    case 'already sharing':
      return alreadySharing(made.name)
    case 'owner himself':
      // Not reported for v1; v2 treats it as it treats a second share.
      return alreadySharing(textField(request, 'shared_server', 'invited_email') ?? '')
    case 'no such account':
      return response(404, 'Unable to find user')
    case 'invalid recipient':
      return invalidRecipient
    case 'limit reached':
      return response(400, 'You have reached the maximum number of users you can share with.')
    case 'no such library':
      return v1NotFound
    default:
      return made satisfies never
  }
}

const invalidRecipient = response(400, 'The username or email entered appears to be invalid.')
const alreadySharing = (name: string) =>
  response(400, `You're already sharing this server with ${name}. Please edit your existing share.`)

/** Who is neither the owner nor asks for a server that there is gets the same answer. */
export function onOwnServer(
  world: PlexWorld,
  call: Call,
  me: PlexAccount,
  then: (server: PlexServer) => Answer,
): Answer {
  const server = serverById(world, call.params.mid ?? '')
  return server?.ownerId === me.id ? then(server) : response(404, 'Server not found')
}

function onOwnShare(
  world: PlexWorld,
  call: Call,
  me: PlexAccount,
  then: (share: PlexShare, server: PlexServer) => Answer,
): Answer {
  return onOwnServer(world, call, me, (server) => {
    const share = world.shares.find(
      (other) =>
        String(other.id) === call.params.shareId &&
        other.machineIdentifier === server.machineIdentifier &&
        other.deletedAt === null &&
        other.leftAt === null,
    )
    return share ? then(share, server) : v1NotFound
  })
}

const rowsOf = (world: PlexWorld, server: PlexServer) =>
  world.shares.filter(
    (share) =>
      share.machineIdentifier === server.machineIdentifier &&
      (isActive(share) || share.isOrphan || (isPending(share) && world.rules.v1ListsPendingShares)),
  )

const container = (server: PlexServer, rows: readonly string[]) =>
  xml(
    200,
    element(
      'MediaContainer',
      {
        friendlyName: 'myPlex',
        identifier: 'com.plexapp.plugins.myplex',
        machineIdentifier: server.machineIdentifier,
        size: rows.length,
      },
      rows,
    ),
  )
