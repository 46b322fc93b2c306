import { inTurnOf } from '../sharing/deliver.ts'
import { personKey } from '../sharing/people.ts'
import { after } from '../sharing/person.ts'
import { keptForMs, retained } from '../sharing/retention.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'

const onceInMs = 24 * 60 * 60_000
type Retaining = Pick<Ports, 'people' | 'deletions' | 'clock' | 'scrub' | 'log' | 'guards'>

/** Once a day, and at the start: takes away what has been kept for long enough, and its traces in the files. */
export function createRetain(ports: Retaining): () => Promise<void> {
  let notBefore: Date | undefined
  return async () => {
    const now = ports.clock.now()
    if (notBefore && now < notBefore) return
    await retain(ports)
    // A round that failed is tried again at the next turn.
    notBefore = after(now, onceInMs)
  }
}

async function retain(ports: Retaining): Promise<void> {
  const { people, deletions, clock, scrub, log } = ports
  const now = clock.now()
  let shortened = 0
  let removed = 0
  for (const person of await people.list('')) {
    if (retained(person, now) === person) continue
    const key = personKey(person)
    await inTurnOf(ports, key, async () => {
      const current = await people.get(key)
      if (!current) return
      if (retained(current, now)) {
        await people.update(key, (newest) => newest && retained(newest, now))
        shortened++
      } else {
        await people.remove(key)
        removed++
      }
    })
  }
  await deletions.prune(after(now, -keptForMs))
  await scrub()
  if (shortened + removed > 0) log.info({ changed: shortened, removed }, 'Old histories were cut')
}
