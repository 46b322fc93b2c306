import { type Answer, errors, notFound, v2 } from '../answer.ts'
import { createManagedUser, memberOf, ownHome, withAccount } from '../household.ts'
import { idField, textField } from '../request.ts'
import { type Call, type Route, whoAsks } from '../router.ts'
import type { PlexAccount } from '../world.ts'
import { userValue } from './home.ts'

/** The users that live only in a Home. Who is no admin of it gets 404 with a body that says 401 (seed 003). */
export const managedUsers: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v2/home/users/restricted',
    handle: asAdmin((call, admin) => {
      const name = textField(call.request, 'friendlyName') ?? ''
      const user = createManagedUser(
        call.state,
        admin,
        name,
        textField(call.request, 'restrictionProfile') ?? null,
      )
      return user ? shown(call, admin, user, 200) : homeIsFull(call)
    }),
  },
  {
    method: 'POST',
    path: '/api/v2/home/users/restricted/profile',
    handle: asAdmin((call, admin) => {
      const user = managed(call, admin, idField(call.request, 'userId'))
      if (!user) return notFound(call.request)
      const restrictionProfile = textField(call.request, 'restrictionProfile') ?? null
      return changed(call, admin, { ...user, restrictionProfile }, 'profile-changed', 200)
    }),
  },
  {
    method: 'POST',
    path: '/api/v2/home/users/restricted/{userId}',
    handle: asAdmin((call, admin) => {
      const { request } = call
      const user = managed(call, admin, Number(call.params.userId))
      if (!user) return notFound(request)
      if (textField(request, 'removePin') === '1') return removePin(call, admin, user)
      const homePin = textField(request, 'pin')
      if (homePin !== undefined) return changed(call, admin, { ...user, homePin }, 'managed-pin-set', 201)
      const friendlyName = textField(request, 'friendlyName')
      if (friendlyName === undefined) return shown(call, admin, user, 200)
      return changed(call, admin, { ...user, friendlyName, title: friendlyName }, 'managed-user-renamed', 200)
    }),
  },
]

/** 201, and 201 again however often; the body may still say `protected="1"`: only the list tells. */
function removePin(call: Call, admin: PlexAccount, user: PlexAccount): Answer {
  const { state, request } = call
  if (user.homePin !== null) {
    state.commit(withAccount(state, { ...user, homePin: null }), {
      did: 'managed-pin-removed',
      details: { accountId: user.id },
    })
  }
  const value = userValue({ ...user, homePin: null }, ownHome(state.world, admin))
  return v2(request, 201, 'user', { ...value, protected: state.world.rules.removedPinStillShown })
}

function asAdmin(handle: (call: Call, admin: PlexAccount) => Answer): (call: Call) => Answer {
  return (call) => {
    const me = whoAsks(call)
    return 'dead' in me || me.managed
      ? errors(call.request, 404, { code: 1001, message: 'User could not be authenticated', status: 401 })
      : handle(call, me)
  }
}

function managed(
  { state }: Call,
  admin: PlexAccount,
  accountId: number | undefined,
): PlexAccount | undefined {
  const user = accountId === undefined ? undefined : memberOf(state.world, admin, accountId)
  return user?.managed ? user : undefined
}

function changed(
  call: Call,
  admin: PlexAccount,
  user: PlexAccount,
  did: 'profile-changed' | 'managed-user-renamed' | 'managed-pin-set',
  status: number,
): Answer {
  call.state.commit(withAccount(call.state, user), { did, details: { accountId: user.id } })
  return shown(call, admin, user, status)
}

const shown = ({ request, state }: Call, admin: PlexAccount, user: PlexAccount, status: number) =>
  v2(request, status, 'user', userValue(user, ownHome(state.world, admin)))

const homeIsFull = ({ request }: Call) =>
  errors(request, 422, { code: 1999, message: 'The Plex Home is full', field: 'base' })
