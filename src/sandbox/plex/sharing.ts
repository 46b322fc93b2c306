import { isDeepStrictEqual } from 'node:util'
import { detailsOf } from './ledger.ts'
import {
  accountById,
  accountNamed,
  homeOf,
  isActive,
  isFor,
  isLive,
  isPending,
  serverById,
  sharesOwnedBy,
} from './look-up.ts'
import type { PlexState } from './state.ts'
import {
  noSettings,
  type PlexAccount,
  type PlexServer,
  type PlexShare,
  type PlexSharingSettings,
  type PlexWorld,
} from './world.ts'

export interface ShareWish {
  server: PlexServer
  /** A number is an account's id; a text is an address or a user name. */
  to: number | string
  libraryIds: readonly number[]
  settings: Partial<PlexSharingSettings>
  makesFriends: boolean
}

export type ShareRefusal =
  | { refused: 'already sharing'; name: string }
  | {
      refused: 'owner himself' | 'no such account' | 'invalid recipient' | 'no such library' | 'limit reached'
    }

export function createShare(state: PlexState, wish: ShareWish): PlexShare | ShareRefusal {
  const { world } = state
  const { server } = wish
  const invited = typeof wish.to === 'number' ? accountById(world, wish.to) : accountNamed(world, wish.to)
  const address = typeof wish.to === 'string' && wish.to.includes('@') ? wish.to.trim() : null
  if (!invited && address === null) return { refused: 'no such account' }
  if (!invited && address !== null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(address))
    return { refused: 'invalid recipient' }
  if (invited?.id === server.ownerId) return { refused: 'owner himself' }

  const already = world.shares.find((share) => isSameOffer(share, server, invited, address))
  if (already && world.rules.secondShare === 'refused') {
    return { refused: 'already sharing', name: invited?.username ?? invited?.title ?? address ?? '' }
  }
  if (wish.libraryIds.some((id) => !server.libraries.some((library) => library.id === id))) {
    return { refused: 'no such library' }
  }
  if (
    isNewPerson(world, server.ownerId, invited, address) &&
    peopleOf(world, server.ownerId) >= world.rules.sharingLimit
  ) {
    return { refused: 'limit reached' }
  }

  const isAcceptedAtOnce = invited !== undefined && isConnected(world, server.ownerId, invited.id)
  const at = state.nowIso()
  const share: PlexShare = {
    id: state.newShareId(),
    machineIdentifier: server.machineIdentifier,
    invitedId: invited?.id ?? null,
    invitedEmail: invited ? null : address,
    // An empty list at creation means everything, future libraries included (Plexopedia; seen live in 2026).
    allLibraries: wish.libraryIds.length === 0,
    libraryIds: [...new Set(wish.libraryIds)],
    invitedAt: at,
    acceptedAt: isAcceptedAtOnce ? at : null,
    deletedAt: null,
    leftAt: null,
    inviteToken: isAcceptedAtOnce ? null : state.newSecret('inviteToken'),
    accessToken: isAcceptedAtOnce ? state.newSecret('shareToken') : '',
    settings: { ...noSettings, ...wish.settings },
    makesFriends: wish.makesFriends,
    isOrphan: false,
  }
  state.commit(
    { ...world, shares: [...world.shares, share] },
    { did: 'share-created', details: detailsOf(share) },
  )
  return share
}

export interface ShareChange {
  /** `undefined`: as they are. */
  libraryIds?: readonly number[]
  settings?: Partial<PlexSharingSettings>
}

/** Replaces the whole list of libraries; settings that are not sent stay. */
export function changeShare(
  state: PlexState,
  share: PlexShare,
  change: ShareChange,
): PlexShare | { refused: 'no such library' | 'still pending' } {
  const { world } = state
  const server = serverById(world, share.machineIdentifier)
  if (!isActive(share) && !world.rules.pendingShareCanBeChanged) return { refused: 'still pending' }
  const { libraryIds, settings } = change
  if (libraryIds?.some((id) => !server?.libraries.some((library) => library.id === id))) {
    return { refused: 'no such library' }
  }
  const base = world.rules.settingsInChange === 'merged' ? share.settings : noSettings
  const changed: PlexShare = {
    ...share,
    ...(libraryIds && {
      libraryIds: [...new Set(libraryIds)],
      allLibraries: libraryIds.length === 0 && world.rules.emptyListInChange === 'all',
    }),
    ...(settings && { settings: { ...base, ...settings } }),
  }
  state.commit(
    state.replaceShare(changed),
    ...(libraryIds
      ? [
          {
            did: 'libraries-changed',
            details: { ...detailsOf(changed), before: librariesOf(share) },
          } as const,
        ]
      : []),
    ...(isDeepStrictEqual(changed.settings, share.settings)
      ? []
      : [{ did: 'settings-changed', details: detailsOf(changed) } as const]),
  )
  return changed
}

/** Ends one share, or withdraws it while it is pending, or clears the row that a withdrawal left. */
export function endShare(state: PlexState, share: PlexShare): void {
  const { world } = state
  const ended = { ...share, deletedAt: state.nowIso() }
  const shares = world.rules.v2ListsDeletedShares
    ? state.replaceShare(ended).shares
    : world.shares.filter((other) => other.id !== share.id)
  state.commit(
    { ...world, shares },
    { did: isPending(share) ? 'invite-withdrawn' : 'share-deleted', details: detailsOf(share) },
  )
}

/** Withdraws a pending invitation by the older route, which may leave a row behind. */
export function withdraw(state: PlexState, share: PlexShare): void {
  if (!state.world.rules.withdrawalLeavesRow) {
    endShare(state, share)
    return
  }
  state.commit(state.replaceShare({ ...share, isOrphan: true, inviteToken: null }), {
    did: 'invite-withdrawn',
    details: detailsOf(share),
  })
}

/** The person accepts: the same share id as before, and the account's own address from now on. */
export function acceptShare(state: PlexState, share: PlexShare, account: PlexAccount): PlexShare {
  const accepted: PlexShare = {
    ...share,
    invitedId: account.id,
    invitedEmail: null,
    acceptedAt: state.nowIso(),
    inviteToken: null,
    accessToken: state.newSecret('shareToken'),
  }
  const ownerId = serverById(state.world, share.machineIdentifier)?.ownerId
  const world = state.replaceShare(accepted)
  state.commit(
    ownerId === undefined
      ? world
      : { ...world, connections: connectionsWith(world, ownerId, account.id, share.makesFriends) },
    { did: 'accepted', details: detailsOf(accepted) },
  )
  return accepted
}

/** The other side gives the share back. */
export function leaveShare(state: PlexState, share: PlexShare): void {
  state.commit(state.replaceShare({ ...share, leftAt: state.nowIso() }), {
    did: 'left',
    details: detailsOf(share),
  })
}

/** Everything between two people: the shares of all servers, and the friendship. */
export function endEverythingWith(state: PlexState, ownerId: number, account: PlexAccount): boolean {
  const shares = sharesOwnedBy(state.world, ownerId).filter((share) => isLive(share) && isFor(share, account))
  const wasConnected = state.world.connections.some((connection) =>
    isBetween(connection, ownerId, account.id),
  )
  if (shares.length === 0 && !wasConnected) return false
  for (const share of shares) endShare(state, share)
  const connections = state.world.connections.filter(
    (connection) => !isBetween(connection, ownerId, account.id),
  )
  state.commit(
    { ...state.world, connections },
    { did: 'friend-removed', details: { ownerId, accountId: account.id } },
  )
  return true
}

/** Friends, people shared with before, and the own Home: they need not accept. */
export function isConnected(world: PlexWorld, ownerId: number, accountId: number): boolean {
  return (
    world.connections.some((connection) => isBetween(connection, ownerId, accountId)) ||
    homeOf(world, ownerId)?.memberIds.includes(accountId) === true
  )
}

/** How many people an account shares with or asks in, its Home included. */
export function peopleOf(world: PlexWorld, ownerId: number): number {
  const people = new Set<number | string>(homeOf(world, ownerId)?.memberIds ?? [])
  for (const share of sharesOwnedBy(world, ownerId)) {
    if (isLive(share)) people.add(share.invitedId ?? share.invitedEmail?.toLowerCase() ?? '')
  }
  return people.size
}

const isNewPerson = (
  world: PlexWorld,
  ownerId: number,
  invited: PlexAccount | undefined,
  address: string | null,
) =>
  !homeOf(world, ownerId)?.memberIds.includes(invited?.id ?? -1) &&
  !sharesOwnedBy(world, ownerId).some(
    (share) => isLive(share) && (invited ? isFor(share, invited) : sameAddress(share, address)),
  )

/** A share of the same server with the same person, the row that a withdrawal left included. */
function isSameOffer(
  share: PlexShare,
  server: PlexServer,
  invited: PlexAccount | undefined,
  address: string | null,
): boolean {
  if (share.machineIdentifier !== server.machineIdentifier) return false
  if (!isLive(share) && !share.isOrphan) return false
  return (invited !== undefined && isFor(share, invited)) || sameAddress(share, address)
}

const sameAddress = (share: PlexShare, address: string | null) =>
  address !== null && share.invitedEmail?.toLowerCase() === address.toLowerCase()

const isBetween = (pair: { ownerId: number; accountId: number }, a: number, b: number) =>
  (pair.ownerId === a && pair.accountId === b) || (pair.ownerId === b && pair.accountId === a)

const librariesOf = ({ allLibraries, libraryIds }: PlexShare) => ({ allLibraries, libraryIds })

function connectionsWith(world: PlexWorld, ownerId: number, accountId: number, isFriend: boolean) {
  const known = world.connections.find((connection) => isBetween(connection, ownerId, accountId))
  if (known && (known.isFriend || !isFriend)) return world.connections
  return [...world.connections.filter((other) => other !== known), { ownerId, accountId, isFriend }]
}
