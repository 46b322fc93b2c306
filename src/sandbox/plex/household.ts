import { homeOf, isLive } from './look-up.ts'
import type { PlexState } from './state.ts'
import { aManagedUser, type PlexAccount, type PlexHome, type PlexWorld } from './world.ts'

/** A user of the Home that this account administers, the admin himself included. */
export function memberOf(world: PlexWorld, admin: PlexAccount, accountId: number): PlexAccount | undefined {
  const home = ownHome(world, admin)
  const isIn = home !== undefined && (home.adminId === accountId || home.memberIds.includes(accountId))
  return isIn ? world.accounts.find((account) => account.id === accountId) : undefined
}

export function ownHome(world: PlexWorld, admin: PlexAccount): PlexHome | undefined {
  return world.homes.find((home) => home.adminId === admin.id)
}

/** A managed user is destroyed; a full account leaves, and stays a friend with its shares. */
export function removeFromHome(state: PlexState, home: PlexHome, member: PlexAccount): void {
  const { world } = state
  const homes = world.homes.map((other) =>
    other.id === home.id ? { ...other, memberIds: other.memberIds.filter((id) => id !== member.id) } : other,
  )
  const deed = {
    did: 'home-user-removed',
    details: { accountId: member.id, wasDestroyed: member.managed },
  } as const
  if (!member.managed) {
    const connections = [
      ...world.connections,
      { ownerId: home.adminId, accountId: member.id, isFriend: true },
    ]
    state.commit({ ...world, homes, connections }, deed)
    return
  }
  state.commit(
    {
      ...world,
      homes,
      accounts: world.accounts.filter((account) => account.id !== member.id),
      tokens: world.tokens.filter((token) => token.accountId !== member.id),
      shares: world.shares.filter((share) => !(isLive(share) && share.invitedId === member.id)),
    },
    deed,
  )
}

/** A Home comes to be with its first managed user. `undefined` where it is full. */
export function createManagedUser(
  state: PlexState,
  admin: PlexAccount,
  name: string,
  restrictionProfile: string | null,
): PlexAccount | undefined {
  const { world } = state
  const home = ownHome(world, admin) ?? emptyHome(admin)
  if (home.memberIds.length + 2 > world.rules.maxHomeSize) return undefined
  const user = aManagedUser({
    id: state.newAccountId(),
    title: name,
    friendlyName: name,
    restrictionProfile,
    joinedAt: state.nowIso(),
    updatedAt: state.nowIso(),
  })
  const grown = { ...home, memberIds: [...home.memberIds, user.id] }
  state.commit(
    {
      ...world,
      accounts: [...world.accounts, user],
      homes: [...world.homes.filter((other) => other.id !== home.id), grown],
    },
    { did: 'managed-user-created', details: { accountId: user.id, username: null, email: null } },
  )
  return user
}

export function withAccount(state: PlexState, changed: PlexAccount): PlexWorld {
  const updated = { ...changed, updatedAt: state.nowIso() }
  return {
    ...state.world,
    accounts: state.world.accounts.map((account) => (account.id === changed.id ? updated : account)),
  }
}

/** Whoever is in the Home may switch to anybody in it. */
export function sameHome(world: PlexWorld, me: PlexAccount, other: PlexAccount): boolean {
  const home = homeOf(world, me.id)
  return home !== undefined && home === homeOf(world, other.id)
}

function emptyHome(admin: PlexAccount): PlexHome {
  return {
    id: 5000000 + (admin.id % 1000),
    name: `${admin.username}'s home`,
    adminId: admin.id,
    guestUserId: 0,
    guestUserUuid: '',
    isGuestEnabled: false,
    memberIds: [],
  }
}
