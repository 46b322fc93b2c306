import { after, type Intent, type Person } from './person.ts'
import type { Trouble } from './ports.ts'

export type Step =
  | { do: 'rest'; until?: Date }
  /** Write it down, then ask plex.tv for it. */
  | { do: 'send'; intent: Intent }
  /** Ask plex.tv what is so, and send nothing. */
  | { do: 'look'; intent: Intent }

/** What is to be done for a person now. An intent that was on its way when the process died counts as unclear. */
export function nextStep(person: Person, now: Date, settleMs: number): Step {
  const { intent } = person
  if (!intent) return { do: 'rest' }
  const { progress } = intent
  switch (progress.is) {
    case 'parked':
      return { do: 'rest' }
    case 'decided':
      return progress.notBefore && progress.notBefore > now
        ? { do: 'rest', until: progress.notBefore }
        : { do: 'send', intent }
    case 'sending':
      return lookOrRest(intent, after(progress.at, settleMs), now)
    case 'unclear':
      return lookOrRest(intent, progress.lookNotBefore, now)
    default:
      return progress satisfies never
  }
}

function lookOrRest(intent: Intent, notBefore: Date, now: Date): Step {
  return notBefore > now ? { do: 'rest', until: notBefore } : { do: 'look', intent }
}

/** How often an intent is sent before a human is asked. */
export const maxAttempts = 5
/** How many complete readings must agree before something that was sent is believed not to have happened. */
export const absentReadsNeeded = 2

/** When to ask again after a trouble: plex.tv's own word, or 1, 2, 4 … at most 30 minutes. */
export function askAgainAt(trouble: Trouble, tries: number, now: Date): Date {
  if (trouble.until && trouble.until > now) return trouble.until
  return after(now, Math.min(60_000 * 2 ** Math.min(tries, 10), 30 * 60_000))
}

/** When lists are read again that could not tell: what is odd in them stays so for a while. */
export const incompleteAgainMs = 5 * 60_000

/** Two complete readings that shall agree are this far apart, so that one lag of plex.tv's lists does not fool both. */
export const betweenReadsMs = (settleMs: number) => settleMs / 12
