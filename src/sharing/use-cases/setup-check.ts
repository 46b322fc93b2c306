import type { ChannelId, RoleId } from '../../lib/ids.ts'
import type { Restored } from '../observation.ts'
import type { Actor } from '../policy.ts'
import type { ChannelRight } from '../ports.ts'
import type { Refusal } from '../refusal.ts'
import type { SetupStep } from '../setup-step.ts'
import { mayNot, type Ports, settingsOf } from './ports.ts'
import { setupStepOf, type TestedServer, testServers } from './setup-state.ts'

/** One thing that was tried, and how it came out. */
export type SetupFinding =
  /** A backup was restored, and nobody has confirmed it yet. */
  | { about: 'restored'; restored: Restored }
  | { about: 'server'; tested: TestedServer }
  | { about: 'noServer' }
  /** How many people plex.tv counts on one account, as far as it lists them, and what was reported as its limit. */
  | { about: 'places'; serverName: string; used: number; reported: number }
  | { about: 'usualLibraries'; kept: number; gone: number }
  | { about: 'roles'; bound: number; gone: readonly RoleId[]; above: readonly RoleId[] }
  | {
      about: 'channel'
      which: 'reviewers' | 'log'
      channelId: ChannelId | undefined
      missing: readonly ChannelRight[] | 'all'
    }

export interface SetupChecked {
  outcome: 'setupChecked'
  findings: readonly SetupFinding[]
  next: SetupStep
}

/** Reported, never documented: plex.tv decides. */
const reportedLimit = 100

/** Tries everything that the guild has set, at this moment. Nothing is changed. */
export async function checkSetup(ports: Ports, actor: Actor): Promise<SetupChecked | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const { guildId } = actor
  const restored = ports.observation.of(guildId)
  const tested = await testServers(ports, guildId)
  const settings = await settingsOf(ports, guildId)
  const { bindings, defaultLibraries = [], reviewersChannelId, log } = settings
  const facts = ports.guildFacts.roles(
    guildId,
    bindings.map(({ roleId }) => roleId),
  )
  const { kept, gone } = await countUsual(ports, actor, defaultLibraries)
  return {
    outcome: 'setupChecked',
    findings: [
      ...(restored ? [{ about: 'restored' as const, restored }] : []),
      ...tested.map((each) => ({ about: 'server' as const, tested: each })),
      ...(tested.length === 0 ? [{ about: 'noServer' as const }] : []),
      ...(await placesUsed(ports, actor)),
      { about: 'usualLibraries', kept, gone },
      { about: 'roles', bound: bindings.length, ...facts },
      channel(ports, actor, 'reviewers', reviewersChannelId),
      channel(ports, actor, 'log', log?.channelId),
    ],
    next: await setupStepOf(ports, guildId),
  }
}

function channel(
  { guildFacts }: Pick<Ports, 'guildFacts'>,
  { guildId }: Actor,
  which: 'reviewers' | 'log',
  channelId: ChannelId | undefined,
): SetupFinding {
  if (channelId === undefined) return { about: 'channel', which, channelId, missing: [] }
  const found = guildFacts.channel(guildId, channelId)
  return { about: 'channel', which, channelId, missing: found.is === 'gone' ? 'all' : found.missing }
}

/** Only where every server's libraries are known: a server that is off has not lost its libraries. */
async function countUsual({ connections }: Ports, { guildId }: Actor, usual: readonly string[]) {
  const all = await connections.all(guildId)
  const read = all.flatMap((each) => (each.ok ? [each.value.lastRead().libraries] : [undefined]))
  const known = new Set(read.flatMap((libraries) => libraries ?? []).map(({ id }) => id as string))
  const gone = read.some((libraries) => libraries === undefined)
    ? 0
    : usual.filter((library) => !known.has(library)).length
  return { kept: usual.length, gone }
}

async function placesUsed({ connections }: Ports, { guildId }: Actor): Promise<SetupFinding[]> {
  const findings: SetupFinding[] = []
  for (const connection of await connections.all(guildId)) {
    if (!connection.ok) continue
    const sharing = connection.value
    const [pending, active, home] = await Promise.all([
      sharing.shares('pending'),
      sharing.shares('active'),
      sharing.home(),
    ])
    if (!pending.ok || !active.ok || !home.ok) continue
    const people = [...pending.value.value, ...active.value.value].map(
      ({ id, who }) => who.accountId ?? who.email ?? id,
    )
    const used = new Set<string>([...people, ...home.value.value.map(({ accountId }) => accountId)]).size
    findings.push({ about: 'places', serverName: sharing.serverName, used, reported: reportedLimit })
  }
  return findings
}
