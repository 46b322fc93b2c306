import type { GuildId, MemberId } from '../../lib/ids.ts'
import { type AccessRequest, answered, isOpen, questioned, requestKey } from '../access-request.ts'
import type { Actor } from '../policy.ts'
import type { NoticeOutcome } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { knownServer, type Ports, requestOf } from './ports.ts'
import { type CardPress, openForReview } from './review-request.ts'
import { settleRequest } from './settle-request.ts'

export type AskOutcome = { outcome: 'asked'; request: AccessRequest; notice: NoticeOutcome } | Refusal

/** A reviewer asks the person behind a request something. The question and its answer stand on the card. */
export async function askRequester(
  ports: Ports,
  actor: Actor,
  press: CardPress & { text: string },
): Promise<AskOutcome> {
  const opened = await openForReview(ports, actor, press)
  if (opened.outcome === 'refused') return opened
  const { request } = opened
  const { memberId: by } = actor
  const serverName = knownServer(ports, request)?.serverName ?? 'Plex'
  const question = { request, serverName, by, text: press.text }
  const notice = await ports.notifier.requestQuestion(request.memberId, question)
  const now = ports.clock.now()
  await ports.requests.update(requestKey(request), (each) =>
    each && isOpen(each, now) ? questioned(each, { by, text: press.text, notice }, now) : undefined,
  )
  const then = await settleRequest(ports, requestKey(request))
  return { outcome: 'asked', request: then ?? request, notice }
}

export type AnswerOutcome = { outcome: 'answered'; request: AccessRequest } | Refusal

/** The person answered, from a direct message: the question itself said which guild it was about. */
export async function answerReviewer(
  ports: Ports,
  press: { guildId: GuildId; memberId: MemberId; requestId: string; text: string },
): Promise<AnswerOutcome> {
  const { guildId, memberId, text } = press
  const request = await requestOf(ports, guildId, press.requestId)
  if (!request || request.memberId !== memberId) return refuse({ reason: 'requestGone' })
  const key = requestKey(request)
  const now = ports.clock.now()
  const stored = await ports.requests.update(key, (each) => each && answered(each, memberId, text, now))
  if (!stored || !isOpen(stored, now)) return refuse({ reason: 'requestClosed', request: stored ?? request })
  return { outcome: 'answered', request: (await settleRequest(ports, key)) ?? stored }
}
