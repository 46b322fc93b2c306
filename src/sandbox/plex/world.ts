/**
 * The whole state of the pretend plex.tv as plain data: it can be written down as JSON, and it is never changed in
 * place: every deed makes a new world that shares what did not change, so that an older one can still be shown.
 */
export interface PlexWorld {
  accounts: readonly PlexAccount[]
  tokens: readonly PlexToken[]
  servers: readonly PlexServer[]
  /** Phones and players: they stand in the list of resources among the servers. */
  devices: readonly PlexDevice[]
  shares: readonly PlexShare[]
  /** Who is connected with whom: whoever is gets a new share without having to accept it. */
  connections: readonly PlexConnection[]
  homes: readonly PlexHome[]
  homeInvites: readonly PlexHomeInvite[]
  pins: readonly PlexPin[]
  rules: PlexRules
}

export interface PlexAccount {
  id: number
  /** 16 hex digits; the v2 switch takes it. */
  uuid: string
  title: string
  /** Managed users have neither a user name nor an address. */
  username: string | null
  email: string | null
  friendlyName: string | null
  password: string | null
  /** The code that the authenticator shows; a sign-in without it is answered 1029. */
  twoFactorCode: string | null
  /** Four digits; `null` where no Home PIN is set. */
  homePin: string | null
  managed: boolean
  restrictionProfile: string | null
  plexPass: boolean
  joinedAt: string
  updatedAt: string
}

/** A token belongs to one account and to the client it was given to. */
export interface PlexToken {
  token: string
  accountId: number
  clientIdentifier: string | null
  /** How plex.tv answers to it once it is dead; `null` while it lives. */
  dead: DeadToken | null
}
export type DeadToken = 'revoked' | 'invalid' | 'expired'

export interface PlexServer {
  /** 40 hex digits. */
  machineIdentifier: string
  serverId: number
  name: string
  ownerId: number
  accessToken: string
  version: string
  createdAt: string
  lastSeenAt: string
  /** Without it a server is left out of `/api/servers`, unless `includeLite=1` is asked for. */
  hasRemoteAccess: boolean
  libraries: readonly PlexLibrary[]
}

export interface PlexLibrary {
  /** Global: the only value that sharing takes. */
  id: number
  /** The server's own number, which two public clients send by mistake. */
  key: number
  type: string
  title: string
}

export interface PlexDevice {
  ownerId: number
  name: string
  product: string
  clientIdentifier: string
  provides: string
}

export interface PlexShare {
  id: number
  machineIdentifier: string
  /** `null` while an address has no account. */
  invitedId: number | null
  /** The address as typed, of somebody without an account. */
  invitedEmail: string | null
  /** All libraries, those of tomorrow too; `libraryIds` is then of no account. */
  allLibraries: boolean
  libraryIds: readonly number[]
  invitedAt: string
  acceptedAt: string | null
  deletedAt: string | null
  /** When the person gave the share back. */
  leftAt: string | null
  inviteToken: string | null
  accessToken: string
  settings: PlexSharingSettings
  /** Sharing makes friends unless it is asked not to. */
  makesFriends: boolean
  /** The row that a withdrawn invitation may leave behind: v1 still lists it, v2 does not. */
  isOrphan: boolean
}

export interface PlexSharingSettings {
  allowChannels: boolean
  filterMovies: string | null
  filterMusic: string | null
  filterPhotos: string | null
  filterTelevision: string | null
  filterAll: string | null
  allowSync: boolean
  allowCameraUpload: boolean
  allowSubtitleAdmin: boolean
  /** 0, 1 or 2. */
  allowTuners: number
}

export interface PlexConnection {
  ownerId: number
  accountId: number
  isFriend: boolean
}

export interface PlexHome {
  id: number
  name: string
  adminId: number
  guestUserId: number
  guestUserUuid: string
  isGuestEnabled: boolean
  /** The admin not among them. */
  memberIds: readonly number[]
}

export interface PlexHomeInvite {
  adminId: number
  invitedId: number | null
  invitedEmail: string | null
  createdAt: string
}

export interface PlexPin {
  id: number
  code: string
  isStrong: boolean
  product: string
  clientIdentifier: string
  createdAt: string
  expiresAt: string
  authToken: string | null
}

/** Where reality is disputed or differs from day to day, a test says which way it goes. */
export interface PlexRules {
  /** A second share with the same person: refused as today, or let through, so that doubled effects can be seen. */
  secondShare: 'refused' | 'allowed'
  /** How many people one account may share with, its Home included. Reported, never documented. */
  sharingLimit: number
  /** The Home's places, the admin's included. */
  maxHomeSize: number
  /** Seed: v1 leaves pending shares out; later clients saw them. */
  v1ListsPendingShares: boolean
  /** A share that the person gave back stays in v2's list with `leftAt`. */
  v2ListsLeftShares: boolean
  /** A share that the owner ended stays in v2's list with `deletedAt`. */
  v2ListsDeletedShares: boolean
  withdrawalLeavesRow: boolean
  /** What an empty list means in a change; at creation it is always "all". */
  emptyListInChange: 'all' | 'none'
  pendingShareCanBeChanged: boolean
  /** v2's change: settings that are sent replace all settings, or only the ones they name. */
  settingsInChange: 'replaced' | 'merged'
  /** `PUT /sharings/{userId}` no longer applies filters, says a report of 2025. */
  sharingsPutAppliesFilters: boolean
  /** The body after a PIN was removed may still say that there is one. */
  removedPinStillShown: boolean
  /** How a missing or wrong Home PIN is answered. */
  wrongPinAnswer: '403' | '403 without status' | '401'
  /** Failed sign-ins until the address is blocked (1031). */
  signInFailuresAllowed: number
  accountCreation: 'open' | 'rate limited'
}

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

export const owner = { id: 10000001, username: 'harbor_admin', email: 'owner@harbor.example' } as const
export const ownerToken = 'FAKEownerToken000001'
export const harborId = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee01'
export const lighthouseId = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee02'
export const cabinId = '0ddba11a0ddba11a0ddba11a0ddba11a0ddba11a'

export const noSettings: PlexSharingSettings = {
  allowChannels: false,
  filterMovies: '',
  filterMusic: '',
  filterPhotos: null,
  filterTelevision: '',
  filterAll: null,
  allowSync: false,
  allowCameraUpload: false,
  allowSubtitleAdmin: false,
  allowTuners: 0,
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

/** An account with a password of its own; a test states what matters. */
export function anAccount(account: Partial<PlexAccount> & { id: number }): PlexAccount {
  return {
    uuid: account.id.toString(16).padStart(16, 'a'),
    title: account.username ?? account.email ?? '',
    username: null,
    email: null,
    friendlyName: null,
    password: 'FAKEpassword',
    twoFactorCode: null,
    homePin: null,
    managed: false,
    restrictionProfile: null,
    plexPass: false,
    joinedAt: '2014-02-03T04:05:06Z',
    updatedAt: '2024-01-06T16:24:29Z',
    ...account,
  }
}

export function aManagedUser(user: Partial<PlexAccount> & { id: number; title: string }): PlexAccount {
  return anAccount({
    username: null,
    email: null,
    friendlyName: user.title,
    password: null,
    managed: true,
    restrictionProfile: 'little_kid',
    ...user,
  })
}

export function aToken(token: string, accountId: number): PlexToken {
  return { token, accountId, clientIdentifier: null, dead: null }
}

export function aServer(
  server: Partial<PlexServer> & { machineIdentifier: string; name: string },
): PlexServer {
  return {
    serverId: 7100099,
    ownerId: owner.id,
    accessToken: 'FAKEserverToken00001',
    version: '1.43.0.10000-abcdef012',
    createdAt: '2020-01-02T03:04:05Z',
    lastSeenAt: '2026-11-20T22:00:00Z',
    hasRemoteAccess: true,
    libraries: [],
    ...server,
  }
}

/** A share of Harbor that was accepted long ago; a pending one says `acceptedAt: null`. */
export function aShare(share: Partial<PlexShare> & { id: number }): PlexShare {
  return {
    machineIdentifier: harborId,
    invitedId: null,
    invitedEmail: null,
    allLibraries: false,
    libraryIds: [],
    invitedAt: '2023-11-14T22:13:20Z',
    acceptedAt: '2026-01-02T03:04:05Z',
    deletedAt: null,
    leftAt: null,
    inviteToken: null,
    accessToken: `FAKEshareToken${String(share.id).slice(-6).padStart(6, '0')}`,
    settings: noSettings,
    makesFriends: true,
    isOrphan: false,
    ...share,
  }
}
