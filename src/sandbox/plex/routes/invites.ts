import { response, v1NotFound, xml } from '../answer.ts'
import { accountContainer } from '../containers.ts'
import { accountById, isFor, isPending, serverById, sharesOwnedBy } from '../look-up.ts'
import type { PlexRequest } from '../request.ts'
import { type Route, signedIn } from '../router.ts'
import { thumbOf } from '../share-value-v2.ts'
import { acceptShare, withdraw } from '../sharing.ts'
import { epoch } from '../times.ts'
import type { PlexAccount, PlexHomeInvite, PlexShare, PlexWorld } from '../world.ts'
import { element } from '../xml.ts'

export const invites: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/invites/requested',
    handle: signedIn(({ world }, me) => list(world, sentBy(world, me))),
  },
  {
    method: 'GET',
    path: '/api/invites/requests',
    handle: signedIn(({ world }, me) => list(world, receivedBy(world, me))),
  },
  {
    method: 'DELETE',
    path: '/api/invites/requested/{inviteId}',
    handle: signedIn(({ request, state, params }, me) => {
      const invite = sentBy(state.world, me).find(
        (other) => other.id === params.inviteId && hasSameFlags(other, request),
      )
      if (!invite) return v1NotFound
      // One invitation is to a person: what waits on the other servers goes with it.
      for (const share of invite.shares) withdraw(state, share)
      if (invite.homeInvite) {
        const { invitedId, invitedEmail } = invite.homeInvite
        const homeInvites = state.world.homeInvites.filter((other) => other !== invite.homeInvite)
        state.commit(
          { ...state.world, homeInvites },
          { did: 'home-invite-withdrawn', details: { accountId: invitedId, email: invitedEmail } },
        )
      }
      return response(200, 'Invite removed')
    }),
  },
  {
    method: 'PUT',
    path: '/api/invites/requests/{inviteId}',
    handle: signedIn(({ request, state, params }, me) => {
      const invite = receivedBy(state.world, me).find(
        (other) => other.id === params.inviteId && hasSameFlags(other, request),
      )
      if (!invite) return v1NotFound
      for (const share of invite.shares) acceptShare(state, share, me)
      return response(200, 'Invite accepted')
    }),
  },
]

interface Invite {
  /** The account's number, or the address as it was typed where there is no account. */
  id: string
  who: PlexAccount | undefined
  email: string
  createdAt: string
  isFriend: boolean
  shares: readonly PlexShare[]
  homeInvite?: PlexHomeInvite
}

function sentBy(world: PlexWorld, me: PlexAccount): Invite[] {
  const groups = new Map<string, PlexShare[]>()
  for (const share of sharesOwnedBy(world, me.id).filter(isPending)) {
    groups.set(idOf(share), [...(groups.get(idOf(share)) ?? []), share])
  }
  const forServers = [...groups].flatMap(([id, shares]): Invite[] => {
    const [first] = shares
    if (!first) return []
    const who = accountById(world, first.invitedId)
    const email = who?.email ?? first.invitedEmail ?? ''
    return [
      {
        id,
        who,
        email,
        createdAt: first.invitedAt,
        isFriend: who !== undefined && first.makesFriends,
        shares,
      },
    ]
  })
  const forHome = world.homeInvites
    .filter((invite) => invite.adminId === me.id)
    .map((homeInvite): Invite => {
      const who = accountById(world, homeInvite.invitedId)
      const email = who?.email ?? homeInvite.invitedEmail ?? ''
      const id = String(homeInvite.invitedId ?? homeInvite.invitedEmail)
      return { id, who, email, createdAt: homeInvite.createdAt, isFriend: false, shares: [], homeInvite }
    })
  return [...forServers, ...forHome]
}

const idOf = (share: PlexShare) => String(share.invitedId ?? share.invitedEmail)

function receivedBy(world: PlexWorld, me: PlexAccount): Invite[] {
  return world.shares
    .filter((share) => isPending(share) && isFor(share, me))
    .flatMap((share): Invite[] => {
      const from = accountById(world, serverById(world, share.machineIdentifier)?.ownerId ?? null)
      if (!from) return []
      const isFriend = share.makesFriends && share.invitedId !== null
      return [
        {
          id: String(from.id),
          who: from,
          email: from.email ?? '',
          createdAt: share.invitedAt,
          isFriend,
          shares: [share],
        },
      ]
    })
}

/** Wrong flags are answered as if there were no such invitation. */
function hasSameFlags(invite: Invite, request: PlexRequest): boolean {
  const flag = (name: string) => request.query.get(name) === '1'
  return (
    flag('friend') === invite.isFriend &&
    flag('home') === (invite.homeInvite !== undefined) &&
    flag('server') === invite.shares.length > 0
  )
}

const list = (world: PlexWorld, all: readonly Invite[]) =>
  xml(
    200,
    accountContainer(
      all.length,
      all.map((invite) => inviteElement(world, invite)),
    ),
  )

/** The servers in it have a name and no id. */
function inviteElement(world: PlexWorld, invite: Invite): string {
  return element(
    'Invite',
    {
      id: invite.id,
      createdAt: epoch(invite.createdAt),
      friend: invite.isFriend,
      home: invite.homeInvite !== undefined,
      server: invite.shares.length > 0,
      username: invite.who?.username ?? '',
      email: invite.email,
      thumb: invite.who ? thumbOf(invite.who) : '',
      friendlyName: invite.who?.friendlyName || invite.who?.username || invite.email,
    },
    invite.shares.map((share) => {
      const server = serverById(world, share.machineIdentifier)
      const count = share.allLibraries ? server?.libraries.length : share.libraryIds.length
      return element('Server', { name: server?.name, numLibraries: count })
    }),
  )
}
