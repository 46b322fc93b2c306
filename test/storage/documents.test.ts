import { describe, expect, it } from 'vitest'
import { createCipher } from '../../src/storage/cipher.ts'
import { createCollection } from '../../src/storage/collection.ts'
import type { Rows } from '../../src/storage/rows.ts'
import { documentsContract, parseDoc } from '../contracts/documents.ts'
import { keys, newKey, parseCount, parseNote, storeIn, temporaryFile } from './temporary-store.ts'

documentsContract('SQLite', async () => {
  const store = await storeIn(await temporaryFile())
  return { docs: store.collection('docs', parseDoc), again: store.collection('docs', parseDoc) }
})

describe('collections', () => {
  it('take a schema with a parse method as well as a function', async () => {
    const store = await storeIn(await temporaryFile())
    const notes = store.collection('notes', { parse: parseNote })
    await notes.update('a', () => ({ text: 'hello' }))
    expect(await notes.get('a')).toEqual({ text: 'hello' })
  })

  it('keep names that are alike apart', async () => {
    const store = await storeIn(await temporaryFile())
    const names = ['a', 'ab', 'abc', 'b']
    for (const name of names) {
      await store.collection(name, parseNote).update('ab:k', () => ({ text: name }))
      await store.collection(name, parseNote).update(`${name}:k`, () => ({ text: name }))
    }
    await store.collection('a', parseNote).remove('ab:k')
    await store.collection('a', parseNote).remove('a:k')
    expect(await store.collection('a', parseNote).list('')).toEqual([])
    for (const name of names.slice(1)) {
      const listed = await store.collection(name, parseNote).list('')
      expect(listed.length).toBeGreaterThan(0)
      expect(listed.every(({ text }) => text === name)).toBe(true)
    }
  })

  it.each(['a_b', 'a%', 'A', '', 'a-b', 'a b', 'drop table', 'meta', 'links', 'a1', 'x'.repeat(31)])(
    'refuse the name "%s"',
    async (name) => {
      const store = await storeIn(await temporaryFile())
      expect(() => store.collection(name, parseNote)).toThrow(RangeError)
    },
  )

  it('that are many are listed however long it takes to open them: the deadline is the database’s', async () => {
    const cipher = createCipher(keys(newKey()))
    const sealed = Array.from({ length: 1_001 }, (_, at) => {
      const key = `k${at}`
      return { key, text: cipher.seal({ namespace: 'many', key }, JSON.stringify(at)) }
    })
    const never = () => Promise.reject(new Error('only listed'))
    const rows: Rows = { get: never, after: never, swap: never, range: async () => sealed }
    // Opens 400 in a second, where the deadline is two.
    const slowly = (json: unknown) => {
      const until = performance.now() + 2.5
      while (performance.now() < until);
      return parseCount(json)
    }
    const many = createCollection({ name: 'many', parse: slowly, rows, cipher })
    expect(await many.list('')).toHaveLength(1_001)
  })

  it('take words that SQL keeps for itself', async () => {
    const store = await storeIn(await temporaryFile())
    for (const name of ['index', 'order', 'table', 'select', 'keyv']) {
      await store.collection(name, parseNote).update('a', () => ({ text: name }))
      expect(await store.collection(name, parseNote).get('a')).toEqual({ text: name })
    }
  })

  it('are still there after closing and opening again', async () => {
    const file = await temporaryFile()
    const first = await storeIn(file)
    await first.collection('notes', parseNote).update('a', () => ({ text: 'durable' }))
    await first.close()
    const second = await storeIn(file)
    expect(await second.collection('notes', parseNote).get('a')).toEqual({ text: 'durable' })
  })
})

describe('the store', () => {
  it('keeps its client identifier and its hashes over restarts', async () => {
    const file = await temporaryFile()
    const first = await storeIn(file)
    const { clientIdentifier } = first
    const hash = first.keyedHash('scope', 'value')
    await first.close()
    const second = await storeIn(file)
    expect(second.clientIdentifier).toBe(clientIdentifier)
    expect(second.keyedHash('scope', 'value')).toBe(hash)
    expect(hash).toMatch(/^[\w-]{22}$/)
  })

  it('hashes differently for another scope, another value and another store', async () => {
    const [one, two] = [await storeIn(await temporaryFile()), await storeIn(await temporaryFile())]
    const hashes = [
      one.keyedHash('a', 'bc'),
      one.keyedHash('ab', 'c'),
      one.keyedHash('a', 'bd'),
      two.keyedHash('a', 'bc'),
    ]
    expect(new Set(hashes).size).toBe(4)
  })

  it('says that it answers while it does, and that it does not once it is closed', async () => {
    const store = await storeIn(await temporaryFile())
    await expect(store.check()).resolves.toBeUndefined()
    await store.close()
    await expect(store.check()).rejects.toMatchObject({ name: 'StoreUnavailable' })
    await expect(store.collection('notes', parseNote).get('a')).rejects.toMatchObject({
      name: 'StoreUnavailable',
    })
  })

  it('is the same for two that open a new file at the same moment', async () => {
    const file = await temporaryFile()
    const stores = await Promise.all([storeIn(file), storeIn(file), storeIn(file)])
    expect(new Set(stores.map((store) => store.clientIdentifier)).size).toBe(1)
    expect(new Set(stores.map((store) => store.keyedHash('a', 'b'))).size).toBe(1)
  })
})
