import { randomUUID } from 'node:crypto'
import type { Documents } from '../sharing/ports.ts'
import type { Rereadable } from './remembered.ts'

const key = 'written-elsewhere'
/** A mark that says "still writing" for longer was left by a process that died. */
const longestMs = 60 * 60_000

/** How a running bot learns of rows that another process writes: it keeps some in memory and would not see them. */
export interface OtherWriters {
  /** Does work that writes rows beside a bot that may be running. The mark is there before the first of them. */
  whileWriting<T>(now: Date, work: () => Promise<T>): Promise<T>
  /**
   * Reads anew what is kept in memory, where another process has written since the last time or writes still. One
   * `get` where none has. What cannot be read is tried again at the next call. Returns whether it was read anew.
   */
  notice(now: Date, kept: readonly Rereadable[]): Promise<boolean>
}

/** What was written before it is opened is in memory by the time anybody asks. */
export async function openOtherWriters(meta: Documents<string>): Promise<OtherWriters> {
  let seen = await meta.get(key)
  const leave = (mark: string) => meta.update(key, () => mark)
  return {
    async whileWriting(now, work) {
      const writer = randomUUID()
      await leave(`writing ${now.toISOString()} ${writer}`)
      try {
        return await work()
      } finally {
        await leave(`written ${now.toISOString()} ${writer}`)
      }
    },
    async notice(now, kept) {
      const mark = await meta.get(key)
      if (mark === undefined || (mark === seen && !isStillWriting(mark, now))) return false
      for (const each of kept) await each.reread()
      seen = mark
      return true
    },
  }
}

function isStillWriting(mark: string, now: Date): boolean {
  const [what, since = ''] = mark.split(' ')
  return what === 'writing' && Math.abs(now.getTime() - Date.parse(since)) < longestMs
}
