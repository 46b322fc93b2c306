import type { Clock } from '../../lib/clock.ts'
import type { PassCrashPoint } from '../../lib/crash-point.ts'
import { type GuildId, isIdLike, type ServerId } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import { type AccessRequest, requestKey } from '../access-request.ts'
import type { Counter } from '../counter.ts'
import type { Guards } from '../deliver.ts'
import type { Draft, DraftOf } from '../drafts.ts'
import { draftKey, lifeOf } from '../drafts.ts'
import type { DriftRecord } from '../drift-record.ts'
import type { GuildConnections } from '../guild-connections.ts'
import type { GuildRecord } from '../guild-record.ts'
import { type GuildSettings, noSettings } from '../guild-settings.ts'
import type { LogCardRecord } from '../log-card.ts'
import type { Observation } from '../observation.ts'
import type { People } from '../people.ts'
import { after } from '../person.ts'
import { type Actor, type Capability, capabilities, may, rolesWith } from '../policy.ts'
import type {
  Connections,
  Deletions,
  Documents,
  Greeter,
  GuildFacts,
  KnownServer,
  Library,
  Links,
  LogBoard,
  Members,
  Notifier,
  PlexAccounts,
  ReviewCards,
} from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { RememberedServer } from '../remembered-server.ts'
import type { Requests, WaitingSlot } from '../requests.ts'

/** Everything a use-case may need of the outside. */
export interface Ports {
  people: People
  links: Links
  settings: Documents<GuildSettings>
  drafts: Documents<Draft>
  /** What does not agree with plex.tv, a document for each guild and server. */
  drift: Documents<DriftRecord>
  requests: Requests
  waiting: Documents<WaitingSlot>
  counters: Documents<Counter>
  cards: ReviewCards
  logCards: Documents<LogCardRecord>
  logBoard: LogBoard
  /** What guilds were connected with; `connections` is the same as it runs. */
  connectionRecords: Documents<GuildConnections>
  /** What was learnt of the guilds' servers, to decide by while plex.tv is out of reach. */
  rememberedServers: Documents<RememberedServer>
  guilds: Documents<GuildRecord>
  connections: Connections
  plexAccounts: PlexAccounts
  notifier: Notifier
  members: Members
  guildFacts: GuildFacts
  greeter: Greeter
  clock: Clock
  log: Log
  /** How long an unclear answer of plex.tv rests before it is looked at. */
  settleMs: number
  /** Deletions for privacy are noted here, so that a restored backup does not bring back what they took. */
  deletions: Deletions
  /** Which guilds only look on, because a backup was restored. */
  observation: Observation
  /** After a deletion for privacy: leaves no trace of what was removed in the store's own files. */
  scrub(): Promise<void>
  /** A new, unguessable id of at most 24 characters. */
  newId(): string
  crashPoint?: PassCrashPoint
  /** Only for tests: what is taken out, to see that the checks notice. */
  guards?: Guards
}

export async function settingsOf(ports: Pick<Ports, 'settings'>, guildId: GuildId): Promise<GuildSettings> {
  return (await ports.settings.get(guildId)) ?? noSettings(guildId)
}

/** Nothing where the actor may, else the refusal that names what is missing and who has it. */
export async function mayNot(
  ports: Pick<Ports, 'settings'>,
  actor: Actor,
  capability: Capability,
): Promise<Refusal | undefined> {
  const { bindings } = await settingsOf(ports, actor.guildId)
  if (may(actor, capability, bindings)) return undefined
  return refuse({ reason: 'notAllowed', capability, askRoles: rolesWith(capability, bindings) })
}

export async function keepDraft(
  ports: Pick<Ports, 'drafts' | 'clock' | 'newId'>,
  guildId: GuildId,
  draft: DraftOf,
): Promise<Draft> {
  const id = ports.newId()
  const whole: Draft = {
    schema: 1,
    id,
    guildId,
    expiresAt: after(ports.clock.now(), lifeOf(draft)),
    ...draft,
  }
  await ports.drafts.update(draftKey(guildId, id), () => whole)
  return whole
}

/** The draft of this kind, if it is still there and has not expired. */
export async function readDraft<Kind extends DraftOf['is']>(
  ports: Pick<Ports, 'drafts' | 'clock'>,
  guildId: GuildId,
  id: string,
  kind: Kind,
): Promise<Extract<Draft, { is: Kind }> | undefined> {
  // What comes from a button may be anything, and some of it could not even be a key.
  if (!isIdLike(guildId) || !isIdLike(id)) return undefined
  const draft = await ports.drafts.get(draftKey(guildId, id))
  if (!draft || draft.expiresAt <= ports.clock.now()) return undefined
  return isOf(draft, kind) ? draft : undefined
}

function isOf<Kind extends DraftOf['is']>(draft: Draft, kind: Kind): draft is Extract<Draft, { is: Kind }> {
  return draft.is === kind
}

/** The request of this id in this guild. What cannot be an id is looked up nowhere: it came in a custom id. */
export async function requestOf(
  ports: Pick<Ports, 'requests'>,
  guildId: GuildId,
  id: string,
): Promise<AccessRequest | undefined> {
  if (!isIdLike(guildId) || !isIdLike(id)) return undefined
  return ports.requests.get(requestKey({ guildId, id }))
}

/** Everything that he may here: views show only what can be pressed. */
export async function capabilitiesOf(
  ports: Pick<Ports, 'settings'>,
  actor: Actor,
): Promise<ReadonlySet<Capability>> {
  const { bindings } = await settingsOf(ports, actor.guildId)
  return new Set(capabilities.filter((capability) => may(actor, capability, bindings)))
}

/** Whether e-mail addresses may be shown to him; the views mask or leave them out otherwise. */
export async function seesEmails(ports: Pick<Ports, 'settings'>, actor: Actor): Promise<boolean> {
  return !(await mayNot(ports, actor, 'see-emails'))
}

/** The libraries of the guild's servers as they were last read, for their titles: nothing is asked of plex.tv for it. */
export function knownLibraries({ connections }: Pick<Ports, 'connections'>, guildId: GuildId): Library[] {
  return connections.known(guildId).flatMap((sharing) => sharing.lastRead().libraries ?? [])
}

/** The server of a request or a person, as far as it is known: for its name and the titles of its libraries. */
export function knownServer(
  { connections }: Pick<Ports, 'connections'>,
  { guildId, serverId }: { guildId: GuildId; serverId: ServerId },
): KnownServer | undefined {
  return connections.known(guildId).find((sharing) => sharing.serverId === serverId)
}
