import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FaultPlan, failureBody, type Verdict } from './faults.ts'
import type { SentFile } from './message.ts'
import { type OpenApi, openApiBreaches } from './openapi.ts'
import { Refusal, refusals } from './refusal.ts'
import { commandRoutes } from './routes/commands.ts'
import { guildRoutes } from './routes/guilds.ts'
import { interactionRoutes } from './routes/interactions.ts'
import { messageRoutes } from './routes/messages.ts'
import type { Answer, BotRequest, Route } from './routes/route.ts'
import { userRoutes } from './routes/users.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import type { RequestEntry, State } from './state.ts'

export interface RestParts {
  state: State
  faults: FaultPlan
  /** `GET /gateway/bot`, which the gateway answers itself. */
  gatewayBot: () => { url: string }
  openApi: OpenApi | undefined
}

/** Discord's REST API, version 10, below `/api`. Returns a listener for a `node:http` server. */
export function restListener(parts: RestParts): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = routesByStart([
    ...interactionRoutes,
    ...webhookRoutes,
    ...messageRoutes,
    ...guildRoutes,
    ...userRoutes,
    ...commandRoutes,
    {
      method: 'GET',
      path: 'gateway/bot',
      auth: 'bot',
      answer: () => ({ status: 200, body: parts.gatewayBot() }),
    },
    // Needs no token: whoever wants to know whether Discord answers asks here.
    {
      method: 'GET',
      path: 'gateway',
      auth: 'none',
      answer: () => ({ status: 200, body: { url: parts.gatewayBot().url } }),
    },
  ])
  return (incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('error', () => response.destroy())
    incoming.on('end', () => {
      const receivedAtMs = performance.now()
      serve(parts, routes, incoming, response, Buffer.concat(chunks), receivedAtMs).catch(
        (error: unknown) => {
          parts.state.broke(
            'pretend-discord.bug',
            incoming.url ?? '',
            String(error instanceof Error ? error.stack : error),
          )
          if (!response.headersSent)
            send(response, { status: 500, body: { message: String(error), code: 0 } })
        },
      )
    })
  }
}

async function serve(
  { state, faults, openApi }: RestParts,
  routes: RoutesByStart,
  incoming: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  receivedAtMs: number,
): Promise<void> {
  const method = incoming.method ?? 'GET'
  const [path = '', search = ''] = (incoming.url ?? '').split('?', 2)
  if (path.startsWith('/api/attachments/')) {
    sendAttachment(state, path, response)
    return
  }
  const inside = path.replace(/^\/api(\/v\d+)?/, '')
  const found = find(routes, method, inside)
  const sentBody = bytes.length === 0 ? undefined : readBody(state, incoming, bytes)
  const { body, files } = sentBody instanceof Promise ? await sentBody : (sentBody ?? noBody)
  const entry: RequestEntry = {
    method,
    path: inside,
    body,
    files: files.map((file) => ({ filename: file.filename, text: Buffer.from(file.bytes).toString('utf8') })),
    at: state.now(),
    status: 0,
    answer: undefined,
  }
  state.requests.push(entry)
  const usesBotToken = found?.route.auth !== 'none'
  const verdict = faults.verdictOn(`${method} ${inside}`, usesBotToken)
  const request: BotRequest = {
    method,
    path: inside,
    query: new URLSearchParams(search),
    body,
    files,
    label: `${method} /${found?.route.path ?? inside}`,
    receivedAtMs,
  }
  if (verdict?.ignoredLimit === true) {
    state.broke('rate-limit.ignored', request.label, 'asked again before the time that the 429 named')
  }
  if (verdict !== undefined && verdict.delayBeforeMs > 0) {
    state.watch.changed()
    await pause(verdict.delayBeforeMs)
  }
  const answer =
    verdict === undefined || verdict.doIt
      ? answerTo(state, request, found, incoming.headers.authorization, openApi)
      : undefined
  if (verdict !== undefined && verdict.delayAfterMs > 0) await pause(verdict.delayAfterMs)
  if (verdict?.cut === true) {
    response.destroy()
    return
  }
  const given = outcome(verdict, answer)
  entry.status = given.status
  entry.answer = given.body
  state.watch.changed()
  send(response, given, given.headers)
}

function outcome(verdict: Verdict | undefined, answer: Answer | undefined): Answer {
  const failure = verdict?.failure
  if (failure !== undefined) {
    return { status: failure.status, body: failureBody(failure), headers: failure.headers ?? {} }
  }
  if (answer === undefined) return { status: 500, body: { message: 'nothing was done', code: 0 } }
  return verdict?.headers === undefined ? answer : { headers: verdict.headers, ...answer }
}

function answerTo(
  state: State,
  request: BotRequest,
  found: Found | undefined,
  authorization: string | undefined,
  openApi: OpenApi | undefined,
): Answer {
  try {
    if (found === undefined) {
      state.broke('route.unknown', request.label, 'the pretend Discord serves no such route')
      throw refusals.noSuchRoute()
    }
    if (found.route.auth === 'bot' && authorization !== `Bot ${state.token}`) throw refusals.unauthorized()
    if (openApi !== undefined) {
      for (const breach of openApiBreaches(openApi, request.method, request.path, request.body)) {
        state.broke(breach.rule, request.label, breach.says)
      }
    }
    return found.route.answer(state, request, found.parameters)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return {
      status: error.status,
      body: error.body,
      ...(error.headers === undefined ? {} : { headers: error.headers }),
    }
  }
}

function send(response: ServerResponse, answer: Answer, headers: Record<string, string> = {}): void {
  if (response.destroyed) return
  // discord.js reads a body wherever a content type stands, and fails on an empty one: a 204 carries none.
  if (answer.body === undefined) {
    response.writeHead(answer.status, headers)
    response.end()
    return
  }
  const text = JSON.stringify(answer.body)
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Body {
  body: unknown
  files: readonly SentFile[]
}
const noBody: Body = { body: undefined, files: [] }

function readBody(state: State, incoming: IncomingMessage, bytes: Buffer): Body | Promise<Body> {
  const type = incoming.headers['content-type'] ?? ''
  if (type.startsWith('multipart/form-data')) return readForm(state, type, bytes)
  return { body: parsed(bytes.toString('utf8')), files: [] }
}

/** `payload_json` and the files beside it. */
async function readForm(state: State, type: string, bytes: Buffer): Promise<Body> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  const files: SentFile[] = []
  let body: unknown
  for (const [name, value] of form) {
    if (typeof value === 'string') {
      if (name === 'payload_json') body = parsed(value)
      continue
    }
    files.push({
      id: state.newId(),
      index: /\[(\d+)\]/.exec(name)?.[1] ?? `${files.length}`,
      filename: value.name,
      contentType: value.type,
      bytes: new Uint8Array(await value.arrayBuffer()),
    })
  }
  return { body, files }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Files that the bot or a person sent, at the address that messages and options name. */
function sendAttachment(state: State, path: string, response: ServerResponse): void {
  const [, , , messageId = '', attachmentId = ''] = path.split('/')
  const file =
    state.messages.get(messageId)?.attachments.find((one) => one.id === attachmentId) ??
    state.uploads.get(attachmentId)
  if (file === undefined) {
    send(response, { status: 404, body: { message: '404: Not Found', code: 0 } })
    return
  }
  response.writeHead(200, { 'content-type': file.contentType, 'content-length': file.bytes.byteLength })
  response.end(file.bytes)
}

interface Found {
  route: Route
  parameters: Readonly<Record<string, string>>
}
type RoutesByStart = ReadonlyMap<string, readonly { route: Route; steps: readonly string[] }[]>

/** Grouped by method, length and first step; where two fit, the one with fewer parameters comes first. */
function routesByStart(routes: readonly Route[]): RoutesByStart {
  const groups = new Map<string, { route: Route; steps: string[] }[]>()
  for (const route of routes) {
    const steps = route.path.split('/')
    const key = `${route.method} ${steps.length} ${steps[0]}`
    groups.set(key, [...(groups.get(key) ?? []), { route, steps }])
  }
  const parametersOf = (steps: readonly string[]) => steps.filter((step) => step.startsWith(':')).length
  for (const group of groups.values()) group.sort((a, b) => parametersOf(a.steps) - parametersOf(b.steps))
  return groups
}

function find(routes: RoutesByStart, method: string, path: string): Found | undefined {
  const steps = path.slice(1).split('/')
  for (const { route, steps: pattern } of routes.get(`${method} ${steps.length} ${steps[0]}`) ?? []) {
    const parameters = matched(pattern, steps)
    if (parameters !== undefined) return { route, parameters }
  }
  return undefined
}

function matched(pattern: readonly string[], steps: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  for (const [index, wanted] of pattern.entries()) {
    const step = steps[index] ?? ''
    if (wanted.startsWith(':')) {
      // discord.js sends `@original` as `%40original`.
      parameters[wanted.slice(1)] = step.includes('%') ? decoded(step) : step
    } else if (wanted !== step && wanted !== decoded(step)) return undefined
  }
  return parameters
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
