import { createHash, createHmac } from 'node:crypto'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { recover } from '../../src/jobs/recover.ts'
import type { GuildId, MemberId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { ok, problem } from '../../src/lib/result.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { Guards } from '../../src/sharing/deliver.ts'
import type { GuildConnections } from '../../src/sharing/guild-connections.ts'
import { nothingRestored } from '../../src/sharing/observation.ts'
import { createRules, type Rules } from '../../src/sharing/rules.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import { createCipher } from '../../src/storage/cipher.ts'
import { createCollection } from '../../src/storage/collection.ts'
import { createLinks } from '../../src/storage/links.ts'
import { openDocuments } from '../../src/storage/open-documents.ts'
import type { Parse } from '../../src/storage/sealed-rows.ts'
import { managerOf } from './manager.ts'
import { MemoryRows } from './memory-rows.ts'
import type { Mortal } from './mortal.ts'
import { type PortPlex, sharingAt } from './port-plex.ts'

/** What outlives the bot's processes: the rows of each namespace. */
export type Disk = Map<string, MemoryRows>
export const emptyDisk = (): Disk => new Map()
export function rowsOn(disk: Disk, namespace: string): MemoryRows {
  const rows = disk.get(namespace) ?? new MemoryRows()
  disk.set(namespace, rows)
  return rows
}

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
  /** Instead of Harbor for every guild. */
  connect?: (records: ReadonlyMap<string, GuildConnections>) => Pick<Ports, 'connections' | 'plexAccounts'>
}

const cipher = createCipher([
  new Secret(createHash('sha256').update('a key of the campaigns').digest('base64')),
])
const keyedHash = (purpose: string, text: string) =>
  createHmac('sha256', 'a campaign').update(`${purpose} ${text}`).digest('base64url').slice(0, 22)

export async function startSmallBot(plex: PortPlex, disk: Disk, options: SmallBotOptions): Promise<SmallBot> {
  const { process, guildIds, compares = true } = options
  const { crashPoint } = process
  const collection = <T>(name: string, parse: Parse<T>) =>
    createCollection({ name, parse, rows: rowsOn(disk, name).seenBy(process, compares), cipher, crashPoint })
  const { documents, connected } = await openDocuments({
    collection,
    keyedHash,
    links: createLinks({ rows: rowsOn(disk, 'links').seenBy(process), cipher, keyedHash }),
  })
  const told: SmallBot['told'] = []
  const tell = (what: string) => async (to: MemberId) => {
    process.assertAlive()
    told.push({ to, what })
    return 'delivered' as const
  }
  let drafts = 0
  const ports: Ports = {
    ...documents,
    logBoard: { show: async () => ({ is: 'shown', messageId: 'log-card' }) },
    cards: {
      post: async (channelId, { request }) => ({ posted: { channelId, messageId: `card-${request.id}` } }),
      edit: async () => 'edited',
    },
    ...(options.connect ?? harborFor(plex, process, guildIds))(connected),
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
    guildFacts: {
      channel: () => ({ is: 'there', missing: [] }),
      roles: () => ({ gone: [], above: [] }),
    },
    greeter: { greet: async () => 'greeted' },
    clock: plex.clock,
    log: silentLog,
    settleMs: options.settleMs ?? 120_000,
    deletions: { note: async () => {}, prune: async () => {} },
    observation: nothingRestored,
    scrub: async () => {},
    newId: () => `draft-${plex.clock.now().getTime()}-${++drafts}`,
    crashPoint,
    ...(options.guards ? { guards: options.guards } : {}),
  }
  await recover(ports)
  return { ports, rules: createRules(ports), process, told, tick: () => deliverOwed(ports) }
}

function harborFor(plex: PortPlex, process: Mortal, guildIds: readonly GuildId[]) {
  return (): Pick<Ports, 'connections' | 'plexAccounts'> => {
    const sharing = sharingAt(plex, process)
    const isServed = (guildId: GuildId) => guildIds.includes(guildId)
    return {
      connections: {
        of: async (guildId) => (isServed(guildId) ? ok(sharing) : problem({ problem: 'notSetUp' })),
        toDecide: async (guildId) => (isServed(guildId) ? ok(sharing) : problem({ problem: 'notSetUp' })),
        all: async (guildId) => (isServed(guildId) ? [ok(sharing)] : []),
        connected: (guildId) => (isServed(guildId) ? [sharing] : []),
        known: (guildId) => (isServed(guildId) ? [sharing] : []),
        guildIds: () => guildIds,
      },
      plexAccounts: nobodySignsIn,
    }
  }
}

const nobodySignsIn: Ports['plexAccounts'] = {
  beginSignIn: async () => problem({ kind: 'unreachable', mayHaveHappened: false }),
  checkSignIn: async () => problem({ kind: 'unreachable', mayHaveHappened: false }),
  whose: async () => problem({ kind: 'unreachable', mayHaveHappened: false }),
  signOut: async () => false,
}
