import { anAccount, aServer, aShare, harborId, type PlexLibrary, type PlexWorld, plexWorld } from './world.ts'

/** The ordinary owner with many people on a Harbor of many libraries: for sizes and for measurements. */
export function crowdedWorld(size: { people: number; libraries: number; pending?: number }): PlexWorld {
  const libraries = range(size.libraries).map(
    (n): PlexLibrary => ({
      id: 910000001 + n,
      key: n + 1,
      type: types[n % 4] ?? 'movie',
      title: `Library ${n + 1}`,
    }),
  )
  const ordinary = plexWorld()
  const people = range(size.people).map((n) =>
    anAccount({ id: 21000000 + n, username: `person${n}`, email: `person${n}@example.com` }),
  )
  const accepted = people.map((person, n) =>
    aShare({
      id: 32000000 + n,
      invitedId: person.id,
      allLibraries: n % 10 === 0,
      libraryIds: libraries.filter((_, at) => at % 2 === n % 2).map((library) => library.id),
    }),
  )
  const pending = range(size.pending ?? 0).map((n) =>
    aShare({
      id: 33000000 + n,
      invitedEmail: `waiting${n}@example.com`,
      libraryIds: libraries.slice(0, 1).map((library) => library.id),
      acceptedAt: null,
      accessToken: '',
      inviteToken: `FAKEinviteToken${n}`,
    }),
  )
  return plexWorld({
    accounts: [...ordinary.accounts, ...people],
    servers: ordinary.servers.map((server) =>
      server.machineIdentifier === harborId ? aServer({ ...server, libraries }) : server,
    ),
    shares: [...accepted, ...pending],
    connections: people.map((person) => ({ ownerId: 10000001, accountId: person.id, isFriend: true })),
    rules: { sharingLimit: Number.MAX_SAFE_INTEGER },
  })
}

const types = ['movie', 'show', 'artist', 'photo']
const range = (length: number) => Array.from({ length }, (_, n) => n)
