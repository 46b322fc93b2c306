import type { PlexIdentity } from './ports.ts'

export type FoundPerson<T> =
  | { kind: 'found'; value: T }
  | { kind: 'none' }
  /** Several different people, or one person twice: nothing may be written to any of them. */
  | { kind: 'ambiguous'; candidates: readonly [T, T, ...T[]] }

/**
 * Finds a person among rows of plex.tv: by account id, else by e-mail, else by user name, in this order, because
 * user names change hands and addresses change. Never by title or friendly name, which anybody may choose.
 * The first key that meets anybody decides; what is empty meets nobody.
 */
export function findPerson<T extends { who: PlexIdentity }>(
  wanted: PlexIdentity,
  rows: readonly T[],
): FoundPerson<T> {
  for (const key of keys) {
    const sought = key(wanted)
    if (sought === '') continue
    const met = rows.filter((row) => key(row.who) === sought && !contradicts(wanted, row.who))
    const [first, second, ...others] = met
    if (first === undefined) continue
    return second === undefined
      ? { kind: 'found', value: first }
      : { kind: 'ambiguous', candidates: [first, second, ...others] }
  }
  return { kind: 'none' }
}

/** The same, for many questions about the same rows: each costs what one name has, not what all rows are. */
export function finderAmong<T extends { who: PlexIdentity }>(
  rows: Iterable<T>,
): (wanted: PlexIdentity) => FoundPerson<T> {
  const named = keys.map(() => new Map<string, T[]>())
  for (const row of rows) {
    for (const [at, key] of keys.entries()) {
      const name = key(row.who)
      if (name === '') continue
      const same = named[at]?.get(name)
      if (same) same.push(row)
      else named[at]?.set(name, [row])
    }
  }
  return (wanted) => {
    const met = keys.flatMap((key, at) => named[at]?.get(key(wanted)) ?? [])
    return findPerson(wanted, [...new Set(met)])
  }
}

const keys: readonly ((who: PlexIdentity) => string)[] = [
  ({ accountId }) => (accountId === '0' ? '' : (accountId ?? '')),
  // No folding of dots or plus signs: whether they matter is the mail server's business.
  ({ email }) => email?.trim().toLowerCase() ?? '',
  ({ username }) => username?.trim().toLowerCase() ?? '',
]

/** It has no name by which somebody could be found. */
export const isNameless = (who: PlexIdentity) => keys.every((key) => key(who) === '')

/** How many of the names that both have are the same, and how many are not. */
export function namesInCommon(a: PlexIdentity, b: PlexIdentity): { same: number; other: number } {
  const pairs = keys.map((key) => [key(a), key(b)]).filter((pair) => !pair.includes(''))
  const same = pairs.filter(([ofA, ofB]) => ofA === ofB).length
  return { same, other: pairs.length - same }
}

/** Known by id on both sides and different: the same name or address now belongs to somebody else. */
export const contradicts = (wanted: PlexIdentity, row: PlexIdentity) =>
  wanted.accountId !== undefined && row.accountId !== undefined && wanted.accountId !== row.accountId
