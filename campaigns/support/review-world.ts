import type { MemberId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { PlexState } from '../../src/sandbox/plex/state.ts'
import { plexWorld } from '../../src/sandbox/plex/world.ts'
import type { Actor } from '../../src/sharing/policy.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import type { Store } from '../../src/storage/open.ts'
import { openDocuments } from '../../src/storage/open-documents.ts'
import { guildId } from '../../test/support/names.ts'
import { type Reviewing, reviewing } from '../../test/support/reviewing.ts'
import { type VirtualClock, virtualClock } from './clocks.ts'
import { managerOf } from './manager.ts'
import { mortal } from './mortal.ts'
import { calm, type PortPlex } from './port-plex.ts'
import type { Random } from './random.ts'
import { type Disk, emptyDisk, type SmallBot, startSmallBot } from './small-bot.ts'

/** A process that is set up for requests, as in the tests; what outlives it may be handed to the next one. */
export interface ReviewWorld extends SmallBot, Reviewing {
  plex: PortPlex
  clock: VirtualClock
  actors: Map<MemberId, Actor | undefined>
  /** Why presses on requests were refused, as the log has it. */
  refusals: string[]
  created(): number
}

export interface ReviewWorldOptions {
  plex?: PortPlex
  disk?: Disk
  compares?: boolean
  /** Documents are kept in this real store instead. */
  store?: Store
  /** What Discord says of members, where two processes shall agree. */
  actors?: Map<MemberId, Actor | undefined>
}

export async function reviewWorld(random: Random, options: ReviewWorldOptions = {}): Promise<ReviewWorld> {
  const plex = options.plex ?? quietPlex(random)
  const { compares = true, disk = emptyDisk() } = options
  const bot = await startSmallBot(plex, disk, { guildIds: [guildId], process: mortal(0), compares })
  const { ports } = bot
  if (options.store) await keepIn(ports, options.store)
  const actors = options.actors ?? new Map<MemberId, Actor | undefined>()
  const actor: Ports['members']['actor'] = async (guild, memberId) =>
    actors.has(memberId) ? actors.get(memberId) : managerOf(guild, memberId)
  ports.members = { ...ports.members, actor }
  // Discord's ids are numbers, and a payload with others would not pass the border.
  let cards = 0
  ports.cards = {
    ...ports.cards,
    post: async (channelId) => ({ posted: { channelId, messageId: String(7_000 + ++cards) } }),
  }
  const refusals: string[] = []
  ports.log = { ...silentLog, warn: ({ reason }) => void (reason && refusals.push(String(reason))) }
  const created = () => plex.state.ledger.filter(({ did }) => did === 'share-created').length
  return reviewing({ ...bot, plex, clock: plex.clock, actors, refusals, created })
}

export function quietPlex(random: Random): PortPlex {
  const clock = virtualClock()
  return { state: new PlexState(plexWorld(), clock.now), clock, random: random.part(-1), faults: calm }
}

async function keepIn(ports: Ports, store: Store): Promise<void> {
  Object.assign(ports, (await openDocuments(store)).documents)
}
