import { personKey } from '../sharing/people.ts'
import { owing, type Person } from '../sharing/person.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'

/**
 * Once, at the start, before anybody can ask anything: what an earlier process had begun. What it was sending is unclear
 * now, and `deliver-owed` looks before it sends; whoever decided it lost his answer with the process, and is told later.
 */
export async function recover({ people, log }: Pick<Ports, 'people' | 'log'>): Promise<void> {
  const begun = people.unsettled().filter((person) => person.intent !== undefined)
  for (const person of begun) await people.update(personKey(person), owingItsOutcome)
  if (begun.length > 0) log.info({ count: begun.length }, 'Decisions of an earlier run are carried on')
}

function owingItsOutcome(person: Person | undefined): Person | undefined {
  const { intent } = person ?? {}
  if (!person || !intent || intent.by === 'expiry') return undefined
  return owing(person, { kind: 'outcome', to: intent.by, about: intent.id })
}
