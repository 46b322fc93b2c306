import type { Documents } from '../sharing/ports.ts'

/** Documents that are kept in memory too, for look-ups that no key answers. The rows alone are the truth. */
export async function remembered<T>(
  documents: Documents<T>,
  keyOf: (value: T) => string,
): Promise<{ documents: Documents<T>; known: ReadonlyMap<string, T> }> {
  const known = new Map<string, T>()
  const note = (value: T | undefined) => {
    if (value !== undefined) known.set(keyOf(value), value)
    return value
  }
  for (const value of await documents.list('')) note(value)
  return {
    known,
    documents: {
      get: (key) => documents.get(key),
      list: (prefix) => documents.list(prefix),
      async update(key, change) {
        return note(await documents.update(key, change))
      },
      async remove(key) {
        await documents.remove(key)
        known.delete(key)
      },
      async removeAll(prefix) {
        await documents.removeAll(prefix)
        for (const key of known.keys()) if (key.startsWith(prefix)) known.delete(key)
      },
    },
  }
}
