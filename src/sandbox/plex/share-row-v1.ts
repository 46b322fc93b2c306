import { accountById, serverById } from './look-up.ts'
import { remembered } from './remembered.ts'
import { epoch } from './times.ts'
import type { PlexServer, PlexShare, PlexWorld } from './world.ts'
import { type Attributes, element } from './xml.ts'

/** A `SharedServer` of a list: for a partial share all sections stand there, with `shared="0"` for the rest. */
export function shareRow(world: PlexWorld, share: PlexShare): string {
  const server = serverById(world, share.machineIdentifier)
  const account = accountById(world, share.invitedId)
  return remembered('row', [share, server ?? share, account ?? share], () =>
    element(
      'SharedServer',
      {
        ...whoAndWhen(world, share),
        owned: 1,
        allLibraries: share.allLibraries,
        filterAll: share.settings.filterAll,
        filterMovies: share.settings.filterMovies,
        filterMusic: share.settings.filterMusic,
        filterPhotos: share.settings.filterPhotos,
        filterTelevision: share.settings.filterTelevision,
      },
      (server?.libraries ?? []).map((library) => {
        const shared = share.allLibraries || share.libraryIds.includes(library.id)
        return remembered(shared ? 'shared' : 'unshared', [library], () =>
          element('Section', { ...section(library), shared }),
        )
      }),
    ),
  )
}

/** The `SharedServer` of an answer to creation: it has a name, says `owned="0"`, and only the shared sections. */
export function createdRow(world: PlexWorld, server: PlexServer, share: PlexShare): string {
  const { accessToken, acceptedAt, ...rest } = whoAndWhen(world, share)
  const { id, username, email, userID, ...times } = rest
  return element(
    'SharedServer',
    { id, username, email, userID, accessToken, name: server.name, acceptedAt, ...times, owned: 0 },
    server.libraries
      .filter((library) => share.allLibraries || share.libraryIds.includes(library.id))
      .map((library) => element('Section', { ...section(library), shared: 1 })),
  )
}

function whoAndWhen(world: PlexWorld, share: PlexShare) {
  const account = accountById(world, share.invitedId)
  return {
    id: share.id,
    username: account?.username ?? '',
    // Lower case here, as typed in `/api/users` (capture of 2026).
    email: (account?.email ?? share.invitedEmail ?? '').toLowerCase(),
    userID: share.invitedId,
    accessToken: share.accessToken,
    acceptedAt: share.acceptedAt === null ? 0 : epoch(share.acceptedAt),
    invitedAt: epoch(share.invitedAt),
    allowSync: share.settings.allowSync,
    allowCameraUpload: share.settings.allowCameraUpload,
    allowChannels: share.settings.allowChannels,
  } satisfies Attributes
}

const section = ({ id, key, title, type }: PlexServer['libraries'][number]) => ({ id, key, title, type })
