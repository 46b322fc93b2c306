import { describe, expect, it } from 'vitest'
import type { Change, Database, Rows } from '../../src/storage/rows.ts'

/** What every store's rows do. `open` gives a new, empty database twice: two handles, as two processes have them. */
export function rowsContract(
  store: string,
  open: () => Promise<{ database: Database; again: Database }>,
): void {
  const put = (rows: Rows, key: string, to: string, from?: string) => rows.swap([{ key, from, to }])
  const all = async (rows: Rows) =>
    Object.fromEntries((await rows.range('')).map(({ key, text }) => [key, text]))

  describe(`rows in ${store}`, () => {
    it('are there once they were put, under their key alone', async () => {
      const { database, again } = await open()
      expect(await database.rows('one').get('a')).toBeUndefined()
      expect(await put(database.rows('one'), 'a', 'x')).toBe(true)
      expect(await again.rows('one').get('a')).toBe('x')
      expect(await again.rows('one').get('A')).toBeUndefined()
    })

    it('change only from what is stored, and say so where it is something else', async () => {
      const { database } = await open()
      const rows = database.rows('one')
      await put(rows, 'a', 'x')
      expect(await put(rows, 'a', 'y')).toBe(false)
      expect(await put(rows, 'a', 'y', 'z')).toBe(false)
      expect(await put(rows, 'b', 'y', 'x')).toBe(false)
      expect(await rows.swap([{ key: 'a', from: 'y', to: undefined }])).toBe(false)
      expect(await all(rows)).toEqual({ a: 'x' })
      expect(await put(rows, 'a', 'y', 'x')).toBe(true)
      expect(await rows.swap([{ key: 'a', from: 'y', to: undefined }])).toBe(true)
      expect(await all(rows)).toEqual({})
    })

    it('let one of two handles insert, 50 times of 50', async () => {
      const { database, again } = await open()
      const handles = [database.rows('one'), again.rows('one')]
      for (let round = 0; round < 50; round++) {
        const won = await Promise.all(handles.map((rows, who) => put(rows, `k${round}`, `of ${who}`)))
        expect(won.filter(Boolean)).toHaveLength(1)
        expect(await database.rows('one').get(`k${round}`)).toBe(`of ${won.indexOf(true)}`)
      }
    })

    it('let one of two handles change or remove, 50 times of 50', async () => {
      const { database, again } = await open()
      const handles = [database.rows('one'), again.rows('one')]
      for (let round = 0; round < 50; round++) {
        await put(database.rows('one'), `k${round}`, 'first')
        const won = await Promise.all(
          handles.map((rows, who) =>
            rows.swap([{ key: `k${round}`, from: 'first', to: who === 0 ? 'second' : undefined }]),
          ),
        )
        expect(won.filter(Boolean)).toHaveLength(1)
        expect(await again.rows('one').get(`k${round}`)).toBe(won[0] ? 'second' : undefined)
      }
    })

    it('change several in one step, or none', async () => {
      const { database } = await open()
      const rows = database.rows('one')
      const made: Change[] = ['a', 'b', 'c'].map((key) => ({ key, from: undefined, to: `${key}1` }))
      expect(await rows.swap(made)).toBe(true)
      const step = (expected: string | undefined): Change[] => [
        { key: 'a', from: 'a1', to: 'a2' },
        { key: 'b', from: expected, to: undefined },
        { key: 'd', from: undefined, to: 'd1' },
        { key: 'e', from: undefined, to: undefined },
      ]
      expect(await rows.swap(step('other'))).toBe(false)
      expect(await rows.swap(step(undefined))).toBe(false)
      expect(await all(rows)).toEqual({ a: 'a1', b: 'b1', c: 'c1' })
      expect(await rows.swap(step('b1'))).toBe(true)
      expect(await all(rows)).toEqual({ a: 'a2', c: 'c1', d: 'd1' })
      // What is asked to be missing counts as well, also where nothing is done about it.
      expect(
        await rows.swap([
          { key: 'c', from: 'c1', to: 'c2' },
          { key: 'd', from: undefined, to: undefined },
        ]),
      ).toBe(false)
      expect(await rows.get('c')).toBe('c1')
    })

    it('let one of two handles win where their steps overlap in another order, and tear none', async () => {
      const { database, again } = await open()
      const handles = [database.rows('one'), again.rows('one')]
      const keys = ['a', 'b', 'c']
      let before: string | undefined
      for (let round = 0; round < 30; round++) {
        const from = before
        const won = await Promise.all(
          handles.map((rows, who) => {
            const changes = keys.map((key) => ({ key, from, to: `${round} of ${who}` }))
            return rows.swap(who === 0 ? changes : changes.reverse())
          }),
        )
        const stored = Object.values(await all(database.rows('one')))
        expect(won.filter(Boolean)).toHaveLength(1)
        before = `${round} of ${won.indexOf(true)}`
        expect(stored).toEqual([before, before, before])
      }
    })

    it('give a range and what comes after a key in the order of the bytes', async () => {
      const { database } = await open()
      const rows = database.rows('one')
      const keys = ['a', 'B', 'b', 'a:1', 'a:10', 'a:2', 'a%', 'a_', 'ab', 'A', '~', '!', 'a~', 'Z:z', 'z']
      for (const key of keys) await put(rows, key, key)
      const sorted = [...keys].sort()
      expect((await rows.range('')).map(({ key }) => key)).toEqual(sorted)
      const found: string[] = []
      for (let last = ''; ; ) {
        const page = await rows.after(last, 4)
        expect(page.length).toBeLessThanOrEqual(4)
        found.push(...page.map(({ key }) => key))
        const end = page.at(-1)
        if (end === undefined) break
        last = end.key
      }
      expect(found).toEqual(sorted)
    })

    it('take no character of a key for a wildcard, and no letter for another case', async () => {
      const { database } = await open()
      const rows = database.rows('one')
      const keys = ['a_b', 'axb', 'a%b', 'aXXb', 'A_B', 'a*b', 'a?b', 'a[x]b', 'a\\b', "a'b", 'a"b', '$1']
      for (const key of keys) await put(rows, key, key)
      for (const key of keys) {
        expect((await rows.range(key)).map(({ text }) => text)).toEqual([key])
        expect(await rows.get(key)).toBe(key)
      }
      for (const key of keys) {
        expect(await rows.swap([{ key, from: key, to: undefined }])).toBe(true)
        expect(await rows.get(key)).toBeUndefined()
      }
      expect(await all(rows)).toEqual({})
    })

    it('hold a text of a megabyte, and compare all of it', async () => {
      const { database } = await open()
      const rows = database.rows('one')
      const big = `${'x'.repeat(1 << 20)}1`
      expect(await put(rows, 'a', big)).toBe(true)
      expect(await rows.get('a')).toBe(big)
      expect(await put(rows, 'a', 'small', `${big.slice(0, -1)}2`)).toBe(false)
      expect(await put(rows, 'a', 'small', big)).toBe(true)
      expect(await rows.get('a')).toBe('small')
    })

    it('keep namespaces apart, and tell which were used', async () => {
      const { database, again } = await open()
      for (const name of ['a', 'ab', 'b']) await put(database.rows(name), 'k', name)
      await put(database.rows('a'), 'b:k', 'a')
      expect(await database.rows('a').swap([{ key: 'k', from: 'a', to: undefined }])).toBe(true)
      expect(await all(again.rows('a'))).toEqual({ 'b:k': 'a' })
      expect(await all(again.rows('ab'))).toEqual({ k: 'ab' })
      expect(await all(again.rows('b'))).toEqual({ k: 'b' })
      expect(await again.namespaces()).toEqual(expect.arrayContaining(['a', 'ab', 'b']))
      for (const bad of ['A', 'a_b', 'a%', '', 'a b', 'a;', 'x'.repeat(31)])
        expect(() => database.rows(bad)).toThrow(RangeError)
    })

    it('are the same when they were cleaned of what is gone', async () => {
      const { database } = await open()
      const rows = database.rows('one')
      for (const key of ['a', 'b', 'c']) await put(rows, key, key)
      await rows.swap([{ key: 'b', from: 'b', to: undefined }])
      await database.scrub()
      expect(await all(rows)).toEqual({ a: 'a', c: 'c' })
      await database.assertInPlace()
    })
  })
}
