import { type Decider, decide, type Person } from './person.ts'

/** An end date that has come, of somebody who still has access and about whom nothing newer was decided. */
export function isDue(person: Person, now: Date): person is Person & { endsAt: Date } {
  const { endsAt, seen, intent } = person
  return endsAt !== undefined && endsAt <= now && !intent && (seen.is === 'active' || seen.is === 'pending')
}

export function decideEnd(
  person: Person & { endsAt: Date },
  by: Decider,
  now: Date,
  settleMs: number,
): Person {
  const id = `expiry ${person.endsAt.toISOString()}`
  return decide(person, { id, want: { to: 'end', mode: 'remove' }, by }, now, settleMs)
}
