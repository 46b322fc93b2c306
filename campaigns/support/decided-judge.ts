import { type LibraryAccess, sameAccess } from '../../src/sharing/library-access.ts'
import type { Person } from '../../src/sharing/person.ts'
import type { Share } from '../../src/sharing/ports.ts'

/** Whether plex.tv shows what the last decision about this person wanted, or what is left where plex.tv refused it. */
export function isAsDecided(person: Person, share: Share | undefined): boolean {
  const last = person.history.findLast((event) => event.what === 'decided')
  if (last?.what !== 'decided') return false
  const came = person.history.findLast(({ about, what }) => about === last.about && what !== 'decided')
  const { want } = last
  const has = (access: LibraryAccess) => share?.access !== undefined && sameAccess(share.access, access)
  switch (came?.what) {
    case 'shared':
    case 'changed':
      return want.to !== 'end' && has(want.access)
    case 'ended':
      return want.to === 'end' && share === undefined
    case 'refused':
      // What was refused is as it was, and whoever decided it was told why.
      if (came.because === 'alreadyHasOther') return want.to === 'share' && share !== undefined
      if (came.because === 'stillPending') return share?.status === 'pending'
      return came.because === 'shareGone' && share === undefined
    default:
      return false
  }
}
