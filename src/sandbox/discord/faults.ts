/** Which requests: the beginning of `METHOD /path` without `/v10`, or a pattern for it. */
export type Where = string | RegExp

/** What may go wrong between the bot and Discord; nothing does until it is asked for. `times` counts requests. */
export interface Faults {
  /** Answers late by so much: carried out first, or with `beforeDoing` afterwards. */
  slow(where: Where, ms: number, options?: { times?: number; beforeDoing?: boolean }): void
  /** Answers with this status, without doing it or, with `afterDoing`, although it is done. Once unless told. */
  fail(where: Where, answer: FailureAnswer, options?: { times?: number; afterDoing?: boolean }): void
  /** Breaks the connection instead of answering. */
  cut(where: Where, options?: { times?: number; afterDoing?: boolean }): void
  /** A limit of one route, announced in headers as Discord does; 429 beyond it. */
  limit(where: Where, limit: { requests: number; perMs: number; scope?: 'user' | 'shared' }): void
  /** The limit of the whole bot (50 a second in truth); interaction and webhook-token routes do not count. */
  limitGlobally(limit: { requests: number; perMs: number }): void
  clear(): void
}

export interface FailureAnswer {
  status: number
  code?: number
  message?: string
  headers?: Record<string, string>
}

/** What the server does with one request. */
export interface Verdict {
  delayBeforeMs: number
  delayAfterMs: number
  failure: FailureAnswer | undefined
  cut: boolean
  /** Do it first, then fail or cut. */
  doIt: boolean
  headers: Record<string, string> | undefined
  /** Set for a 429: the bot asked again although it had been told how long to wait. */
  ignoredLimit: boolean
}

interface Planned {
  where: Where
  left: number
  apply(verdict: Verdict): void
}

interface Limit {
  bucket: string
  matches(line: string, usesBotToken: boolean): boolean
  requests: number
  perMs: number
  scope: 'user' | 'shared' | 'global'
  windowEndsMs: number
  used: number
  toldMs: number | undefined
}

/** The faults as they stand, and how a request fares under them. */
export class FaultPlan implements Faults {
  #planned: Planned[] = []
  #limits: Limit[] = []

  slow(where: Where, ms: number, { times = Number.POSITIVE_INFINITY, beforeDoing = false } = {}): void {
    this.#plan(where, times, (verdict) => {
      if (beforeDoing) verdict.delayBeforeMs += ms
      else verdict.delayAfterMs += ms
    })
  }

  fail(where: Where, answer: FailureAnswer, { times = 1, afterDoing = false } = {}): void {
    this.#plan(where, times, (verdict) => {
      verdict.failure = answer
      verdict.doIt = afterDoing
    })
  }

  cut(where: Where, { times = 1, afterDoing = false } = {}): void {
    this.#plan(where, times, (verdict) => {
      verdict.cut = true
      verdict.doIt = afterDoing
    })
  }

  limit(where: Where, limit: { requests: number; perMs: number; scope?: 'user' | 'shared' }): void {
    this.#addLimit(
      `pretend-${this.#limits.length}`,
      (line) => fits(where, line),
      limit,
      limit.scope ?? 'user',
    )
  }

  limitGlobally(limit: { requests: number; perMs: number }): void {
    this.#addLimit('global', (_line, usesBotToken) => usesBotToken, limit, 'global')
  }

  clear(): void {
    this.#planned = []
    this.#limits = []
  }

  /** `undefined` in the usual case that nothing is planned. */
  verdictOn(line: string, usesBotToken: boolean): Verdict | undefined {
    if (this.#planned.length === 0 && this.#limits.length === 0) return undefined
    const verdict: Verdict = {
      delayBeforeMs: 0,
      delayAfterMs: 0,
      failure: undefined,
      cut: false,
      doIt: true,
      headers: undefined,
      ignoredLimit: false,
    }
    for (const limit of this.#limits) if (limit.matches(line, usesBotToken)) count(limit, verdict)
    if (verdict.failure !== undefined) return verdict
    for (const one of this.#planned) {
      if (one.left > 0 && fits(one.where, line)) {
        one.left -= 1
        one.apply(verdict)
      }
    }
    return verdict
  }

  #plan(where: Where, times: number, apply: (verdict: Verdict) => void): void {
    this.#planned.push({ where, left: times, apply })
  }

  #addLimit(
    bucket: string,
    matches: Limit['matches'],
    { requests, perMs }: { requests: number; perMs: number },
    scope: Limit['scope'],
  ): void {
    this.#limits.push({
      bucket,
      matches,
      requests,
      perMs,
      scope,
      windowEndsMs: 0,
      used: 0,
      toldMs: undefined,
    })
  }
}

const fits = (where: Where, line: string): boolean =>
  typeof where === 'string' ? line.startsWith(where) : where.test(line)

/** Longer than answers already on the wire need; whoever asks after it has read the 429 and did not care. */
const graceMs = 50

function count(limit: Limit, verdict: Verdict): void {
  const now = performance.now()
  if (now >= limit.windowEndsMs) {
    limit.windowEndsMs = now + limit.perMs
    limit.used = 0
    limit.toldMs = undefined
  }
  const resetAfter = ((limit.windowEndsMs - now) / 1000).toFixed(3)
  limit.used += 1
  if (limit.scope !== 'global') {
    verdict.headers = {
      'x-ratelimit-limit': String(limit.requests),
      'x-ratelimit-remaining': String(Math.max(0, limit.requests - limit.used)),
      'x-ratelimit-reset': (Date.now() / 1000 + Number(resetAfter)).toFixed(3),
      'x-ratelimit-reset-after': resetAfter,
      'x-ratelimit-bucket': limit.bucket,
    }
  }
  if (limit.used <= limit.requests) return
  verdict.ignoredLimit = limit.toldMs !== undefined && now - limit.toldMs > graceMs
  limit.toldMs ??= now
  verdict.doIt = false
  verdict.failure = {
    status: 429,
    code: 0,
    message: 'You are being rate limited.',
    headers: {
      ...verdict.headers,
      'retry-after': resetAfter,
      'x-ratelimit-scope': limit.scope,
      ...(limit.scope === 'global' ? { 'x-ratelimit-global': 'true' } : {}),
    },
  }
}

/** The body of a failure; a 429 also says when and for whom. */
export function failureBody({ status, code = 0, message = 'Internal Server Error', headers }: FailureAnswer) {
  if (status !== 429) return { message, code }
  return {
    message,
    code,
    retry_after: Number(headers?.['retry-after'] ?? 1),
    global: headers?.['x-ratelimit-global'] === 'true',
  }
}
