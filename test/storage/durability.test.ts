import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startChild } from './child.ts'
import { keys, newKey, parseCount, storeIn, temporaryFile } from './temporary-store.ts'

describe('two processes that change one document', () => {
  it('lose none of 2 x 200 changes', { timeout: 30_000 }, async () => {
    const [file, key] = [await temporaryFile(), newKey()]
    const children = [1, 2].map(() => startChild('write-many.ts', [file, key, 'shared', '200']))
    expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0])
    const store = await storeIn(file, keys(key))
    expect(await store.collection('counts', parseCount).get('shared')).toBe(400)
    // Each number was somebody's: no two changes came out at the same one.
    expect(new Set(children.flatMap((child) => child.lines)).size).toBe(400)
  })
})

describe('a process that is killed while it writes', () => {
  it('has lost nothing that was acknowledged, 10 times of 10', { timeout: 60_000 }, async () => {
    const [file, key] = [await temporaryFile(), newKey()]
    let least = 0
    for (let round = 1; round <= 10; round++) {
      const child = startChild('write-many.ts', [file, key, 'killed', '100000'])
      await child.saidLines(round * 3)
      child.kill()
      expect(await child.ended).toBe('SIGKILL')
      const acknowledged = Number(child.lines.at(-1))
      expect(acknowledged).toBeGreaterThan(least)
      const store = await storeIn(file, keys(key))
      const stored = await store.collection('counts', parseCount).get('killed')
      await store.close()
      // One more may have been stored than the process lived to say.
      expect([acknowledged, acknowledged + 1]).toContain(stored)
      least = acknowledged
    }
  })
})

describe('closing', () => {
  it('brings everything into the one file and leaves no log beside it', async () => {
    for (let round = 0; round < 15; round++) {
      const file = await temporaryFile()
      const store = await storeIn(file)
      const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
      await Promise.all(names.map((name) => store.collection(name, parseCount).update('x', () => round)))
      await Promise.all([store.close(), store.close()])
      expect((await readdir(dirname(file))).sort()).toEqual(['encryption.key', 'usherr.sqlite'])
    }
  })
})
