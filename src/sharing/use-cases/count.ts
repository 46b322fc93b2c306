import { type Counter, giveBack, type Limit, type Taken, take } from '../counter.ts'
import type { Ports } from './ports.ts'

export type Place = { ok: true; isNew: boolean } | { ok: false; again: Date }

/** Takes one place of a limit by compare-and-set: of any number of attempts at once, exactly as many get one. */
export async function takePlace(
  ports: Pick<Ports, 'counters' | 'clock'>,
  key: string,
  id: string,
  limit: Limit,
): Promise<Place> {
  const now = ports.clock.now()
  const taken: Taken[] = []
  await ports.counters.update(key, (current) => {
    const each = take(current ?? { key, taken: [] }, id, limit, now)
    taken.push(each)
    return each.ok ? each.counter : undefined
  })
  // What was tried last is what was stored.
  return taken.at(-1) ?? { ok: false, again: now }
}

/** What the place was taken for came to nothing. */
export async function returnPlace(ports: Pick<Ports, 'counters'>, key: string, id: string): Promise<void> {
  await ports.counters.update(key, (current: Counter | undefined) => current && giveBack(current, id))
}
