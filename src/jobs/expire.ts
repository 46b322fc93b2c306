import { personKey } from '../sharing/people.ts'
import { decide } from '../sharing/person.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'

/** Ends the access whose time has come; `deliver-owed` then carries it out and retries until plex.tv confirms it. */
export async function expire(ports: Pick<Ports, 'people' | 'clock' | 'settleMs'>): Promise<void> {
  const now = ports.clock.now()
  for (const person of ports.people.unsettled()) {
    if (!person.endsAt || person.endsAt > now || person.intent) continue
    await ports.people.update(personKey(person), (current) => {
      if (!current?.endsAt || current.endsAt > now || current.intent) return undefined
      if (current.seen.is !== 'active' && current.seen.is !== 'pending') return undefined
      const id = `expiry ${current.endsAt.toISOString()}`
      return decide(current, { id, want: { to: 'end', mode: 'remove' }, by: 'expiry' }, now, ports.settleMs)
    })
  }
}
