import { describe, expect, it } from 'vitest'
import type { Documents } from '../../src/sharing/ports.ts'

export interface Doc {
  text: string
  at?: Date
}

/** What a collection under the contract is declared with: dates are ISO text in JSON. */
export function parseDoc(json: unknown): Doc {
  if (typeof json !== 'object' || json === null || !('text' in json) || typeof json.text !== 'string') {
    throw new TypeError('no document')
  }
  if (!('at' in json)) return { text: json.text }
  if (typeof json.at !== 'string') throw new TypeError('no document')
  return { text: json.text, at: new Date(json.at) }
}

/** What every store's `Documents` do. `open` gives an empty collection; twice of one name gives the same rows. */
export function documentsContract(store: string, open: () => Promise<OpenDocuments>): void {
  describe(`documents in ${store}`, () => {
    it('give nothing for a key that was never written', async () => {
      const { docs } = await open()
      expect(await docs.get('nobody')).toBeUndefined()
      expect(await docs.list('')).toEqual([])
    })

    it('give back what was stored, dates and all', async () => {
      const { docs } = await open()
      const doc = { text: 'Zoë 🍿 "quoted" \n\u0000 ​', at: new Date('2026-11-21T07:00:00.123Z') }
      expect(await docs.update('a', () => doc)).toEqual(doc)
      expect(await docs.get('a')).toEqual(doc)
    })

    it('show a change what is stored now, and keep what it returns', async () => {
      const { docs } = await open()
      await docs.update('a', () => ({ text: 'first' }))
      const seen: unknown[] = []
      const result = await docs.update('a', (current) => {
        seen.push(current)
        return { text: `${current?.text}, second` }
      })
      expect(seen).toEqual([{ text: 'first' }])
      expect(result).toEqual({ text: 'first, second' })
      expect(await docs.get('a')).toEqual({ text: 'first, second' })
    })

    it('leave a document as it is where the change returns nothing', async () => {
      const { docs } = await open()
      expect(await docs.update('a', () => undefined)).toBeUndefined()
      await docs.update('a', () => ({ text: 'kept' }))
      expect(await docs.update('a', () => undefined)).toEqual({ text: 'kept' })
      expect(await docs.get('a')).toEqual({ text: 'kept' })
    })

    it('let a change throw, store nothing then, and go on', async () => {
      const { docs } = await open()
      const failing = docs.update('a', () => {
        throw new RangeError('not like this')
      })
      await expect(failing).rejects.toThrow(RangeError)
      expect(await docs.get('a')).toBeUndefined()
      expect(await docs.update('a', () => ({ text: 'fine' }))).toEqual({ text: 'fine' })
    })

    it('lose none of 200 changes at once to one document', async () => {
      const { docs } = await open()
      const more = (current: Doc | undefined) => ({ text: `${current?.text ?? ''}x` })
      await Promise.all(Array.from({ length: 200 }, () => docs.update('a', more)))
      expect((await docs.get('a'))?.text).toHaveLength(200)
    })

    it('let exactly one of 50 be first, also through two collections of one name', async () => {
      const { docs, again } = await open()
      const winners = await Promise.all(
        Array.from({ length: 50 }, async (_, number) => {
          const mine = { text: `number ${number}` }
          const stored = await (number % 2 ? docs : again).update('a', (current) => current ?? mine)
          return stored?.text === mine.text ? 1 : 0
        }),
      )
      expect(winners.reduce((sum: number, won) => sum + won, 0)).toBe(1)
    })

    it('remove a document, and removing it again is harmless', async () => {
      const { docs } = await open()
      await docs.update('a', () => ({ text: 'here' }))
      await docs.remove('a')
      await docs.remove('a')
      expect(await docs.get('a')).toBeUndefined()
      expect(await docs.list('')).toEqual([])
      expect(await docs.update('a', (current) => ({ text: current ? 'changed' : 'new' }))).toEqual({
        text: 'new',
      })
    })

    it('list what begins with the prefix, and only that, in the order of the keys', async () => {
      const { docs } = await open()
      const keys = ['g1:b', 'g1:a', 'g10:a', 'g1:a:x', 'g2:a', 'G1:a', 'g_:a', 'g%:a', 'g1', 'g1:~~']
      for (const key of keys) await docs.update(key, () => ({ text: key }))
      const listed = async (prefix: string) => (await docs.list(prefix)).map(({ text }) => text)
      expect(await listed('g1:')).toEqual(['g1:a', 'g1:a:x', 'g1:b', 'g1:~~'])
      expect(await listed('g_')).toEqual(['g_:a'])
      expect(await listed('g%')).toEqual(['g%:a'])
      expect(await listed('')).toEqual([...keys].sort())
    })

    it('list everything of a large collection', async () => {
      const { docs } = await open()
      const numbers = Array.from({ length: 1200 }, (_, number) => String(number).padStart(5, '0'))
      // A hundred at a time: each has 2 seconds, and each syncs the disk.
      for (let at = 0; at < numbers.length; at += 100) {
        await Promise.all(
          numbers.slice(at, at + 100).map((text) => docs.update(`n:${text}`, () => ({ text }))),
        )
      }
      expect((await docs.list('n:')).map(({ text }) => text)).toEqual(numbers)
    })

    it('refuse a key that a database could order or fold otherwise', async () => {
      const { docs } = await open()
      for (const key of ['', 'a b', 'é', 'a\n', 'x'.repeat(201)]) {
        await expect(docs.get(key)).rejects.toThrow(RangeError)
        await expect(docs.update(key, () => ({ text: '' }))).rejects.toThrow(RangeError)
        await expect(docs.remove(key)).rejects.toThrow(RangeError)
      }
    })
  })
}

export interface OpenDocuments {
  docs: Documents<Doc>
  again: Documents<Doc>
}
