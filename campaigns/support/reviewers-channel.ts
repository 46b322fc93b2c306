import type { ReviewCards } from '../../src/sharing/ports.ts'

/** A message in the reviewers' channel, and what stands on it. */
export interface HungCard {
  messageId: string
  requestId: string
  shows: string
  hungMs: number
}

/** The documents say only that Discord knows a nonce again for some minutes. */
export const nonceLivesMs = 5 * 60_000

export interface ReviewersChannel extends ReviewCards {
  /** By the id of the message. It outlives our processes. */
  readonly hung: ReadonlyMap<string, HungCard>
  take(card: HungCard): void
}

/**
 * The cards as Discord keeps them: whoever posts one a second time within minutes is given the first one, and after
 * that another one hangs beside it. `befalls` may throw, or lose the answer of what was done.
 */
export function reviewersChannel(
  now: () => Date,
  {
    hung: before = [],
    changed = () => {},
    befalls = () => 'nothing',
  }: {
    hung?: readonly HungCard[]
    changed?: (card: HungCard) => void
    befalls?: () => 'nothing' | 'failsBefore' | 'failsAfter'
  } = {},
): ReviewersChannel {
  const hung = new Map(before.map((card) => [card.messageId, card]))
  const latest = new Map(before.map((card) => [card.requestId, card]))
  const take = (card: HungCard) => {
    hung.set(card.messageId, card)
    if ((latest.get(card.requestId)?.hungMs ?? 0) <= card.hungMs) latest.set(card.requestId, card)
  }
  const put = (card: HungCard) => {
    take(card)
    changed(card)
  }
  return {
    hung,
    take,
    async post(channelId, { request }) {
      const comes = befalls()
      if (comes === 'failsBefore') return { notPosted: 'failed' }
      const hungMs = now().getTime()
      const earlier = latest.get(request.id)
      const isKnown = earlier !== undefined && hungMs - earlier.hungMs <= nonceLivesMs
      const messageId = isKnown ? earlier.messageId : `card-${request.id}-${hungMs}`
      if (!isKnown) put({ messageId, requestId: request.id, shows: request.state, hungMs })
      return comes === 'failsAfter' ? { notPosted: 'failed' } : { posted: { channelId, messageId } }
    },
    async edit({ messageId }, { request }) {
      const comes = befalls()
      if (comes === 'failsBefore') return 'failed'
      const card = hung.get(messageId)
      if (!card) return 'gone'
      put({ ...card, shows: request.state })
      return comes === 'failsAfter' ? 'failed' : 'edited'
    },
  }
}
