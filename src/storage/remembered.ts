import type { Documents } from '../sharing/ports.ts'

/** Documents that are kept in memory too, for look-ups that no key answers. The rows alone are the truth. */
export async function remembered<T>(
  documents: Documents<T>,
  keyOf: (value: T) => string,
): Promise<Remembered<T>> {
  const known = new Map<string, T>()
  /** What this process wrote or removed while rows were read anew: it knows better than that reading. */
  const touchedMeanwhile = new Set<Set<string>>()
  const touch = (key: string) => {
    for (const touched of touchedMeanwhile) touched.add(key)
  }
  const note = (value: T | undefined) => {
    if (value === undefined) return value
    touch(keyOf(value))
    known.set(keyOf(value), value)
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
        touch(key)
        known.delete(key)
      },
      async removeAll(prefix) {
        await documents.removeAll(prefix)
        for (const key of known.keys()) {
          if (!key.startsWith(prefix)) continue
          touch(key)
          known.delete(key)
        }
      },
    },
    async reread() {
      const touched = new Set<string>()
      touchedMeanwhile.add(touched)
      try {
        const now = new Map((await documents.list('')).map((value) => [keyOf(value), value]))
        for (const key of known.keys()) if (!now.has(key) && !touched.has(key)) known.delete(key)
        for (const [key, value] of now) if (!touched.has(key)) known.set(key, value)
      } finally {
        touchedMeanwhile.delete(touched)
      }
    },
  }
}

export interface Remembered<T> extends Rereadable {
  documents: Documents<T>
  known: ReadonlyMap<string, T>
}

/** What keeps rows in memory and can read them anew, because another process has written some. */
export interface Rereadable {
  /** Throws `StoreUnavailable` where they cannot be read; what is known stays as it was then. */
  reread(): Promise<void>
}
