import { onTestFinished } from 'vitest'
import { createConnections } from '../../src/connections.ts'
import type { MemberId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { ok, problem } from '../../src/lib/result.ts'
import { createLibrarySharing } from '../../src/plex/library-sharing.ts'
import { plexAccounts } from '../../src/plex/plex-accounts.ts'
import { type PretendPlex, startPretendPlex } from '../../src/sandbox/plex/start.ts'
import { harborId, ownerToken, type PlexDifferences, plexWorld } from '../../src/sandbox/plex/world.ts'
import { nothingRestored } from '../../src/sharing/observation.ts'
import type { Actor } from '../../src/sharing/policy.ts'
import type { CardPosted, LibrarySharing, NoticeOutcome, ReviewCard } from '../../src/sharing/ports.ts'
import { createRules, type Rules } from '../../src/sharing/rules.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import { openDocuments } from '../../src/storage/open-documents.ts'
import { storeIn, temporaryFile } from '../storage/temporary-store.ts'
import { dora, guildId, reviewersChannel } from './names.ts'
import { type ShiftedClock, shiftedClock } from './shifted-clock.ts'

export { alice, dora, guildId, reviewersChannel } from './names.ts'

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
  /** Every card that was hung up, as it was drawn last, by message id. */
  cards: Map<string, ReviewCard>
  /** Who is no member any more, and who has fewer rights than dora. */
  actors: Map<MemberId, Actor | undefined>
}

export async function ground(
  options: { world?: PlexDifferences; file?: string; plex?: PretendPlex; settleMs?: number } = {},
): Promise<Ground> {
  const plex = options.plex ?? (await startPretendPlex({ world: plexWorld(options.world) }))
  if (!options.plex) onTestFinished(() => plex.close())
  const store = await storeIn(options.file ?? (await temporaryFile()))
  const clock = shiftedClock()
  const connectTo = async (token: string, server: string) => {
    const connected = await createLibrarySharing({
      token,
      clientIdentifier: store.clientIdentifier,
      baseUrl: plex.url,
      server,
      clock,
      idleMs: 400,
      totalMs: 800,
    })
    if (!connected.ok) return problem({ problem: 'notSetUp' as const })
    onTestFinished(() => connected.value.close())
    return ok(connected.value)
  }
  const { documents, connected } = await openDocuments(store)
  const connections = createConnections({
    records: connected,
    environment: { guildIds: [guildId], connect: () => connectTo(ownerToken, harborId) },
    connectTo: ({ token }, { serverId }) => connectTo(token, serverId),
  })
  const told: Ground['told'] = []
  const notices: Ground['notices'] = { outcome: 'delivered' }
  const tell = (what: string) => async (to: MemberId) => {
    told.push({ to, what })
    return notices.outcome
  }
  const cards: Ground['cards'] = new Map()
  const actors: Ground['actors'] = new Map()
  let ids = 0
  const ports: Ports = {
    ...documents,
    connections,
    plexAccounts: plexAccounts({ clientIdentifier: store.clientIdentifier, baseUrl: plex.url, clock }),
    cards: {
      post: async (channelId, card): Promise<CardPosted> => {
        const messageId = `card-${card.request.id}`
        cards.set(messageId, card)
        return { posted: { channelId, messageId } }
      },
      edit: async ({ messageId }, card) => {
        cards.set(messageId, card)
        return 'edited'
      },
    },
    logBoard: { show: async () => ({ is: 'shown', messageId: 'log-card' }) },
    notifier: {
      invited: tell('invited'),
      askForAccount: tell('askForAccount'),
      outcome: async (to, { came }) => tell(`outcome: ${came}`)(to),
      requestClosed: async (to, { request }) => tell(`request ${request.state}`)(to),
      requestQuestion: async (to, { text }) => tell(`question: ${text}`)(to),
    },
    members: {
      actor: async (guild, memberId) =>
        actors.has(memberId) ? actors.get(memberId) : { ...dora, guildId: guild, memberId },
      profile: async (_, memberId) => ({ memberId, roleIds: [] }),
    },
    guildFacts: {
      channel: (_, channelId) =>
        channelId === reviewersChannel ? { is: 'there', missing: [] } : { is: 'gone' },
      roles: () => ({ gone: [], above: [] }),
    },
    greeter: { greet: async () => 'greeted' },
    clock,
    log: silentLog,
    settleMs: options.settleMs ?? 120_000,
    deletions: store.deletions,
    observation: nothingRestored,
    scrub: () => store.forget(),
    newId: () => `draft-${++ids}`,
  }
  const connection = await connections.of(guildId)
  if (!connection.ok) throw new Error('the pretend plex.tv could not be connected')
  return {
    plex,
    clock,
    ports,
    rules: createRules(ports),
    sharing: connection.value,
    told,
    notices,
    cards,
    actors,
  }
}
