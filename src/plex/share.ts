import { type AccountId, id, type LibraryId, type ShareId } from '../lib/ids.ts'
import type { LibraryAccess } from '../sharing/library-access.ts'
import type { PlexIdentity, Share } from '../sharing/ports.ts'
import type { ShareRow } from './api/share-row.ts'

/** `undefined` for a row without an id. `asked` is what the row answers to, where it does. */
export function shareOf(row: ShareRow, asked?: LibraryAccess): Share | undefined {
  if (row.id === undefined) return undefined
  const { title } = row.person
  // v1's answer to "all" lists today's libraries and does not say whether later ones are meant.
  const isUnproved = asked?.kind === 'all' && row.allLibraries === undefined
  return {
    id: id<ShareId>(row.id),
    status: row.accepted ? 'active' : 'pending',
    who: whoIn(row),
    ...(title !== undefined && { title }),
    access: isUnproved ? undefined : accessOf(row),
    settings: row.settings,
    ...(row.invitedAt && { invitedAt: row.invitedAt }),
    ...(row.acceptedAt && { acceptedAt: row.acceptedAt }),
  }
}

/**
 * "All" wins over whatever list stands beside it. A share of no library at all has no access that could be named:
 * it is `undefined`, as where plex.tv did not say which.
 */
export function accessOf(row: ShareRow): LibraryAccess | undefined {
  if (row.allLibraries) return { kind: 'all' }
  const [first, ...rest] = (row.libraries ?? []).map((library) => id<LibraryId>(library)).sort()
  return first === undefined ? undefined : { kind: 'some', libraries: [first, ...rest] }
}

/** The names that a row has for its person; none where it has none. */
export function whoIn({ person: { accountId, username, email, invitedEmail } }: ShareRow): PlexIdentity {
  const address = email ?? invitedEmail
  return {
    ...(accountId !== undefined && { accountId: id<AccountId>(accountId) }),
    ...(username !== undefined && { username }),
    ...(address !== undefined && { email: address }),
  }
}
