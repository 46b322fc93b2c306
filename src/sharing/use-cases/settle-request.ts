import { InTurn } from '../../lib/in-turn.ts'
import { incomplete, lookForShare } from '../absence.ts'
import {
  type AccessRequest,
  cardPosted,
  cardsShown,
  carriedOut,
  closingDecision,
  type Decision,
  type Effect,
  expired,
  isOnItsWay,
  requestKey,
  told,
} from '../access-request.ts'
import { permissionFor } from '../grant-limits.ts'
import { isOffered } from '../library-access.ts'
import { observedRestore } from '../observation.ts'
import { isKnown, type PersonEvent } from '../person.ts'
import { may } from '../policy.ts'
import type {
  KnownServer,
  LibrarySharing,
  NoticeOutcome,
  PlexIdentity,
  ReadOptions,
  ReviewCard,
} from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { type Added, addLibraries } from './add-libraries.ts'
import { askForAccount } from './ask-for-account.ts'
import { returnPlace } from './count.ts'
import { knownServer, type Ports, settingsOf } from './ports.ts'
import { settled } from './settled.ts'
import { type InviteOutcome, shareWith } from './share-with.ts'
import { takeSlot } from './waiting-slot.ts'

/** A press and the job that do the same request wait for each other. */
const turns = new InTurn()

/**
 * Does everything that is to be done about a request now: expires it, carries an approval out, tells who asked, and
 * lets every card show what is so. The one way for presses and for the job; doing it twice is harmless. What cannot
 * be done now stays to be done. `redraw`: the cards are looked after even where they are known to show it, for one that
 * was deleted is noticed no other way. Returns the request as it then is.
 */
export function settleRequest(
  ports: Ports,
  key: string,
  { redraw = false }: { redraw?: boolean } = {},
): Promise<AccessRequest | undefined> {
  return turns.run(key, async () => {
    const found = await ports.requests.get(key)
    if (!found) return undefined
    // Nothing is decided for a guild that only looks on, and nobody is told; a card may show what is so.
    if (observedRestore(ports, found.guildId)) return showCards(ports, undefined, found, redraw)
    if (found.state === 'waiting' && !(await holdsSlot(ports, found))) return undefined
    const due = await ports.requests.update(key, (each) => each && expired(each, ports.clock.now()))
    if (!due) return undefined
    const sharing = await serverOf(ports, due)
    const done = sharing ? await carryOut(ports, sharing, due) : due
    const names = sharing ?? knownServer(ports, due)
    const toldRequest = await tell(ports, names, done)
    return showCards(ports, names, toldRequest, redraw)
  })
}

/** A crash may have come between keeping the request and taking its place: then it takes it now, or makes way. */
async function holdsSlot(ports: Ports, request: AccessRequest): Promise<boolean> {
  if ((await takeSlot(ports, request)) === request.id) return true
  await ports.requests.remove(requestKey(request))
  return false
}

async function serverOf(ports: Ports, { guildId, serverId }: AccessRequest) {
  const connection = await ports.connections.of(guildId, serverId)
  return connection.ok ? connection.value : undefined
}

// ---------------------------------------------------------------------------------------------------------------

async function carryOut(ports: Ports, sharing: LibrarySharing, request: AccessRequest) {
  const decision = closingDecision(request)
  if (decision?.verdict !== 'approve' || !isOnItsWay(request)) return request
  const effect = await effectOf(ports, sharing, request, decision)
  if (!effect) return request
  ports.crashPoint?.('after an approval is carried out, before it is stored')
  await undoCount(ports, request, decision, effect)
  const after = await ports.requests.update(requestKey(request), (each) => each && carriedOut(each, effect))
  return after ?? request
}

type Approval = Extract<Decision, { verdict: 'approve' }>

/** What became of the approval; nothing where that cannot be said yet and is tried again. */
async function effectOf(
  ports: Ports,
  sharing: LibrarySharing,
  request: AccessRequest,
  decision: Approval,
): Promise<Effect | undefined> {
  const at = ports.clock.now()
  const { guildId, serverId, who, forMember } = request
  const names = { who, ...(forMember === undefined ? {} : { memberId: forMember }) }
  const person = await ports.people.find(guildId, serverId, names)
  if (person && isKnown(person, decision.id)) {
    // It is on its way, whatever has become of the roles since: the person's own document says how far.
    const result = settled(person, decision.id)
    if (result.outcome === 'done') {
      return { came: cameOfEvent(result.event), at }
    }
    return { came: cameOf(result.outcome), at }
  }
  const allowed = await isStillAllowed(ports, request, decision)
  if (allowed === undefined) return undefined
  if (!allowed) return { came: 'notAllowed', at }
  const outcome = await give(ports, sharing, request, decision)
  if (outcome === undefined || typeof outcome === 'string') return outcome && { came: outcome, at }
  if (outcome.outcome === 'refused') {
    // plex.tv could not be asked: nothing was learnt, and it is tried again.
    const isTransient = outcome.reason === 'plexTrouble' || outcome.reason === 'noConnection'
    return isTransient ? undefined : { came: 'failed', at }
  }
  const notice = 'notice' in outcome && outcome.notice ? { notice: outcome.notice } : {}
  return { came: 'event' in outcome ? cameOfEvent(outcome.event) : cameOf(outcome.outcome), at, ...notice }
}

function cameOfEvent(event: Extract<PersonEvent, { what: 'shared' | 'changed' | 'ended' }>): Effect['came'] {
  if (event.what === 'ended') return 'failed'
  return event.what === 'changed' ? 'changed' : cameOf(event.status)
}

function cameOf(
  outcome: Exclude<InviteOutcome['outcome'], 'invited'> | 'pending' | 'active' | 'refused',
): Effect['came'] {
  switch (outcome) {
    case 'pending':
      return 'invited'
    case 'queued':
      return 'kept'
    case 'parked':
    case 'overtaken':
    case 'refused':
      return 'failed'
    case 'active':
    case 'alreadyHas':
    case 'asked':
    case 'unclear':
      return outcome
    default:
      return outcome satisfies never
  }
}

/** Rights are asked again at the last moment: those of who approved, and of who asked. Nothing: Discord does not say. */
async function isStillAllowed(
  ports: Ports,
  request: AccessRequest,
  { by, grant }: Approval,
): Promise<boolean | undefined> {
  const { guildId, memberId, right } = request
  try {
    const [approver, asker] = await Promise.all([
      ports.members.actor(guildId, by),
      ports.members.actor(guildId, memberId),
    ])
    const settings = await settingsOf(ports, guildId)
    return (
      approver !== undefined &&
      asker !== undefined &&
      may(asker, right, settings.bindings) &&
      permissionFor(approver, 'review', grant, settings).is === 'permitted'
    )
  } catch (error) {
    ports.log.warn({ requestId: request.id, error }, 'Discord could not be asked for roles')
    return undefined
  }
}

async function give(
  ports: Ports,
  sharing: LibrarySharing,
  request: AccessRequest,
  decision: Approval,
): Promise<InviteOutcome | { outcome: 'asked' | 'alreadyHas'; notice?: NoticeOutcome } | Added> {
  const { guildId, who, forMember, isLinked, note } = request
  const { id, by, grant, at } = decision
  const { access, durationMs, downloads } = grant
  const reading = await sharing.libraries()
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const libraries = reading.value.value
  if (!isOffered(access, libraries)) return 'libraryGone'
  if (request.has) return addLibraries(ports, sharing, request, decision, libraries)
  const details = {
    access,
    ...(downloads === undefined ? {} : { downloads }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(note === undefined ? {} : { reason: note }),
  }
  if (Object.keys(who).length === 0 && forMember !== undefined) {
    const approver = { guildId, memberId: by, roleIds: [], managesServer: false }
    return askForAccount(ports, sharing, approver, { memberId: forMember, ...details })
  }
  // Approved before a restore, it may have been carried out and even ended since: plex.tv is looked at first.
  const { restored } = ports.observation
  const mayBeDone = restored !== undefined && at <= restored.at
  if (mayBeDone || (forMember !== undefined && !isLinked)) {
    const other = await shareOf(sharing, who, { fresh: mayBeDone })
    if (other) return other === 'has' ? { outcome: 'alreadyHas' } : other
  }
  return shareWith(ports, sharing, {
    id,
    guildId,
    by,
    who,
    ...(forMember === undefined ? {} : { memberId: forMember }),
    libraries,
    serverName: sharing.serverName,
    ...details,
  })
}

/** An account that was only typed in and has a share already is not tied to the member: it may be somebody else's. */
async function shareOf(
  sharing: LibrarySharing,
  who: PlexIdentity,
  options: ReadOptions,
): Promise<'has' | Refusal | undefined> {
  let mayHave = false
  for (const status of ['active', 'pending'] as const) {
    const reading = await sharing.shares(status, options)
    if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
    const { kind } = lookForShare({ who }, reading.value)
    if (kind === 'found' || kind === 'ambiguous') return 'has'
    mayHave ||= kind === 'untold'
  }
  return mayHave ? refuse({ reason: 'plexTrouble', trouble: incomplete }) : undefined
}

const gaveNothing: ReadonlySet<Effect['came']> = new Set([
  'failed',
  'notAllowed',
  'alreadyHas',
  'libraryGone',
  'hasAll',
  'shareGone',
  'stillPending',
  'librariesUnknown',
] as const)

/** What gave nobody anything is not counted against the reviewer. */
async function undoCount(ports: Ports, { guildId }: AccessRequest, { by, id }: Decision, { came }: Effect) {
  if (!gaveNothing.has(came)) return
  const { bindings } = await settingsOf(ports, guildId)
  for (const { roleId } of bindings) await returnPlace(ports, `${guildId}:grants:${roleId}:${by}`, id)
}

// ---------------------------------------------------------------------------------------------------------------

async function tell(ports: Ports, sharing: KnownServer | undefined, request: AccessRequest) {
  if (!request.owesNotice || (request.state === 'approved' && !request.effect)) return request
  const outcome = request.effect
    ? await tellApproved(ports, sharing, request)
    : await tellOf(ports, sharing, request)
  if (outcome === 'failed') return request
  const now = ports.clock.now()
  return (
    (await ports.requests.update(requestKey(request), (each) => each && told(each, outcome, now))) ?? request
  )
}

/** The invitation itself has told the member already: he is not told twice. */
async function tellApproved(ports: Ports, sharing: KnownServer | undefined, request: AccessRequest) {
  const { effect, memberId, forMember } = request
  return effect?.notice !== undefined && memberId === forMember
    ? effect.notice
    : tellOf(ports, sharing, request)
}

function tellOf(
  ports: Ports,
  sharing: KnownServer | undefined,
  request: AccessRequest,
): Promise<NoticeOutcome> {
  return ports.notifier.requestClosed(request.memberId, { request, ...namesAt(sharing) })
}

const namesAt = (sharing: KnownServer | undefined) => ({
  serverName: sharing?.serverName ?? 'Plex',
  libraries: sharing?.lastRead().libraries ?? [],
})

// ---------------------------------------------------------------------------------------------------------------

async function showCards(
  ports: Ports,
  sharing: KnownServer | undefined,
  request: AccessRequest,
  redraw: boolean,
) {
  const { version } = request
  const key = requestKey(request)
  if (request.cards.length > 0 && (redraw || request.shown < version)) {
    const card = await cardOf(ports, sharing, request)
    const edits = await Promise.all(
      request.cards.map(async (place) => ({ place, came: await ports.cards.edit(place, card) })),
    )
    const gone = edits.filter(({ came }) => came === 'gone').map(({ place }) => place)
    if (edits.some(({ came }) => came === 'failed')) return request
    const after = await ports.requests.update(key, (each) => each && cardsShown(each, version, gone))
    if (!after || after.cards.length > 0) return after ?? request
    return postCard(ports, after, card)
  }
  return request.cards.length === 0
    ? postCard(ports, request, await cardOf(ports, sharing, request))
    : request
}

/** A request that waits has at least one card; where none can be hung up, the job tries again. */
async function postCard(ports: Ports, request: AccessRequest, card: ReviewCard) {
  const { reviewersChannelId } = await settingsOf(ports, request.guildId)
  if (request.state !== 'waiting' || reviewersChannelId === undefined) return request
  ports.crashPoint?.('before a card is posted')
  const answer = await ports.cards.post(reviewersChannelId, card)
  ports.crashPoint?.('after a card is posted, before it is stored')
  if ('notPosted' in answer) {
    ports.log.warn(
      { requestId: request.id, channelId: reviewersChannelId, why: answer.notPosted },
      'a request could not be shown in the reviewers’ channel',
    )
    return request
  }
  const { posted } = answer
  const after = await ports.requests.update(
    requestKey(request),
    (each) => each && cardPosted(each, posted, request.version),
  )
  return after ?? request
}

async function cardOf(
  ports: Ports,
  sharing: KnownServer | undefined,
  request: AccessRequest,
): Promise<ReviewCard> {
  const { guildId, forMember, memberId } = request
  const profile =
    forMember === undefined
      ? undefined
      : await ports.members.profile(guildId, forMember).catch(() => undefined)
  const earlier = ports.requests
    .ofMember(guildId, forMember ?? memberId)
    .filter(({ id, askedAt }) => id !== request.id && askedAt <= request.askedAt)
    .map(({ state }) => state)
  return { request, ...namesAt(sharing), earlier, ...(profile ? { profile } : {}) }
}
