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
  /** Switched off or cut off, it still stands in every list. */
  isOnline: boolean
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

export * from './ordinary-world.ts'
export * from './people-and-things.ts'
