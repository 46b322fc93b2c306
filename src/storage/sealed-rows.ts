import { StoreUnavailable } from '../sharing/ports.ts'
import { CannotOpen, type Cipher } from './cipher.ts'
import type { Row } from './rows.ts'

/** What turns stored JSON into a value and throws where it cannot be one: a function, or a schema's `parse`. */
export type Parse<T> = ((json: unknown) => T) | { parse(json: unknown): T }

/** Values of one namespace in their sealed form. */
export interface Seal<T> {
  seal(key: string, value: T): string
  /** Throws `StoreUnavailable` where the row does not open or is not what it should be: never as if it were missing. */
  open(row: Row): T
}

export function sealOf<T>(namespace: string, parse: Parse<T>, cipher: Cipher): Seal<T> {
  const toValue = (json: unknown) => valueBy(parse, json)
  return {
    seal(key, value) {
      const text = JSON.stringify(value)
      assertReadable(namespace, () => toValue(JSON.parse(text)))
      return cipher.seal({ namespace, key }, text)
    },
    open({ key, text }) {
      try {
        return toValue(JSON.parse(cipher.open({ namespace, key }, text)))
      } catch (error) {
        // The schema's own words may quote the value, which is why they go no further.
        const why = error instanceof CannotOpen ? error.message : 'not of the shape this version writes'
        throw new StoreUnavailable(`${namespace}: the row "${key}" cannot be read (${why})`)
      }
    },
  }
}

/** Throws where it cannot be one. */
export const valueBy = <T>(parse: Parse<T>, json: unknown): T =>
  typeof parse === 'function' ? parse(json) : parse.parse(json)

/** One row that cannot be read again would keep the whole bot from starting: it is not written in the first place. */
function assertReadable(namespace: string, read: () => unknown): void {
  try {
    read()
  } catch {
    // The schema's own words may quote the value, which is why they go no further.
    throw new TypeError(`${namespace}: what was to be stored is not of the shape that is read`)
  }
}
