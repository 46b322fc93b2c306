import { CannotOpen, type Cipher, split } from './cipher.ts'
import type { Database } from './rows.ts'

export interface KeyUsage {
  /** How many rows are sealed with which key, by its id. */
  rowsOf: ReadonlyMap<string, number>
  /** Rows that do not open: where they lie and why, by how many. Their keys are left out, for they may hold ids. */
  unreadable: ReadonlyMap<string, number>
}

const rowsAtOnce = 500

/** Opens every row of the database once, and says with which key each was sealed. Nothing is changed. */
export async function readKeyUsage({ database, cipher }: Usable): Promise<KeyUsage> {
  const rowsOf = new Map<string, number>()
  const unreadable = new Map<string, number>()
  for (const namespace of await database.namespaces()) {
    const rows = database.rows(namespace)
    let last = ''
    for (;;) {
      const page = await rows.after(last, rowsAtOnce)
      for (const { key, text } of page) {
        try {
          const { keyId } = split(text)
          add(rowsOf, keyId)
          cipher.open({ namespace, key }, text)
        } catch (error) {
          if (!(error instanceof CannotOpen)) throw error
          add(unreadable, `${namespace}: ${error.message}`)
        }
      }
      const lastOfPage = page.at(-1)
      if (lastOfPage === undefined) break
      last = lastOfPage.key
    }
  }
  return { rowsOf, unreadable }
}

export interface Usable {
  database: Pick<Database, 'namespaces' | 'rows'>
  cipher: Cipher
}

const add = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
