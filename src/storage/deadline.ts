import { StoreUnavailable } from '../sharing/ports.ts'

/** A store that has not answered by then is unavailable: Discord wants an answer within 3 seconds. */
const storeDeadlineMs = 2000

/** Nothing is begun after that: it waits up to 0.8 s for a lock and shall not take effect after it was given up. */
const lastStartMs = 1000

/** Whether it is too late for another step. Work in several steps asks before each one. */
export type IsOver = () => boolean

/**
 * The work's result, or `StoreUnavailable` after 2 seconds. What a frozen database has been given by then may still take
 * effect, once; that is why every write compares before it sets.
 */
export function withinDeadline<T>(
  what: string,
  work: (isOver: IsOver) => Promise<T>,
  deadlineMs = storeDeadlineMs,
): Promise<T> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new StoreUnavailable(`${what}: no answer within ${deadlineMs} ms`))
    }, deadlineMs)
    work(() => performance.now() - began > lastStartMs)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
