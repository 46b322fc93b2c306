import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { longestCustomId, route, splitCustomId } from '../../src/discord/custom-id.ts'
import { loadComponents } from '../../src/discord/load.ts'
import { routes } from '../../src/discord/routes.ts'

const page = route('page', 'filter', 'search')

describe('custom ids', () => {
  test('hold their values through every text that fits', () => {
    const values = fc.record({
      filter: fc.string({ maxLength: 5 }),
      search: fc.string({ unit: 'binary-ascii', maxLength: 20 }),
    })
    fc.assert(
      fc.property(values, (given) => {
        const { kind, isCurrent, parts } = splitCustomId(page.id(given))
        expect({ kind, isCurrent, values: page.read(parts) }).toEqual({
          kind: 'page',
          isCurrent: true,
          values: given,
        })
      }),
    )
  })

  test('that would be too long are a bug of ours and thrown', () => {
    expect(() => page.id({ filter: '', search: 'x'.repeat(longestCustomId) })).toThrow(RangeError)
  })

  test('of another version, of no shape or badly encoded are not believed', () => {
    expect(splitCustomId('page:0:a:b').isCurrent).toBe(false)
    expect(splitCustomId('').isCurrent).toBe(false)
    expect(page.read(['a'])).toBeUndefined()
    expect(page.read(['a', 'b', 'c'])).toBeUndefined()
    expect(page.read(['%', 'b'])).toBeUndefined()
  })

  test('every route has the one file that handles it, and every file a route', async () => {
    const handled = (await loadComponents()).map((component) => component.route.kind).sort()
    expect(handled).toEqual(
      Object.values(routes)
        .map(({ kind }) => kind)
        .sort(),
    )
  })
})
