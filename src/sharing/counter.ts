import { after } from './person.ts'

/** How often something was done lately: the quota of a day, the rate of a week. One document for each. */
export interface Counter {
  schema: 1
  /** Under which it is stored: what it counts, and whose. */
  key: string
  taken: readonly { id: string; at: Date }[]
  /** When all of it is too old to count. */
  expiresAt: Date
}

export interface Limit {
  most: number
  withinMs: number
}

export type Taken = { ok: true; isNew: boolean; counter: Counter } | { ok: false; again: Date }

/** Takes one place, if there is one. The same id takes one place however often it comes. */
export function take(
  counter: Pick<Counter, 'key' | 'taken'>,
  id: string,
  { most, withinMs }: Limit,
  now: Date,
): Taken {
  const lately = counter.taken.filter(({ at }) => after(at, withinMs) > now)
  const isTaken = lately.some((each) => each.id === id)
  if (!isTaken && lately.length >= most) {
    // The place that becomes free first: where a limit was lowered, it is not the oldest one.
    const first = lately[lately.length - most]
    return { ok: false, again: after(first?.at ?? now, withinMs) }
  }
  const taken = isTaken ? lately : [...lately, { id, at: now }]
  const kept: Counter = { schema: 1, key: counter.key, taken, expiresAt: after(now, withinMs) }
  return { ok: true, isNew: !isTaken, counter: kept }
}

/** Gives a place back: what it was taken for came to nothing. */
export function giveBack(counter: Counter, id: string): Counter {
  const taken = counter.taken.filter((each) => each.id !== id)
  return taken.length === counter.taken.length ? counter : { ...counter, taken }
}
