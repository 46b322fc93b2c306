import { describe, expect, test } from 'vitest'
import { id, type LibraryId } from '../../src/lib/ids.ts'
import type { LibrarySet } from '../../src/sharing/guild-settings.ts'
import type { Library } from '../../src/sharing/ports.ts'
import { resolveLibraries, unambiguousTitle } from '../../src/sharing/resolve-libraries.ts'

const library = (number: number, title: string, type = 'movie'): Library => ({
  id: id<LibraryId>(String(number)),
  title,
  type,
})
const libraries = [
  library(1, 'Movies'),
  library(2, 'TV Shows', 'show'),
  library(3, 'Music', 'artist'),
  library(4, 'Kids, Teens'),
  library(5, 'Anime'),
  library(6, 'ANIME', 'show'),
  library(7, 'All'),
]
const sets: LibrarySet[] = [{ name: 'Family', libraries: [id<LibraryId>('1'), id<LibraryId>('2')] }]

const resolved = (typed: string) => {
  const result = resolveLibraries(typed, libraries, sets)
  if (!result.ok) return result.problem
  return result.access.kind === 'all' ? 'all' : result.access.libraries.join(' ')
}

describe('a comma list of libraries', () => {
  test.each([
    ['Movies', '1'],
    [' movies ,  tv   shows ', '1 2'],
    ['Movies, Movies', '1'],
    ['Family', '1 2'],
    ['family, Music', '1 2 3'],
    ['#3', '3'],
    ['Anime #6', '6'],
    ['Kids, Teens', '4'],
    ['Music, kids,teens', '3 4'],
    ['all', 'all'],
    ['ALL', 'all'],
    ['#7', '7'],
  ])('%j means %s', (typed, expected) => {
    expect(resolved(typed)).toBe(expected)
  })

  test.each([
    ['', 'empty'],
    [' , ,', 'empty'],
    ['all, Movies', 'allWithOthers'],
    ['Movis', 'unknown'],
    ['Movies, Films', 'unknown'],
    ['#99', 'unknown'],
    ['anime', 'ambiguous'],
  ])('%j is refused as %s, so that nothing is sent', (typed, problem) => {
    expect(resolved(typed)).toBe(problem)
  })

  test('an ambiguous title offers both with their ids', () => {
    const result = resolveLibraries('anime', libraries, sets)
    expect(result).toMatchObject({ ok: false, problem: 'ambiguous', choices: [{ id: '5' }, { id: '6' }] })
  })

  test('a misspelt title names those that are near', () => {
    const result = resolveLibraries('Movis', libraries, sets)
    expect(result).toMatchObject({ similar: [{ title: 'Movies' }] })
  })

  test('a set whose libraries are all gone from the server is empty, never all', () => {
    const gone: LibrarySet[] = [{ name: 'Old', libraries: [id<LibraryId>('77')] }]
    expect(resolveLibraries('Old', libraries, gone)).toMatchObject({ ok: false, problem: 'empty' })
  })

  test('a title is written with its id where it would be misread without', () => {
    expect(libraries.map((each) => unambiguousTitle(each, libraries))).toEqual([
      'Movies',
      'TV Shows',
      'Music',
      'Kids, Teens',
      'Anime #5',
      'ANIME #6',
      'All #7',
    ])
  })

  test('what is written so is always understood as that one library', () => {
    for (const each of libraries) expect(resolved(unambiguousTitle(each, libraries))).toBe(each.id)
  })
})
