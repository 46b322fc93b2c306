import type { PlexError } from '../plex/errors.ts'

/** What it means that plex.tv did not do it, and what to do, for a person in a terminal. Tokens never stand in it. */
export function plexProblemWords(error: PlexError): string {
  const { failure } = error
  switch (failure.kind) {
    case 'unreachable':
      return 'plex.tv could not be reached, so nothing is known yet. Is this machine online, and is PLEX_API_URL right, if it is set?'
    case 'timedOut':
      return 'plex.tv did not answer in time. Try again in a moment.'
    case 'rateLimited':
      return `plex.tv wants to be asked less often: try again after ${failure.until.toLocaleTimeString('en-GB')}.`
    case 'unauthorised':
      return 'plex.tv does not know this sign-in any more: it was ended, or the password was changed. Sign in anew.'
    case 'wrongCredentials':
      return 'That is not the password of that account, or there is no such account: plex.tv does not say which. Nothing was changed. Check both at https://app.plex.tv.'
    case 'needsVerificationCode':
      return 'plex.tv asks for a code of the authenticator.'
    case 'signInBlocked':
      return 'plex.tv takes no more passwords from this address for now (1031: too many failed sign-ins), and every further try makes that longer. So none is made. Sign in with the link, which is not affected, or wait some hours.'
    case 'linkExpired':
      return 'The link is too old. A new one works.'
    case 'serverError':
      return 'plex.tv has trouble of its own. It passes; https://status.plex.tv says more.'
    case 'forbidden':
      return `plex.tv does not allow this${detailWords(error)}.`
    case 'rejected':
    case 'alreadyDone':
    case 'noSuchAccount':
    case 'wrongPin':
    case 'notFound':
    case 'gone':
      return `plex.tv refused${detailWords(error)}.`
    case 'unexpected':
      return `plex.tv answered with something that this version does not understand (${failure.excerpt}). Does a proxy stand between, or is there a newer version of Usherr?`
    default:
      return failure satisfies never
  }
}

/** plex.tv's own words, which are free of secrets already. */
function detailWords({ details, status }: PlexError): string {
  const said = details.map(({ code, field, message }) => [field, message ?? code].filter(Boolean).join(' '))
  const words = said.filter((each) => each !== '').join('; ')
  if (words !== '') return `: ${words}`
  return status ? ` (${status})` : ''
}
