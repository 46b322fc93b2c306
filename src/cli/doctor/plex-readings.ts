import type { Config, ConfigProblem } from '../../config.ts'
import type { Clock } from '../../lib/clock.ts'
import type { AccountId, GuildId } from '../../lib/ids.ts'
import { ok, problem, type Result } from '../../lib/result.ts'
import { Secret } from '../../lib/secret.ts'
import { type Account, readAccount } from '../../plex/api/account.ts'
import { type HomeUserRow, readHomeUsers } from '../../plex/api/home.ts'
import { readSentInvitations } from '../../plex/api/invitations.ts'
import { readLibraries } from '../../plex/api/libraries.ts'
import { readServers, type Server } from '../../plex/api/servers.ts'
import { readAcceptedShares, readPendingShares, type ShareList } from '../../plex/api/shares.ts'
import { findServer, type ServerProblem } from '../../plex/find-server.ts'
import { retiredForms } from '../../plex/forms.ts'
import { PlexHttp } from '../../plex/http.ts'
import { outcomeOf } from '../../plex/outcome.ts'
import type { GuildConnections } from '../../sharing/guild-connections.ts'
import type { Trouble } from '../../sharing/ports.ts'
import { because, type Reading, type Unknown, unknown } from './check.ts'
import type { Examination } from './examination.ts'
import { isPlexThere } from './is-plex-there.ts'
import { once } from './once.ts'
import type { StoreReadings } from './store-readings.ts'

/** What plex.tv says of every account that the bot has a token of. Only reads are sent. */
export interface PlexReadings {
  /** The guilds that the environment's connection serves. */
  servedGuilds: readonly GuildId[]
  signIns(): Promise<Reading<readonly SignIn[]>>
  /** Under which name plex.tv knows this installation; `undefined` where the first start has yet to make it. */
  clientIdentifier(): Promise<Reading<string | undefined>>
  /** Of one sign-in: whose it is, and what he owns. */
  account(signIn: SignIn): Promise<AccountReading>
  /** Everything else that the bot reads of this account. */
  reads(signIn: SignIn): Promise<Reading<AccountReads>>
  /** Why plex.tv gave no answer, for those whose affair it is not. */
  notRead(trouble: Trouble): Promise<Unknown>
  /** The forms of asking that plex.tv was found to have retired. */
  retired(): readonly string[]
  close(): void
}

/** One token, and what it is for. */
export interface SignIn {
  /** In words: `PLEX_TOKEN`, or of which guild. */
  of: { is: 'environment' } | { is: 'guild'; guildId: GuildId; accountId: AccountId; username: string }
  token: Secret
  /** The servers that are to be shared, by identifier or name; one may be left unnamed. */
  wanted: readonly { asked: string; name: string }[]
}

export interface AccountReading {
  account: Result<Account, Trouble>
  servers: Result<readonly Server[], Trouble>
}

export interface AccountReads extends AccountReading {
  /** Each reading by what it is for, in the order in which the bot needs them. */
  read: readonly { what: string; outcome: Result<unknown, Trouble>; isLastResort?: boolean }[]
  shares: readonly Result<ShareList, Trouble>[]
  home: Result<readonly HomeUserRow[], Trouble>
}

/** The way of asking is gone. Nothing but a row could be missing otherwise, and no row is asked for here. */
export const isGone = ({ kind }: Trouble): boolean => kind === 'gone' || kind === 'notFound'

/** The server that is meant, where the account owns it. */
export const findWanted = (servers: readonly Server[], asked: string): Result<Server, ServerProblem> =>
  findServer(servers, asked.trim())

export function plexReadings(from: {
  plex: Result<Config['plex'], readonly ConfigProblem[]>
  store: StoreReadings
  knocks: Examination['knocks']
  clock: Clock
  onSecret: (secret: Secret) => void
  answerWithinMs: number
}): PlexReadings {
  const { plex, store, knocks, clock, onSecret, answerWithinMs } = from
  const connections: PlexHttp[] = []
  const https = new Map<SignIn, () => Promise<PlexHttp>>()
  const accounts = new Map<SignIn, () => Promise<AccountReading>>()
  const further = new Map<SignIn, () => Promise<Reading<AccountReads>>>()

  const clientIdentifier = once(async (): Promise<Reading<string | undefined>> => {
    if (!plex.ok) return problem(because('configuration'))
    return plex.value.clientIdentifier === undefined
      ? store.clientIdentifier()
      : ok(plex.value.clientIdentifier)
  })

  async function connect(signIn: SignIn): Promise<PlexHttp> {
    const identifier = await clientIdentifier()
    if (!plex.ok || !identifier.ok || identifier.value === undefined)
      throw new Error('plex.tv is asked under the name of this installation or not at all')
    const made = new PlexHttp({
      token: signIn.token.reveal(),
      clientIdentifier: identifier.value,
      baseUrl: plex.value.apiUrl,
      clock,
      patienceMs: 500,
      idleMs: answerWithinMs,
      totalMs: answerWithinMs,
    })
    connections.push(made)
    return made
  }
  const httpOf = (signIn: SignIn) => kept(https, signIn, () => connect(signIn))

  async function notRead(trouble: Trouble): Promise<Unknown> {
    if (trouble.kind === 'unauthorised') return because('plex-token')
    if (isGone(trouble)) return because('plex-routes')
    const knocked = await knocks.plex()
    if (knocked.ok && !knocked.value.every(isPlexThere)) return because('plex-reachable')
    return unknown(inWords(trouble))
  }

  async function readAccountOf(signIn: SignIn): Promise<AccountReading> {
    const http = await httpOf(signIn)
    const [account, servers] = await Promise.all([
      outcomeOf(() => readAccount(http)),
      outcomeOf(() => readServers(http)),
    ])
    return { account, servers }
  }

  async function readFurther(signIn: SignIn): Promise<Reading<AccountReads>> {
    const http = await httpOf(signIn)
    const { account, servers } = await readings.account(signIn)
    // After silence the rest would only be silent as well.
    if (!account.ok && !isGone(account.problem)) return problem(await notRead(account.problem))
    const owned = servers.ok ? servers.value.filter((server) => server.owned) : []
    const connected = signIn.wanted.flatMap(({ asked }) => {
      const found = findWanted(owned, asked)
      return found.ok ? found.value : []
    })
    const [home, invitations, libraries, accepted, pending] = await Promise.all([
      outcomeOf(() => readHomeUsers(http)),
      outcomeOf(() => readSentInvitations(http)),
      eachOf(connected, ({ id }) => readLibraries(http, id)),
      eachOf(owned, ({ id }) => readAcceptedShares(http, id)),
      eachOf(owned, ({ id }) => readPendingShares(http, id)),
    ])
    return ok({
      account,
      servers,
      home,
      shares: [...accepted, ...pending],
      read: [
        { what: 'the account', outcome: account },
        { what: 'the servers', outcome: servers },
        ...libraries.map((outcome) => ({ what: 'the libraries', outcome })),
        ...accepted.map((outcome) => ({ what: 'the accepted shares', outcome })),
        ...pending.map((outcome) => ({ what: 'the pending shares', outcome })),
        { what: 'the Plex Home', outcome: home },
        { what: 'the sent invitations', outcome: invitations, isLastResort: true },
      ],
    })
  }

  const readings: PlexReadings = {
    servedGuilds: (plex.ok && plex.value.connection?.guildIds) || [],
    signIns: once(async () => {
      if (!plex.ok) return problem(because('configuration'))
      const stored = await store.connections()
      // What is in the store cannot be known; what the environment names can.
      if (!stored.ok && !plex.value.connection) return stored
      const found = [...ofEnvironment(plex.value), ...(stored.ok ? stored.value.flatMap(ofGuild) : [])]
      for (const { token } of found) onSecret(token)
      return ok(found)
    }),
    clientIdentifier,
    account: (signIn) => kept(accounts, signIn, () => readAccountOf(signIn)),
    reads: (signIn) => kept(further, signIn, () => readFurther(signIn)),
    notRead,
    retired: () => (plex.ok ? retiredForms(plex.value.apiUrl) : []),
    close() {
      for (const http of connections) http.close()
    },
  }
  return readings
}

function kept<T>(known: Map<SignIn, () => Promise<T>>, signIn: SignIn, read: () => Promise<T>): Promise<T> {
  const reading = known.get(signIn) ?? once(read)
  known.set(signIn, reading)
  return reading()
}

const eachOf = <T>(servers: readonly Server[], read: (server: Server) => Promise<T>) =>
  Promise.all(servers.map((server) => outcomeOf(() => read(server))))

function ofEnvironment({ connection }: Config['plex']): SignIn[] {
  if (!connection) return []
  const { token, server = '' } = connection
  return [{ of: { is: 'environment' }, token, wanted: [{ asked: server, name: server }] }]
}

function ofGuild({ guildId, accounts, servers }: GuildConnections): SignIn[] {
  return accounts.map(({ accountId, username, token }) => ({
    of: { is: 'guild', guildId, accountId, username },
    token: new Secret(token),
    wanted: servers
      .filter((server) => server.accountId === accountId)
      .map(({ serverId, name }) => ({ asked: serverId, name })),
  }))
}

/** Why plex.tv gave no answer, for a person. */
export function inWords({ kind, code, message, until }: Trouble): string {
  const said = [code, message].filter((word) => word !== undefined).join(' ')
  const words = said === '' ? '' : ` (${said})`
  switch (kind) {
    case 'unreachable':
      return 'plex.tv cannot be reached'
    case 'timedOut':
      return 'plex.tv does not answer in time'
    case 'rateLimited':
      return `plex.tv takes no more questions for now${until ? `, until ${until.toISOString()}` : ''}`
    case 'unauthorised':
      return 'plex.tv does not accept the token'
    case 'forbidden':
      return `plex.tv does not let this account ask that${words}`
    case 'notFound':
      return `plex.tv knows no such thing${words}`
    case 'gone':
      return `plex.tv no longer answers that question${words}`
    case 'rejected':
      return `plex.tv refuses${words}`
    case 'serverError':
      return `plex.tv has trouble of its own${words}`
    case 'unexpected':
      return `plex.tv gives an answer that cannot be read${words}`
    case 'incomplete':
      return 'plex.tv lists rows that cannot be told'
    default:
      return kind satisfies never
  }
}
