import type { Person, PersonEvent } from '../person.ts'
import type { TroubleKind } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'

/** How a decision stands after it was delivered as far as possible, read from the person's own document. */
export type Settled =
  | {
      outcome: 'done'
      event: Extract<PersonEvent, { what: 'shared' | 'changed' | 'ended' }>
      /** The draft of an undo, where there is a way back. */
      undo?: string
    }
  /** plex.tv certainly did nothing yet; the decision is kept and carried out then. */
  | { outcome: 'queued'; because: TroubleKind; nextTry: Date }
  /** plex.tv may or may not have done it; it is looked up then, and settled. */
  | { outcome: 'unclear'; because: TroubleKind; nextLook: Date }
  | { outcome: 'parked'; because: TroubleKind | 'tooManyAttempts' }
  | { outcome: 'overtaken' }
  | Refusal

export function settled(person: Person | undefined, intentId: string): Settled {
  const { intent } = person ?? {}
  if (intent?.id === intentId) {
    const { progress } = intent
    switch (progress.is) {
      case 'parked':
        return { outcome: 'parked', because: progress.why }
      case 'decided':
        return {
          outcome: 'queued',
          because: progress.trouble ?? 'unreachable',
          nextTry: progress.notBefore ?? intent.decidedAt,
        }
      case 'unclear':
        return {
          outcome: 'unclear',
          because: progress.trouble ?? 'timedOut',
          nextLook: progress.lookNotBefore,
        }
      case 'sending':
        return { outcome: 'unclear', because: 'timedOut', nextLook: progress.at }
      default:
        return progress satisfies never
    }
  }
  const event = person?.history.findLast((each) => each.about === intentId && each.what !== 'decided')
  switch (event?.what) {
    case 'shared':
    case 'changed':
    case 'ended':
      return { outcome: 'done', event }
    case 'refused':
      return refuse({ reason: 'plexRefused', because: event.because })
    default:
      return { outcome: 'overtaken' }
  }
}
