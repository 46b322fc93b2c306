import type { PassCrashPoint } from '../lib/crash-point.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import { canaryKey } from './canary.ts'
import { CannotOpen, type Cipher } from './cipher.ts'
import type { Database, Row, Rows } from './rows.ts'

export interface Rotation {
  /** Rows that were sealed anew with the first key. */
  resealed: number
  /** Rows that were under it already: after an interruption, what the earlier run did. */
  already: number
}

const rowsAtOnce = 200
const mostPasses = 10

/**
 * Seals every row anew with the first of the keys. May be stopped at any moment and started again: each row is
 * changed in one step, rows under both keys are readable meanwhile, and the canary, which tells the old key from a
 * wrong one, goes last. Throws `StoreUnavailable` where a row does not open; nothing is lost then either.
 */
export async function rotateKeys({ database, cipher, crashPoint }: Rotatable): Promise<Rotation> {
  const rotation: Rotation = { resealed: 0, already: 0 }
  // Another process that still seals with the old key may write behind the reader: read until nothing was left.
  for (let pass = 1; ; pass++) {
    let resealed = 0
    let already = 0
    for (const namespace of await database.namespaces()) {
      const sum = await rotateRows(namespace, database.rows(namespace), cipher, crashPoint)
      resealed += sum.resealed
      already += sum.already
    }
    rotation.resealed += resealed
    if (pass === 1) rotation.already = already
    if (resealed === 0) break
    if (pass === mostPasses) {
      throw new StoreUnavailable(
        'rotate: another process keeps writing with the old key; stop it and run this again',
      )
    }
  }
  crashPoint?.('before the canary gets the new key')
  if (await reseal('meta', database.rows('meta'), canaryKey, cipher)) rotation.resealed++
  await database.scrub()
  return rotation
}

export interface Rotatable {
  database: Database
  cipher: Cipher
  crashPoint?: PassCrashPoint
}

async function rotateRows(
  namespace: string,
  rows: Rows,
  cipher: Cipher,
  crashPoint: PassCrashPoint | undefined,
): Promise<Rotation> {
  const sum: Rotation = { resealed: 0, already: 0 }
  let last = ''
  for (;;) {
    const page: readonly Row[] = await rows.after(last, rowsAtOnce)
    for (const { key } of page) {
      if (namespace === 'meta' && key === canaryKey) continue
      crashPoint?.('before a row gets the new key')
      if (await reseal(namespace, rows, key, cipher)) {
        crashPoint?.('after a row got the new key')
        sum.resealed++
      } else sum.already++
    }
    const lastOfPage = page.at(-1)
    if (lastOfPage === undefined) return sum
    last = lastOfPage.key
  }
}

/** Whether there was anything to do. */
async function reseal(namespace: string, rows: Rows, key: string, cipher: Cipher): Promise<boolean> {
  for (;;) {
    const text = await rows.get(key)
    try {
      if (text === undefined || !cipher.isUnderOldKey(text)) return false
      const place = { namespace, key }
      if (await rows.swap([{ key, from: text, to: cipher.seal(place, cipher.open(place, text)) }]))
        return true
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error
      throw new StoreUnavailable(`rotate: the row "${key}" of ${namespace} cannot be read (${error.message})`)
    }
  }
}
