import { randomBytes } from 'node:crypto'
import type { Config } from './config.ts'
import { connectPlex, type ToPlex } from './connect-plex.ts'
import { createConnections, withoutOtherServers } from './connections.ts'
import { createAnswers } from './discord/answers.ts'
import { createReviewCards } from './discord/cards.ts'
import { createGateway } from './discord/gateway.ts'
import type { Invocation } from './discord/interaction.ts'
import { loadCommands, loadComponents } from './discord/load.ts'
import { createLogBoard } from './discord/log-board.ts'
import { createNotifier } from './discord/notify.ts'
import { inviteLink } from './discord/requirements.ts'
import { createRouter } from './discord/router.ts'
import { allJobs } from './jobs/all-jobs.ts'
import { recover } from './jobs/recover.ts'
import { runJobs, schedule } from './jobs/schedule.ts'
import { settleGuilds } from './jobs/settle-guilds.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { InTurn } from './lib/in-turn.ts'
import { ok, type Result } from './lib/result.ts'
import { Secret } from './lib/secret.ts'
import { type Health, startHealth } from './ops/health.ts'
import type { Logger } from './ops/logger.ts'
import { createMetrics } from './ops/metrics.ts'
import { lookOnly } from './sharing/look-only.ts'
import { createObservation } from './sharing/observation.ts'
import type { PlexAccounts } from './sharing/ports.ts'
import { createRules } from './sharing/rules.ts'
import type { Ports } from './sharing/use-cases/ports.ts'
import { openStore } from './storage/open.ts'
import { openDocuments } from './storage/open-documents.ts'
import { secretsIn } from './storage/place.ts'
import { parseCommands } from './storage/shapes.ts'

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
  const stopping = new AbortController()

  for (const key of config.storage.keys ?? []) log.registerSecret(key)
  for (const secret of secretsIn(config.storage.url.reveal())) log.registerSecret(secret)

  const gateway = createGateway({
    token: config.discord.token.reveal(),
    apiUrl: config.discord.apiUrl,
    log,
    ...(overrides.onLost ? { onLost: overrides.onLost } : {}),
    onGuilds: () => void runJobs({ 'settle guilds': () => settleGuildsNow() }, log),
  })
  // Discord tells of guilds before the store is open; the first round of jobs catches up with that.
  let settleGuildsNow = async () => {}
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
  const alone = await store.holdAlone()
  const noted = alone.ok ? await store.deletions.begin() : alone
  if (!noted.ok) {
    await gateway.stop()
    await store.close()
    return noted
  }
  const { documents, kept, connected, learnt } = await openDocuments(store)
  const observation = await createObservation({
    restored: store.restored,
    guilds: documents.guilds,
    applicationId: () => gateway.applicationId(),
  })

  const plexRequests = metrics.counter('usherr_plex_requests_total', 'Requests to plex.tv')
  const plex: ToPlex = {
    clientIdentifier: config.plex.clientIdentifier ?? store.clientIdentifier,
    baseUrl: config.plex.apiUrl,
    clock,
    log,
    onRequest: ({ method, route, status }) =>
      plexRequests.add({ method, route, status: status === undefined ? 'none' : String(status) }),
  }
  const { connection: environment } = config.plex
  const connections = createConnections({
    records: connected,
    connectTo: ({ token }, { serverId }) => {
      log.registerSecret(new Secret(token))
      return connectPlex(plex, token, serverId)
    },
    memory: { known: learnt, documents: documents.rememberedServers },
    isMember: (guildId) => gateway.guildIds().includes(guildId),
    environment: environment && {
      guildIds: environment.guildIds,
      fingerprint: store.keyedHash(
        'connection of the environment',
        JSON.stringify([environment.token.reveal(), environment.server ?? '']),
      ),
      connect: async () =>
        withoutOtherServers(await connectPlex(plex, environment.token.reveal(), environment.server)),
    },
  })
  const newId = () => randomBytes(12).toString('base64url')

  const ports: Ports = {
    ...documents,
    connections: lookOnly(connections, observation, log),
    plexAccounts: createPlexAccounts(plex, log, environment?.token.reveal()),
    cards: createReviewCards(gateway.rest, log),
    logBoard: createLogBoard(gateway.rest, log, newId),
    notifier: createNotifier(gateway.rest, log, newId),
    members: gateway.members,
    guildFacts: gateway.guildFacts,
    greeter: gateway.greeter,
    clock,
    log,
    settleMs: config.settleMs,
    deletions: store.deletions,
    observation,
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
    stop: stopping.signal,
  })

  const guildTurns = new InTurn()
  settleGuildsNow = () =>
    guildTurns.run('guilds', () => settleGuilds(ports, gateway, { keepLeftMs: config.keepLeftGuildsMs }))
  const jobs = {
    'notice other writers': async () => {
      if (await store.otherWriters.notice(clock.now(), kept))
        log.info({}, 'Another process has written to the store; what is kept in memory was read anew')
    },
    ...allJobs(ports),
    'remember servers': () => connections.remember(),
    'settle guilds': () => settleGuildsNow(),
  }
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
      sayWhoLooksOn(ports)
      await runJobs({ recover: () => recover(ports) }, log)
      openDoor(onInvocation)
      await loggedIn
      if (gateway.guildIds().length === 0) {
        log.warn({}, `I am in no Discord server yet. Let me in: ${inviteLink(gateway.applicationId())}`)
      }
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

/** After a restore: whoever starts it shall not wonder why nothing is done. */
function sayWhoLooksOn({ observation, connections, log }: Ports): void {
  const { restored } = observation
  const known = restored?.guildIds ?? connections.guildIds()
  const waiting = known.filter((guildId) => observation.of(guildId))
  if (!restored || waiting.length === 0) return
  log.warn(
    { count: waiting.length },
    `A backup of ${restored.backupAt.toISOString()} was restored: so many guilds only look on until one of their administrators presses Resume in /settings show`,
  )
}

function createPlexAccounts(plex: ToPlex, log: Logger, ofEnvironment: string | undefined): PlexAccounts {
  const loaded = async () => (await import('./plex/plex-accounts.ts')).plexAccounts(plex)
  let accounts: ReturnType<typeof loaded> | undefined
  const ready = () => {
    accounts ??= loaded()
    return accounts
  }
  return {
    beginSignIn: async () => (await ready()).beginSignIn(),
    checkSignIn: async (signInId) => {
      const signIn = await (await ready()).checkSignIn(signInId)
      if (signIn.ok && signIn.value.is === 'signedIn') log.registerSecret(new Secret(signIn.value.token))
      return signIn
    },
    whose: async (token) => (await ready()).whose(token),
    // An account has one token on one installation: the guilds of the environment may live by the same.
    signOut: async (token) => token === ofEnvironment || (await ready()).signOut(token),
  }
}
