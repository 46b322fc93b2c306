import { createHash, createHmac } from 'node:crypto'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { recover } from '../../src/jobs/recover.ts'
import type { GuildId, MemberId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { ok, problem } from '../../src/lib/result.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { Guards } from '../../src/sharing/deliver.ts'
import { createRules, type Rules } from '../../src/sharing/rules.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import { createCipher } from '../../src/storage/cipher.ts'
import { createCollection } from '../../src/storage/collection.ts'
import { createLinks } from '../../src/storage/links.ts'
import { openPeople } from '../../src/storage/people.ts'
import { openRequests } from '../../src/storage/requests.ts'
import type { Parse } from '../../src/storage/sealed-rows.ts'
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
import { managerOf } from './manager.ts'
import { MemoryRows } from './memory-rows.ts'
import type { Mortal } from './mortal.ts'
import { type PortPlex, sharingAt } from './port-plex.ts'

/** What outlives the bot's processes. */
export interface Disk {
  people: MemoryRows
  links: MemoryRows
  settings: MemoryRows
  drafts: MemoryRows
  drift: MemoryRows
  logcards: MemoryRows
  requests: MemoryRows
  waiting: MemoryRows
  counters: MemoryRows
}
export const emptyDisk = (): Disk => ({
  people: new MemoryRows(),
  links: new MemoryRows(),
  settings: new MemoryRows(),
  drafts: new MemoryRows(),
  drift: new MemoryRows(),
  logcards: new MemoryRows(),
  requests: new MemoryRows(),
  waiting: new MemoryRows(),
  counters: new MemoryRows(),
})

/** One process of the bot: the real rules, engine, jobs, sealing and compare-and-set; no Discord and no sockets. */
export interface SmallBot {
  ports: Ports
  rules: Rules
  process: Mortal
  told: { to: MemberId; what: string }[]
  /** What runs once a minute. */
  tick(): Promise<void>
}

export interface SmallBotOptions {
  guildIds: readonly GuildId[]
  process: Mortal
  settleMs?: number
  guards?: Guards
  /** Off: a write of the store no longer compares before it sets. */
  compares?: boolean
}

const cipher = createCipher([
  new Secret(createHash('sha256').update('a key of the campaigns').digest('base64')),
])
const keyedHash = (purpose: string, text: string) =>
  createHmac('sha256', 'a campaign').update(`${purpose} ${text}`).digest('base64url').slice(0, 22)

export async function startSmallBot(plex: PortPlex, disk: Disk, options: SmallBotOptions): Promise<SmallBot> {
  const { process, guildIds, compares = true } = options
  const { crashPoint } = process
  const collection = <T>(name: keyof Disk, parse: Parse<T>) =>
    createCollection({ name, parse, rows: disk[name].seenBy(process, compares), cipher, crashPoint })
  const sharing = sharingAt(plex, process)
  const told: SmallBot['told'] = []
  const tell = (what: string) => async (to: MemberId) => {
    process.assertAlive()
    told.push({ to, what })
    return 'delivered' as const
  }
  let drafts = 0
  const ports: Ports = {
    people: await openPeople(collection('people', parsePerson), keyedHash),
    links: createLinks({ rows: disk.links.seenBy(process), cipher, keyedHash }),
    settings: collection('settings', parseSettings),
    drafts: collection('drafts', parseDraft),
    drift: collection('drift', parseDrift),
    logCards: collection('logcards', parseLogCard),
    logBoard: { show: async () => ({ is: 'shown', messageId: 'log-card' }) },
    requests: await openRequests(collection('requests', parseRequest)),
    waiting: collection('waiting', parseWaitingSlot),
    counters: collection('counters', parseCounter),
    cards: {
      post: async (channelId, { request }) => ({ posted: { channelId, messageId: `card-${request.id}` } }),
      edit: async () => 'edited',
    },
    connections: {
      of: async (guildId) => (guildIds.includes(guildId) ? ok(sharing) : problem({ problem: 'notSetUp' })),
      connected: (guildId) => (guildIds.includes(guildId) ? [sharing] : []),
    },
    notifier: {
      invited: tell('invited'),
      askForAccount: tell('askForAccount'),
      outcome: async (to, { came }) => tell(`outcome: ${came}`)(to),
      requestClosed: async (to, { request }) => tell(`request ${request.state}`)(to),
      requestQuestion: tell('question'),
    },
    members: {
      actor: async (guildId, memberId) => managerOf(guildId, memberId),
      profile: async (_, memberId) => ({ memberId, roleIds: [] }),
    },
    clock: plex.clock,
    log: silentLog,
    settleMs: options.settleMs ?? 120_000,
    scrub: async () => {},
    newId: () => `draft-${plex.clock.now().getTime()}-${++drafts}`,
    crashPoint,
    ...(options.guards ? { guards: options.guards } : {}),
  }
  await recover(ports)
  return { ports, rules: createRules(ports), process, told, tick: () => deliverOwed(ports) }
}
