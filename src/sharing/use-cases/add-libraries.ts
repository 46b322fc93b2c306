import type { AccessRequest, Decision, Effect, Had } from '../access-request.ts'
import { findPerson } from '../find-person.ts'
import { type LibraryAccess, someLibraries } from '../library-access.ts'
import { isKnown, type Person } from '../person.ts'
import type { Library, LibrarySharing, PlexIdentity, Share } from '../ports.ts'
import type { Refusal } from '../refusal.ts'
import { addedBy } from './change-libraries.ts'
import { decideOnShare } from './decide-on-share.ts'
import { findShareOfAccount } from './find-access.ts'
import type { Ports } from './ports.ts'
import type { Settled } from './settled.ts'

/** What a wish comes to for somebody who has a share already. */
export type Addition =
  | { is: 'added'; access: LibraryAccess; has: Had; who: PlexIdentity }
  /** There is nothing to add, or Plex cannot add it. */
  | { is: 'nothing'; because: NothingToAdd }

export type NothingToAdd =
  /** All that is wished for is there. */
  | 'hasAll'
  /** Plex cannot change an invitation before it is accepted. */
  | 'stillPending'
  /** plex.tv did not name the libraries, so nobody can say what would be added. */
  | 'librariesUnknown'
  /** "All, future ones too" can be given only with a new share. */
  | 'allNeedsNewShare'

/** What would be added to this share. Who he is is taken from plex.tv as well: an account's id outlives its address. */
export async function additionTo(
  ports: Pick<Ports, 'people'>,
  { guildId, serverId }: Pick<AccessRequest, 'guildId' | 'serverId'>,
  { share, who, wanted }: { share: Share; who: PlexIdentity; wanted: LibraryAccess },
): Promise<Addition> {
  if (share.status === 'pending') return { is: 'nothing', because: 'stillPending' }
  if (!share.access) return { is: 'nothing', because: 'librariesUnknown' }
  const access = addedBy(share.access, wanted)
  if (!access) return { is: 'nothing', because: 'hasAll' }
  if (access.kind === 'all') return { is: 'nothing', because: 'allNeedsNewShare' }
  const endsAt = (await ports.people.find(guildId, serverId, { shareId: share.id, who }))?.endsAt
  const has = { access: share.access, ...(endsAt === undefined ? {} : { endsAt }) }
  const { accountId } = share.who
  return { is: 'added', access, has, who: { ...who, ...(accountId === undefined ? {} : { accountId }) } }
}

/** What became of it, or nothing where that cannot be said yet and is tried again. */
export type Added = Effect['came'] | Exclude<Settled, Refusal> | Refusal | undefined

/**
 * Adds what was approved to what the person has at this moment, by the same way as `/libraries`: what is there stays,
 * the end date too. plex.tv is read anew first. It never overtakes what somebody decided about the person later, and
 * waits for what was decided before and has not come out yet.
 */
export async function addLibraries(
  ports: Ports,
  sharing: LibrarySharing,
  { guildId, serverId, who, forMember, isLinked, note }: AccessRequest,
  { id, by, at, grant }: Extract<Decision, { verdict: 'approve' }>,
  libraries: readonly Library[],
): Promise<Added> {
  if (forMember !== undefined && isLinked) {
    const link = await ports.links.ofMember(guildId, forMember)
    // Whoever is tied to another account by now would get nothing of it.
    if (!link || findPerson(who, [link]).kind !== 'found') return 'failed'
  }
  const looked = await findShareOfAccount(sharing, who, ports.clock.now(), { fresh: true })
  if (looked.outcome === 'refused') return looked
  const { share } = looked
  if (!share) return 'shareGone'
  if (share.status === 'pending') return 'stillPending'
  if (!share.access) return 'librariesUnknown'
  const added = addedBy(share.access, grant.access)
  if (!added) return 'hasAll'
  const access = joined(share.access, grant.access, libraries)

  const known = await ports.people.find(guildId, serverId, { shareId: share.id, who: share.who })
  const standing = standingOf(known, id, at)
  if (standing !== 'free') return standing === 'overtaken' ? 'failed' : undefined
  const outcome = await decideOnShare(ports, sharing, guildId, share, {
    id,
    want: { to: 'change', access },
    by,
    ...(forMember === undefined ? {} : { tells: forMember }),
    ...(note === undefined ? {} : { reason: note }),
    unless: (person) => standingOf(person, id, at) !== 'free',
  })
  // Somebody decided in this very moment: what that means is found out the next time.
  return outcome.outcome === 'overtaken' ? undefined : outcome
}

/** Whether an approval of then may still be carried out for somebody, as far as other decisions about him go. */
function standingOf(
  person: Person | undefined,
  id: string,
  approvedAt: Date,
): 'free' | 'overtaken' | 'waits' {
  if (!person || isKnown(person, id)) return 'free'
  if (person.history.some((event) => event.what === 'decided' && event.at > approvedAt)) return 'overtaken'
  if (!person.intent) return 'free'
  return person.intent.progress.is === 'parked' ? 'overtaken' : 'waits'
}

/** What the server no longer has is left out: plex.tv would refuse the whole list for it. */
function joined(has: LibraryAccess, more: LibraryAccess, libraries: readonly Library[]): LibraryAccess {
  if (has.kind === 'all') return has
  if (more.kind === 'all') return more
  const offered = new Set(libraries.map((library) => library.id))
  const both = [...has.libraries.filter((library) => offered.has(library)), ...more.libraries]
  return someLibraries(both) ?? more
}
