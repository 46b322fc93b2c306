import {
  aManagedUser,
  anAccount,
  aServer,
  aShare,
  aToken,
  cabinId,
  harborId,
  lighthouseId,
  noSettings,
  owner,
  ownerToken,
} from './people-and-things.ts'
import type { PlexLibrary, PlexRules, PlexWorld } from './world.ts'

/** What a test says of the world it wants: only what differs. */
export type PlexDifferences = Partial<Omit<PlexWorld, 'rules'>> & { rules?: Partial<PlexRules> }

/**
 * The ordinary world. Harbor and Lighthouse belong to `harbor_admin`; `mira_q` has some libraries on both, `jonas.b`
 * all of Harbor's; an address is still pending; `Kiddo` is managed; Cabin belongs to somebody else. Several more
 * have an account and nothing else.
 */
export function plexWorld(differences: PlexDifferences = {}): PlexWorld {
  const { rules, ...rest } = differences
  return { ...ordinaryWorld(), ...rest, rules: { ...ordinaryRules, ...rules } }
}

const ordinaryRules: PlexRules = {
  secondShare: 'refused',
  sharingLimit: 100,
  maxHomeSize: 15,
  v1ListsPendingShares: false,
  v2ListsLeftShares: true,
  v2ListsDeletedShares: false,
  withdrawalLeavesRow: false,
  emptyListInChange: 'all',
  pendingShareCanBeChanged: false,
  settingsInChange: 'replaced',
  sharingsPutAppliesFilters: false,
  removedPinStillShown: true,
  wrongPinAnswer: '403',
  signInFailuresAllowed: 10,
  accountCreation: 'open',
}

function ordinaryWorld(): Omit<PlexWorld, 'rules'> {
  return {
    accounts: [
      anAccount({ ...owner, uuid: '0a1b2c3d4e5f6071', friendlyName: '', plexPass: true, homePin: '1111' }),
      anAccount({ id: 20000001, uuid: '1111aaaa1111aaaa', username: 'mira_q', email: 'mira@example.com' }),
      anAccount({
        id: 20000002,
        uuid: '2222aaaa2222aaaa',
        username: 'jonas.b',
        email: 'Jonas.Brandt@Example.com',
      }),
      aManagedUser({ id: 20000003, uuid: '3333aaaa3333aaaa', title: 'Kiddo', homePin: '4321' }),
      anAccount({ id: 20000004, uuid: '7777aaaa7777aaaa', username: 'pat-h', email: 'pat@example.net' }),
      anAccount({
        id: 20000009,
        uuid: '5555aaaa5555aaaa',
        username: 'cabin_owner',
        email: 'cabin@example.com',
      }),
      anAccount({
        id: 20000030,
        uuid: '4444aaaa4444aaaa',
        username: 'late.joiner',
        email: 'late@example.com',
      }),
    ],
    tokens: [
      aToken(ownerToken, owner.id),
      aToken('FAKEmiraToken0000001', 20000001),
      aToken('FAKEjonasToken000001', 20000002),
      aToken('FAKEkidToken00000001', 20000003),
      aToken('FAKElateToken0000001', 20000030),
      aToken('FAKEcabinToken000001', 20000009),
    ],
    servers: [
      aServer({ machineIdentifier: harborId, serverId: 7100001, name: 'Harbor', libraries: harborLibraries }),
      aServer({
        machineIdentifier: lighthouseId,
        serverId: 7100002,
        name: 'Lighthouse',
        accessToken: 'FAKEserverToken00002',
        libraries: [
          { id: 920000001, key: 1, type: 'movie', title: 'Movies' },
          { id: 920000002, key: 2, type: 'show', title: 'Documentaries' },
        ],
      }),
      aServer({
        machineIdentifier: cabinId,
        serverId: 7100003,
        name: 'Cabin',
        ownerId: 20000009,
        accessToken: 'FAKEserverToken00003',
        libraries: [{ id: 930000001, key: 1, type: 'movie', title: 'Cabin Movies' }],
      }),
    ],
    devices: [
      {
        ownerId: owner.id,
        name: 'Phone',
        product: 'Plex for iOS',
        clientIdentifier: 'phone-0001',
        provides: 'client,player,provider-playback',
      },
    ],
    shares: [
      aShare({
        id: 30000001,
        invitedId: 20000001,
        libraryIds: [910000001, 910000002],
        settings: { ...noSettings, allowSync: true },
      }),
      aShare({ id: 30000002, invitedId: 20000002, allLibraries: true }),
      aShare({
        id: 30000022,
        invitedEmail: 'newcomer@example.com',
        libraryIds: [910000001],
        acceptedAt: null,
        inviteToken: 'FAKEinviteToken0000022',
        accessToken: '',
      }),
      aShare({ id: 30000050, machineIdentifier: lighthouseId, invitedId: 20000001, libraryIds: [920000001] }),
      aShare({ id: 31000001, machineIdentifier: cabinId, invitedId: owner.id, libraryIds: [930000001] }),
    ],
    connections: [
      { ownerId: owner.id, accountId: 20000001, isFriend: true },
      { ownerId: owner.id, accountId: 20000002, isFriend: true },
      { ownerId: 20000009, accountId: owner.id, isFriend: true },
    ],
    homes: [
      {
        id: 5000001,
        name: "harbor_admin's home",
        adminId: owner.id,
        guestUserId: 5000099,
        guestUserUuid: '99990000aaaa1111',
        isGuestEnabled: false,
        memberIds: [20000003],
      },
    ],
    homeInvites: [],
    pins: [],
  }
}

export const harborLibraries: readonly PlexLibrary[] = [
  { id: 910000001, key: 1, type: 'movie', title: 'Movies' },
  { id: 910000002, key: 2, type: 'show', title: 'TV Shows' },
  { id: 910000003, key: 3, type: 'artist', title: 'Music' },
  { id: 910000004, key: 4, type: 'photo', title: 'Photos' },
]
