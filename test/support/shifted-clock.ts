import { type Clock, systemClock } from '../../src/lib/clock.ts'

export interface ShiftedClock extends Clock {
  /** Now it is so much later. Nothing waits for it. */
  pass(ms: number): void
}

/** The real clock, which a test can put forward. Waiting takes as long as it does: only retries of a read wait. */
export function shiftedClock(): ShiftedClock {
  let ahead = 0
  return {
    now: () => new Date(Date.now() + ahead),
    wait: systemClock.wait,
    pass(ms) {
      ahead += ms
    },
  }
}

export const seconds = 1_000
export const minutes = 60 * seconds
export const hours = 60 * minutes
export const days = 24 * hours
