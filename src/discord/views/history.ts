import type { Had, PersonEvent, Want } from '../../sharing/person.ts'
import type { Library } from '../../sharing/ports.ts'
import { day, plain } from '../text.ts'
import { accessWords, because } from './describe.ts'
import { plexRefused } from './refusal.ts'

/** One thing that happened to a person, in a line: when, what, by whom, why. */
export function eventWords(event: PersonEvent, libraries: readonly Library[]): string {
  return `${day(event.at)}: ${words(event, libraries)}`
}

function words(event: PersonEvent, libraries: readonly Library[]): string {
  switch (event.what) {
    case 'decided': {
      const by = event.by === 'expiry' ? 'its end date' : `<@${event.by}>`
      const why = event.reason === undefined ? '' : `: “${plain(event.reason, 120)}”`
      return `${by} decided to ${wantWords(event.want, event.had, libraries)}${why}`
    }
    case 'shared':
      return event.status === 'active'
        ? `access to ${accessWords(event.access, libraries)} began`
        : `the invitation to ${accessWords(event.access, libraries)} was sent`
    case 'changed':
      return `the libraries became ${accessWords(event.access, libraries)}`
    case 'ended':
      return 'access ended, and plex.tv confirmed it'
    case 'refused':
      return `it came to nothing. ${plexRefused(event.because)}`
    case 'parked':
      return `given up for now: ${because(event.because)}`
    case 'superseded':
      return 'overtaken by a newer decision'
    case 'noticeFailed':
      return `<@${event.to}> could not be told by direct message`
    default:
      return event satisfies never
  }
}

function wantWords(want: Want, had: Had | undefined, libraries: readonly Library[]): string {
  switch (want.to) {
    case 'share':
      return `share ${accessWords(want.access, libraries)}`
    case 'change':
      return `change the libraries from ${accessWords(had?.access, libraries)} to ${accessWords(want.access, libraries)}`
    case 'end':
      return want.mode === 'suspend' ? 'suspend' : 'end the access'
    default:
      return want satisfies never
  }
}
