import { onTestFinished } from 'vitest'
import { createEnvironmentConnections } from '../../src/connections.ts'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { ok, problem } from '../../src/lib/result.ts'
import { createLibrarySharing } from '../../src/plex/library-sharing.ts'
import { type PretendPlex, startPretendPlex } from '../../src/sandbox/plex/start.ts'
import { harborId, ownerToken, type PlexDifferences, plexWorld } from '../../src/sandbox/plex/world.ts'
import type { Actor } from '../../src/sharing/policy.ts'
import type { LibrarySharing, NoticeOutcome } from '../../src/sharing/ports.ts'
import { createRules, type Rules } from '../../src/sharing/rules.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import { openPeople } from '../../src/storage/people.ts'
import { parseDraft, parseDrift, parsePerson, parseSettings } from '../../src/storage/shapes.ts'
import { storeIn, temporaryFile } from '../storage/temporary-store.ts'
import { type ShiftedClock, shiftedClock } from './shifted-clock.ts'

/** The rules on real ground: a real SQLite file, the real client, and a pretend plex.tv. Only Discord is left out. */
export interface Ground {
  plex: PretendPlex
  clock: ShiftedClock
  ports: Ports
  rules: Rules
  sharing: LibrarySharing
  /** What people were told. */
  told: { to: MemberId; what: string }[]
  /** How direct messages come out. */
  notices: { outcome: NoticeOutcome }
}

export const guildId = id<GuildId>('1')
export const dora: Actor = { guildId, memberId: id<MemberId>('4'), roleIds: [], managesServer: true }
export const alice = id<MemberId>('7')

export async function ground(
  options: { world?: PlexDifferences; file?: string; plex?: PretendPlex; settleMs?: number } = {},
): Promise<Ground> {
  const plex = options.plex ?? (await startPretendPlex({ world: plexWorld(options.world) }))
  if (!options.plex) onTestFinished(() => plex.close())
  const store = await storeIn(options.file ?? (await temporaryFile()))
  const clock = shiftedClock()
  const connect = async () => {
    const connected = await createLibrarySharing({
      token: ownerToken,
      clientIdentifier: store.clientIdentifier,
      baseUrl: plex.url,
      server: harborId,
      clock,
      idleMs: 400,
      totalMs: 800,
    })
    if (!connected.ok) return problem({ problem: 'notSetUp' as const })
    onTestFinished(() => connected.value.close())
    return ok(connected.value)
  }
  const connections = createEnvironmentConnections({ guildIds: [guildId], connect })
  const told: Ground['told'] = []
  const notices: Ground['notices'] = { outcome: 'delivered' }
  const tell = (what: string) => async (to: MemberId) => {
    told.push({ to, what })
    return notices.outcome
  }
  let ids = 0
  const ports: Ports = {
    people: await openPeople(store.collection('people', parsePerson), store.keyedHash),
    links: store.links,
    settings: store.collection('settings', parseSettings),
    drafts: store.collection('drafts', parseDraft),
    drift: store.collection('drift', parseDrift),
    connections,
    notifier: {
      invited: tell('invited'),
      askForAccount: tell('askForAccount'),
      outcome: async (to, { came }) => tell(`outcome: ${came}`)(to),
    },
    members: { actor: async (guild, memberId) => ({ ...dora, guildId: guild, memberId }) },
    clock,
    log: silentLog,
    settleMs: options.settleMs ?? 120_000,
    newId: () => `draft-${++ids}`,
  }
  const connection = await connections.of(guildId)
  if (!connection.ok) throw new Error('the pretend plex.tv could not be connected')
  return { plex, clock, ports, rules: createRules(ports), sharing: connection.value, told, notices }
}
