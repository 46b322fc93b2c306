/**
 * Everything that can go wrong at plex.tv, in one union. Nothing here carries a header, an address, a body or the
 * library's own error: those print the token.
 */
export type PlexFailure =
  | { kind: 'unreachable' }
  | { kind: 'timedOut' }
  | { kind: 'rateLimited'; until: Date }
  /** The token is dead, whatever the status says: plex.tv hides this behind 401, 404, 422 and 498. */
  | { kind: 'unauthorised' }
  | { kind: 'forbidden' }
  | { kind: 'notFound' }
  /** The route is retired (410) or never had this verb (405). */
  | { kind: 'gone' }
  /** There is such a share already, or the owner invited himself: plex.tv gives both one answer. */
  | { kind: 'alreadyDone' }
  | { kind: 'noSuchAccount' }
  /** A refusal in plex.tv's own words; they are in `details`. */
  | { kind: 'rejected' }
  /** Plex or what stands before it is not available: 5xx, or a challenge page. */
  | { kind: 'serverError' }
  /** An answer that cannot be read. */
  | { kind: 'unexpected'; excerpt: string }
  /** A Home PIN is missing or wrong; the token is fine. */
  | { kind: 'wrongPin' }
  | { kind: 'needsVerificationCode' }
  /** plex.tv no longer takes sign-ins from this address; every further try makes it longer. */
  | { kind: 'signInBlocked' }
  | { kind: 'wrongCredentials' }
  /** The code of a sign-in link is used up or too old. */
  | { kind: 'linkExpired' }

export type PlexFailureKind = PlexFailure['kind']

/** One entry of plex.tv's error body, free of secrets. */
export interface PlexErrorDetail {
  code?: string
  message?: string
  field?: string
}

interface PlexErrorFacts {
  failure: PlexFailure
  method: string
  /** The path with its parameters unfilled: ids, addresses and PINs never get here. */
  route: string
  status?: number
  details?: readonly PlexErrorDetail[]
  /** Of a write: plex.tv may have carried it out. */
  mayHaveHappened: boolean
}

/** Thrown inside `plex/` and caught at its edge, `library-sharing.ts`. Printed in any way it shows no secret. */
export class PlexError extends Error {
  override readonly name = 'PlexError'
  readonly failure: PlexFailure
  readonly method: string
  readonly route: string
  readonly status: number | undefined
  readonly details: readonly PlexErrorDetail[]
  readonly mayHaveHappened: boolean

  constructor(facts: PlexErrorFacts) {
    super(sentence(facts))
    this.failure = facts.failure
    this.method = facts.method
    this.route = facts.route
    this.status = facts.status
    this.details = facts.details ?? []
    this.mayHaveHappened = facts.mayHaveHappened
  }

  get kind(): PlexFailureKind {
    return this.failure.kind
  }

  toJSON() {
    const { failure, method, route, status, details, mayHaveHappened } = this
    return { failure, method, route, status, details, mayHaveHappened }
  }
}

/** The same trouble seen as another one, where only the caller knows what it means. */
export function seenAs(error: PlexError, failure: PlexFailure): PlexError {
  return new PlexError({ ...error.toJSON(), status: error.status ?? 0, failure })
}

function sentence({ failure, method, route, status, details }: PlexErrorFacts): string {
  const first = details?.[0]
  const words = [first?.code, first?.message ?? ('excerpt' in failure ? failure.excerpt : undefined)]
  const said = words.filter((word) => word !== undefined && word !== '').join(' ')
  return `${method} ${route}: ${failure.kind}${status ? ` (${status})` : ''}${said ? `: ${said}` : ''}`
}

export type Advice =
  /** A read may be sent again at once. */
  | 'againNow'
  | 'againLater'
  | 'never'
  /** Somebody must do something: link anew, type a PIN, look at plex.tv. */
  | 'askAPerson'

/** What helps against a failure. For a write, `mayHaveHappened` comes first: look before sending again. */
export function adviceFor(failure: PlexFailure): Advice {
  switch (failure.kind) {
    case 'unreachable':
    case 'timedOut':
      return 'againNow'
    case 'serverError':
    case 'rateLimited':
    case 'unexpected':
      return 'againLater'
    case 'notFound':
    case 'gone':
    case 'alreadyDone':
    case 'noSuchAccount':
    case 'rejected':
      return 'never'
    case 'unauthorised':
    case 'forbidden':
    case 'wrongPin':
    case 'needsVerificationCode':
    case 'signInBlocked':
    case 'wrongCredentials':
    case 'linkExpired':
      return 'askAPerson'
    default:
      return failure satisfies never
  }
}
