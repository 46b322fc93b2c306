import { type GuildId, id } from '../../src/lib/ids.ts'
import { PlexState } from '../../src/sandbox/plex/state.ts'
import { type PlexWorld, plexWorld } from '../../src/sandbox/plex/world.ts'
import { type VirtualClock, virtualClock } from './clocks.ts'
import { mortal } from './mortal.ts'
import { calm, type PlexFaults, type PortPlex } from './port-plex.ts'
import type { Random } from './random.ts'
import { type Disk, emptyDisk, type SmallBot, startSmallBot } from './small-bot.ts'

export interface SmallWorld {
  plex: PortPlex
  state: PlexState
  clock: VirtualClock
  disk: Disk
  bot: SmallBot
}

/** A bot, a plex.tv and a store that nothing goes wrong with, unless it is asked for. */
export async function smallWorld(
  random: Random,
  differences: { world?: PlexWorld; guildIds?: readonly GuildId[]; faults?: PlexFaults; disk?: Disk } = {},
): Promise<SmallWorld> {
  const clock = virtualClock()
  const state = new PlexState(differences.world ?? plexWorld(), clock.now)
  const plex: PortPlex = { state, clock, random, faults: differences.faults ?? calm }
  const disk = differences.disk ?? emptyDisk()
  const guildIds = differences.guildIds ?? [id<GuildId>('1')]
  return { plex, state, clock, disk, bot: await startSmallBot(plex, disk, { guildIds, process: mortal(0) }) }
}
