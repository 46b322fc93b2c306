import type { Change, Row, Rows } from '../../src/storage/rows.ts'

/** Rows that outlive a process which only pretends to die. A swap is one step, as SQLite's one statement is. */
export class MemoryRows {
  readonly rows = new Map<string, string>()

  /** What one process sees: nothing works once it is dead. Without comparing, a swap simply sets. */
  seenBy(process: { assertAlive(): void }, compares = true): Rows {
    const step = async <T>(work: () => T): Promise<T> => {
      process.assertAlive()
      // A database answers later: whoever read may have been overtaken before he writes.
      await undefined
      process.assertAlive()
      return work()
    }
    const sorted = (of: (key: string) => boolean): Row[] =>
      [...this.rows]
        .filter(([key]) => of(key))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, text]) => ({ key, text }))
    return {
      get: (key) => step(() => this.rows.get(key)),
      range: (prefix) => step(() => sorted((key) => key.startsWith(prefix))),
      after: (last, limit) => step(() => sorted((key) => key > last).slice(0, limit)),
      swap: (changes) => step(() => this.#swap(changes, compares)),
    }
  }

  #swap(changes: readonly Change[], compares: boolean): boolean {
    if (compares && changes.some(({ key, from }) => this.rows.get(key) !== from)) return false
    for (const { key, to } of changes) {
      if (to === undefined) this.rows.delete(key)
      else this.rows.set(key, to)
    }
    return true
  }
}
