import type { MemberId } from '../../src/lib/ids.ts'
import { type AccessRequest, isOnItsWay } from '../../src/sharing/access-request.ts'

export interface RequestsSeen {
  requests: number
  approvals: number
  denials: number
  expired: number
  stillWaiting: number
  /** Of one member more than one request that waits. */
  waitingTwice: number
  /** A request that waits without a card, or whose stored cards are several or show something else than what is so. */
  cardsAmiss: number
  /** It is closed, and whoever asked has not been told. */
  untold: number
}

export const noRequests = (): RequestsSeen => ({
  ...{ requests: 0, approvals: 0, denials: 0, expired: 0, stillWaiting: 0 },
  ...{ waitingTwice: 0, cardsAmiss: 0, untold: 0 },
})

/** What was promised to those who ask, and to those who press. */
export interface Promised {
  /** Who was told that his request waits. */
  toldWaiting: ReadonlySet<MemberId>
  /** Requests of which a reviewer was told that they are decided. */
  toldDecided: ReadonlySet<string>
  /** Who was sent a message. */
  told: ReadonlySet<MemberId>
}

/**
 * Counts what the stored requests have come to, once all is quiet. A second message in the channel is no fault (Discord
 * forgets a nonce after minutes): the request knows one of them, and only that one can be pressed with effect. Returns
 * how many were forgotten and how many are not settled.
 */
export function judgeRequests(
  requests: readonly AccessRequest[],
  { toldWaiting, toldDecided, told }: Promised,
  now: Date,
  sum: RequestsSeen,
): { forgotten: number; unsettled: number } {
  const waiting = requests.filter(({ state }) => state === 'waiting')
  sum.requests += requests.length
  sum.approvals += requests.filter(({ state }) => state === 'approved').length
  sum.denials += requests.filter(({ state }) => state === 'denied').length
  sum.expired += requests.filter(({ state }) => state === 'expired').length
  sum.stillWaiting += waiting.length
  sum.waitingTwice += waitingTwice(requests)
  sum.cardsAmiss += requests.filter(isAmiss).length
  sum.untold += requests.filter((each) => each.state !== 'waiting' && !told.has(each.memberId)).length

  const asked = new Set(requests.map(({ memberId }) => memberId))
  const byId = new Map(requests.map((each) => [each.id, each]))
  const isDecided = (requestId: string) => (byId.get(requestId)?.decisions.length ?? 0) > 0
  return {
    forgotten:
      [...toldWaiting].filter((memberId) => !asked.has(memberId)).length +
      [...toldDecided].filter((requestId) => !isDecided(requestId)).length,
    unsettled: requests.filter((each) => isOpenStill(each, now)).length,
  }
}

const isAmiss = ({ state, cards, shown, version }: AccessRequest) =>
  cards.length > 1 || (cards.length === 0 && state === 'waiting') || (cards.length > 0 && shown < version)

/** How many wait of members who have another one that waits. */
export function waitingTwice(requests: readonly AccessRequest[]): number {
  const waiting = requests.filter(({ state }) => state === 'waiting')
  return waiting.length - new Set(waiting.map(({ memberId }) => memberId)).size
}

/** Something of it could have been done by now. */
export const isOpenStill = (request: AccessRequest, now: Date) =>
  request.owesNotice ||
  (request.state === 'approved' && isOnItsWay(request)) ||
  (request.state === 'waiting' && request.expiresAt <= now)
