/**
 * The bot as a process of its own, to be killed: a real SQLite file, the real client over real sockets, the real rules,
 * engine and jobs; only Discord is left out. `bot-process.ts <options as JSON>`; what people do comes as lines of JSON, and
 * what they are answered, told and shown goes back as lines.
 */
import { subscribe } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'
import type { ClientRequest } from 'node:http'
import { createInterface } from 'node:readline'
import { createConnections } from '../../src/connections.ts'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { recover } from '../../src/jobs/recover.ts'
import { settleRequests } from '../../src/jobs/settle-requests.ts'
import type { CrashPoint } from '../../src/lib/crash-point.ts'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { ok, problem } from '../../src/lib/result.ts'
import { createLibrarySharing } from '../../src/plex/library-sharing.ts'
import { plexAccounts } from '../../src/plex/plex-accounts.ts'
import { harborId, ownerToken } from '../../src/sandbox/plex/world.ts'
import type { Guards } from '../../src/sharing/deliver.ts'
import { nothingRestored } from '../../src/sharing/observation.ts'
import { createRules } from '../../src/sharing/rules.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import { openStore } from '../../src/storage/open.ts'
import { openDocuments } from '../../src/storage/open-documents.ts'
import { fastClock } from './clocks.ts'
import { carryOutDeed, type Deed } from './deeds.ts'
import { type HungCard, reviewersChannel } from './reviewers-channel.ts'
import { actorIn } from './reviewing-guild.ts'

export interface BotProcessOptions {
  file: string
  plexUrl: string
  guildId: string
  clock: { times: number; startMs: number }
  settleMs: number
  /** Kills itself, with `kill -9`, when it has passed so many crash points, or comes to this one; 0: never. */
  dies: number | CrashPoint
  /** The cards that hang in the reviewers' channel. */
  hung?: readonly HungCard[]
  guards?: Guards
}
/** What it says: that it listens, what a deed came to, what stands at Discord now, or at which point it is about to die. */
export type SaidLine =
  | { ready: true }
  | { answered: Deed; word: string }
  | { card: HungCard }
  | { told: MemberId }
  | { dying: CrashPoint }

const options: BotProcessOptions = JSON.parse(process.argv[2] ?? '{}')
const guildId = id<GuildId>(options.guildId)
const clock = fastClock(options.clock.times, options.clock.startMs)

// Written at once: what was said before the process died has been said.
const say = (line: SaidLine) => writeSync(1, `${JSON.stringify(line)}\n`)

let left = options.dies
function crashPoint(point: CrashPoint): void {
  if (typeof left === 'number' ? --left !== 0 : point !== left) return
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
const tell = async (told: MemberId) => {
  say({ told })
  return 'delivered' as const
}
let drafts = 0
const ports: Ports = {
  ...documents,
  connections,
  plexAccounts: plexAccounts({ clientIdentifier: store.clientIdentifier, baseUrl: options.plexUrl, clock }),
  logBoard: { show: async () => ({ is: 'shown', messageId: 'log-card' }) },
  cards: reviewersChannel(clock.now, { hung: options.hung ?? [], changed: (card) => say({ card }) }),
  notifier: {
    invited: tell,
    askForAccount: async () => 'delivered',
    outcome: async () => 'delivered',
    requestClosed: tell,
    requestQuestion: async () => 'delivered',
  },
  members: {
    actor: async (guild, memberId) => actorIn(guild, memberId),
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
  newId: () => `${process.pid.toString(36)}-${Date.now().toString(36)}-${++drafts}`,
  crashPoint,
  ...(options.guards ? { guards: options.guards } : {}),
}
const rules = createRules(ports)
await recover(ports)
say({ ready: true })

createInterface({ input: process.stdin }).on('line', (line) => {
  const deed: Deed = JSON.parse(line)
  carryOutDeed(rules, guildId, deed).then(
    (word) => say({ answered: deed, word }),
    (error: unknown) => say({ answered: deed, word: `threw ${String(error)}` }),
  )
})
for (;;) {
  await deliverOwed(ports).catch(() => {})
  await settleRequests(ports).catch(() => {})
  await clock.wait(3_000)
}
