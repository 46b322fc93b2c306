import type { ShareRow } from '../../../src/plex/api/share-row.ts'

/** A share in one line: `id account username email status libraries`. */
export function brief({ id, person, accepted, allLibraries, libraries }: ShareRow): string {
  const shared = allLibraries
    ? 'all'
    : libraries === undefined
      ? '?'
      : libraries.map(shortLibrary).join('+') || 'none'
  return [
    id ?? '-',
    person.accountId ?? '-',
    person.username ?? '-',
    person.email ?? person.invitedEmail ?? '-',
    accepted ? 'active' : 'pending',
    shared,
  ].join(' ')
}

/** 910000001 is `1`. */
const shortLibrary = (id: string) => id.replace(/^91000+/u, '')
