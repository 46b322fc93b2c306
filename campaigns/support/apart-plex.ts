import { type AccountId, id, type ServerId } from '../../src/lib/ids.ts'
import { ok, problem } from '../../src/lib/result.ts'
import { accountById, accountNamed, tokenRecord } from '../../src/sandbox/plex/look-up.ts'
import type { PlexState } from '../../src/sandbox/plex/state.ts'
import { aManagedUser, anAccount, aServer, aShare, aToken, plexWorld } from '../../src/sandbox/plex/world.ts'
import type { PlexAccounts } from '../../src/sharing/ports.ts'
import type { VirtualClock } from './clocks.ts'

/** Two owners with two servers each; every server has names, libraries and people that no other has. */
export const owners = { olive: 10000001, cedric: 20000009 } as const
export type OwnerName = keyof typeof owners
export const serverNames = ['Harbor', 'Lighthouse', 'Cabin', 'Attic'] as const
export type ServerName = (typeof serverNames)[number]
const ownerOf: Record<ServerName, OwnerName> = {
  Harbor: 'olive',
  Lighthouse: 'olive',
  Cabin: 'cedric',
  Attic: 'cedric',
}
const at = (name: ServerName) => serverNames.indexOf(name) + 1
export const idOf = (name: ServerName) => `c0ffee${at(name)}`.padEnd(40, '0')
export const librariesOf = (name: ServerName) => [
  { id: 910000001 + 10 * at(name), key: 1, type: 'movie', title: 'Movies' },
  { id: 910000002 + 10 * at(name), key: 2, type: 'show', title: `${name}Nights` },
]
/** Has access there, and is known by this name to nobody else. */
export const friendOf = (name: ServerName) => `annof${name.toLowerCase()}`
/** Was invited there by address and has not accepted. */
export const guestOf = (name: ServerName) => `newof${name.toLowerCase()}`
export const homeUserOf = (owner: OwnerName) => `Kidof${owner}`
export const addressOf = (who: string) => `${who}@example.com`
/** Has something on every server, and so is a name of all of them. */
export const commonFriend = 'miraeverywhere'
export const environmentToken = 'FAKEownerToken000001'

export function apartWorld() {
  const names = Object.keys(owners) as OwnerName[] // Those of the record above.
  return plexWorld({
    accounts: [
      ...names.map((name) =>
        anAccount({ id: owners[name], username: `${name}owner`, email: addressOf(`${name}owner`) }),
      ),
      ...names.map((name, index) => aManagedUser({ id: 20000100 + index, title: homeUserOf(name) })),
      ...serverNames.map((name) =>
        anAccount({ id: 20000200 + at(name), username: friendOf(name), email: addressOf(friendOf(name)) }),
      ),
      anAccount({ id: 20000300, username: commonFriend, email: addressOf(commonFriend) }),
    ],
    tokens: [aToken(environmentToken, owners.olive)],
    servers: serverNames.map((name) =>
      aServer({
        machineIdentifier: idOf(name),
        serverId: 7100000 + at(name),
        name,
        ownerId: owners[ownerOf[name]],
        libraries: librariesOf(name),
      }),
    ),
    shares: serverNames.flatMap((name) => {
      const machineIdentifier = idOf(name)
      const libraryIds = [librariesOf(name)[0]?.id ?? 0]
      return [
        aShare({ id: 30000010 + at(name), machineIdentifier, invitedId: 20000200 + at(name), libraryIds }),
        aShare({
          id: 30000020 + at(name),
          machineIdentifier,
          invitedEmail: addressOf(guestOf(name)),
          libraryIds,
          acceptedAt: null,
        }),
        aShare({ id: 30000030 + at(name), machineIdentifier, invitedId: 20000300, libraryIds }),
      ]
    }),
    connections: [],
    devices: [],
    homes: names.map((name, index) => ({
      id: 5000001 + index,
      name: `home of ${name}`,
      adminId: owners[name],
      guestUserId: 5000090 + index,
      guestUserUuid: `9999000${index}aaaa1111`,
      isGuestEnabled: false,
      memberIds: [20000100 + index],
    })),
  })
}

/** Signing in at the level of the port: as at plex.tv, an account has one token on one installation. */
export function signingInAt(
  state: PlexState,
  clock: VirtualClock,
  asks: (token: string) => void,
): { accounts: PlexAccounts; approve(text: string, owner: OwnerName): string | undefined } {
  const links = new Map<string, { token?: string }>()
  const unauthorised = problem({ kind: 'unauthorised' as const, mayHaveHappened: false })
  return {
    /** Somebody opens the link that stands in this text, and signs in; the token that the installation gets. */
    approve(text, owner) {
      const link = links.get(/code=(\d+)/u.exec(text)?.[1] ?? '')
      if (link) link.token = state.tokenFor(owners[owner], 'this installation')
      return link?.token
    },
    accounts: {
      async beginSignIn() {
        const signInId = String(4_000_000_001 + links.size)
        links.set(signInId, {})
        const expiresAt = new Date(clock.now().getTime() + 1_800_000)
        return ok({ id: signInId, address: `https://app.plex.tv/auth#?code=${signInId}`, expiresAt })
      },
      async checkSignIn(signInId) {
        const link = links.get(signInId)
        if (!link) return ok({ is: 'expired' })
        return ok(link.token === undefined ? { is: 'waiting' } : { is: 'signedIn', token: link.token })
      },
      async whose(token) {
        asks(token)
        const known = tokenRecord(state.world, token)
        const account = known?.dead === null ? accountById(state.world, known.accountId) : undefined
        if (!account) return unauthorised
        return ok({
          accountId: id<AccountId>(String(account.id)),
          username: account.username ?? '',
          email: account.email ?? '',
          servers: ownedBy(state, account.id),
        })
      },
      async signOut(token) {
        const known = tokenRecord(state.world, token)
        if (!known) return false
        const tokens = state.world.tokens.map((each) =>
          each.token === token ? { ...each, dead: 'revoked' as const } : each,
        )
        state.commit(
          { ...state.world, tokens },
          { did: 'signed-out', details: { accountId: known.accountId } },
        )
        return true
      },
    },
  }
}

export const ownedBy = ({ world }: PlexState, accountId: number) =>
  world.servers
    .filter(({ ownerId }) => ownerId === accountId)
    .map((server) => ({ serverId: id<ServerId>(server.machineIdentifier), name: server.name }))

/** The server has another owner from now on, as after it was claimed anew: the same identifier, another account. */
export function handOver(state: PlexState, name: ServerName, to: OwnerName): void {
  const servers = state.world.servers.map((server) =>
    server.name === name ? { ...server, ownerId: owners[to] } : server,
  )
  state.commit({ ...state.world, servers })
}

export const accountIdOf = (state: PlexState, username: string) => accountNamed(state.world, username)?.id
