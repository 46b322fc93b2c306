import { switchedValue } from '../account-value.ts'
import {
  type Answer,
  errors,
  noContent,
  notFound,
  response,
  textError,
  v1NotFound,
  v2,
  xml,
  xmlErrors,
} from '../answer.ts'
import { countedContainer } from '../containers.ts'
import { createManagedUser, memberOf, ownHome, removeFromHome, sameHome, withAccount } from '../household.ts'
import { accountNamed, homeOf } from '../look-up.ts'
import { type PlexRequest, textField } from '../request.ts'
import { type Call, type Route, signedIn, whoAsks } from '../router.ts'
import { thumbOf } from '../share-value-v2.ts'
import { epoch } from '../times.ts'
import type { JsonObject } from '../v2-value.ts'
import type { PlexAccount, PlexHome, PlexRules, PlexWorld } from '../world.ts'
import { element } from '../xml.ts'

export const home: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v2/home',
    handle: signedIn(({ request, world }, me) => {
      const mine = homeOf(world, me.id)
      if (!mine) return notFound(request)
      return v2(request, 200, 'home', { subscription: me.plexPass, guestEnabled: mine.isGuestEnabled })
    }),
  },
  {
    method: 'GET',
    path: '/api/v2/home/users',
    handle: signedIn(({ request, world }, me) => v2(request, 200, 'home', homeValue(world, me))),
  },
  {
    method: 'GET',
    path: '/api/home/users',
    handle: signedIn(({ world }, me) => {
      const mine = homeOf(world, me.id)
      const rows = householdOf(world, me, mine).map((user) => userElement(user, mine))
      return xml(200, countedContainer(rows.length, rows, { guestUserID: mine?.guestUserId ?? 0 }))
    }),
  },
  {
    method: 'POST',
    path: '/api/v2/home/users/{uuid}/switch',
    handle: signedIn((call, me) => {
      const { request, state, params } = call
      const user = state.world.accounts.find((account) => account.uuid === params.uuid)
      if (!user || !sameHome(state.world, me, user)) return notFound(request)
      if (isLockedOut(user, request)) return wrongPin(request, state.world.rules)
      return v2(request, 201, 'user', switchedValue(state.world, user, switched(call, user)))
    }),
  },
  {
    method: 'POST',
    path: '/api/home/users/{userId}/switch',
    handle: signedIn((call, me) => {
      const { request, state, params } = call
      const user = state.world.accounts.find((account) => String(account.id) === params.userId)
      if (!user || !sameHome(state.world, me, user)) return v1NotFound
      if (isLockedOut(user, request)) return xmlErrors(403, pinNeeded)
      const { id, uuid, title, username, email } = user
      return xml(
        201,
        element('user', { id, uuid, title, username, email, authenticationToken: switched(call, user) }),
      )
    }),
  },
  {
    method: 'DELETE',
    path: '/api/v2/home/users/{userId}',
    handle: signedIn((call, me) => (remove(call, me) ? noContent : notFound(call.request))),
  },
  {
    method: 'DELETE',
    path: '/api/home/users/{userId}',
    handle: signedIn((call, me) => (remove(call, me) ? response(200, 'Removed user') : v1NotFound)),
  },
  {
    method: 'POST',
    path: '/api/home/users',
    // An address invites a full account; a title makes a managed user.
    handle: signedIn((call, me) => {
      const title = textField(call.request, 'title')
      return title === undefined ? inviteToHome(call, me) : createV1(call, me, title)
    }),
  },
  {
    // The Home PIN of a full account. A dead token is answered 404 here, and a wrong PIN 401 (Plexopedia).
    method: 'PUT',
    path: '/api/home/users/{userId}',
    handle: (call) => {
      const me = whoAsks(call)
      if ('dead' in me) return textError(404, 'Invalid authentication token.')
      return setPin(call, me)
    },
  },
  ...['POST', 'PUT'].map((method) => ({
    method,
    path: '/api/home',
    handle: signedIn(({ request, state }, me) => {
      const mine = ownHome(state.world, me)
      if (!mine) return v1NotFound
      const isGuestEnabled = textField(request, 'guestEnabled') === '1'
      const homes = state.world.homes.map((other) => (other === mine ? { ...mine, isGuestEnabled } : other))
      state.commit({ ...state.world, homes })
      return response(200, 'Updated home')
    }),
  })),
]

/** A user as v2 shows it, in lists and in the answers to changes. */
export function userValue(user: PlexAccount, of: PlexHome | undefined): JsonObject {
  return {
    id: user.id,
    uuid: user.uuid,
    title: user.title,
    username: user.username,
    email: user.email,
    friendlyName: user.friendlyName,
    thumb: thumbOf(user),
    // About the account's password; `protected` is about the Home PIN.
    hasPassword: user.password !== null,
    restricted: user.managed,
    updatedAt: epoch(user.updatedAt),
    restrictionProfile: user.restrictionProfile,
    admin: of?.adminId === user.id,
    guest: false,
    protected: user.homePin !== null,
  }
}

function homeValue(world: PlexWorld, me: PlexAccount): JsonObject {
  const mine = homeOf(world, me.id)
  return {
    id: mine?.id ?? 0,
    name: mine?.name ?? '',
    guestUserID: mine?.guestUserId ?? 0,
    guestUserUUID: mine?.guestUserUuid ?? '',
    guestEnabled: mine?.isGuestEnabled ?? false,
    subscription: me.plexPass,
    users: householdOf(world, me, mine).map((user) => userValue(user, mine)),
  }
}

function householdOf(world: PlexWorld, me: PlexAccount, mine: PlexHome | undefined): PlexAccount[] {
  const ids = mine ? [mine.adminId, ...mine.memberIds] : [me.id]
  return ids.flatMap((id) => world.accounts.find((account) => account.id === id) ?? [])
}

function userElement(user: PlexAccount, mine: PlexHome | undefined): string {
  return element('User', {
    id: user.id,
    uuid: user.uuid,
    admin: mine?.adminId === user.id,
    guest: 0,
    restricted: user.managed,
    restrictionProfile: user.restrictionProfile,
    hasPassword: user.password !== null,
    protected: user.homePin !== null,
    title: user.title,
    username: user.username,
    email: user.email,
    thumb: thumbOf(user),
  })
}

const isLockedOut = (user: PlexAccount, request: PlexRequest) =>
  user.homePin !== null && textField(request, 'pin') !== user.homePin

const pinNeeded = { code: 1041, message: 'A valid PIN is required to perform this action' }

function wrongPin(request: PlexRequest, rules: PlexRules): Answer {
  switch (rules.wrongPinAnswer) {
    case '403':
      return errors(request, 403, pinNeeded)
    case '403 without status':
      return errors(request, 403, { ...pinNeeded, status: null })
    case '401':
      return errors(request, 401, pinNeeded)
    default:
      return rules.wrongPinAnswer satisfies never
  }
}

function switched({ request, state }: Call, user: PlexAccount): string {
  const token = state.tokenFor(user.id, request.clientIdentifier ?? null)
  state.commit(state.world, { did: 'switched', details: { accountId: user.id } })
  return token
}

function remove({ state, params }: Call, me: PlexAccount): boolean {
  const mine = ownHome(state.world, me)
  const member = memberOf(state.world, me, Number(params.userId))
  if (!mine || !member || member.id === mine.adminId) return false
  removeFromHome(state, mine, member)
  return true
}

function createV1({ state }: Call, me: PlexAccount, name: string): Answer {
  const user = createManagedUser(state, me, name, null)
  if (!user) return response(422, 'The Plex Home is full')
  const { id, uuid, title } = user
  return xml(200, element('User', { id, uuid, title, username: '', email: '' }))
}

function inviteToHome({ request, state }: Call, me: PlexAccount): Answer {
  const address = textField(request, 'invitedEmail')
  if (address === undefined) return v1NotFound
  if (!me.plexPass) return response(422, 'Invite a user requires a Plex Pass')
  const who = accountNamed(state.world, address)
  const invite = {
    adminId: me.id,
    invitedId: who?.id ?? null,
    invitedEmail: who ? null : address,
    createdAt: state.nowIso(),
  }
  state.commit(
    { ...state.world, homeInvites: [...state.world.homeInvites, invite] },
    { did: 'home-invited', details: { accountId: invite.invitedId, email: invite.invitedEmail } },
  )
  return response(200, 'Invite sent')
}

function setPin({ request, state, params }: Call, me: PlexAccount): Answer {
  const user = memberOf(state.world, me, Number(params.userId))
  if (!user || user.managed) return v1NotFound
  if (user.homePin !== null && textField(request, 'currentPin') !== user.homePin)
    return response(401, 'Incorrect PIN')
  const homePin = textField(request, 'pin') || null
  if (homePin !== user.homePin) {
    state.commit(withAccount(state, { ...user, homePin }), {
      did: 'home-pin-changed',
      details: { accountId: user.id },
    })
  }
  // Taking away a PIN that is not there is a success too.
  return response(200, 'Updated user')
}
