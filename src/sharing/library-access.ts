import type { LibraryId } from '../lib/ids.ts'

/**
 * What a person may watch. "No library", "these libraries" and "all, future ones too" are three different things:
 * plex.tv reads an empty list as "all", which is why none of ours can be empty.
 */
export type LibraryAccess = SomeLibraries | AllLibraries
export interface SomeLibraries {
  kind: 'some'
  libraries: NonEmpty<LibraryId>
}
/** Every library of the server, those added later included. */
export interface AllLibraries {
  kind: 'all'
}
export type NonEmpty<T> = readonly [T, ...T[]]

export const allLibraries: AllLibraries = { kind: 'all' }

/** The access to these libraries, or nothing where there is none. Sorted, each once. */
export function someLibraries(ids: Iterable<LibraryId>): SomeLibraries | undefined {
  const [first, ...rest] = [...new Set(ids)].sort()
  return first === undefined ? undefined : { kind: 'some', libraries: [first, ...rest] }
}

export function sameAccess(a: LibraryAccess, b: LibraryAccess): boolean {
  if (a.kind === 'all' || b.kind === 'all') return a.kind === b.kind
  const mine = new Set(a.libraries)
  return mine.size === new Set(b.libraries).size && b.libraries.every((library) => mine.has(library))
}

/** Whether the server still has every library of it. */
export function isOffered(access: LibraryAccess, libraries: readonly { id: LibraryId }[]): boolean {
  if (access.kind === 'all') return true
  const offered = new Set(libraries.map(({ id }) => id))
  return access.libraries.every((library) => offered.has(library))
}
