import { ok, problem, type Result } from '../lib/result.ts'
import type { Trouble, TroubleKind } from '../sharing/ports.ts'
import { PlexError, type PlexFailure } from './errors.ts'

/** The edge of `plex/`: its own errors become the rules' troubles here, and only they. */
export async function outcomeOf<T>(ask: () => Promise<T>): Promise<Result<T, Trouble>> {
  try {
    return ok(await ask())
  } catch (error) {
    if (error instanceof PlexError) return problem(troubleOf(error))
    throw error
  }
}

function troubleOf(error: PlexError): Trouble {
  const { failure, details, mayHaveHappened, status } = error
  const [first] = details
  const kind = kindOf(failure)
  const code = first?.code ?? (kind === 'rejected' ? failure.kind : status?.toString())
  const message = first?.message ?? (failure.kind === 'unexpected' ? failure.excerpt : undefined)
  return {
    kind,
    mayHaveHappened,
    ...(failure.kind === 'rateLimited' && { until: failure.until }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  }
}

function kindOf(failure: PlexFailure): TroubleKind {
  switch (failure.kind) {
    case 'unreachable':
    case 'timedOut':
    case 'rateLimited':
    case 'unauthorised':
    case 'forbidden':
    case 'notFound':
    case 'gone':
    case 'rejected':
    case 'serverError':
    case 'unexpected':
      return failure.kind
    case 'alreadyDone':
    case 'noSuchAccount':
    case 'wrongPin':
    case 'needsVerificationCode':
    case 'signInBlocked':
    case 'wrongCredentials':
    case 'linkExpired':
      return 'rejected'
    default:
      return failure satisfies never
  }
}
