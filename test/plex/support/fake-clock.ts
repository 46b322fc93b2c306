import type { Clock } from '../../../src/lib/clock.ts'

/** A clock that nobody waits for: waiting moves it, and is written down. */
export interface FakeClock extends Clock {
  readonly waits: number[]
  pass(ms: number): void
}

export function fakeClock(start = '2026-11-21T10:00:00Z'): FakeClock {
  let now = Date.parse(start)
  const waits: number[] = []
  return {
    waits,
    now: () => new Date(now),
    pass: (ms) => {
      now += ms
    },
    wait: async (ms) => {
      waits.push(ms)
      now += ms
    },
  }
}
