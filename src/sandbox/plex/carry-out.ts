import { type Answer, errors, notFound, railsNotFound, textError } from './answer.ts'
import type { Fault } from './fault.ts'
import type { Faults } from './faults.ts'
import type { PlexRequest } from './request.ts'
import type { RequestEntry } from './request-entry.ts'
import { answerTo, type Match } from './router.ts'
import { gone } from './routes/retired.ts'
import type { PlexState } from './state.ts'

/** How an answer leaves: whole, not at all, broken off, or drop by drop. */
export type Delivery =
  | { kind: 'whole'; answer: Answer }
  | { kind: 'reset' }
  | { kind: 'broken off'; answer: Answer; keepBytes: number }
  | { kind: 'dripped'; answer: Answer; bytes: number; everyMs: number }

export interface Turn {
  request: PlexRequest
  match: Match | undefined
  entry: RequestEntry
  state: PlexState
  faults: Faults
  wait: (ms: number) => Promise<void>
}

/** Does what is asked, with whatever befalls it. The deed is done in one step, whether or not anybody still listens. */
export async function carryOut(turn: Turn): Promise<Delivery> {
  const { entry, faults, match, request } = turn
  const befalling = faults.befalling(entry)
  const { fault } = befalling
  entry.faults = [...befalling.slowness, ...(fault ? [fault.fault] : [])]
  if (befalling.ms > 0) await turn.wait(befalling.ms)

  const retirement = match && faults.retirementOf(entry.method, match.route.path)
  if (retirement) return whole(retiredAnswer(request, retirement.as))
  if (fault?.fault !== 'hangs') return withFault(turn, fault)

  const answer = fault.isDone ? done(turn) : undefined
  await befalling.released
  // Throws where the pretence was closed meanwhile: then it is never done.
  await turn.wait(0)
  return whole(answer ?? done(turn))
}

function withFault(turn: Turn, fault: Exclude<Fault, { fault: 'hangs' }> | undefined): Delivery {
  if (fault === undefined) return whole(done(turn))
  switch (fault.fault) {
    case 'slow':
      return whole(done(turn))
    case 'answers':
      return whole(fault.answer)
    case 'answers after commit':
      done(turn)
      return whole(fault.answer)
    case 'reset':
      return { kind: 'reset' }
    case 'reset after commit':
      done(turn)
      return { kind: 'reset' }
    case 'late commit':
      turn.faults.doLater(() => done(turn), fault.afterMs)
      return { kind: 'reset' }
    case 'truncated': {
      const answer = done(turn)
      const bytes = Buffer.from(answer.body)
      const keepBytes =
        typeof fault.keep === 'function' ? fault.keep(bytes.length) : Math.floor(bytes.length * fault.keep)
      if (fault.breaksOff) return { kind: 'broken off', answer, keepBytes }
      return whole({ ...answer, body: bytes.subarray(0, keepBytes) })
    }
    case 'content type':
      return whole({ ...done(turn), contentType: fault.contentType })
    case 'rewritten': {
      const answer = done(turn)
      return whole({ ...answer, body: fault.body(answer.body.toString()) })
    }
    case 'dripped':
      return { kind: 'dripped', answer: done(turn), bytes: fault.bytes, everyMs: fault.everyMs }
    case 'shows':
      return whole(done(turn, fault.world))
    case 'token dead':
      return whole(deadToken(turn.request, fault.how))
    default:
      return fault satisfies never
  }
}

function done(
  { request, match, state, faults }: Turn,
  seen?: Extract<Fault, { fault: 'shows' }>['world'],
): Answer {
  const shown = request.method === 'GET' ? faults.shown : state.world
  return answerTo(match, { request, state, world: seen ? seen(shown) : shown })
}

const whole = (answer: Answer): Delivery => ({ kind: 'whole', answer })

function retiredAnswer(request: PlexRequest, as: 410 | 404 | 405): Answer {
  if (as === 410) return gone(request)
  const isV2 = request.path.startsWith('/api/v2/')
  if (as === 404) return isV2 ? notFound(request) : railsNotFound
  const answer = isV2 ? notFound(request) : railsNotFound
  return { ...answer, status: 405, headers: { Allow: 'OPTIONS' } }
}

function deadToken(request: PlexRequest, how: Extract<Fault, { fault: 'token dead' }>['how']): Answer {
  const unauthenticated = { code: 1001, message: 'User could not be authenticated', status: 401 }
  switch (how) {
    case 'revoked':
      return errors(request, 401, unauthenticated)
    case 'revoked but 404':
      return errors(request, 404, unauthenticated)
    case 'invalid':
      return textError(422, 'Invalid token')
    case 'expired':
      return errors(request, 498, { code: 1001, message: 'Token expired' })
    default:
      return how satisfies never
  }
}
