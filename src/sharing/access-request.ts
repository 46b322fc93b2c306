import type { ChannelId, GuildId, MemberId, ServerId } from '../lib/ids.ts'
import { type LibraryAccess, sameAccess } from './library-access.ts'
import { after } from './person.ts'
import type { NoticeOutcome, PlexIdentity } from './ports.ts'

/**
 * Somebody's wish for access that waits for a reviewer, in one document: what is wanted, who decided what, where its
 * cards hang, what is still to be done, and how it all came about. It is changed by compare-and-set only, so the
 * first decision wins; what was decided never changes afterwards.
 */
export interface AccessRequest {
  schema: 1
  /** Counts the changes that a card shows. */
  version: number
  id: string
  guildId: GuildId
  serverId: ServerId
  /** Who asked. */
  memberId: MemberId
  /** By which right he asked: for himself, or as somebody whose invitations need a review. */
  right: 'request' | 'invite'
  /** The member whom it is for; absent where only an account is named. */
  forMember?: MemberId
  /** Empty where a member was named whose account nobody knows yet. */
  who: PlexIdentity
  /** Whether the account was tied to the member before, and not just typed in. */
  isLinked: boolean
  /** What he had when this was asked for: then `wanted` is to be added to it, and his share is changed, not made. */
  has?: Had
  wanted: Grant
  note?: string
  state: RequestState
  askedAt: Date
  expiresAt: Date
  decisions: readonly Decision[]
  cards: readonly CardPlace[]
  /** The version that every card is known to show. */
  shown: number
  /** What the approval came to; absent while it has not been carried out. */
  effect?: Effect
  /** Whether the person who asked is still to be told how it ended. */
  owesNotice: boolean
  history: readonly RequestEvent[]
}

export type RequestState = 'waiting' | 'approved' | 'denied' | 'withdrawn' | 'expired'

/** An access that is there already, as the card shows it. What counts when it is changed is read from plex.tv then. */
export interface Had {
  access: LibraryAccess
  endsAt?: Date
}

/**
 * What is to be given. Without a duration, until it is ended; what is added to an access lasts as long as that one
 * does, so there it has none.
 */
export interface Grant {
  access: LibraryAccess
  durationMs?: number
  downloads?: boolean
}

export type Decision = {
  /** The id of the interaction: the same press delivered twice decides once. */
  id: string
  by: MemberId
  at: Date
} & ({ verdict: 'approve'; grant: Grant } | { verdict: 'deny'; reason?: string })
export type Verdict = Decision extends infer D ? (D extends Decision ? Omit<D, 'at'> : never) : never

/** A message that shows the request to reviewers. */
export interface CardPlace {
  channelId: ChannelId
  messageId: string
}

/** What an approval came to. Words and details of plex.tv's answer stand in the person's own history. */
export interface Effect {
  came:
    | 'invited'
    | 'active'
    | 'alreadyHas'
    | 'asked'
    | 'kept'
    | 'unclear'
    | 'failed'
    | 'notAllowed'
    /** A library of it is no longer on the server. */
    | 'libraryGone'
    /** The share has what was approved besides what it had. */
    | 'changed'
    /** Why nothing could be added: all of it is there, or what it was to be added to is not as it was. */
    | 'hasAll'
    | 'shareGone'
    | 'stillPending'
    | 'librariesUnknown'
  at: Date
  /** Whether the member was told by the invitation itself; absent where it told nobody. */
  notice?: NoticeOutcome
}

/** What happened, in the past tense. */
export type RequestEvent = { at: Date } & (
  | { what: 'asked'; by: MemberId; wanted: Grant; note?: string }
  | { what: 'approved'; by: MemberId; id: string; grant: Grant }
  | { what: 'denied'; by: MemberId; id: string; reason?: string }
  | { what: 'questioned'; by: MemberId; text: string; notice: NoticeOutcome }
  | { what: 'answered'; by: MemberId; text: string }
  | { what: 'withdrawn'; by: MemberId }
  | { what: 'expired' }
  | { what: 'carriedOut'; came: Effect['came'] }
  | { what: 'noticeFailed'; to: MemberId; because: 'closed' | 'failed' }
)

export const requestLifeMs = 14 * 86_400_000

export const requestKey = (request: Pick<AccessRequest, 'guildId' | 'id'>) =>
  `${request.guildId}:${request.id}`

export type RequestBegin = Pick<
  AccessRequest,
  | 'id'
  | 'guildId'
  | 'serverId'
  | 'memberId'
  | 'right'
  | 'forMember'
  | 'who'
  | 'isLinked'
  | 'has'
  | 'wanted'
  | 'note'
>

export function newRequest(begin: RequestBegin, now: Date): AccessRequest {
  const { memberId: by, wanted, note } = begin
  return {
    schema: 1,
    version: 1,
    ...begin,
    state: 'waiting',
    askedAt: now,
    expiresAt: after(now, requestLifeMs),
    decisions: [],
    cards: [],
    shown: 0,
    owesNotice: false,
    history: [{ what: 'asked', at: now, by, wanted, ...(note === undefined ? {} : { note }) }],
  }
}

/** What a press came to. Only `counted` and `decided` change anything. */
export type Ruling =
  /** Another approval is needed before it is done. */
  | { is: 'counted'; request: AccessRequest; approvals: number; needed: number }
  | { is: 'decided'; request: AccessRequest }
  /** The very same press, delivered again. */
  | { is: 'repeated' }
  | { is: 'closed' }
  /** Nobody decides on what he asked for, or what is for himself. */
  | { is: 'own' }
  | { is: 'votedAlready' }

/**
 * A reviewer pressed. The first decision wins; of several approvals that are demanded all must be for the same grant,
 * so whoever approves with changes begins the count anew.
 */
export function decideOnRequest(
  request: AccessRequest,
  verdict: Verdict,
  { now, approvalsNeeded }: { now: Date; approvalsNeeded: number },
): Ruling {
  if (request.decisions.some(({ id }) => id === verdict.id)) return { is: 'repeated' }
  if (!isOpen(request, now)) return { is: 'closed' }
  const { by } = verdict
  if (by === request.memberId || by === request.forMember) return { is: 'own' }
  const decisions = [...request.decisions, { ...verdict, at: now }]
  if (verdict.verdict === 'deny') {
    const { id, reason } = verdict
    const why = reason === undefined ? {} : { reason }
    return {
      is: 'decided',
      request: closed(request, 'denied', { what: 'denied', at: now, by, id, ...why }, { decisions }),
    }
  }

  const { grant, id } = verdict
  if (approversOf(request, grant).includes(by)) return { is: 'votedAlready' }
  const approved: RequestEvent = { what: 'approved', at: now, by, id, grant }
  const approvals = approversOf({ decisions }, grant).length
  if (approvals >= approvalsNeeded) {
    return {
      is: 'decided',
      request: closed(request, 'approved', approved, { decisions, wanted: grant }),
    }
  }
  const counted = changed(request, { decisions, wanted: grant, history: [...request.history, approved] })
  return { is: 'counted', request: counted, approvals, needed: approvalsNeeded }
}

/** Those who have approved exactly this, each once. */
export function approversOf({ decisions }: Pick<AccessRequest, 'decisions'>, grant: Grant): MemberId[] {
  const same = decisions.filter((each) => each.verdict === 'approve' && sameGrant(each.grant, grant))
  return [...new Set(same.map(({ by }) => by))]
}

export function sameGrant(a: Grant, b: Grant): boolean {
  return sameAccess(a.access, b.access) && a.durationMs === b.durationMs && a.downloads === b.downloads
}

export const isOpen = (request: Pick<AccessRequest, 'state' | 'expiresAt'>, now: Date) =>
  request.state === 'waiting' && now < request.expiresAt

/** What was wanted in the beginning, whatever a reviewer has made of it since. */
export function askedFor({ history, wanted }: Pick<AccessRequest, 'history' | 'wanted'>): Grant {
  return history.find((event) => event.what === 'asked')?.wanted ?? wanted
}

/** The decision that closed it: the last, for nothing is decided after it. */
export const closingDecision = ({ state, decisions }: Pick<AccessRequest, 'state' | 'decisions'>) =>
  state === 'approved' || state === 'denied' ? decisions.at(-1) : undefined

export function withdrawn(request: AccessRequest, by: MemberId, now: Date): AccessRequest {
  if (!isOpen(request, now)) return request
  return { ...closed(request, 'withdrawn', { what: 'withdrawn', at: now, by }), owesNotice: false }
}

export function expired(request: AccessRequest, now: Date): AccessRequest {
  if (request.state !== 'waiting' || now < request.expiresAt) return request
  return closed(request, 'expired', { what: 'expired', at: now })
}

export function questioned(
  request: AccessRequest,
  question: { by: MemberId; text: string; notice: NoticeOutcome },
  now: Date,
): AccessRequest {
  return changed(request, { history: [...request.history, { what: 'questioned', at: now, ...question }] })
}

export function answered(request: AccessRequest, by: MemberId, text: string, now: Date): AccessRequest {
  if (!isOpen(request, now)) return request
  return changed(request, { history: [...request.history, { what: 'answered', at: now, by, text }] })
}

/** The approval was carried out, or came to nothing. The first word counts, except that what was on its way arrives. */
export function carriedOut(request: AccessRequest, effect: Effect): AccessRequest {
  const isFinal = request.effect && request.effect.came !== 'kept' && request.effect.came !== 'unclear'
  if (request.state !== 'approved' || isFinal || request.effect?.came === effect.came) return request
  const { at, came } = effect
  return changed(request, { effect, history: [...request.history, { what: 'carriedOut', at, came }] })
}

export function told(request: AccessRequest, outcome: NoticeOutcome, now: Date): AccessRequest {
  const { owesNotice: _, ...rest } = request
  if (outcome === 'delivered') return { ...rest, owesNotice: false }
  const event: RequestEvent = { what: 'noticeFailed', at: now, to: request.memberId, because: outcome }
  return changed(request, { owesNotice: false, history: [...request.history, event] })
}

/** A card hangs there now and shows this version. */
export function cardPosted(request: AccessRequest, card: CardPlace, version: number): AccessRequest {
  const isKnown = request.cards.some((each) => each.messageId === card.messageId)
  const shown = request.cards.length === 0 ? version : Math.min(request.shown, version)
  return { ...request, shown, cards: isKnown ? request.cards : [...request.cards, card] }
}

/** The cards show this version; those that are gone are no longer looked after. */
export function cardsShown(request: AccessRequest, version: number, gone: readonly CardPlace[]) {
  const isGone = (card: CardPlace) => gone.some(({ messageId }) => messageId === card.messageId)
  return {
    ...request,
    shown: Math.max(request.shown, version),
    cards: request.cards.filter((card) => !isGone(card)),
  }
}

/** Whether something is still to be done about it, now or when its time comes. */
export function isUnsettled(request: AccessRequest): boolean {
  return (
    request.state === 'waiting' ||
    request.owesNotice ||
    (request.state === 'approved' && isOnItsWay(request)) ||
    (request.cards.length > 0 && request.shown < request.version)
  )
}

/** Approved, and plex.tv has not said the last word. */
export const isOnItsWay = ({ effect }: Pick<AccessRequest, 'effect'>) =>
  effect === undefined || effect.came === 'kept' || effect.came === 'unclear'

function closed(
  request: AccessRequest,
  state: Exclude<RequestState, 'waiting'>,
  event: RequestEvent,
  change: Partial<AccessRequest> = {},
): AccessRequest {
  return changed(request, { ...change, state, owesNotice: true, history: [...request.history, event] })
}

function changed(request: AccessRequest, change: Partial<AccessRequest>): AccessRequest {
  return { ...request, ...change, version: request.version + 1 }
}
