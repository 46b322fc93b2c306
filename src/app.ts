import { randomBytes } from 'node:crypto'
import type { Config } from './config.ts'
import { type Connect, createEnvironmentConnections } from './connections.ts'
import { createAnswers } from './discord/answers.ts'
import { createReviewCards } from './discord/cards.ts'
import { createGateway } from './discord/gateway.ts'
import type { Invocation } from './discord/interaction.ts'
import { loadCommands, loadComponents } from './discord/load.ts'
import { createLogBoard } from './discord/log-board.ts'
import { createNotifier } from './discord/notify.ts'
import { createRouter } from './discord/router.ts'
import { deliverOwed } from './jobs/deliver-owed.ts'
import { expire } from './jobs/expire.ts'
import { createLogCards } from './jobs/log-cards.ts'
import { pruneCounters } from './jobs/prune-counters.ts'
import { pruneDrafts } from './jobs/prune-drafts.ts'
import { reconcileAll } from './jobs/reconcile.ts'
import { recover } from './jobs/recover.ts'
import { createRetain } from './jobs/retain.ts'
import { runJobs, schedule } from './jobs/schedule.ts'
import { settleRequests } from './jobs/settle-requests.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import type { GuildId } from './lib/ids.ts'
import { ok, problem, type Result } from './lib/result.ts'
import { type Health, startHealth } from './ops/health.ts'
import type { Logger } from './ops/logger.ts'
import { type Counter, createMetrics } from './ops/metrics.ts'
import type { ConnectProblem } from './plex/library-sharing.ts'
import type { ConnectionProblem } from './sharing/ports.ts'
import { createRules } from './sharing/rules.ts'
import type { Ports } from './sharing/use-cases/ports.ts'
import { openStore } from './storage/open.ts'
import { openPeople } from './storage/people.ts'
import { openRequests } from './storage/requests.ts'
import {
  parseCommands,
  parseCounter,
  parseDraft,
  parseDrift,
  parseLogCard,
  parsePerson,
  parseRequest,
  parseSettings,
  parseWaitingSlot,
} from './storage/shapes.ts'

export interface App {
  /** Resolves once the bot answers. plex.tv is not waited for. */
  start(): Promise<void>
  /** Runs what otherwise runs once a minute. */
  tick(): Promise<void>
  /** Takes nothing new, finishes what is under way (at most 10 seconds), and closes the store. */
  stop(): Promise<void>
}

export interface StartProblem {
  what: string
  next: string
}

/** How long a stop waits for answers that are under way. */
const stopPatienceMs = 10_000

/** The one place that knows every part and introduces them to each other. */
export async function createApp(
  config: Config,
  log: Logger,
  overrides: { clock?: Clock; onLost?: (code: number) => void } = {},
): Promise<Result<App, StartProblem>> {
  const clock = overrides.clock ?? systemClock
  log.registerSecret(config.discord.token)
  if (config.plex.connection) log.registerSecret(config.plex.connection.token)
  const metrics = createMetrics()

  for (const key of config.storage.keys ?? []) log.registerSecret(key)

  const gateway = createGateway({
    token: config.discord.token.reveal(),
    apiUrl: config.discord.apiUrl,
    log,
    ...(overrides.onLost ? { onLost: overrides.onLost } : {}),
  })
  // Discord lets the bot in, the disk answers, and files are read, all at the same time. What is asked meanwhile waits.
  let openDoor = (_take: (invocation: Invocation) => void) => {}
  const doorOpen = new Promise<(invocation: Invocation) => void>((resolve) => {
    openDoor = resolve
  })
  const loggedIn = gateway.start((invocation) => void doorOpen.then((take) => take(invocation)))
  // `start()` tells of it.
  loggedIn.catch(() => {})
  const [opened, commands, components] = await Promise.all([
    openStore({ url: config.storage.url.reveal(), keys: config.storage.keys, log }),
    loadCommands(),
    loadComponents(),
  ])
  if (!opened.ok) {
    await gateway.stop()
    return opened
  }
  const store = opened.value
  const people = await openPeople(store.collection('people', parsePerson), store.keyedHash)
  const requests = await openRequests(store.collection('requests', parseRequest))

  const plexRequests = metrics.counter('usherr_plex_requests_total', 'Requests to plex.tv')
  const connections = createEnvironmentConnections(
    environmentOf(config, store.clientIdentifier, clock, log, plexRequests),
  )
  const newId = () => randomBytes(12).toString('base64url')

  const ports: Ports = {
    people,
    links: store.links,
    settings: store.collection('settings', parseSettings),
    drafts: store.collection('drafts', parseDraft),
    drift: store.collection('drift', parseDrift),
    requests,
    waiting: store.collection('waiting', parseWaitingSlot),
    counters: store.collection('counters', parseCounter),
    cards: createReviewCards(gateway.rest, log),
    logCards: store.collection('logcards', parseLogCard),
    logBoard: createLogBoard(gateway.rest, log, newId),
    connections,
    notifier: createNotifier(gateway.rest, log, newId),
    members: gateway.members,
    clock,
    log,
    settleMs: config.settleMs,
    scrub: () => store.forget(),
    newId,
  }
  const takeInvocation = createRouter({
    commands,
    components,
    rules: createRules(ports),
    answers: createAnswers(config.discord.apiUrl),
    log,
    newReference: () => randomBytes(4).toString('hex'),
  })

  const jobs = {
    'notice other writers': async () => {
      const isNew = await store.otherWriters.notice(clock.now(), [people, requests])
      if (isNew)
        log.info({}, 'Another process has written to the store; what is kept in memory was read anew')
    },
    'warm up': () => warmUp(ports, config),
    expire: () => expire(ports),
    'deliver owed': () => deliverOwed(ports),
    reconcile: () => reconcileAll(ports, config.plex.connection?.guildIds ?? []),
    'settle requests': () => settleRequests(ports),
    'log cards': createLogCards(ports, config.plex.connection?.guildIds ?? []),
    'prune drafts': () => pruneDrafts(ports),
    'prune counters': () => pruneCounters(ports),
    retain: createRetain(ports),
  }
  const stopping = new AbortController()
  const underWay = new Set<Promise<void>>()
  let scheduled: Promise<void> = Promise.resolve()
  let health: Health | undefined

  function onInvocation(invocation: Invocation): void {
    if (stopping.signal.aborted) return
    const taken = takeInvocation(invocation).finally(() => underWay.delete(taken))
    underWay.add(taken)
  }

  return ok({
    async start() {
      await runJobs({ recover: () => recover(ports) }, log)
      openDoor(onInvocation)
      await loggedIn
      const remembered = store.collection('commands', parseCommands)
      const before = await remembered.get('registered')
      const registered = await gateway.register(commands, before)
      await remembered.update('registered', () => registered)
      health = await openHealth()
      scheduled = schedule(jobs, clock, log, stopping.signal)
    },

    tick: () => runJobs(jobs, log),

    async stop() {
      stopping.abort()
      await gateway.stop()
      const isDone = new AbortController()
      const everything = Promise.all([...underWay, scheduled]).finally(() => isDone.abort())
      await Promise.race([everything, clock.wait(stopPatienceMs, isDone.signal)])
      await health?.close()
      await store.close()
    },
  })

  async function openHealth(): Promise<Health | undefined> {
    const { port } = config.health
    if (port === undefined) return undefined
    const checks = {
      discord: () => gateway.isReady(),
      store: async () => {
        await store.check()
        return true
      },
    }
    const started = await startHealth({ port, checks, metrics, log })
    if (started.ok) return started.value
    log.error({ problem: started.problem.what }, 'The health check could not be started')
    return undefined
  }
}

function environmentOf(
  { plex }: Config,
  clientIdentifier: string,
  clock: Clock,
  log: Logger,
  requests: Counter,
): { guildIds: readonly GuildId[]; connect: Connect } | undefined {
  if (!plex.connection) return undefined
  const { token, server, guildIds } = plex.connection
  const connect: Connect = async () => {
    // Loaded when it is first needed: axios and the rest are a fifth of the start, and Discord is answered without.
    const { createLibrarySharing } = await import('./plex/library-sharing.ts')
    const connected = await createLibrarySharing({
      token: token.reveal(),
      clientIdentifier: plex.clientIdentifier ?? clientIdentifier,
      baseUrl: plex.apiUrl,
      server,
      clock,
      log,
      onRequest: ({ method, route, status }) =>
        requests.add({ method, route, status: status === undefined ? 'none' : String(status) }),
    })
    if (connected.ok) return connected
    log.error({ reason: connected.problem.kind }, 'The Plex server could not be connected')
    return problem(connectionProblem(connected.problem, server ?? ''))
  }
  return { guildIds, connect }
}

/** The client's words for why it could not connect, in the rules' words. */
function connectionProblem(why: ConnectProblem, asked: string): ConnectionProblem {
  switch (why.kind) {
    case 'trouble':
      return { problem: 'trouble', trouble: why.trouble }
    case 'serverUnknown':
    case 'serverNotOwned':
      return { problem: why.kind, asked, servers: why.owned }
    case 'serverAmbiguous':
      return { problem: why.kind, asked, serverIds: why.choices.map((choice) => choice.id) }
    default:
      return why satisfies never
  }
}

/** Reads once what autocomplete offers, so that the first keystroke after a start finds something. */
async function warmUp({ connections }: Ports, config: Config): Promise<void> {
  const [guildId] = config.plex.connection?.guildIds ?? []
  if (guildId === undefined || connections.connected(guildId).length > 0) return
  const connection = await connections.of(guildId)
  if (!connection.ok) return
  const sharing = connection.value
  await Promise.all([
    sharing.libraries(),
    sharing.shares('pending'),
    sharing.shares('active'),
    sharing.home(),
  ])
}
