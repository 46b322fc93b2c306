import { type Answer, errors, notFound, railsNotFound, textError, xmlErrors } from './answer.ts'
import { accountById, tokenRecord } from './look-up.ts'
import type { PlexRequest } from './request.ts'
import type { PlexState } from './state.ts'
import type { PlexAccount, PlexWorld } from './world.ts'

/** One request on its way: a read shows `world`, which may be an older one; a write goes by the state's own. */
export interface Call {
  request: PlexRequest
  state: PlexState
  world: PlexWorld
  /** What stands at the `{names}` of the route's path, decoded. */
  params: Readonly<Record<string, string>>
}

export interface Route {
  method: string
  /** The template, which is also the route's name: `/api/servers/{mid}/shared_servers`. */
  path: string
  handle: (call: Call) => Answer
  /** The answer is another one as time passes, though nothing was done. */
  dependsOnTime?: boolean
}

export interface Match {
  route: Route
  params: Readonly<Record<string, string>>
}

export function router(routes: readonly Route[]): (method: string, path: string) => Match | undefined {
  const compiled = routes.map((route) => ({ route, pattern: patternOf(route.path) }))
  return (method, path) => {
    for (const { route, pattern } of compiled) {
      if (route.method !== method) continue
      const groups = pattern.exec(path)
      if (groups) return { route, params: decoded(groups.groups) }
    }
    return undefined
  }
}

export function answerTo(match: Match | undefined, call: Omit<Call, 'params'>): Answer {
  const { request } = call
  if (!match) return request.path.startsWith('/api/v2/') ? notFound(request) : railsNotFound
  // Seed 002 creates an account without it; everything else is refused.
  if (request.clientIdentifier === undefined && match.route.path !== '/users') {
    const missing = { code: 1000, message: 'X-Plex-Client-Identifier is missing' }
    return isV2(request) ? errors(request, 400, missing) : xmlErrors(400, missing)
  }
  const answer = () => match.route.handle({ ...call, params: match.params })
  const isLasting =
    match.route.method === 'GET' && !match.route.dependsOnTime && call.world === call.state.world
  return isLasting ? kept(call.state, request, answer) : answer()
}

const answers = new WeakMap<PlexState, { world: PlexWorld; answers: Map<string, Answer> }>()

/** A world is never changed in place, so the same question has the same answer for as long as it is that world. */
function kept(state: PlexState, request: PlexRequest, make: () => Answer): Answer {
  let known = answers.get(state)
  if (known?.world !== state.world) {
    known = { world: state.world, answers: new Map() }
    answers.set(state, known)
  }
  const question = `${request.path}?${request.query} ${request.header('accept')} ${request.token}`
  const before = known.answers.get(question)
  if (before) return before
  const made = make()
  const answer = { ...made, body: Buffer.from(made.body) }
  known.answers.set(question, answer)
  return answer
}

/** A route that needs a living token; a dead one is answered in the manner of its generation. */
export function signedIn(handle: (call: Call, me: PlexAccount) => Answer): (call: Call) => Answer {
  return (call) => {
    const me = whoAsks(call)
    return 'dead' in me ? notSignedIn(call.request, me.dead) : handle(call, me)
  }
}

/** Whose token it is; by the state as it is now, whatever a read is shown. */
export function whoAsks(call: Call): PlexAccount | { dead: 'revoked' | 'invalid' | 'expired' } {
  const record =
    call.request.token === undefined ? undefined : tokenRecord(call.state.world, call.request.token)
  const account = record && accountById(call.state.world, record.accountId)
  if (!record || !account) return { dead: 'revoked' }
  return record.dead ? { dead: record.dead } : account
}

function notSignedIn(request: PlexRequest, dead: 'revoked' | 'invalid' | 'expired'): Answer {
  if (dead === 'expired') return errors(request, 498, { code: 1001, message: 'Token expired' })
  if (dead === 'invalid') return textError(422, 'Invalid token')
  return isV2(request)
    ? errors(request, 401, { code: 1001, message: 'User could not be authenticated' })
    : textError(401, 'Please sign in.')
}

const isV2 = (request: PlexRequest) => request.path.startsWith('/api/v2/')

function patternOf(path: string): RegExp {
  const source = path
    .split(/(\{\w+\})/u)
    .map((part) => (/^\{\w+\}$/u.test(part) ? `(?<${part.slice(1, -1)}>[^/]+)` : part.replaceAll('.', '\\.')))
    .join('')
  return new RegExp(`^${source}/?$`, 'u')
}

function decoded(groups: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(groups ?? {}).map(([name, value]) => [name, unescaped(value)]))
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
