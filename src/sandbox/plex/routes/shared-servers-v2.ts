import { type Answer, errors, json, noContent, notFound, v2, wantsJson, xml } from '../answer.ts'
import {
  accountById,
  isActive,
  isFor,
  isLive,
  isPending,
  serverById,
  shareById,
  sharesOwnedBy,
} from '../look-up.ts'
import { field, flag, idField, idListField, isRecord, textField } from '../request.ts'
import { type Call, type Route, signedIn } from '../router.ts'
import { invitedValue, shareJson, shareValue, shareXml, thumbOf } from '../share-value-v2.ts'
import { acceptShare, changeShare, createShare, endShare, leaveShare } from '../sharing.ts'
import { settingsIn } from '../sharing-settings.ts'
import type { Json } from '../v2-value.ts'
import { wrapped } from '../v2-value.ts'
import type { PlexAccount, PlexShare, PlexWorld } from '../world.ts'
import { element } from '../xml.ts'

const one = '/api/v2/shared_servers/{shareId}'

export const sharedServersV2: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v2/shared_servers/owned/accepted',
    handle: signedIn((call, me) =>
      list(call, sharesOwnedBy(call.world, me.id).filter(isListedAsAccepted(call.world))),
    ),
  },
  {
    method: 'GET',
    path: '/api/v2/shared_servers/owned/pending',
    handle: signedIn((call, me) => list(call, sharesOwnedBy(call.world, me.id).filter(isPending))),
  },
  {
    method: 'GET',
    path: '/api/v2/shared_servers/invites/owned/pending',
    handle: signedIn((call, me) => grouped(call, sentBy(call.world, me))),
  },
  {
    method: 'GET',
    path: '/api/v2/shared_servers/invites/received/pending',
    handle: signedIn((call, me) => grouped(call, receivedBy(call.world, me))),
  },
  {
    // The collection only takes new shares: reading it is answered 405 (seen live in 2026).
    method: 'GET',
    path: '/api/v2/shared_servers',
    handle: signedIn(({ request }) => methodNotAllowed(request, 'OPTIONS, POST')),
  },
  { method: 'POST', path: '/api/v2/shared_servers', handle: signedIn(create) },
  {
    method: 'POST',
    path: `${one}/accept`,
    handle: signedIn((call, me) => {
      const share = shareById(call.state.world, Number(call.params.shareId))
      if (!share || !isPending(share) || !isFor(share, me)) return notFound(call.request)
      acceptShare(call.state, share, me)
      return v2(call.request, 200, 'sharedServer', { id: share.id, accepted: true })
    }),
  },
  {
    method: 'POST',
    path: one,
    handle: signedIn((call, me) => onOwnShare(call, me, (share) => change(call, share))),
  },
  { method: 'DELETE', path: one, handle: signedIn(end) },
  {
    method: 'GET',
    path: one,
    handle: signedIn(({ request }) => methodNotAllowed(request, 'OPTIONS, POST, DELETE')),
  },
]

function list(call: Call, shares: readonly PlexShare[]): Answer {
  if (wantsJson(call.request))
    return json(200, `[${shares.map((share) => shareJson(call.world, share)).join(',')}]`)
  return xml(
    200,
    element(
      'sharedServers',
      {},
      shares.map((share) => shareXml(call.world, share)),
    ),
  )
}

const isListedAsAccepted = (world: PlexWorld) => (share: PlexShare) =>
  isActive(share) ||
  (share.leftAt !== null && share.deletedAt === null && world.rules.v2ListsLeftShares) ||
  (share.deletedAt !== null && share.acceptedAt !== null && world.rules.v2ListsDeletedShares)

function create(call: Call, me: PlexAccount): Answer {
  const { request, state } = call
  const server = serverById(state.world, textField(request, 'machineIdentifier') ?? '')
  if (server?.ownerId !== me.id) return notFound(request)
  const to = idField(request, 'invitedId') ?? textField(request, 'invitedEmail')
  const libraryIds = idListField(request, 'librarySectionIds')
  if (to === undefined || to === '') return invalid(request, 'invitedEmail')
  if (libraryIds === undefined) return notFound(request)
  const made = createShare(state, {
    server,
    to,
    libraryIds,
    settings: settingsIn(field(request, 'settings')),
    makesFriends: flag(field(request, 'skipFriendship')) !== true,
  })
  if (!('refused' in made)) return v2(request, 201, 'sharedServer', shareValue(state.world, made))
  switch (made.refused) {
    case 'already sharing':
    case 'owner himself':
      // HTTP says 422, the body says 400, and there is no message: which of the two it is only a list can tell.
      return errors(request, 422, { code: 1999, field: 'base', status: 400 })
    case 'no such account':
      return errors(request, 404, { code: 1002, message: 'Unable to find user' })
    case 'invalid recipient':
      return invalid(request, 'invitedEmail')
    case 'limit reached':
      return errors(request, 422, {
        code: 1999,
        message: 'You have reached the maximum number of users you can share with.',
        field: 'sharing_limit',
      })
    case 'no such library':
      return notFound(request)
    default:
      return made satisfies never
  }
}

function change(call: Call, share: PlexShare): Answer {
  const { request, state } = call
  const settings = field(request, 'settings')
  const hasLibraries = field(request, 'librarySectionIds') !== undefined
  const libraryIds = idListField(request, 'librarySectionIds')
  if (libraryIds === undefined) return notFound(request)
  const changed = changeShare(state, share, {
    ...(hasLibraries ? { libraryIds } : {}),
    ...(isRecord(settings) ? { settings: settingsIn(settings) } : {}),
  })
  return 'refused' in changed
    ? notFound(request)
    : v2(request, 200, 'sharedServer', shareValue(state.world, changed))
}

/** The owner ends it; the other side leaves it. */
function end(call: Call, me: PlexAccount): Answer {
  const share = shareById(call.state.world, Number(call.params.shareId))
  if (share && isLive(share) && isFor(share, me)) {
    leaveShare(call.state, share)
    return noContent
  }
  return onOwnShare(call, me, (own) => {
    endShare(call.state, own)
    return noContent
  })
}

function onOwnShare(call: Call, me: PlexAccount, then: (share: PlexShare) => Answer): Answer {
  const { world } = call.state
  const share = /^\d+$/u.test(call.params.shareId ?? '')
    ? shareById(world, Number(call.params.shareId))
    : undefined
  const isOwn = share && serverById(world, share.machineIdentifier)?.ownerId === me.id
  const isThere = share && share.deletedAt === null && share.leftAt === null
  return share && isOwn && isThere ? then(share) : notFound(call.request)
}

/** The other grouping: one entry a person, with the offers of all servers in it. */
function grouped(call: Call, entries: readonly { readonly [key: string]: Json }[]): Answer {
  return wantsJson(call.request) ? json(200, JSON.stringify(entries)) : xml(200, wrapped('invites', entries))
}

function sentBy(world: PlexWorld, me: PlexAccount) {
  const groups = new Map<string, PlexShare[]>()
  for (const share of sharesOwnedBy(world, me.id).filter(isPending)) {
    const who = String(share.invitedId ?? share.invitedEmail)
    groups.set(who, [...(groups.get(who) ?? []), share])
  }
  return [...groups.values()].flatMap((shares) => {
    const [first] = shares
    const account = first && accountById(world, first.invitedId)
    const invited = first && account ? invitedValue(world, account, first) : null
    // Here a row does not repeat whom it is for, unless it is an address alone.
    const sharedServers = shares.map((share) => ({
      ...shareValue(world, share),
      invitedId: null,
      invited: null,
    }))
    return [{ invited, sharedServers }]
  })
}

function receivedBy(world: PlexWorld, me: PlexAccount) {
  const offers = world.shares.filter((share) => isPending(share) && isFor(share, me))
  return offers.flatMap((share) => {
    const server = serverById(world, share.machineIdentifier)
    const from = accountById(world, server?.ownerId ?? null)
    if (!server || !from) return []
    const { id, uuid, title, username, friendlyName } = from
    const shown = shareValue(world, share).libraries ?? []
    return [
      {
        owner: { id, uuid, title, username, email: null, friendlyName, thumb: thumbOf(from) },
        sharedServers: [
          {
            id: share.id,
            name: server.name,
            machineIdentifier: server.machineIdentifier,
            accepted: false,
            libraries: shown,
          },
        ],
      },
    ]
  })
}

const invalid = (request: Call['request'], name: string) =>
  errors(request, 422, { code: 1999, message: 'is invalid', field: name })

const methodNotAllowed = (request: Call['request'], allow: string): Answer => ({
  ...errors(request, 405, { code: 1002, message: 'The requested resource or endpoint could not be found' }),
  headers: { Allow: allow },
})
