import type { PlexErrorDetail, PlexFailure } from './errors.ts'
import { scrub } from './scrub.ts'

/** What plex.tv's refusal means: its code decides, then its words, then the status, for the status often lies. */
export function judge(refusal: {
  status: number
  body: string
  details: readonly PlexErrorDetail[]
  until: Date
}): PlexFailure {
  const { status, details } = refusal
  // A verb or a route that is not served also carries the code of "not found".
  if (status === 405 || status === 410) return { kind: 'gone' }
  // Of several errors the first one decides.
  const byCode = details[0] && judgeCode(details[0])
  if (byCode) return byCode
  const byWords = details.map(judgeWords).find((failure) => failure !== undefined)
  if (byWords) return byWords
  return judgeStatus(status, refusal)
}

/** Codes as they were seen at plex.tv; an unknown one says nothing. */
function judgeCode(detail: PlexErrorDetail): PlexFailure | undefined {
  switch (detail.code) {
    case '1000':
      return { kind: 'rejected' }
    case '1001':
      return { kind: 'unauthorised' }
    case '1002':
      return { kind: 'notFound' }
    case '1020':
      return { kind: 'linkExpired' }
    case '1029':
      return { kind: 'needsVerificationCode' }
    case '1031':
      return { kind: 'signInBlocked' }
    case '1041':
      return { kind: 'wrongPin' }
    case '1999':
      // Without words, or about the row as a whole: a second share, or the owner invited himself.
      return detail.field === 'base' || (detail.field === undefined && detail.message === undefined)
        ? { kind: 'alreadyDone' }
        : { kind: 'rejected' }
    default:
      return undefined
  }
}

function judgeWords({ message }: PlexErrorDetail): PlexFailure | undefined {
  if (message === undefined) return undefined
  return words.find(([pattern]) => pattern.test(message))?.[1]
}

/** No apostrophes in the patterns: they arrive as `'`, `&#39;` or `’`. */
const words: readonly (readonly [RegExp, PlexFailure])[] = [
  [/already sharing/iu, { kind: 'alreadyDone' }],
  [/incorrect pin|valid pin is required/iu, { kind: 'wrongPin' }],
  [/enter the verification code/iu, { kind: 'needsVerificationCode' }],
  [/having trouble signing in/iu, { kind: 'signInBlocked' }],
  [/unable to find user|username or email entered appears to be invalid/iu, { kind: 'noSuchAccount' }],
  [/invalid (authentication )?token|please sign in|could not be authenticated/iu, { kind: 'unauthorised' }],
  [/deprecated and removed/iu, { kind: 'gone' }],
]

function judgeStatus(status: number, { body, until }: { body: string; until: Date }): PlexFailure {
  // A page instead of data comes from something that stands before plex.tv, or from a path it does not know.
  const isPage = /^\s*<(!doctype\s+html|html)/iu.test(body)
  if (status === 429) return { kind: 'rateLimited', until }
  if (status >= 500) return { kind: 'serverError' }
  if (status === 403 && isPage) return { kind: 'serverError' }
  if (status >= 300 && status < 400) return { kind: 'unexpected', excerpt: 'unexpected redirect' }
  if (status < 400 || isPage) return { kind: 'unexpected', excerpt: scrub(body) }
  switch (status) {
    case 401:
    case 498:
      return { kind: 'unauthorised' }
    case 403:
      return { kind: 'forbidden' }
    case 404:
      return { kind: 'notFound' }
    case 408:
      return { kind: 'timedOut' }
    default:
      return { kind: 'rejected' }
  }
}
