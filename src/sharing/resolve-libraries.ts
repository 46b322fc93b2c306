import type { GuildSettings, LibrarySet } from './guild-settings.ts'
import { allLibraries, type LibraryAccess, someLibraries } from './library-access.ts'
import type { Library } from './ports.ts'

export type LibrariesProblem =
  | { problem: 'empty' }
  /** "all" stands alone: "all, Movies" is somebody's slip, and the slip must not open everything. */
  | { problem: 'allWithOthers' }
  | { problem: 'unknown'; piece: string; similar: readonly Library[] }
  | { problem: 'ambiguous'; piece: string; choices: readonly (Library | LibrarySet)[] }

/**
 * Reads a comma list of library titles, `#id`s and names of sets. "all" means every library, future ones too, and
 * only when it is said. Titles are compared without case and need not be unique: two of one name are ambiguous,
 * and `Title #id` tells them apart. A title may itself contain commas: the longest match wins.
 */
export function resolveLibraries(
  typed: string,
  libraries: readonly Library[],
  sets: readonly LibrarySet[],
): { ok: true; access: LibraryAccess } | ({ ok: false } & LibrariesProblem) {
  const pieces = typed
    .split(',')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
  if (pieces.length === 0) return { ok: false, problem: 'empty' }
  if (pieces.some(isAll)) {
    return pieces.length === 1 ? { ok: true, access: allLibraries } : { ok: false, problem: 'allWithOthers' }
  }

  const found = new Set<Library['id']>()
  for (let at = 0; at < pieces.length; ) {
    const match = longestMatch(pieces, at, libraries, sets)
    if (match === undefined) {
      const piece = pieces[at] ?? ''
      return { ok: false, problem: 'unknown', piece, similar: similarTo(piece, libraries) }
    }
    const [choice, another] = match.choices
    if (choice === undefined || another !== undefined) {
      return { ok: false, problem: 'ambiguous', piece: match.piece, choices: match.choices }
    }
    for (const library of 'libraries' in choice ? choice.libraries : [choice.id]) found.add(library)
    at += match.length
  }

  const offered = new Set(libraries.map((library) => library.id))
  const access = someLibraries([...found].filter((library) => offered.has(library)))
  return access ? { ok: true, access } : { ok: false, problem: 'empty' }
}

/** What was typed; where nothing was, what the guild has set as meant then, as far as this server has it. */
export function resolveWish(
  typed: string | undefined,
  libraries: readonly Library[],
  { sets, defaultLibraries }: Pick<GuildSettings, 'sets' | 'defaultLibraries'>,
): ReturnType<typeof resolveLibraries> {
  if (typed !== undefined) return resolveLibraries(typed, libraries, sets)
  const offered = new Set(libraries.map((library) => library.id))
  const access = someLibraries((defaultLibraries ?? []).filter((library) => offered.has(library)))
  return access ? { ok: true, access } : { ok: false, problem: 'empty' }
}

export const isAll = (piece: string) => piece.trim().toLowerCase() === 'all'

function longestMatch(
  pieces: readonly string[],
  at: number,
  libraries: readonly Library[],
  sets: readonly LibrarySet[],
) {
  for (let length = pieces.length - at; length > 0; length--) {
    const piece = pieces.slice(at, at + length).join(', ')
    const choices = named(piece, libraries, sets)
    if (choices.length > 0) return { piece, length, choices }
  }
  return undefined
}

function named(piece: string, libraries: readonly Library[], sets: readonly LibrarySet[]) {
  const byId = /^(?:(?<title>.*\S)\s+)?#(?<id>\d+)$/su.exec(piece)?.groups
  if (byId) return libraries.filter((library) => library.id === byId.id)
  return [
    ...libraries.filter((library) => sameTitle(library.title, piece)),
    ...sets.filter((set) => sameTitle(set.name, piece)),
  ]
}

/** Blanks around a comma and between words do not matter, and neither does the case. */
const folded = (title: string) =>
  title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s*,\s*/gu, ', ')
    .replace(/\s+/gu, ' ')
    .trim()
const sameTitle = (a: string, b: string) => folded(a) === folded(b)

function similarTo(piece: string, libraries: readonly Library[]): Library[] {
  const wanted = folded(piece)
  return libraries
    .filter((library) => {
      const title = folded(library.title)
      return title.includes(wanted) || wanted.includes(title) || title.slice(0, 3) === wanted.slice(0, 3)
    })
    .slice(0, 5)
}

/** How to write a library so that it is understood even where another has the same title. */
export function unambiguousTitle(library: Library, libraries: readonly Library[]): string {
  const twins = libraries.filter((other) => sameTitle(other.title, library.title))
  const needsId = twins.length > 1 || isAll(library.title) || library.title.includes('#')
  return needsId ? `${library.title} #${library.id}` : library.title
}
