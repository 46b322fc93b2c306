import type { GuildId, MemberId } from '../../lib/ids.ts'
import { incomplete, lookForShare } from '../absence.ts'
import { deliver } from '../deliver.ts'
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
import type { Library, LibrarySharing, NoticeOutcome, PlexIdentity, Share } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { formerly } from '../reversal.ts'
import { cannotRead } from './find-access.ts'
import { offerUndo } from './offer-undo.ts'
import type { Ports } from './ports.ts'
import { type Settled, settled } from './settled.ts'
import { tellInvited, tellOutcomeLater } from './tell.ts'

export type InviteOutcome = InviteContext &
  (
    | {
        outcome: 'invited'
        event: Extract<PersonEvent, { what: 'shared' | 'changed' }>
        notice?: NoticeOutcome
        undo?: string
        /** He had access before, and other libraries or restrictions with it, which a restore would have given back. */
        formerly?: { access: LibraryAccess; isSuspended: boolean }
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
  /** Where the libraries could not be read now: when they were read last. */
  librariesReadAt?: Date
  endsAt?: Date
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
  const { guildId, who, memberId, access, libraries, serverName, librariesReadAt, by } = wish
  const context: InviteContext = {
    who,
    ...(memberId === undefined ? {} : { memberId }),
    access,
    libraries,
    serverName,
    ...(librariesReadAt === undefined ? {} : { librariesReadAt }),
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
  // He had access when plex.tv was last asked; whether he has it still would have to be read first.
  if (sharing.standsIn && known && 'shareId' in known.seen) return cannotRead(sharing)
  const id = known?.id ?? ports.people.idFor(guildId, sharing.serverId, who)
  const now = ports.clock.now()
  const former = formerAccess(known, access, now)
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
      const told = notice === undefined ? {} : { notice }
      return { ...about, outcome: 'invited', event, ...told, ...undo, ...former }
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

/** What the person had until his access ended, where this invitation gives something else. */
function formerAccess(known: Person | undefined, access: LibraryAccess, now: Date) {
  const before = known && formerly(known, now)
  if (!before || (sameAccess(before.access, access) && before.settings === undefined)) return {}
  return { formerly: { access: before.access, isSuspended: known.suspended !== undefined } }
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
export async function knownShare(
  sharing: LibrarySharing,
  who: PlexIdentity,
): Promise<Share | Refusal | undefined> {
  const last = sharing.lastRead()
  const isIn = (shares: readonly Share[] | undefined) =>
    shares !== undefined && findPerson(who, shares).kind !== 'none'
  const wasPending = isIn(last.pending)
  if (!wasPending && !isIn(last.active)) return undefined
  let mayHave = false
  for (const status of wasPending ? (['pending', 'active'] as const) : (['active', 'pending'] as const)) {
    const reading = await sharing.shares(status)
    if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
    const found = lookForShare({ who }, reading.value)
    if (found.kind === 'found') return found.value
    if (found.kind === 'ambiguous') {
      const typed = who.email ?? who.username ?? ''
      return refuse({ reason: 'ambiguousPerson', typed, choices: found.candidates.map((share) => share.who) })
    }
    mayHave ||= found.kind === 'untold'
  }
  // He was shown before, and whether he is gone could not be found out.
  return mayHave ? refuse({ reason: 'plexTrouble', trouble: incomplete }) : undefined
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

export function alreadyHas(context: InviteContext, share: Share, person: Person | undefined): InviteOutcome {
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
