import { type AccessRequest, newRequest, type RequestBegin, requestKey } from '../access-request.ts'
import { draftKey } from '../drafts.ts'
import { findPerson } from '../find-person.ts'
import { usualRequestsPerDay } from '../guild-settings.ts'
import type { LibraryAccess } from '../library-access.ts'
import type { Actor } from '../policy.ts'
import type { Library, LibrarySharing, PlexIdentity, Share } from '../ports.ts'
import { isOwner, readRecipient } from '../recipient.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { resolveWish } from '../resolve-libraries.ts'
import { additionTo, type NothingToAdd } from './add-libraries.ts'
import { returnPlace, takePlace } from './count.ts'
import { findShareOfAccount } from './find-access.ts'
import { grantRightOf } from './grant-right.ts'
import { keepDraft, mayNot, type Ports, readDraft, settingsOf } from './ports.ts'
import { settleRequest } from './settle-request.ts'
import { takeSlot, waitingRequest } from './waiting-slot.ts'

export interface RequestWish {
  /** The interaction's id. */
  id: string
  libraries?: string
  server?: string
  note?: string
}

export type RequestOutcome =
  | RequestMade
  /** His Plex account is not known: he is asked for it, and his wish waits in the draft. */
  | { outcome: 'whichAccount'; draftId: string; access: LibraryAccess; libraries: readonly Library[] }
  /** He has a share already, and nothing can be added to it. */
  | {
      outcome: 'hasAccess'
      share: Share
      because: NothingToAdd
      libraries: readonly Library[]
      serverName: string
    }
  | Refusal

export interface RequestMade {
  outcome: 'requested' | 'alreadyWaiting'
  /** Somebody else may have asked for the same person. */
  isOwn: boolean
  request: AccessRequest
  libraries: readonly Library[]
  serverName: string
}

/** A member asks for access for himself, or, where he has a share already, for more libraries. */
export async function requestAccess(ports: Ports, actor: Actor, wish: RequestWish): Promise<RequestOutcome> {
  const opened = await open(ports, actor, wish.server)
  if (opened.outcome === 'refused') return opened
  const { sharing, libraries, settings } = opened
  // Before he is asked for an account in vain.
  if (settings.reviewersChannelId === undefined) return refuse({ reason: 'noReviewers' })
  const resolved = resolveWish(wish.libraries, libraries, settings)
  if (!resolved.ok) {
    const offered = libraries.map((library) => library.title)
    return refuse({ reason: 'badLibraries', problem: resolved, offered })
  }
  const { access } = resolved
  const link = await ports.links.ofMember(actor.guildId, actor.memberId)
  if (!link) {
    const mayAsk = await grantRightOf(ports, actor, 'request', { access })
    if (mayAsk.outcome === 'refused') return mayAsk
    const { serverId, serverName } = sharing
    const waiting = await waitingRequest(ports, sharing, { guildId: actor.guildId, whom: actor.memberId })
    if (waiting) return alreadyWaiting(ports, actor, waiting, libraries, serverName)
    const draft = await keepDraft(ports, actor.guildId, {
      is: 'request',
      by: actor.memberId,
      serverId,
      access,
      ...(wish.note === undefined ? {} : { note: wish.note }),
    })
    return { outcome: 'whichAccount', draftId: draft.id, access, libraries }
  }
  return ask(ports, actor, sharing, { ...wish, who: link.who, isLinked: true, access, libraries })
}

/** The member has said which Plex account is his. It is believed only as far as a reviewer believes it. */
export async function requestWithAccount(
  ports: Ports,
  actor: Actor,
  press: { id: string; draftId: string; typed: string },
): Promise<RequestOutcome> {
  const draft = await readDraft(ports, actor.guildId, press.draftId, 'request')
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.by !== actor.memberId) return refuse({ reason: 'notYours' })
  const opened = await open(ports, actor, draft.serverId)
  if (opened.outcome === 'refused') return opened
  const { sharing, libraries } = opened
  const read = readRecipient(press.typed)
  if (!read.ok) return refuse({ reason: 'badRecipient', problem: read.problem, typed: press.typed })
  if (isOwner(read.who, sharing.owner)) return refuse({ reason: 'theOwner' })
  if (await isSomebodyElses(ports, actor, sharing, read.who)) return refuse({ reason: 'accountInUse' })

  const { access, note } = draft
  const wish = { id: press.id, access, libraries, ...(note === undefined ? {} : { note }) }
  const outcome = await ask(ports, actor, sharing, { ...wish, who: read.who, isLinked: false })
  if (outcome.outcome !== 'refused') await ports.drafts.remove(draftKey(actor.guildId, draft.id))
  return outcome
}

async function open(ports: Ports, actor: Actor, server: string | undefined) {
  const denied = await mayNot(ports, actor, 'request')
  if (denied) return denied
  const connection = await ports.connections.of(actor.guildId, server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  const reading = await sharing.libraries()
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const settings = await settingsOf(ports, actor.guildId)
  return { outcome: 'opened', sharing, libraries: reading.value.value, settings } as const
}

/**
 * Typing an address proves nothing: who names an account that has access already, or that belongs to another member,
 * would come by somebody else's access.
 */
async function isSomebodyElses(ports: Ports, actor: Actor, sharing: LibrarySharing, who: PlexIdentity) {
  const { guildId, memberId } = actor
  if (who.email !== undefined) {
    const link = await ports.links.ofEmail(guildId, who.email)
    if (link && link.memberId !== memberId) return true
  }
  const person = await ports.people.find(guildId, sharing.serverId, { who })
  if (person?.memberId !== undefined) return person.memberId !== memberId
  return shareIn(sharing, who) !== undefined
}

function shareIn(sharing: LibrarySharing, who: PlexIdentity): Share | undefined {
  const { pending = [], active = [] } = sharing.lastRead()
  const found = findPerson(who, [...pending, ...active])
  return found.kind === 'found' ? found.value : undefined
}

interface Ask {
  id: string
  who: PlexIdentity
  isLinked: boolean
  access: LibraryAccess
  libraries: readonly Library[]
  note?: string
}

async function ask(
  ports: Ports,
  actor: Actor,
  sharing: LibrarySharing,
  { id, who, isLinked, access, libraries, note }: Ask,
): Promise<RequestOutcome> {
  // plex.tv is asked only about an account that is known to be his.
  const looked = isLinked
    ? await findShareOfAccount(sharing, who, ports.clock.now())
    : { outcome: 'looked' as const, share: shareIn(sharing, who) }
  // Whose accounts they are that answer to his name is not for him to read.
  if (looked.outcome === 'refused')
    return looked.reason === 'ambiguousPerson' ? refuse({ reason: 'accountInUse' }) : looked
  const { share } = looked
  const { guildId, memberId } = actor
  const { serverId, serverName } = sharing
  const addition = share && (await additionTo(ports, { guildId, serverId }, { share, who, wanted: access }))
  if (share && addition?.is === 'nothing')
    return { outcome: 'hasAccess', share, because: addition.because, libraries, serverName }
  const wanted = addition?.is === 'added' ? addition.access : access
  const mayAsk = await grantRightOf(ports, actor, 'request', { access: wanted })
  if (mayAsk.outcome === 'refused') return mayAsk
  const [{ durationMs }] = mayAsk.permits
  const details = {
    interaction: id,
    right: 'request' as const,
    forMember: memberId,
    isLinked,
    libraries,
    ...(note === undefined ? {} : { note }),
  }
  // What is added ends with the access that is there, however long the role may ask for.
  const wish =
    addition?.is === 'added'
      ? { who: addition.who, has: addition.has, wanted: { access: addition.access } }
      : { who, wanted: { access, ...(durationMs === undefined ? {} : { durationMs }) } }
  return makeRequest(ports, actor, sharing, { ...details, ...wish })
}

export type RequestDetails = Pick<
  RequestBegin,
  'right' | 'forMember' | 'who' | 'isLinked' | 'has' | 'wanted' | 'note'
> & { interaction: string; libraries: readonly Library[] }

/** Keeps the request and shows it to the reviewers; what cannot be shown now is shown when it can. */
export async function makeRequest(
  ports: Ports,
  actor: Actor,
  sharing: LibrarySharing,
  { interaction, libraries, ...details }: RequestDetails,
): Promise<RequestMade | Refusal> {
  const { guildId, memberId } = actor
  const { serverId, serverName } = sharing
  const { reviewersChannelId, requestsPerDay = usualRequestsPerDay } = await settingsOf(ports, guildId)
  if (reviewersChannelId === undefined) return refuse({ reason: 'noReviewers' })
  const whom = details.forMember ?? ports.people.idFor(guildId, serverId, details.who)
  const waiting = await waitingRequest(ports, sharing, { guildId, whom })
  if (waiting) return alreadyWaiting(ports, actor, waiting, libraries, serverName)

  const quota = `${guildId}:requests:${memberId}`
  const taken = await takePlace(ports, quota, interaction, { most: requestsPerDay, withinMs: 86_400_000 })
  if (!taken.ok) return refuse({ reason: 'limitReached', what: 'requestsPerDay', again: taken.again })

  const begin = { id: ports.newId(), guildId, serverId, memberId, ...details }
  const request = newRequest(begin, ports.clock.now())
  // The request comes before the slot: what stands in a slot can always be looked up.
  ports.crashPoint?.('before a request is stored')
  await ports.requests.update(requestKey(request), () => request)
  ports.crashPoint?.('after a request is stored, before it has its place')
  const first = await takeSlot(ports, request)
  if (first !== request.id) {
    await ports.requests.remove(requestKey(request))
    await returnPlace(ports, quota, interaction)
    const other = await ports.requests.get(requestKey({ guildId, id: first }))
    return other
      ? alreadyWaiting(ports, actor, other, libraries, serverName)
      : refuse({ reason: 'requestGone' })
  }
  const shown = await settleRequest(ports, requestKey(request))
  return { outcome: 'requested', isOwn: true, request: shown ?? request, libraries, serverName }
}

/** Whoever asks again may have seen that the card is gone: it is looked after. */
async function alreadyWaiting(
  ports: Ports,
  { memberId }: Actor,
  waiting: AccessRequest,
  libraries: readonly Library[],
  serverName: string,
): Promise<RequestMade> {
  const request = (await settleRequest(ports, requestKey(waiting), { redraw: true })) ?? waiting
  return {
    outcome: 'alreadyWaiting',
    isOwn: request.memberId === memberId,
    request,
    libraries,
    serverName,
  }
}
