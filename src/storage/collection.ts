import type { PassCrashPoint } from '../lib/crash-point.ts'
import { InTurn } from '../lib/in-turn.ts'
import { type Documents, StoreUnavailable } from '../sharing/ports.ts'
import type { Cipher } from './cipher.ts'
import { type IsOver, withinDeadline } from './deadline.ts'
import { assertKey, type Rows } from './rows.ts'
import { type Parse, sealOf } from './sealed-rows.ts'

export interface CollectionOptions<T> {
  name: string
  /** Values are stored as JSON: a `Date` comes back to `parse` as its ISO text. */
  parse: Parse<T>
  rows: Rows
  cipher: Cipher
  turns?: InTurn
  crashPoint?: PassCrashPoint | undefined
}

/** After that many lost races something other than a race is going on. */
const mostAttempts = 100
/** Opening rows takes microseconds each; other work gets its turn in between. */
const rowsAtOnce = 500

/** Documents of one kind, sealed, each under one key. Every failure of the store is a `StoreUnavailable`. */
export function createCollection<T>(options: CollectionOptions<T>): Documents<T> {
  const { name, rows, parse, cipher, turns = new InTurn(), crashPoint } = options
  const { seal, open } = sealOf(name, parse, cipher)

  async function updateOnce(key: string, change: (current: T | undefined) => T | undefined, isOver: IsOver) {
    for (let attempt = 0; attempt < mostAttempts && !isOver(); attempt++) {
      const text = await rows.get(key)
      const current = text === undefined ? undefined : open({ key, text })
      const next = change(current)
      if (next === undefined || next === current) return current
      if (isOver()) break
      crashPoint?.('during a store write, before the row')
      if (await rows.swap([{ key, from: text, to: seal(key, next) }])) {
        crashPoint?.('during a store write, after the row')
        return next
      }
    }
    throw new StoreUnavailable(`${name}: "${key}" could not be changed, not in time`)
  }

  async function removeOnce(key: string, isOver: IsOver) {
    for (let attempt = 0; attempt < mostAttempts && !isOver(); attempt++) {
      const text = await rows.get(key)
      // Comparing here too: a removal that arrives late must not take what was stored after it.
      if (text === undefined || (await rows.swap([{ key, from: text, to: undefined }]))) return
    }
    throw new StoreUnavailable(`${name}: "${key}" could not be removed, not in time`)
  }

  return {
    async get(key) {
      assertKey(key)
      return withinDeadline(`${name}: get`, async () => {
        const text = await rows.get(key)
        return text === undefined ? undefined : open({ key, text })
      })
    },

    async update(key, change) {
      assertKey(key)
      return withinDeadline(`${name}: update`, (isOver) =>
        turns.run(key, () => updateOnce(key, change, isOver)),
      )
    },

    async remove(key) {
      assertKey(key)
      return withinDeadline(`${name}: remove`, (isOver) => turns.run(key, () => removeOnce(key, isOver)))
    },

    async removeAll(prefix) {
      assertKey(prefix)
      for (const { key } of await withinDeadline(`${name}: list`, () => rows.range(prefix))) {
        await withinDeadline(`${name}: remove`, (isOver) => turns.run(key, () => removeOnce(key, isOver)))
      }
    },

    async list(prefix) {
      if (prefix !== '') assertKey(prefix)
      // The deadline is the database's: opening what it answered takes as long as there is much of it.
      const found = await withinDeadline(`${name}: list`, () => rows.range(prefix))
      const values: T[] = []
      for (const row of found) {
        values.push(open(row))
        if (values.length % rowsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      return values
    },
  }
}
