import { ok, problem, type Result } from '../lib/result.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import { CannotOpen, type Cipher } from './cipher.ts'
import type { Rows } from './rows.ts'
import type { StoreProblem } from './store-problem.ts'

/** What the rows of this version look like. A newer number was written by a newer Usherr. */
const storeFormat = 1
export const canaryKey = 'canary'
const place = { namespace: 'meta', key: canaryKey }

/** Proves, before anything else is read, that these keys are the database's. The first start writes the record. */
export async function checkCanary(
  meta: Rows,
  cipher: Cipher,
  databaseHasRows: () => Promise<boolean>,
): Promise<Result<void, StoreProblem>> {
  const text = (await meta.get(canaryKey)) ?? (await writeCanary(meta, cipher, databaseHasRows))
  return text === undefined ? problem(canaryGone) : judgeCanary(text, cipher)
}

/** What the record says of these keys, and of the version that wrote it. */
export function judgeCanary(text: string, cipher: Cipher): Result<void, StoreProblem> {
  try {
    return judge(JSON.parse(cipher.open(place, text)))
  } catch (error) {
    if (!(error instanceof CannotOpen)) throw error
    return problem(error.reason === 'unknownKey' ? wrongKey : damaged)
  }
}

async function writeCanary(meta: Rows, cipher: Cipher, databaseHasRows: () => Promise<boolean>) {
  // The canary is always the first row: where there are others, it is there by now or it was taken away.
  if (await databaseHasRows()) return meta.get(canaryKey)
  const text = cipher.seal(place, JSON.stringify({ format: storeFormat }))
  await meta.swap([{ key: canaryKey, from: undefined, to: text }])
  // Another process may have been faster, and its key may be another one: what counts is what is stored.
  const stored = await meta.get(canaryKey)
  if (stored === undefined) throw new StoreUnavailable('meta: the canary was written and is not there')
  return stored
}

function judge(canary: unknown): Result<void, StoreProblem> {
  const format: unknown =
    typeof canary === 'object' && canary !== null && 'format' in canary ? canary.format : undefined
  if (format === storeFormat) return ok(undefined)
  return problem({
    kind: 'newer',
    what: `The database has format ${String(format)}; this version of Usherr knows ${storeFormat}.`,
    next: 'Start the version that last ran with it, or a newer one.',
  })
}

export const canaryGone: StoreProblem = {
  kind: 'damaged',
  what: 'The database has rows, but the record that tells whether the key fits is gone.',
  next: 'The database was changed by something else. Put a backup in its place.',
}
const wrongKey: StoreProblem = {
  kind: 'wrongKey',
  what: 'The encryption key is not the one that this database was written with.',
  next: 'Give the right key in ENCRYPTION_KEY or in encryption.key. After a rotation that did not finish give both, the new one first: "new,old".',
}
const damaged: StoreProblem = {
  kind: 'damaged',
  what: 'The record that tells whether the key fits was changed by something else.',
  next: 'Put a backup of the database in its place.',
}
