import type { Effect, RequestEvent } from '../../sharing/access-request.ts'
import type { AuditEntry, Deed } from '../../sharing/audit.ts'
import type { Doer, FailureReason, PersonEvent, Want } from '../../sharing/person.ts'
import type { Library } from '../../sharing/ports.ts'
import { day, moment, plain } from '../text.ts'
import { accessWords, because } from './describe.ts'
import { grantWords } from './request-words.ts'

/** One line of the trail, without the person it is about: when, what, before and after, by whom, and why. */
export function entryWords({ at, by, reason, deed }: AuditEntry, libraries: readonly Library[]): string {
  const who = by === undefined ? '' : `, by ${deciderWords(by)}`
  const why = reason === undefined || !saysWhy(deed) ? '' : `, because “${plain(reason, 80)}”`
  const what =
    deed.of === 'person' ? eventWords(deed.event, libraries) : requestEventWords(deed.event, libraries)
  return `${moment(at)} ${what}${who}${why}`
}

/** What came of a decision does not say the reason again. */
const saysWhy = ({ of, event }: Deed) => of === 'request' || event.what === 'decided'

/** One thing that happened to a person, in a line of that person's own panel. */
export function historyWords(event: PersonEvent, libraries: readonly Library[]): string {
  const decided = event.what === 'decided' ? event : undefined
  const who = decided ? `, by ${deciderWords(decided.by)}` : ''
  const why = decided?.reason === undefined ? '' : `, because “${plain(decided.reason, 120)}”`
  return `${day(event.at)}: ${eventWords(event, libraries)}${who}${why}`
}

export function deciderWords(by: Doer): string {
  if (by === 'expiry') return 'the end date'
  return by === 'import' ? 'the import' : `<@${by}>`
}

export function eventWords(event: PersonEvent, libraries: readonly Library[]): string {
  const access = (of: Parameters<typeof accessWords>[0]) => accessWords(of, libraries, 3)
  switch (event.what) {
    case 'decided':
      return `decided: ${wantWords(event.want, event.before, access)}`
    case 'shared': {
      const already = event.wasSoAlready ? ', which was so already' : ''
      return event.status === 'pending'
        ? `invited to ${access(event.access)}, to be accepted${already}`
        : `has access to ${access(event.access)}${already}`
    }
    case 'changed':
      return `changed: now ${access(event.access)}`
    case 'ended':
      return 'access ended, confirmed by plex.tv'
    case 'refused':
      return `came to nothing: ${refusedWords[event.because]}`
    case 'parked':
      return `given up for a human to look: ${because(event.because)}`
    case 'superseded':
      return 'overtaken by a newer decision'
    case 'noticeFailed':
      return `<@${event.to}> could not be told: ${event.because === 'closed' ? 'takes no messages' : 'the message failed'}`
    case 'accepted':
      return `accepted the invitation: ${access(event.access)}`
    case 'vanished':
      return `no longer shown by plex.tv${event.before ? `, had ${access(event.before)}` : ''}`
    case 'reappeared':
      return `shown by plex.tv again: ${access(event.access)}`
    case 'adopted':
      return `adopted as plex.tv shows it: ${event.before ? `${access(event.before)} → ` : ''}${access(event.access)}`
    case 'linked':
      return `linked to <@${event.to}>`
    case 'imported':
      return `taken over from ${plain(event.from)}${importedWords(event)}`
    default:
      return event satisfies never
  }
}

function importedWords({ memberId, endsAt }: Extract<PersonEvent, { what: 'imported' }>): string {
  const what = [
    ...(memberId === undefined ? [] : [`linked to <@${memberId}>`]),
    ...(endsAt === undefined ? [] : [`ends ${day(endsAt)}`]),
  ]
  return what.length === 0 ? '' : `: ${what.join(', ')}`
}

export function requestEventWords(event: RequestEvent, libraries: readonly Library[]): string {
  switch (event.what) {
    case 'asked':
      return `asked for ${grantWords(event.wanted, libraries)}`
    case 'approved':
      return `request approved: ${grantWords(event.grant, libraries)}`
    case 'denied':
      return 'request denied'
    case 'questioned':
      return 'asked about the request'
    case 'answered':
      return 'answered the reviewers'
    case 'withdrawn':
      return 'request withdrawn'
    case 'expired':
      return 'request expired'
    case 'carriedOut':
      return `request carried out: ${carriedOutWords[event.came]}`
    case 'noticeFailed':
      return `<@${event.to}> could not be told of the request: ${event.because === 'closed' ? 'takes no messages' : 'the message failed'}`
    default:
      return event satisfies never
  }
}

const carriedOutWords: Record<Effect['came'], string> = {
  invited: 'invited',
  active: 'has access',
  alreadyHas: 'had it already',
  asked: 'asked for a Plex account',
  kept: 'waiting for plex.tv',
  unclear: 'unclear, to be looked up',
  failed: 'plex.tv refused',
  notAllowed: 'whoever approved may no longer',
  libraryGone: 'a library was gone',
  changed: 'libraries added',
  hasAll: 'had it all already',
  shareGone: 'the access had ended',
  stillPending: 'the invitation was not accepted yet',
  librariesUnknown: 'plex.tv did not name the libraries',
}

function wantWords(
  want: Want,
  before: Parameters<typeof accessWords>[0],
  access: (of: Parameters<typeof accessWords>[0]) => string,
): string {
  switch (want.to) {
    case 'share':
      return `share ${access(want.access)}${want.endsAt ? ` until ${day(want.endsAt)}` : ''}`
    case 'change':
      return `change ${before ? `${access(before)} → ` : 'to '}${access(want.access)}`
    case 'end':
      return `${want.mode === 'suspend' ? 'suspend' : 'end the access'}${before ? `, had ${access(before)}` : ''}`
    default:
      return want satisfies never
  }
}

const refusedWords: Record<FailureReason, string> = {
  alreadyHasOther: 'there is access already, with other libraries',
  noSuchAccount: 'plex.tv knows no such account',
  conflict: 'plex.tv says there is a share and shows none',
  shareGone: 'the access had been ended elsewhere',
  stillPending: 'the invitation was not accepted yet',
  rejected: 'plex.tv refused it',
  forbidden: 'plex.tv does not allow it to this account',
  ambiguous: 'several accounts fit',
  libraryGone: 'a library of it was no longer there',
  serverLost: 'the server was another one by then',
}
