import type { PlexAccount, PlexServer, PlexShare, PlexSharingSettings, PlexToken } from './world.ts'

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
    isOnline: true,
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
