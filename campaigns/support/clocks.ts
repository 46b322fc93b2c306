import { type Clock, systemClock } from '../../src/lib/clock.ts'

export interface VirtualClock extends Clock {
  pass(ms: number): void
}

/** A clock that only goes when it is told to. */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = start
  return {
    now: () => new Date(now),
    wait: async () => {},
    pass: (ms) => {
      now += ms
    },
  }
}

/** A clock that runs so many times faster than the real one, the same in every process that has the same start. */
export function fastClock(times: number, startMs: number): Clock {
  return {
    now: () => new Date(startMs + (Date.now() - startMs) * times),
    wait: (ms, signal) => systemClock.wait(ms / times, signal),
  }
}
