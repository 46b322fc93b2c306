import { id, type MemberId } from '../../src/lib/ids.ts'
import type { Random } from './random.ts'
import type { Promised } from './request-judge.ts'
import type { HungCard } from './reviewers-channel.ts'
import {
  type Asking,
  type CardPressing,
  isToldWaiting,
  needNotAsk,
  needNotPress,
  reviewers,
} from './reviewing-guild.ts'

/** Members who ask and reviewers who press, and what they have been told. They outlive the bot's processes. */
export interface AskingMembers {
  comes(email: string): void
  /** What is asked now: whoever got no answer asks again, by the same interaction or a new one. */
  asks(): Asking[]
  heard(asking: Asking, word: string): void
  /** What is pressed on this card now, if anything: a few reviewers are slow, and some cards nobody ever presses. */
  presses(card: HungCard): CardPressing[]
  pressed(pressing: CardPressing, word: string): void
  noteTold(memberId: MemberId): void
  /** Nobody waits for an answer, and no card is left that somebody would press. */
  isQuiet(cards: Iterable<HungCard>): boolean
  readonly emails: readonly string[]
  readonly promised: Promised
}

export function askingMembers(random: Random): AskingMembers {
  const emails: string[] = []
  const asking = new Map<MemberId, Asking>()
  const unanswered = new Map<string, CardPressing>()
  const toldWaiting = new Set<MemberId>()
  const toldDecided = new Set<string>()
  const told = new Set<MemberId>()
  const done = new Set<string>()
  const alone = new Map<string, boolean>()
  let interactions = 0
  const newId = (of: string) => `${of} ${++interactions}`

  const staysAlone = (requestId: string) => {
    const stays = alone.get(requestId) ?? random.chance(0.15)
    alone.set(requestId, stays)
    return stays
  }
  const canBePressed = ({ requestId, shows }: HungCard) =>
    shows === 'waiting' && !done.has(requestId) && !staysAlone(requestId)

  return {
    emails,
    promised: { toldWaiting, toldDecided, told },
    comes(email) {
      emails.push(email)
      const memberId = id<MemberId>(`member-${emails.length}`)
      asking.set(memberId, { id: newId('asks'), memberId, email })
    },
    asks: () =>
      [...asking.values()].flatMap((each) => {
        const again = random.chance(0.5) ? each : { ...each, id: newId('asks') }
        // Somebody who types the command twice.
        return random.chance(0.1) ? [again, { ...each, id: newId('asks') }] : [again]
      }),
    heard({ memberId }, word) {
      if (isToldWaiting(word)) toldWaiting.add(memberId)
      if (needNotAsk(word)) asking.delete(memberId)
    },
    presses(card) {
      if (!canBePressed(card)) return []
      const { requestId, messageId } = card
      const before = unanswered.get(requestId)
      const fresh = (): CardPressing => {
        const does = random.chance(0.85) ? 'approve' : 'deny'
        return { id: newId('presses'), by: random.pick(reviewers), does, requestId, messageId }
      }
      const first = before && random.chance(0.5) ? { ...before, messageId } : fresh()
      unanswered.set(requestId, first)
      return random.chance(0.15) ? [first, fresh()] : [first]
    },
    pressed({ requestId }, word) {
      if (word === 'decided') toldDecided.add(requestId)
      if (needNotPress(word)) done.add(requestId)
    },
    noteTold: (memberId) => void told.add(memberId),
    isQuiet: (cards) => asking.size === 0 && ![...cards].some(canBePressed),
  }
}
