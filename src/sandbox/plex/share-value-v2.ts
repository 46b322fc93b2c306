import { accountById, homeOf, isActive, serverById } from './look-up.ts'
import { remembered } from './remembered.ts'
import type { JsonObject } from './v2-value.ts'
import { v2Xml } from './v2-value.ts'
import type { PlexAccount, PlexShare, PlexSharingSettings, PlexWorld } from './world.ts'

/** A share as v2 shows it: only the shared libraries, `invited` null for an address without an account. */
export function shareValue(world: PlexWorld, share: PlexShare): JsonObject {
  const server = serverById(world, share.machineIdentifier)
  const account = accountById(world, share.invitedId)
  const libraries = (server?.libraries ?? [])
    .filter((library) => share.allLibraries || share.libraryIds.includes(library.id))
    .map(({ id, key, title, type }) => ({ id, key, title, type }))
  return {
    id: share.id,
    name: server?.name ?? '',
    ownerId: server?.ownerId ?? null,
    invitedId: share.invitedId,
    invitedEmail: share.invitedEmail,
    serverId: server?.serverId ?? null,
    accepted: share.acceptedAt !== null,
    acceptedAt: share.acceptedAt,
    deletedAt: share.deletedAt,
    leftAt: share.leftAt,
    owned: true,
    inviteToken: share.inviteToken,
    machineIdentifier: share.machineIdentifier,
    lastSeenAt: server?.lastSeenAt ?? null,
    numLibraries: libraries.length,
    invited: account ? invitedValue(world, account, share) : null,
    sharingSettings: settingsValue(share.settings),
    libraries,
    allLibraries: share.allLibraries,
  }
}

export function shareJson(world: PlexWorld, share: PlexShare): string {
  return remembered('json', partsOf(world, share), () => JSON.stringify(shareValue(world, share)))
}

export function shareXml(world: PlexWorld, share: PlexShare): string {
  return remembered('v2xml', partsOf(world, share), () => v2Xml('sharedServer', shareValue(world, share)))
}

export function invitedValue(world: PlexWorld, account: PlexAccount, share: PlexShare): JsonObject {
  return {
    id: account.id,
    uuid: account.uuid,
    title: account.title,
    username: account.username,
    restricted: account.managed,
    friendlyName: account.friendlyName,
    thumb: thumbOf(account),
    email: account.email,
    home: homeOf(world, account.id) !== undefined && account.managed,
    status: isActive(share) ? 'accepted' : 'pending_sent',
    sharingSettings: settingsValue(share.settings),
  }
}

export const thumbOf = (account: PlexAccount) => `https://plex.tv/users/${account.uuid}/avatar?c=1700000000`

export const settingsValue = (settings: PlexSharingSettings): JsonObject => ({
  allowChannels: settings.allowChannels,
  filterMovies: settings.filterMovies,
  filterMusic: settings.filterMusic,
  filterPhotos: settings.filterPhotos,
  filterTelevision: settings.filterTelevision,
  filterAll: settings.filterAll,
  allowSync: settings.allowSync,
  allowCameraUpload: settings.allowCameraUpload,
  allowSubtitleAdmin: settings.allowSubtitleAdmin,
  allowTuners: settings.allowTuners,
})

function partsOf(world: PlexWorld, share: PlexShare): readonly [object, ...object[]] {
  return [
    share,
    serverById(world, share.machineIdentifier) ?? share,
    accountById(world, share.invitedId) ?? share,
    world.homes,
  ]
}
