import { noContent, notFound, response, v2, xml } from '../answer.ts'
import { countedContainer } from '../containers.ts'
import {
  accountById,
  accountNamed,
  homeOf,
  isActive,
  isFor,
  isLive,
  serverById,
  sharesOwnedBy,
} from '../look-up.ts'
import { field, idField, isRecord, type PlexRequest, textField } from '../request.ts'
import { type Call, type Route, signedIn } from '../router.ts'
import { thumbOf } from '../share-value-v2.ts'
import { changeShare, endEverythingWith } from '../sharing.ts'
import { settingsIn } from '../sharing-settings.ts'
import { epoch } from '../times.ts'
import {
  noSettings,
  type PlexAccount,
  type PlexShare,
  type PlexSharingSettings,
  type PlexWorld,
} from '../world.ts'
import { element } from '../xml.ts'

export const users: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/users',
    handle: signedIn(({ world }, me) => {
      const rows = peopleAround(world, me).map((account) => userElement(world, me, account))
      return xml(200, countedContainer(rows.length, rows))
    }),
  },
  {
    method: 'POST',
    path: '/api/users/validate',
    handle: signedIn(({ request, state }) =>
      accountNamed(state.world, textField(request, 'invited_email') ?? '')
        ? response(200, 'Valid user')
        : response(404, 'Unable to find user'),
    ),
  },
  {
    // The path takes the USER id, and everything on all servers goes.
    method: 'DELETE',
    path: '/api/v2/sharings/{userId}',
    handle: signedIn(({ request, state, params }, me) => {
      const account = accountById(state.world, Number(params.userId))
      return account && endEverythingWith(state, me.id, account) ? noContent : notFound(request)
    }),
  },
  {
    method: 'PUT',
    path: '/api/v2/sharings/{userId}',
    handle: signedIn((call, me) => {
      const account = accountById(call.state.world, Number(call.params.userId))
      const sent = settingsIn(Object.fromEntries(call.request.query))
      const applied = call.state.world.rules.sharingsPutAppliesFilters ? sent : withoutFilters(sent)
      return account && applySettings(call, me, account, applied)
        ? v2(call.request, 200, 'sharing', {})
        : notFound(call.request)
    }),
  },
  {
    method: 'POST',
    path: '/api/v2/sharing_settings',
    handle: signedIn((call, me) => {
      const settings = field(call.request, 'settings')
      const account = namedIn(call.state.world, call.request)
      const sent = settingsIn(isRecord(settings) ? settings : {})
      return account && applySettings(call, me, account, sent)
        ? v2(call.request, 200, 'sharing', {})
        : notFound(call.request)
    }),
  },
]

/** Friends, the Home, and whoever shares either way: not a list of who has access. */
function peopleAround(world: PlexWorld, me: PlexAccount): PlexAccount[] {
  const ids = new Set<number>()
  for (const { ownerId, accountId, isFriend } of world.connections) {
    if (isFriend && ownerId === me.id) ids.add(accountId)
    if (isFriend && accountId === me.id) ids.add(ownerId)
  }
  for (const member of homeOf(world, me.id)?.memberIds ?? []) ids.add(member)
  for (const share of sharesOwnedBy(world, me.id)) {
    if (share.invitedId !== null && isActive(share)) ids.add(share.invitedId)
  }
  ids.delete(me.id)
  return [...ids].flatMap((id) => accountById(world, id) ?? [])
}

function userElement(world: PlexWorld, me: PlexAccount, account: PlexAccount): string {
  const own = sharesBetween(world).get(`${me.id}>${account.id}`) ?? []
  const theirs = sharesBetween(world).get(`${account.id}>${me.id}`) ?? []
  const settings = own[0]?.settings ?? noSettings
  return element(
    'User',
    {
      id: account.id,
      title: account.title,
      username: account.username,
      // As the account spells it, capitals and all; `shared_servers` has it in lower case.
      email: account.email,
      recommendationsPlaylistId: '',
      thumb: thumbOf(account),
      protected: account.homePin !== null,
      home: homeOf(world, me.id)?.memberIds.includes(account.id) === true,
      allowTuners: settings.allowTuners,
      allowSync: settings.allowSync,
      allowCameraUpload: settings.allowCameraUpload,
      allowChannels: settings.allowChannels,
      allowSubtitleAdmin: settings.allowSubtitleAdmin,
      filterAll: settings.filterAll,
      filterMovies: settings.filterMovies,
      filterMusic: settings.filterMusic,
      filterPhotos: settings.filterPhotos,
      filterTelevision: settings.filterTelevision,
      restricted: account.managed,
    },
    [
      ...own.map((share) => serverElement(world, share, true)),
      ...theirs.map((share) => serverElement(world, share, false)),
    ],
  )
}

function serverElement(world: PlexWorld, share: PlexShare, owned: boolean): string {
  const server = serverById(world, share.machineIdentifier)
  return element('Server', {
    id: share.id,
    serverId: server?.serverId,
    machineIdentifier: share.machineIdentifier,
    name: server?.name,
    lastSeenAt: server && epoch(server.lastSeenAt),
    numLibraries: share.allLibraries ? server?.libraries.length : share.libraryIds.length,
    allLibraries: share.allLibraries,
    owned,
    pending: share.acceptedAt === null,
  })
}

const between = new WeakMap<readonly PlexShare[], Map<string, PlexShare[]>>()

/** Who shares what with whom, once for each list of shares. */
function sharesBetween(world: PlexWorld): Map<string, PlexShare[]> {
  const known = between.get(world.shares)
  if (known) return known
  const made = new Map<string, PlexShare[]>()
  for (const share of world.shares.filter(isLive)) {
    const key = `${serverById(world, share.machineIdentifier)?.ownerId}>${share.invitedId}`
    const list = made.get(key)
    if (list) list.push(share)
    else made.set(key, [share])
  }
  between.set(world.shares, made)
  return made
}

function namedIn(world: PlexWorld, request: PlexRequest): PlexAccount | undefined {
  const id = idField(request, 'invitedId')
  return id === undefined
    ? accountNamed(world, textField(request, 'invitedEmail') ?? '')
    : accountById(world, id)
}

/** The settings are the person's: every share of this owner gets them. */
function applySettings(
  { state }: Call,
  me: PlexAccount,
  account: PlexAccount,
  settings: Partial<PlexSharingSettings>,
): boolean {
  const shares = sharesOwnedBy(state.world, me.id).filter((share) => isActive(share) && isFor(share, account))
  for (const share of shares) changeShare(state, share, { settings: { ...share.settings, ...settings } })
  return shares.length > 0
}

const withoutFilters = (settings: Partial<PlexSharingSettings>): Partial<PlexSharingSettings> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !name.startsWith('filter')))
