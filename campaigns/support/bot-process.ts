/**
 * The bot as a process of its own, to be killed: a real SQLite file, the real client over real sockets, the real rules,
 * engine and jobs; only Discord is left out. `bot-process.ts <options as JSON>`; invites come as lines of JSON, and for
 * each one that has been answered a line goes back.
 */
import { subscribe } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'
import type { ClientRequest } from 'node:http'
import { createInterface } from 'node:readline'
import { createConnections } from '../../src/connections.ts'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { recover } from '../../src/jobs/recover.ts'
import type { CrashPoint } from '../../src/lib/crash-point.ts'
import { type GuildId, id } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { ok, problem } from '../../src/lib/result.ts'
import { createLibrarySharing } from '../../src/plex/library-sharing.ts'
import { plexAccounts } from '../../src/plex/plex-accounts.ts'
import { harborId, ownerToken } from '../../src/sandbox/plex/world.ts'
import { nothingRestored } from '../../src/sharing/observation.ts'
import { createRules } from '../../src/sharing/rules.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import { openStore } from '../../src/storage/open.ts'
import { openDocuments } from '../../src/storage/open-documents.ts'
import { fastClock } from './clocks.ts'
import { managerOf } from './manager.ts'

export interface BotProcessOptions {
  file: string
  plexUrl: string
  guildId: string
  clock: { times: number; startMs: number }
  settleMs: number
  /** Kills itself, with `kill -9`, when it has passed so many crash points; 0: never. */
  diesAfter: number
}
export interface InviteLine {
  id: string
  email: string
}
/** What it says: that it listens, that an invite was answered, or at which point it is about to die. */
export type SaidLine = { ready: true } | { answered: InviteLine; outcome: string } | { dying: CrashPoint }

const options: BotProcessOptions = JSON.parse(process.argv[2] ?? '{}')
const guildId = id<GuildId>(options.guildId)
const clock = fastClock(options.clock.times, options.clock.startMs)

// Written at once: what was said before the process died has been said.
const say = (line: SaidLine) => writeSync(1, `${JSON.stringify(line)}\n`)

let left = options.diesAfter
function crashPoint(point: CrashPoint): void {
  if (--left !== 0) return
  say({ dying: point })
  process.kill(process.pid, 'SIGKILL')
}
// Node itself tells when the last byte of a request has been handed over: no hook of ours is needed on the way.
subscribe('http.client.request.start', (message) => {
  const { request } = message as { request: ClientRequest } // As Node's documentation of the channel says.
  if (request.method !== 'GET') crashPoint('after the request is written')
})

const opened = await openStore({
  url: `sqlite://${options.file}`,
  keys: undefined,
  log: silentLog,
  crashPoint,
})
if (!opened.ok) throw new Error(opened.problem.what)
const store = opened.value
const connect = async () => {
  const connected = await createLibrarySharing({
    token: ownerToken,
    clientIdentifier: store.clientIdentifier,
    baseUrl: options.plexUrl,
    server: harborId,
    clock,
  })
  return connected.ok ? ok(connected.value) : problem({ problem: 'notSetUp' as const })
}
const { documents, connected } = await openDocuments(store)
const connections = createConnections({
  records: connected,
  environment: { guildIds: [guildId], connect },
  connectTo: connect,
})
const ports: Ports = {
  ...documents,
  connections,
  plexAccounts: plexAccounts({ clientIdentifier: store.clientIdentifier, baseUrl: options.plexUrl, clock }),
  logBoard: { show: async () => ({ is: 'shown', messageId: 'log-card' }) },
  cards: {
    post: async (channelId, { request }) => ({ posted: { channelId, messageId: `card-${request.id}` } }),
    edit: async () => 'edited',
  },
  notifier: {
    invited: async () => 'delivered',
    askForAccount: async () => 'delivered',
    outcome: async () => 'delivered',
    requestClosed: async () => 'delivered',
    requestQuestion: async () => 'delivered',
  },
  members: {
    actor: async (guild, memberId) => managerOf(guild, memberId),
    profile: async (_, memberId) => ({ memberId, roleIds: [] }),
  },
  guildFacts: {
    channel: () => ({ is: 'there', missing: [] }),
    roles: () => ({ gone: [], above: [] }),
  },
  greeter: { greet: async () => 'greeted' },
  clock,
  log: silentLog,
  settleMs: options.settleMs,
  deletions: store.deletions,
  observation: nothingRestored,
  scrub: () => store.forget(),
  newId: () => `draft-${process.pid}-${Date.now()}`,
  crashPoint,
}
const rules = createRules(ports)
await recover(ports)
say({ ready: true })

createInterface({ input: process.stdin }).on('line', (line) => {
  const invite: InviteLine = JSON.parse(line)
  rules.invite(managerOf(guildId), { ...invite, libraries: 'Movies' }).then(
    (said) => say({ answered: invite, outcome: said.outcome === 'refused' ? said.reason : said.outcome }),
    (error: unknown) => say({ answered: invite, outcome: `threw ${String(error)}` }),
  )
})
for (;;) {
  await deliverOwed(ports).catch(() => {})
  await clock.wait(3_000)
}
