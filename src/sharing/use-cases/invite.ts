import type { GuildId, MemberId } from '../../lib/ids.ts'
import { deliver } from '../deliver.ts'
import { readDuration } from '../duration.ts'
import { findPerson } from '../find-person.ts'
import { type LibraryAccess, sameAccess } from '../library-access.ts'
import { personKey } from '../people.ts'
import {
  after,
  decide,
  isKnown,
  newPerson,
  owingInvitation,
  type Person,
  type PersonEvent,
  since,
} from '../person.ts'
import type { Actor } from '../policy.ts'
import type { Library, LibrarySharing, NoticeOutcome, PlexIdentity, Share } from '../ports.ts'
import { isOwner, readRecipient } from '../recipient.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { resolveLibraries } from '../resolve-libraries.ts'
import { askForAccount } from './ask-for-account.ts'
import { countGrant, grantRightOf } from './grant-right.ts'
import { offerUndo } from './offer-undo.ts'
import { mayNot, type Ports, settingsOf } from './ports.ts'
import { makeRequest, type RequestMade } from './request-access.ts'
import { type Settled, settled } from './settled.ts'
import { tellInvited, tellOutcomeLater } from './tell.ts'

export interface InviteWish {
  /** The interaction's id: the same press delivered twice invites once. */
  id: string
  /** An e-mail address or a Plex user name, as typed. */
  email?: string
  member?: MemberId
  /** A comma list of titles, ids and sets; "all" only when said. */
  libraries: string
  server?: string
  duration?: string
  downloads?: boolean
  reason?: string
}

export type InviteOutcome = InviteContext &
  (
    | {
        outcome: 'invited'
        event: Extract<PersonEvent, { what: 'shared' | 'changed' }>
        notice?: NoticeOutcome
        undo?: string
      }
    | { outcome: 'alreadyHas'; share: Share; asWished: boolean; since?: Date }
    | { outcome: 'asked'; notice: NoticeOutcome; draftId: string }
    | Exclude<Settled, { outcome: 'done' } | Refusal>
  )
/** What every answer to an invitation may need to say. */
export interface InviteContext {
  who: PlexIdentity
  memberId?: MemberId
  access: LibraryAccess
  libraries: readonly Library[]
  serverName: string
  endsAt?: Date
}

/** Shares libraries with an e-mail address, a Plex user name or a member. Repeating it is harmless. */
export async function invite(
  ports: Ports,
  actor: Actor,
  wish: InviteWish,
): Promise<InviteOutcome | RequestMade | Refusal> {
  const denied = await mayNot(ports, actor, 'invite')
  if (denied) return denied

  const connection = await ports.connections.of(actor.guildId, wish.server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value

  const who = await whoIsMeant(ports, actor.guildId, wish)
  if ('outcome' in who) return who
  if (isOwner(who.identity, sharing.owner)) return refuse({ reason: 'theOwner' })

  const durationMs = wish.duration === undefined ? undefined : readDuration(wish.duration)
  if (wish.duration !== undefined && durationMs === undefined) {
    return refuse({ reason: 'badDuration', typed: wish.duration })
  }

  const reading = await sharing.libraries()
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const libraries = reading.value.value
  const { sets } = await settingsOf(ports, actor.guildId)
  const resolved = resolveLibraries(wish.libraries, libraries, sets)
  if (!resolved.ok) {
    const offered = libraries.map((library) => library.title)
    return refuse({ reason: 'badLibraries', problem: resolved, offered })
  }

  const context = {
    who: who.identity,
    ...(who.memberId === undefined ? {} : { memberId: who.memberId }),
    access: resolved.access,
    libraries,
    serverName: sharing.serverName,
  }
  const downloads = wish.downloads === undefined ? {} : { downloads: wish.downloads }
  const wanted = {
    access: resolved.access,
    ...downloads,
    ...(durationMs === undefined ? {} : { durationMs }),
  }
  const right = await grantRightOf(ports, actor, 'invite', wanted)
  if (right.outcome === 'refused') return right
  if (right.needsReview) {
    const [{ durationMs: longest }] = right.permits
    return makeRequest(ports, actor, sharing, {
      interaction: wish.id,
      right: 'invite',
      who: who.identity,
      isLinked: who.memberId !== undefined && (wish.email ?? '').trim() === '',
      wanted: { ...wanted, ...(longest === undefined ? {} : { durationMs: longest }) },
      libraries,
      ...(who.memberId === undefined ? {} : { forMember: who.memberId }),
      ...(wish.reason === undefined ? {} : { note: wish.reason }),
    })
  }
  if (Object.keys(who.identity).length === 0 && who.memberId === undefined) {
    return refuse({ reason: 'nobodyNamed' })
  }
  const counted = await countGrant(ports, actor, right.permits, wish.id)
  if (counted.outcome === 'refused') return counted
  const details = {
    ...downloads,
    ...(counted.durationMs === undefined ? {} : { durationMs: counted.durationMs }),
    ...(wish.reason === undefined ? {} : { reason: wish.reason }),
  }
  if (Object.keys(who.identity).length === 0 && who.memberId !== undefined) {
    const question = { ...context, memberId: who.memberId, ...details }
    return { ...context, ...(await askForAccount(ports, sharing, actor, question)) }
  }
  const outcome = await shareWith(ports, sharing, {
    id: wish.id,
    guildId: actor.guildId,
    by: actor.memberId,
    ...context,
    ...details,
  })
  if (outcome.outcome === 'refused' || outcome.outcome === 'alreadyHas') await counted.undo()
  return outcome
}

export interface Sharing extends InviteContext {
  id: string
  guildId: GuildId
  by: MemberId
  downloads?: boolean
  durationMs?: number
  reason?: string
}

/** The part of an invitation that comes once everything is known and allowed. */
export async function shareWith(
  ports: Ports,
  sharing: LibrarySharing,
  wish: Sharing,
): Promise<InviteOutcome | Refusal> {
  const { guildId, who, memberId, access, libraries, serverName, by } = wish
  const context: InviteContext = {
    who,
    ...(memberId === undefined ? {} : { memberId }),
    access,
    libraries,
    serverName,
  }
  if (memberId !== undefined) {
    const taken = await linkFirst(ports, guildId, memberId, who, by)
    if (taken) return taken
  }

  const existing = await knownShare(sharing, who)
  if (existing && 'outcome' in existing) return existing
  const names = { who, ...(memberId === undefined ? {} : { memberId }) }
  const known = await ports.people.find(guildId, sharing.serverId, names)
  if (existing) return alreadyHas(context, existing, known)
  const id = known?.id ?? ports.people.idFor(guildId, sharing.serverId, who)
  const now = ports.clock.now()
  const endsAt = wish.durationMs === undefined ? undefined : after(now, wish.durationMs)
  const want = {
    to: 'share' as const,
    access,
    ...(wish.downloads === undefined ? {} : { downloads: wish.downloads }),
    ...(endsAt === undefined ? {} : { endsAt }),
  }
  const decision = { id: wish.id, want, by, ...(wish.reason === undefined ? {} : { reason: wish.reason }) }
  const decideNow = (current: Person | undefined) => {
    const person = current ?? newPerson({ id, guildId, serverId: sharing.serverId, who })
    const named = {
      ...person,
      who: { ...person.who, ...who },
      ...(memberId === undefined ? {} : { memberId }),
    }
    if (isKnown(named, decision.id)) return current
    const decided = decide(named, decision, now, ports.settleMs)
    return owingInvitation(decided, wish.id)
  }
  const key = personKey({ guildId, id })
  const person = await deliver(ports, sharing, key, () => ports.people.update(key, decideNow))

  const result = settled(person, wish.id)
  const about = { ...context, ...(endsAt === undefined ? {} : { endsAt }) }
  switch (result.outcome) {
    case 'done': {
      const { event } = result
      if (event.what === 'ended') return { ...about, outcome: 'overtaken' }
      if (event.wasSoAlready)
        return shownShare(sharing, person, about) ?? { ...about, outcome: 'invited', event }
      const notice = await tellInvited(ports, sharing, person, wish.id)
      const undo = await offerUndo(ports, person, { id: wish.id, by })
      return { ...about, outcome: 'invited', event, ...(notice === undefined ? {} : { notice }), ...undo }
    }
    case 'queued':
    case 'unclear':
      await tellOutcomeLater(ports, key, {
        intentId: wish.id,
        by,
        ...(memberId === undefined ? {} : { memberId }),
      })
      return { ...about, ...result }
    case 'refused':
      return alreadyHasOther(sharing, person, result, about)
    default:
      return { ...about, ...result }
  }
}

/** Whom the options name: what was typed, what the member is linked to, or, if nothing is known, nobody yet. */
async function whoIsMeant(
  ports: Ports,
  guildId: GuildId,
  wish: InviteWish,
): Promise<{ identity: PlexIdentity; memberId?: MemberId } | Refusal> {
  const { email, member } = wish
  if (email !== undefined && email.trim() !== '') {
    const read = readRecipient(email)
    if (!read.ok) return refuse({ reason: 'badRecipient', problem: read.problem, typed: email })
    const memberId =
      member ??
      ('email' in read.who ? (await ports.links.ofEmail(guildId, read.who.email))?.memberId : undefined)
    return { identity: read.who, ...(memberId === undefined ? {} : { memberId }) }
  }
  if (member === undefined) return refuse({ reason: 'nobodyNamed' })
  return { identity: (await ports.links.ofMember(guildId, member))?.who ?? {}, memberId: member }
}

async function linkFirst(
  ports: Ports,
  guildId: GuildId,
  memberId: MemberId,
  who: PlexIdentity,
  by: MemberId,
) {
  const current = await ports.links.ofMember(guildId, memberId)
  if (current && findPerson(who, [current]).kind === 'found') return undefined
  const answer = await ports.links.link({ guildId, memberId, who, linkedAt: ports.clock.now(), linkedBy: by })
  return answer === 'taken' ? refuse({ reason: 'emailTaken' }) : undefined
}

/**
 * The person's share, if plex.tv was seen to have one. Where nothing speaks for it, nothing is asked: plex.tv itself
 * refuses a second invitation, and that is looked into then.
 */
async function knownShare(sharing: LibrarySharing, who: PlexIdentity): Promise<Share | Refusal | undefined> {
  const last = sharing.lastRead()
  const isIn = (shares: readonly Share[] | undefined) =>
    shares !== undefined && findPerson(who, shares).kind !== 'none'
  const wasPending = isIn(last.pending)
  if (!wasPending && !isIn(last.active)) return undefined
  for (const status of wasPending ? (['pending', 'active'] as const) : (['active', 'pending'] as const)) {
    const reading = await sharing.shares(status)
    if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
    const found = findPerson(who, reading.value.value)
    if (found.kind === 'found') return found.value
    if (found.kind === 'ambiguous') {
      const typed = who.email ?? who.username ?? ''
      return refuse({ reason: 'ambiguousPerson', typed, choices: found.candidates.map((share) => share.who) })
    }
  }
  return undefined
}

/** plex.tv refused because the person has a share with other libraries: that is shown, not called a failure. */
function alreadyHasOther(
  sharing: LibrarySharing,
  person: Person | undefined,
  refusal: Refusal,
  context: InviteContext,
): InviteOutcome | Refusal {
  const isThat = refusal.reason === 'plexRefused' && refusal.because === 'alreadyHasOther'
  return isThat ? (shownShare(sharing, person, context) ?? refusal) : refusal
}

/** The share that plex.tv has just shown for this person. */
function shownShare(sharing: LibrarySharing, person: Person | undefined, context: InviteContext) {
  if (!person || !('shareId' in person.seen)) return undefined
  const { shareId, is } = person.seen
  const share = sharing.lastRead()[is]?.find((each) => each.id === shareId)
  return share && alreadyHas(context, share, person)
}

function alreadyHas(context: InviteContext, share: Share, person: Person | undefined): InviteOutcome {
  const asWished = share.access !== undefined && sameAccess(share.access, context.access)
  const began = since(share, person)
  return {
    ...context,
    outcome: 'alreadyHas',
    share,
    asWished,
    ...(began === undefined ? {} : { since: began }),
  }
}
