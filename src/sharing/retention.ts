import { after, type Person, type PersonEvent } from './person.ts'

/** How long the history of a person is kept. */
export const keptForMs = 400 * 24 * 60 * 60_000

/**
 * What is still to be kept of a person: himself, with a shorter history where some of it is too old, or nothing where
 * his access has been gone for so long and no member is tied to it. What explains his present state stays, however
 * old: the last decision, when it began, and what is under way.
 */
export function retained(person: Person, now: Date): Person | undefined {
  const oldest = after(now, -keptForMs)
  if (isOver(person, oldest)) return undefined
  const { history } = person
  const needed = new Set([
    history.findLast((event) => event.what === 'decided')?.about,
    history.findLast((event) => event.what === 'shared')?.about,
    person.intent?.id,
    ...person.owed.map((notice) => notice.about),
  ])
  const isKept = (event: PersonEvent) => event.at > oldest || needed.has(event.about)
  if (history.every(isKept)) return person
  return { ...person, version: person.version + 1, history: history.filter(isKept) }
}

function isOver({ seen, intent, owed, suspended, memberId, history }: Person, oldest: Date): boolean {
  if (seen.is === 'pending' || seen.is === 'active') return false
  if (intent || suspended || memberId !== undefined || owed.length > 0) return false
  const last = history.at(-1)?.at
  const gone = seen.is === 'gone' ? seen.confirmedAt : undefined
  return [last, gone].every((at) => at === undefined || at <= oldest)
}
