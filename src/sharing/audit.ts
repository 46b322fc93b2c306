import type { MemberId } from '../lib/ids.ts'
import type { AccessRequest, RequestEvent } from './access-request.ts'
import type { Doer, Person, PersonEvent } from './person.ts'
import type { PlexIdentity } from './ports.ts'

/** One line of the audit trail: who did what to whom, when and why. Made of the histories and of nothing else. */
export interface AuditEntry {
  at: Date
  /** Whom it is about. */
  subject: PlexIdentity
  memberId?: MemberId
  /** Whose decision it was, or came of; nobody where plex.tv alone showed it. */
  by?: Doer
  reason?: string
  deed: Deed
}
/** Another kind of document with a history joins here. */
export type Deed = { of: 'person'; event: PersonEvent } | { of: 'request'; event: RequestEvent }

/** These histories as one trail, newest first. What came of a decision has its decider and reason. */
export function trailOf(persons: readonly Person[], requests: readonly AccessRequest[] = []): AuditEntry[] {
  return newestFirst([...requests.flatMap(requestEntries), ...persons.flatMap(entriesOf)])
}

function newestFirst(entries: readonly AuditEntry[]): AuditEntry[] {
  // The histories are in order: where two moments are the same, what stands later happened later.
  return entries.toReversed().sort((a, b) => b.at.getTime() - a.at.getTime())
}

function entriesOf({ history, who, memberId }: Person): AuditEntry[] {
  const decisions = new Map(
    history.flatMap((event) => (event.what === 'decided' ? [[event.about, event]] : [])),
  )
  return history.map((event) => {
    const decision = decisions.get(event.about)
    const by = 'by' in event ? event.by : decision?.by
    return {
      at: event.at,
      subject: who,
      ...(memberId === undefined ? {} : { memberId }),
      ...(by === undefined ? {} : { by }),
      ...(decision?.reason === undefined ? {} : { reason: decision.reason }),
      deed: { of: 'person' as const, event: withoutReason(event) },
    }
  })
}

function requestEntries({ history, who, forMember, memberId }: AccessRequest): AuditEntry[] {
  return history.map((event) => {
    const said =
      'note' in event
        ? event.note
        : 'reason' in event
          ? event.reason
          : 'text' in event
            ? event.text
            : undefined
    return {
      at: event.at,
      subject: who,
      memberId: forMember ?? memberId,
      ...('by' in event ? { by: event.by } : {}),
      ...(said === undefined ? {} : { reason: said }),
      deed: { of: 'request' as const, event: wordless(event) },
    }
  })
}

/** What somebody wrote stands in the entry, once. */
function wordless(event: RequestEvent): RequestEvent {
  switch (event.what) {
    case 'asked': {
      const { note: _, ...rest } = event
      return rest
    }
    case 'denied': {
      const { reason: _, ...rest } = event
      return rest
    }
    case 'questioned':
    case 'answered':
      return { ...event, text: '' }
    default:
      return event
  }
}

/** The reason stands in the entry, once. */
function withoutReason(event: PersonEvent): PersonEvent {
  if (event.what !== 'decided') return event
  const { reason: _, ...rest } = event
  return rest
}

/** For those who may not see e-mail addresses, and for every place that others read: no address is left. */
export function withoutEmails(entry: AuditEntry): AuditEntry {
  const { reason, ...rest } = entry
  return {
    ...rest,
    subject: nameless(entry.subject),
    ...(reason === undefined ? {} : { reason: textWithoutEmails(reason) }),
  }
}

/** The same of one thing that happened: only what somebody wrote can hold an address. */
export function eventWithoutEmails(event: PersonEvent): PersonEvent {
  return event.what === 'decided' && event.reason !== undefined
    ? { ...event, reason: textWithoutEmails(event.reason) }
    : event
}

/** Old accounts have their address for a user name. */
export function nameless({ accountId, username }: PlexIdentity): PlexIdentity {
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(username === undefined || username.includes('@') ? {} : { username }),
  }
}

export const textWithoutEmails = (text: string) => text.replace(/[^\s@<>"']+@[^\s@<>"']+/gu, '(an address)')
