import {
  type AccessRequest,
  type CardPlace,
  decideOnRequest,
  type Grant,
  isOpen,
  type Ruling,
  requestKey,
  type Verdict,
} from '../access-request.ts'
import { draftKey } from '../drafts.ts'
import { findPerson } from '../find-person.ts'
import { usualApprovals } from '../guild-settings.ts'
import { isOffered, type LibraryAccess } from '../library-access.ts'
import type { Actor } from '../policy.ts'
import type { Library } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { countGrant, grantRightOf } from './grant-right.ts'
import { knownServer, mayNot, type Ports, readDraft, requestOf, settingsOf } from './ports.ts'
import { settleRequest } from './settle-request.ts'

/** A press on a card. What the custom id says is compared with what is stored; the card has to be one of its cards. */
export interface CardPress {
  /** The interaction's id. */
  id: string
  requestId: string
  card: CardPlace | undefined
}

export type ReviewOutcome =
  | (Reviewed & { outcome: 'decided' })
  | (Reviewed & { outcome: 'counted'; approvals: number; needed: number })
  | Refusal

interface Reviewed {
  request: AccessRequest
  libraries: readonly Library[]
  serverName: string
}

/** Approve was pressed: what was asked for, and nothing else. */
export async function approveRequest(ports: Ports, actor: Actor, press: CardPress): Promise<ReviewOutcome> {
  const opened = await openForReview(ports, actor, press)
  if (opened.outcome === 'refused') return opened
  return approve(ports, actor, opened.request, { id: press.id, grant: opened.request.wanted })
}

/** The changed approval was confirmed. The panel is the reviewer's own, and lives as long as a confirmation does. */
export async function approveChanged(
  ports: Ports,
  actor: Actor,
  press: { id: string; draftId: string },
): Promise<ReviewOutcome> {
  const denied = await mayNot(ports, actor, 'review')
  if (denied) return refused(ports, actor, { draftId: press.draftId }, denied)
  const draft = await readDraft(ports, actor.guildId, press.draftId, 'review')
  if (!draft) return refused(ports, actor, { draftId: press.draftId }, refuse({ reason: 'draftGone' }))
  if (draft.by !== actor.memberId)
    return refused(ports, actor, { requestId: draft.requestId }, refuse({ reason: 'notYours' }))
  const request = await requestOf(ports, actor.guildId, draft.requestId)
  if (!request)
    return refused(ports, actor, { requestId: draft.requestId }, refuse({ reason: 'requestGone' }))
  if (!draft.access) {
    return refuse({ reason: 'badLibraries', problem: { problem: 'empty' }, offered: [] })
  }
  const { downloads } = request.wanted
  const grant: Grant = {
    access: draft.access,
    ...(draft.durationMs === undefined || request.has ? {} : { durationMs: draft.durationMs }),
    ...(downloads === undefined ? {} : { downloads }),
  }
  const outcome = await approve(ports, actor, request, { id: press.id, grant })
  if (outcome.outcome !== 'refused') await ports.drafts.remove(draftKey(actor.guildId, draft.id))
  return outcome
}

/** Deny was confirmed, with or without a reason, which the person who asked is told. */
export async function denyRequest(
  ports: Ports,
  actor: Actor,
  press: CardPress & { reason?: string },
): Promise<ReviewOutcome> {
  const opened = await openForReview(ports, actor, press)
  if (opened.outcome === 'refused') return opened
  const reason = press.reason?.trim()
  const verdict = {
    id: press.id,
    by: actor.memberId,
    verdict: 'deny' as const,
    ...(reason ? { reason } : {}),
  }
  return rule(ports, actor, opened.request, verdict)
}

/** The request that a card stands for, for somebody who may review and whose own it is not. */
export async function openForReview(
  ports: Ports,
  actor: Actor,
  press: CardPress,
): Promise<{ outcome: 'opened'; request: AccessRequest } | Refusal> {
  const denied = await mayNot(ports, actor, 'review')
  if (denied) return refused(ports, actor, { requestId: press.requestId }, denied)
  const request = await requestOf(ports, actor.guildId, press.requestId)
  if (!request)
    return refused(ports, actor, { requestId: press.requestId }, refuse({ reason: 'requestGone' }))
  const problem = await whyNot(ports, actor, request, press)
  return problem
    ? refused(ports, actor, { requestId: press.requestId }, problem)
    : { outcome: 'opened', request }
}

async function whyNot(
  ports: Ports,
  actor: Actor,
  request: AccessRequest,
  { id, card }: CardPress,
): Promise<Refusal | undefined> {
  const hangsThere = request.cards.some(
    ({ channelId, messageId }) => channelId === card?.channelId && messageId === card.messageId,
  )
  if (!hangsThere) return refuse({ reason: 'oldCard', cards: request.cards })
  if (await isOwn(ports, actor, request)) return refuse({ reason: 'ownRequest' })
  const isRepeated = request.decisions.some((decision) => decision.id === id)
  if (!isOpen(request, ports.clock.now()) && !isRepeated) return refuse({ reason: 'requestClosed', request })
  return undefined
}

/** His own: what he asked for, what is for him, and what is for the Plex account that he is linked to. */
async function isOwn(ports: Ports, { guildId, memberId }: Actor, request: AccessRequest): Promise<boolean> {
  if (memberId === request.memberId || memberId === request.forMember) return true
  const link = await ports.links.ofMember(guildId, memberId)
  return link !== undefined && findPerson(request.who, [link]).kind === 'found'
}

// ---------------------------------------------------------------------------------------------------------------

async function approve(
  ports: Ports,
  actor: Actor,
  request: AccessRequest,
  { id, grant }: { id: string; grant: Grant },
): Promise<ReviewOutcome> {
  if (await isOwn(ports, actor, request)) {
    return refused(ports, actor, { requestId: request.id }, refuse({ reason: 'ownRequest' }))
  }
  if (!(await areOffered(ports, request, grant.access))) return refuse({ reason: 'libraryGone' })
  const right = await grantRightOf(ports, actor, 'review', grant)
  if (right.outcome === 'refused') return refused(ports, actor, { requestId: request.id }, right)
  const counted = await countGrant(ports, actor, right.permits, id)
  if (counted.outcome === 'refused') return counted

  // What is added to an access ends with it: no end date appears on it, and none goes.
  const durationMs = request.has ? undefined : counted.durationMs
  const lasting = durationMs === undefined ? grant : { ...grant, durationMs }
  const verdict = { id, by: actor.memberId, verdict: 'approve' as const, grant: lasting }
  const outcome = await rule(ports, actor, request, verdict)
  if (outcome.outcome !== 'decided') await counted.undo()
  return outcome
}

/** A library may have gone since. Where plex.tv cannot be asked, it is left to whoever carries it out. */
async function areOffered(
  ports: Ports,
  { guildId, serverId }: AccessRequest,
  access: LibraryAccess,
): Promise<boolean> {
  const connection = await ports.connections.of(guildId, serverId)
  const reading = connection.ok ? await connection.value.libraries() : undefined
  return reading?.ok ? isOffered(access, reading.value.value) : true
}

/** The verdict is written down by compare-and-set; then what follows from it is done. */
async function rule(
  ports: Ports,
  actor: Actor,
  request: AccessRequest,
  verdict: Verdict,
): Promise<ReviewOutcome> {
  const { approvalsNeeded = usualApprovals } = await settingsOf(ports, actor.guildId)
  const now = ports.clock.now()
  const key = requestKey(request)
  const rulings: Ruling[] = []
  const stored = await ports.requests.update(key, (current) => {
    if (!current) return undefined
    const ruling = decideOnRequest(current, verdict, { now, approvalsNeeded })
    rulings.push(ruling)
    return 'request' in ruling ? ruling.request : undefined
  })
  ports.crashPoint?.('after a ruling is stored')
  const ruling = rulings.at(-1)
  if (!stored || !ruling) return refuse({ reason: 'requestGone' })
  const no = (problem: Refusal) => refused(ports, actor, { requestId: request.id }, problem)
  switch (ruling.is) {
    case 'own':
      return no(refuse({ reason: 'ownRequest' }))
    case 'votedAlready':
      return no(refuse({ reason: 'votedAlready' }))
    case 'closed':
      return no(refuse({ reason: 'requestClosed', request: stored }))
    case 'repeated':
    case 'decided':
    case 'counted': {
      const then = (await settleRequest(ports, key)) ?? stored
      const sharing = knownServer(ports, request)
      const reviewed = {
        request: then,
        libraries: sharing?.lastRead().libraries ?? [],
        serverName: sharing?.serverName ?? 'Plex',
      }
      if (ruling.is !== 'counted') return { outcome: 'decided', ...reviewed }
      return { outcome: 'counted', approvals: ruling.approvals, needed: ruling.needed, ...reviewed }
    }
    default:
      return ruling satisfies never
  }
}

/** What was refused leaves a trace in the log: who tried what on which request, or on a panel that leads to none. */
export function refused(
  ports: Pick<Ports, 'log'>,
  { guildId, memberId }: Actor,
  on: { requestId: string } | { draftId: string },
  refusal: Refusal,
): Refusal {
  ports.log.warn({ guildId, memberId, ...on, reason: refusal.reason }, 'a press on a request was refused')
  return refusal
}
