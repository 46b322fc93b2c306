/**
 * The bot as a process of its own, to be killed: a real SQLite file, the real client over real sockets, the real rules,
 * engine and jobs; only Discord is left out. `bot-process.ts <options as JSON>`; invites come as lines of JSON, and for
 * each one that has been answered a line goes back.
 */
import { subscribe } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'
import type { ClientRequest } from 'node:http'
import { createInterface } from 'node:readline'
import { createEnvironmentConnections } from '../../src/connections.ts'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { recover } from '../../src/jobs/recover.ts'
import type { CrashPoint } from '../../src/lib/crash-point.ts'
import { type GuildId, id } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { ok, problem } from '../../src/lib/result.ts'
import { createLibrarySharing } from '../../src/plex/library-sharing.ts'
import { harborId, ownerToken } from '../../src/sandbox/plex/world.ts'
import { createRules } from '../../src/sharing/rules.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import { openStore } from '../../src/storage/open.ts'
import { openPeople } from '../../src/storage/people.ts'
import { openRequests } from '../../src/storage/requests.ts'
import {
  parseCounter,
  parseDraft,
  parseDrift,
  parseLogCard,
  parsePerson,
  parseRequest,
  parseSettings,
  parseWaitingSlot,
} from '../../src/storage/shapes.ts'
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
const ports: Ports = {
  people: await openPeople(store.collection('people', parsePerson), store.keyedHash),
  links: store.links,
  settings: store.collection('settings', parseSettings),
  drafts: store.collection('drafts', parseDraft),
  drift: store.collection('drift', parseDrift),
  logCards: store.collection('logcards', parseLogCard),
  logBoard: { show: async () => ({ is: 'shown', messageId: 'log-card' }) },
  requests: await openRequests(store.collection('requests', parseRequest)),
  waiting: store.collection('waiting', parseWaitingSlot),
  counters: store.collection('counters', parseCounter),
  cards: {
    post: async (channelId, { request }) => ({ posted: { channelId, messageId: `card-${request.id}` } }),
    edit: async () => 'edited',
  },
  connections: createEnvironmentConnections({ guildIds: [guildId], connect }),
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
  clock,
  log: silentLog,
  settleMs: options.settleMs,
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
