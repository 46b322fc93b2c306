import { createServer, type Server, type ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Log } from '../lib/log.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import type { Metrics } from './metrics.ts'

export interface HealthOptions {
  /** 0: any free one. */
  port: number
  /** Loopback unless said otherwise: a container's own health check runs inside it. */
  host?: string
  /** What must hold for the bot to be of use, for example `discord` and `store`. */
  checks: Readonly<Record<string, Check>>
  metrics?: Metrics
  log: Log
}

/** Returns whether it holds; a throw and no answer within 2 seconds count as "no". */
export type Check = () => boolean | Promise<boolean>

export interface Health {
  readonly port: number
  close(): Promise<void>
}

export interface HealthProblem {
  what: string
  next: string
}

const checkDeadlineMs = 2000

/**
 * `GET /healthz`: 200 while the process lives and its event loop turns. `/readyz`: 200 where every check holds, 503
 * otherwise, with each one's result. `/metrics`: Prometheus text.
 */
export async function startHealth(options: HealthOptions): Promise<Result<Health, HealthProblem>> {
  const { port, host = '127.0.0.1', log } = options
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    const answering = isReading ? answer(path, response, options) : refuse(response)
    answering.catch((error: unknown) => {
      log.error({ error, route: path }, 'A health request failed')
      response.destroy()
    })
  })
  server.requestTimeout = 5000
  server.headersTimeout = 5000
  try {
    const listening = await listen(server, port, host)
    log.info({ port: listening }, 'Health is answering')
    return ok({ port: listening, close: () => close(server) })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason given'
    return problem({
      what: `HEALTH_PORT ${port} cannot be used (${code}).`,
      next: 'Give another port, or 0 for none.',
    })
  }
}

async function answer(path: string, response: ServerResponse, options: HealthOptions): Promise<void> {
  switch (path) {
    case '/healthz':
      // That it answers at all is the proof; the figure says how busy the loop has been (0 to 1).
      return json(response, 200, {
        alive: true,
        uptimeSeconds: Math.floor(process.uptime()),
        loopUtilisation: Number(performance.eventLoopUtilization().utilization.toFixed(3)),
      })
    case '/readyz': {
      const checks = await runChecks(options)
      const isReady = Object.values(checks).every(Boolean)
      return json(response, isReady ? 200 : 503, { ready: isReady, checks })
    }
    case '/metrics':
      return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', options.metrics?.render() ?? '')
    default:
      return json(response, 404, { error: 'There are /healthz, /readyz and /metrics.' })
  }
}

async function runChecks({ checks, log }: HealthOptions): Promise<Record<string, boolean>> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await holds(name, check, log)] as const),
  )
  return Object.fromEntries(results)
}

async function holds(name: string, check: Check, log: Log): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkDeadlineMs)
  })
  try {
    return await Promise.race([Promise.resolve().then(check), tooLate])
  } catch (error) {
    log.debug({ check: name, error }, 'A health check failed')
    return false
  } finally {
    clearTimeout(timer)
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  send(response, status, 'application/json', `${JSON.stringify(body)}\n`)

async function refuse(response: ServerResponse): Promise<void> {
  response.setHeader('allow', 'GET, HEAD')
  await json(response, 405, { error: 'Only GET.' })
}

async function send(response: ServerResponse, status: number, type: string, body: string): Promise<void> {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
