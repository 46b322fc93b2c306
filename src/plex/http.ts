import pLimit from 'p-limit'
import type { Clock } from '../lib/clock.ts'
import { adviceFor, PlexError, type PlexFailure } from './errors.ts'
import { identify, isSendable } from './identity.ts'
import { judge } from './judge.ts'
import { errorDetails, type PlexAnswer } from './parse.ts'
import { askAgainAt } from './retry-after.ts'
import { Wire, type WireAnswer, WireFailure, type WireRequest } from './wire.ts'

export interface PlexConnection {
  /** Sent in one header of every request but those `anonymous`. */
  token?: string | undefined
  /** The same for as long as the installation lives: plex.tv keeps one device for each. */
  clientIdentifier: string
  /** Without it: `https://plex.tv`, and `https://clients.plex.tv` where that one is known to answer. */
  baseUrl?: string | undefined
  clock: Clock
  /** Of Usherr; shown in the account's list of devices. */
  version?: string | undefined
  /** How long one call may spend waiting for another try. A command must not hang: 2 s. Jobs may take more. */
  patienceMs?: number | undefined
  /** No answer is longer than this, unpacked: 4 MB. A list of 1,000 people with 20 libraries each is 2.3 MB. */
  maxAnswerBytes?: number | undefined
  /** A call is over after this time on the wire, however slowly bytes drip: 15 s. */
  totalMs?: number | undefined
  /** A read that has not moved for this long is tried again: 5 s. */
  idleMs?: number | undefined
  /** Called once for every request that was sent. */
  onRequest?: ((request: SentRequest) => void) | undefined
}

export interface SentRequest {
  method: string
  /** With `{names}` instead of ids and without the query: it names the operation and nobody. */
  route: string
  /** Absent where no answer came. */
  status?: number
  ms: number
}

export interface PlexRequest {
  method: WireRequest['method']
  /** The path with `{name}`s, which `path` fills. */
  route: string
  path?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string | undefined>>
  json?: unknown
  form?: Readonly<Record<string, string | undefined>>
  /** `clients.plex.tv`, where today's shares, resources and links are served. */
  host?: 'clients'
  /** v1 answers XML whatever is asked; v2 answers XML unless JSON is. */
  accept?: 'xml'
  /** Goes without the token: sign-in, links, new accounts. */
  anonymous?: boolean
}

const defaultBase = 'https://plex.tv'
const clientsBase = 'https://clients.plex.tv'
/** The addresses that a connection with this base speaks to. */
export const hostsOf = (baseUrl: string): readonly string[] =>
  baseUrl === defaultBase ? [defaultBase, clientsBase] : [baseUrl]
const triesOfARead = 3
/** A dead token is tried again after this, so that a mistake of plex.tv's needs no restart of ours. */
const believeDeadMs = 5 * 60_000
/** plex.tv's limit is not known; ten a second were reported to be too many. */
const inFlight = 4

/**
 * One account's way to plex.tv. Reads are tried up to three times; a write is sent once and never again.
 * After a 429 nothing is sent until plex.tv's time has come, and after an answer that proves the token dead nothing
 * is sent with it for five minutes: such calls fail at once, as `rateLimited` and `unauthorised`.
 */
export class PlexHttp {
  readonly baseUrl: string
  readonly clock: Clock
  readonly clientIdentifier: string
  readonly #connection: PlexConnection
  readonly #wires: { plex: Wire; clients: Wire }
  readonly #limit = pLimit(inFlight)
  readonly #headers: Readonly<Record<string, string>>
  #token: string | undefined
  #deadUntil: Date | undefined
  #limitedUntil: Date | undefined
  #limitsInARow = 0

  constructor(connection: PlexConnection) {
    this.#connection = connection
    this.clock = connection.clock
    this.clientIdentifier = connection.clientIdentifier
    this.baseUrl = (connection.baseUrl ?? defaultBase).replace(/\/+$/u, '')
    this.#headers = identify(connection.clientIdentifier, connection.version)
    const maxBytes = connection.maxAnswerBytes ?? 4 * 1024 * 1024
    const plex = new Wire(this.baseUrl, maxBytes)
    this.#wires = { plex, clients: this.baseUrl === defaultBase ? new Wire(clientsBase, maxBytes) : plex }
    this.#token = connection.token
  }

  /** A new token: whatever was learnt about the old one is forgotten. */
  setToken(token: string): void {
    this.#token = token
    this.#deadUntil = undefined
  }

  /** Frees the sockets. */
  close(): void {
    this.#wires.plex.close()
    this.#wires.clients.close()
  }

  /** @throws PlexError for everything but an answer 2xx */
  async send(request: PlexRequest): Promise<PlexAnswer> {
    const isWrite = request.method !== 'GET'
    const tries = isWrite ? 1 : triesOfARead
    const call = new Call(request, this.#connection.patienceMs ?? 2_000, this.#connection.totalMs ?? 15_000)
    for (let number = 1; ; number++) {
      try {
        // Asked in the line, not before it: whatever went first may have learnt that nothing more may go.
        return await this.#limit(async () => {
          await this.#untilAllowed(call)
          return this.#sendOnce(call)
        })
      } catch (error) {
        if (!(error instanceof PlexError) || number >= tries || !(await this.#again(error, call, number)))
          throw error
      }
    }
  }

  /** Waits before the next try of a read. Says whether there shall be one. */
  async #again(error: PlexError, call: Call, tries: number): Promise<boolean> {
    if (error.kind === 'rateLimited') return this.#mayWait(call, error.failure)
    const advice = adviceFor(error.failure)
    const passes = error.status !== undefined && passing.has(error.status)
    if (advice !== 'againNow' && !passes) return false
    const pauseMs = 150 * 2 ** (tries - 1) * (1 + Math.random())
    return call.wait(pauseMs, this.clock)
  }

  /** What a rate limit asks for is waited for in `#untilAllowed`; here it is only asked whether that is bearable. */
  #mayWait(call: Call, failure: PlexFailure): boolean {
    if (failure.kind !== 'rateLimited') return false
    return failure.until.getTime() - this.clock.now().getTime() <= call.patienceMs
  }

  async #untilAllowed(call: Call): Promise<void> {
    const now = this.clock.now()
    const isDead = this.#deadUntil !== undefined && this.#deadUntil > now
    if (!call.request.anonymous && (isDead || !isSendable(this.#token))) {
      throw call.failed({ kind: 'unauthorised' })
    }
    const until = this.#limitedUntil
    if (until === undefined || until <= now) return
    if (!(await call.wait(until.getTime() - now.getTime(), this.clock))) {
      throw call.failed({ kind: 'rateLimited', until })
    }
  }

  async #sendOnce(call: Call): Promise<PlexAnswer> {
    const { request } = call
    const isWrite = request.method !== 'GET'
    const totalMs = call.remainingMs()
    // It waited in the line for all the time it had.
    if (totalMs <= 0) throw call.failed({ kind: 'timedOut' })

    const token = this.#token
    const startedAt = performance.now()
    const sent = (status?: number) => {
      const ms = performance.now() - startedAt
      const { method, route } = request
      this.#connection.onRequest?.({ method, route, ms, ...(status !== undefined && { status }) })
    }
    let answer: WireAnswer
    try {
      answer = await this.#wires[request.host ?? 'plex'].send({
        method: request.method,
        path: call.path,
        headers: this.#headersOf(request),
        body: bodyOf(request),
        // A write is not tried again, so there is nothing to gain by giving it up early.
        idleMs: isWrite ? totalMs : Math.min(totalMs, this.#connection.idleMs ?? 5_000),
        totalMs,
      })
    } catch (error) {
      sent()
      throw this.#failureOf(error, call, isWrite)
    }
    sent(answer.status)
    if (answer.status < 200 || answer.status > 299) throw this.#refusal(answer, call, isWrite, token)
    this.#limitsInARow = 0
    const { method, route } = request
    return { method, route, status: answer.status, body: answer.body, isWrite }
  }

  #headersOf(request: PlexRequest): Record<string, string> {
    return {
      ...this.#headers,
      Accept: request.accept === 'xml' ? 'application/xml' : 'application/json',
      ...(request.json !== undefined && { 'Content-Type': 'application/json' }),
      ...(request.form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...(!request.anonymous && this.#token !== undefined && { 'X-Plex-Token': this.#token }),
    }
  }

  #failureOf(error: unknown, call: Call, isWrite: boolean): unknown {
    if (!(error instanceof WireFailure)) return error
    const mayHaveHappened = isWrite && error.mayHaveArrived
    switch (error.kind) {
      case 'unreachable':
      case 'timedOut':
        return call.failed({ kind: error.kind }, { mayHaveHappened })
      case 'tooLarge':
        return call.failed({ kind: 'unexpected', excerpt: 'longer than allowed' }, { mayHaveHappened })
      case 'undecodable':
        return call.failed({ kind: 'unexpected', excerpt: 'not the text it says it is' }, { mayHaveHappened })
      default:
        return error.kind satisfies never
    }
  }

  #refusal(answer: WireAnswer, call: Call, isWrite: boolean, token: string | undefined): PlexError {
    const { status, body } = answer
    const until = askAgainAt(answer.retryAfter, this.#limitsInARow, this.clock.now())
    const details = errorDetails(body)
    const failure = judge({ status, body, details, until })
    if (failure.kind === 'rateLimited') {
      this.#limitsInARow += 1
      this.#limitedUntil = until
    }
    // Not of a token that has been replaced meanwhile.
    if (failure.kind === 'unauthorised' && !call.request.anonymous && token === this.#token) {
      this.#deadUntil = new Date(this.clock.now().getTime() + believeDeadMs)
    }
    // A refusal 4xx was decided before anything was done; a redirect or a 5xx may have come after.
    const mayHaveHappened = isWrite && (status < 400 || status >= 500)
    return call.failed(failure, { status, details, mayHaveHappened })
  }
}

/** Of the service or of what stands before it, and usually over in a moment. */
const passing = new Set([502, 503, 504, 520, 521, 522, 523, 524, 525, 526])

/** One call of ours: its address, and how much time it has left over all its tries. */
class Call {
  readonly request: PlexRequest
  readonly path: string
  patienceMs: number
  readonly #totalMs: number
  readonly #startedAt = performance.now()
  #waitedMs = 0

  constructor(request: PlexRequest, patienceMs: number, totalMs: number) {
    this.request = request
    this.patienceMs = patienceMs
    this.#totalMs = totalMs
    this.path = pathOf(request, (reason) =>
      this.failed({ kind: 'rejected' }, { details: [{ message: reason }] }),
    )
  }

  /** Waits, if the call still has the patience. */
  async wait(ms: number, clock: Clock): Promise<boolean> {
    if (ms > this.patienceMs) return false
    this.patienceMs -= ms
    const before = performance.now()
    await clock.wait(ms)
    this.#waitedMs += performance.now() - before
    return true
  }

  /** Time for the wire; what was waited for plex.tv's sake is counted as patience, not here. */
  remainingMs(): number {
    return Math.ceil(this.#totalMs - (performance.now() - this.#startedAt - this.#waitedMs))
  }

  failed(
    failure: PlexFailure,
    facts: Partial<Pick<PlexError, 'details' | 'mayHaveHappened'>> & { status?: number } = {},
  ): PlexError {
    const { method, route } = this.request
    return new PlexError({ failure, method, route, mayHaveHappened: false, ...facts })
  }
}

/**
 * Fills the route. An id that is empty would call the collection instead of the row ("delete all"), and one of dots
 * another path: neither is sent.
 */
function pathOf(
  { route, path = {}, query = {} }: PlexRequest,
  refuse: (reason: string) => PlexError,
): string {
  const filled = route.replace(/\{(\w+)\}/gu, (_, name: string) => {
    const value = path[name] ?? ''
    if (/^\.{0,2}$/u.test(value.trim())) throw refuse(`no ${name}`)
    return encodeURIComponent(value)
  })
  const pairs = encoded(query)
  return pairs === '' ? filled : `${filled}?${pairs}`
}

function bodyOf({ json, form }: PlexRequest): string | undefined {
  if (json !== undefined) return JSON.stringify(json)
  return form && encoded(form)
}

/** By hand: axios would encode the `%2C` inside a filter once more, and drop empty lists. */
function encoded(pairs: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(pairs)
    .flatMap(([name, value]) =>
      value === undefined ? [] : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    )
    .join('&')
}
