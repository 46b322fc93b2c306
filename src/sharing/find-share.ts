import { type FoundPerson, findPerson } from './find-person.ts'
import type { Person } from './person.ts'
import type { Share } from './ports.ts'

/**
 * A person's share in a reading: by the share's own id where it is known, for the address may become another one on
 * acceptance; else by who he is. Two accounts that answer to one name are nobody: nothing is done to either.
 */
export function findShare(person: Pick<Person, 'seen' | 'who'>, shares: readonly Share[]): Share | undefined {
  const found = lookForShare(person, shares)
  return found.kind === 'found' ? found.value : undefined
}

/** The same, where "two answer to that name" must not be taken for "nobody". */
export function lookForShare(
  person: Pick<Person, 'seen' | 'who'>,
  shares: readonly Share[],
): FoundPerson<Share> {
  if ('shareId' in person.seen) {
    const { shareId } = person.seen
    const same = shares.find((share) => share.id === shareId)
    if (same) return { kind: 'found', value: same }
  }
  return findPerson(person.who, shares)
}
