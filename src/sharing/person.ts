import type { GuildId, MemberId, PersonId, ServerId, ShareId } from '../lib/ids.ts'
import type { LibraryAccess } from './library-access.ts'
import type { NoticeOutcome, PlexIdentity, Share, SharingSettings, TroubleKind } from './ports.ts'

/**
 * Everything the bot knows of one person on one server of one guild, in one document: what plex.tv last confirmed,
 * what was decided and is still owed to plex.tv, whom something is owed to be told, and how it all came about.
 * What must change together lives in one value, so a crash between deciding and doing loses nothing.
 */
export interface Person {
  schema: 1
  /** Counts the changes of this document; a button that was drawn from an older one knows that it is old. */
  version: number
  id: PersonId
  guildId: GuildId
  serverId: ServerId
  who: PlexIdentity
  memberId?: MemberId
  /** When the access ends by itself. */
  endsAt?: Date
  /** The libraries of a suspended person: what he gets back. */
  suspended?: LibraryAccess
  seen: Seen
  intent?: Intent
  owed: readonly Notice[]
  history: readonly PersonEvent[]
  /** The last decisions' ids. They outlive what is pruned of the history: a press that comes again is known by them. */
  recent?: readonly string[]
}

/** What plex.tv itself last confirmed. */
export type Seen =
  | { is: 'nothing' }
  | {
      is: 'pending' | 'active'
      shareId: ShareId
      access?: LibraryAccess
      /** Restrictions and the like, as plex.tv gave them: whoever shares anew gives them back. */
      settings?: SharingSettings
      confirmedAt: Date
    }
  | { is: 'gone'; confirmedAt: Date }

/** What somebody had when it was decided about him: what an undo or a restore brings back. */
export interface Had {
  is: 'pending' | 'active' | 'suspended'
  access?: LibraryAccess
  settings?: SharingSettings
  endsAt?: Date
}

/** What somebody decided and plex.tv has not confirmed yet. At most one: the last decision counts. */
export interface Intent {
  /** The id of the interaction that decided it: the same press delivered twice decides once. */
  id: string
  want: Want
  by: Decider
  reason?: string
  decidedAt: Date
  progress: Progress
}

/** A member, or the clock where an end date came. */
export type Decider = MemberId | 'expiry'
/** Who did something: a decider, or the command line that took over another program's records. */
export type Doer = Decider | 'import'

export type Want =
  | {
      to: 'share'
      access: LibraryAccess
      downloads?: boolean
      /** Those of an earlier share that is given back. */
      settings?: SharingSettings
      endsAt?: Date
    }
  | { to: 'change'; access: LibraryAccess }
  | { to: 'end'; mode: 'remove' | 'suspend' }

/** How far plex.tv has been asked. "Unclear" is neither done nor failed: it rests, then it is looked up. */
export type Progress =
  /** Nothing that may have had an effect has been sent. */
  | { is: 'decided'; attempts: number; tries: number; notBefore?: Date; trouble?: TroubleKind }
  /** Written down before the socket was touched: after a crash it counts as unclear. */
  | { is: 'sending'; attempts: number; at: Date }
  | Unclear
  /** Given up for now; a human has to look. */
  | { is: 'parked'; why: TroubleKind | 'tooManyAttempts' }

export interface Unclear {
  is: 'unclear'
  /** How often it has been sent. */
  attempts: number
  lookNotBefore: Date
  /** Complete readings since then that did not show the effect; one alone proves nothing. */
  absentReads: number
  /**
   * What plex.tv answered, if anything: `done` without proof, `gone` where it knows no such share to end, or `already`
   * where there is a share it did not name.
   */
  said?: 'done' | 'gone' | 'already'
  trouble?: TroubleKind
}

/** Somebody who is still to be told, once what it is about has come out. */
export interface Notice {
  kind: 'invited' | 'outcome'
  to: MemberId
  about: Intent['id']
}

/** What happened, in the past tense; the audit trail is made of nothing else. */
export type PersonEvent = { at: Date; about: Intent['id'] } & (
  | { what: 'decided'; want: Want; by: Decider; reason?: string; before?: LibraryAccess; had?: Had }
  | { what: 'shared' | 'changed'; status: 'pending' | 'active'; access?: LibraryAccess; wasSoAlready?: true }
  | { what: 'ended' }
  | { what: 'refused'; because: FailureReason }
  | { what: 'parked'; because: TroubleKind | 'tooManyAttempts' }
  | { what: 'superseded' }
  | { what: 'noticeFailed'; to: MemberId; because: 'closed' | 'failed' }
  /** The invitation that was pending was accepted. */
  | { what: 'accepted'; access?: LibraryAccess }
  /** plex.tv showed the share no longer, and nobody here had ended it; `by` where somebody said to believe it. */
  | { what: 'vanished'; shareId: ShareId; by?: MemberId; before?: LibraryAccess }
  /** The very share that had vanished is shown again. */
  | { what: 'reappeared'; status: 'pending' | 'active'; access?: LibraryAccess }
  /** Somebody took over what plex.tv shows, however it came to be. */
  | {
      what: 'adopted'
      by: MemberId | 'import'
      status: 'pending' | 'active'
      access?: LibraryAccess
      before?: LibraryAccess
    }
  /** Somebody entitled said which member this is. */
  | { what: 'linked'; by: MemberId; to: MemberId }
  /** The file of another program was taken over: whom it linked, and which end it brought, if any. */
  | { what: 'imported'; by: 'import'; from: string; memberId?: MemberId; endsAt?: Date }
)

/** Why a decision came to nothing, for good. */
export type FailureReason =
  | 'alreadyHasOther'
  | 'noSuchAccount'
  | 'conflict'
  | 'shareGone'
  | 'stillPending'
  | 'rejected'
  | 'forbidden'
  | 'ambiguous'
  /** Before anything was sent: a library of it is no longer there, or not the server. */
  | 'libraryGone'
  | 'serverLost'

/** The one truthful word for a person's state. */
export type PersonState =
  | 'unknown'
  | 'approved'
  | 'sending'
  | 'unclear'
  | 'changing'
  | 'revoking'
  | 'parked'
  | 'pending'
  | 'active'
  | 'suspended'
  | 'gone'

export function stateOf(person: Person): PersonState {
  const { intent, seen } = person
  if (intent) {
    if (intent.progress.is === 'parked') return 'parked'
    if (intent.want.to === 'end') return 'revoking'
    if (intent.want.to === 'change') return 'changing'
    if (intent.progress.is === 'decided') return 'approved'
    return intent.progress.is
  }
  if (seen.is === 'gone' && person.suspended) return 'suspended'
  return seen.is === 'nothing' ? 'unknown' : seen.is
}

export function newPerson(begin: Pick<Person, 'id' | 'guildId' | 'serverId' | 'who'>): Person {
  return { schema: 1, version: 0, ...begin, seen: { is: 'nothing' }, owed: [], history: [] }
}

/** Somebody decided. What was still owed is overtaken, but what may be on its way to plex.tv is waited for first. */
export function decide(
  person: Person,
  { had = hadBy(person), ...decision }: Pick<Intent, 'id' | 'want' | 'by' | 'reason'> & { had?: Had },
  now: Date,
  settleMs: number,
): Person {
  if (isKnown(person, decision.id)) return person
  const overtaken = person.intent
  const before = accessOf(person.seen)
  return changed(person, {
    intent: { ...decision, decidedAt: now, progress: firstStep(person, decision.want, now, settleMs) },
    recent: [...(person.recent ?? []), decision.id].slice(-recentDecisions),
    owed: person.owed.filter((notice) => notice.about !== overtaken?.id),
    history: [
      ...person.history,
      ...(overtaken ? [{ what: 'superseded' as const, at: now, about: overtaken.id }] : []),
      {
        what: 'decided',
        at: now,
        about: decision.id,
        want: decision.want,
        by: decision.by,
        ...(decision.reason === undefined ? {} : { reason: decision.reason }),
        ...(before === undefined ? {} : { before }),
        ...(had === undefined ? {} : { had }),
      },
    ],
  })
}

/** What he has now, or would get back. */
function hadBy({ seen, suspended, endsAt, history }: Person): Had | undefined {
  if (seen.is === 'pending' || seen.is === 'active') {
    return {
      is: seen.is,
      ...(seen.access === undefined ? {} : { access: seen.access }),
      ...(seen.settings === undefined ? {} : { settings: seen.settings }),
      ...(endsAt === undefined ? {} : { endsAt }),
    }
  }
  if (!suspended) return undefined
  const before = history.findLast((event) => event.what === 'decided')?.had
  return { ...before, is: 'suspended', access: suspended }
}

/** Whether this has been decided already: the same press delivered twice, perhaps to two processes, decides once. */
export const isKnown = (person: Person, decisionId: string) =>
  person.recent?.includes(decisionId) ||
  person.history.some((event) => event.what === 'decided' && event.about === decisionId)

const recentDecisions = 50

function firstStep({ intent, seen }: Person, want: Want, now: Date, settleMs: number): Progress {
  const progress = intent?.progress
  if (progress?.is === 'unclear') {
    // It has just been done: a list may still show what was before.
    const lookNotBefore = progress.said === 'done' ? after(now, settleMs) : progress.lookNotBefore
    return { ...restUntil(lookNotBefore), attempts: 0 }
  }
  if (progress?.is === 'sending') return { ...restUntil(after(now, settleMs)), attempts: 0 }
  // He had a share when we last looked: a second one is not sent before a look that does not show it.
  if (want.to === 'share' && 'shareId' in seen) return { ...restUntil(now), attempts: 0, absentReads: 1 }
  return { is: 'decided', attempts: 0, tries: 0 }
}

/** The intent is on its way: to be stored before the socket is touched. */
export function sending(person: Person, now: Date): Person {
  return withProgress(person, (progress) => ({ is: 'sending', attempts: attemptsOf(progress) + 1, at: now }))
}

/** What was sent may or may not have been carried out: look, but not before then. */
export function unclear(
  person: Person,
  lookNotBefore: Date,
  why: Pick<Unclear, 'said' | 'trouble'> & { absentReads?: number },
): Person {
  return withProgress(person, (progress) => ({
    ...restUntil(lookNotBefore),
    attempts: attemptsOf(progress),
    ...why,
  }))
}

/** plex.tv could not be read. What may have been sent is still to be looked for; what was not sent still waits. */
export function putOff(person: Person, notBefore: Date, trouble: TroubleKind): Person {
  return withProgress(person, (progress) => {
    switch (progress.is) {
      case 'decided':
        return { ...progress, tries: progress.tries + 1, notBefore, trouble }
      case 'sending':
        return { ...restUntil(notBefore), attempts: progress.attempts, trouble }
      case 'unclear':
        return { ...progress, lookNotBefore: notBefore, trouble }
      case 'parked':
        return progress
      default:
        return progress satisfies never
    }
  })
}

/** plex.tv certainly did nothing of what was sent: that was no attempt, and it is asked again, ever less often. */
export function turnedAway(person: Person, notBefore: Date, trouble: TroubleKind, tries: number): Person {
  return withProgress(person, (progress) => ({
    is: 'decided',
    attempts: Math.max(0, attemptsOf(progress) - 1),
    tries,
    notBefore,
    trouble,
  }))
}

/** Nobody knows any more what became of it: plex.tv is looked at before anything is sent. What is parked stays so. */
export function lookedUpFirst(person: Person, now: Date): Person {
  return withProgress(person, (progress) =>
    progress.is === 'parked' ? progress : { ...restUntil(now), attempts: attemptsOf(progress) },
  )
}

/** It did not happen after all, or not as wanted: it is due to be sent once more, or a human is asked. */
export function dueAgain(person: Person, now: Date, maxAttempts: number): Person {
  if (person.intent && attemptsOf(person.intent.progress) >= maxAttempts) {
    return parked(person, 'tooManyAttempts', now)
  }
  return withProgress(person, (progress) => ({ is: 'decided', attempts: attemptsOf(progress), tries: 0 }))
}

export function parked(person: Person, why: TroubleKind | 'tooManyAttempts', now: Date): Person {
  if (!person.intent) return person
  const event: PersonEvent = { what: 'parked', at: now, about: person.intent.id, because: why }
  return changed(
    withProgress(person, () => ({ is: 'parked', why })),
    {
      history: [...person.history, event],
    },
  )
}

/** plex.tv showed the share. Where that is what was wanted, the intent is fulfilled. */
export function confirmed(person: Person, share: Share, now: Date): Person {
  const { intent } = person
  if (!intent) return observed(person, share, now)
  const { suspended: _, endsAt, ...rest } = person
  const event: PersonEvent = {
    what: intent.want.to === 'change' ? 'changed' : 'shared',
    at: now,
    about: intent.id,
    status: share.status,
    ...(share.access === undefined ? {} : { access: share.access }),
    ...(wasSoAlready(intent.progress) ? { wasSoAlready: true } : {}),
  }
  const endsThen = intent.want.to === 'share' ? intent.want.endsAt : endsAt
  return fulfilled(rest, {
    ...(endsThen === undefined ? {} : { endsAt: endsThen }),
    seen: seenAs(share, now),
    who: { ...person.who, ...share.who },
    history: [...person.history, event],
  })
}

/** plex.tv showed that there is no share any more. */
export function ended(person: Person, now: Date): Person {
  const { intent } = person
  if (!intent) return observed(person, undefined, now)
  const { suspended: _, endsAt: __, ...rest } = person
  const decided = person.history.find((event) => event.what === 'decided' && event.about === intent.id)
  const had = (decided?.what === 'decided' ? decided.had?.access : undefined) ?? accessOf(person.seen)
  const suspends = intent.want.to === 'end' && intent.want.mode === 'suspend' && had !== undefined
  return fulfilled(rest, {
    ...(suspends ? { suspended: had } : {}),
    seen: { is: 'gone', confirmedAt: now },
    history: [...person.history, { what: 'ended', at: now, about: intent.id }],
  })
}

/** The decision came to nothing, for good, and plex.tv's state is what it was, or what `share` shows. */
export function refused(person: Person, because: FailureReason, now: Date, share?: Share): Person {
  if (!person.intent) return person
  const event: PersonEvent = { what: 'refused', at: now, about: person.intent.id, because }
  return fulfilled(person, {
    ...(share ? { seen: seenAs(share, now), who: { ...person.who, ...share.who } } : {}),
    history: [...person.history, event],
  })
}

/** plex.tv was read without anything having been decided: what it shows is noted. */
export function observed(person: Person, share: Share | undefined, now: Date): Person {
  if (share) return changed(person, { seen: seenAs(share, now), who: { ...person.who, ...share.who } })
  return person.seen.is === 'nothing' ? person : changed(person, { seen: { is: 'gone', confirmedAt: now } })
}

export function owing(person: Person, notice: Notice): Person {
  const known = person.owed.some((each) => each.about === notice.about && each.kind === notice.kind)
  return known ? person : changed(person, { owed: [...person.owed, notice] })
}

/**
 * A member who gets a share is told of it. It is owed in the same step as the decision: a crash after plex.tv's yes
 * must not leave him without a word.
 */
export function owingInvitation(person: Person, about: Intent['id']): Person {
  return person.memberId === undefined
    ? person
    : owing(person, { kind: 'invited', to: person.memberId, about })
}

/** A notice has been dealt with: delivered, or found undeliverable, which the trail remembers. */
export function noticed(person: Person, notice: Notice, outcome: NoticeOutcome, now: Date): Person {
  const owed = person.owed.filter((each) => each.about !== notice.about || each.kind !== notice.kind)
  if (outcome === 'delivered') return changed(person, { owed })
  const event: PersonEvent = {
    what: 'noticeFailed',
    at: now,
    about: notice.about,
    to: notice.to,
    because: outcome,
  }
  return changed(person, { owed, history: [...person.history, event] })
}

/** When a share came to be: by plex.tv's word, else by our own record, for its newer lists do not say. */
export function since(share: Share, person: Pick<Person, 'history'> | undefined): Date | undefined {
  const shared = person?.history.findLast((event) => event.what === 'shared')
  return share.acceptedAt ?? share.invitedAt ?? shared?.at
}

export const accessOf = (seen: Seen): LibraryAccess | undefined =>
  'access' in seen ? seen.access : undefined
export const after = (now: Date, ms: number) => new Date(now.getTime() + ms)

function seenAs(share: Share, now: Date): Seen {
  return {
    is: share.status,
    shareId: share.id,
    ...(share.access === undefined ? {} : { access: share.access }),
    ...(Object.keys(share.settings).length === 0 ? {} : { settings: share.settings }),
    confirmedAt: now,
  }
}

/** The first time it was sent, plex.tv answered that there is a share already: it was not this decision that made it. */
const wasSoAlready = (progress: Progress) =>
  progress.is === 'unclear' && progress.said === 'already' && progress.attempts === 1

const restUntil = (lookNotBefore: Date) => ({ is: 'unclear' as const, lookNotBefore, absentReads: 0 })
const attemptsOf = (progress: Progress) => ('attempts' in progress ? progress.attempts : 0)

function withProgress(person: Person, next: (progress: Progress) => Progress): Person {
  if (!person.intent) return person
  return changed(person, { intent: { ...person.intent, progress: next(person.intent.progress) } })
}

function fulfilled(person: Person, change: Partial<Person>): Person {
  const { intent: _, ...rest } = changed(person, change)
  return rest
}

function changed(person: Person, change: Partial<Person>): Person {
  return { ...person, ...change, version: person.version + 1 }
}
