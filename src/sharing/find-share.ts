import { findPerson } from './find-person.ts'
import type { Person } from './person.ts'
import type { Share } from './ports.ts'

/**
 * A person's share in a reading: by the share's own id where it is known, for the address may become another one on
 * acceptance; else by who he is. Two accounts that answer to one name are nobody: nothing is done to either.
 */
export function findShare(person: Pick<Person, 'seen' | 'who'>, shares: readonly Share[]): Share | undefined {
  if ('shareId' in person.seen) {
    const { shareId } = person.seen
    const same = shares.find((share) => share.id === shareId)
    if (same) return same
  }
  const found = findPerson(person.who, shares)
  return found.kind === 'found' ? found.value : undefined
}
