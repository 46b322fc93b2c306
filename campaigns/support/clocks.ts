import { type Clock, systemClock } from '../../src/lib/clock.ts'

export interface VirtualClock extends Clock {
  pass(ms: number): void
  /** Does this so much later, at its own time, however far the clock is then put forward at once. */
  later(ms: number, work: () => void): void
}

/** A clock that only goes when it is told to. */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = start
  let waiting: { at: number; work: () => void }[] = []
  return {
    now: () => new Date(now),
    wait: async () => {},
    later: (ms, work) => waiting.push({ at: now + ms, work }),
    pass(ms) {
      const then = now + ms
      const due = waiting.filter(({ at }) => at <= then).sort((a, b) => a.at - b.at)
      waiting = waiting.filter(({ at }) => at > then)
      for (const { at, work } of due) {
        now = at
        work()
      }
      now = then
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
