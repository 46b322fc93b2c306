/**
 * The shape of every document, as the store gives it back: dates as ISO texts, everything checked once. A document
 * that does not fit is not half believed; reading it fails as an unavailable store does.
 */
import { z } from 'zod'
import type {
  AccountId,
  ChannelId,
  GuildId,
  LibraryId,
  MemberId,
  PersonId,
  RoleId,
  ServerId,
  ShareId,
} from '../lib/ids.ts'
import type { AccessRequest } from '../sharing/access-request.ts'
import type { Counter } from '../sharing/counter.ts'
import type { Draft } from '../sharing/drafts.ts'
import type { DriftRecord } from '../sharing/drift-record.ts'
import type { GuildConnections } from '../sharing/guild-connections.ts'
import type { GuildRecord } from '../sharing/guild-record.ts'
import type { GuildSettings } from '../sharing/guild-settings.ts'
import type { LogCardRecord } from '../sharing/log-card.ts'
import type { Person } from '../sharing/person.ts'
import { levels } from '../sharing/policy.ts'
import type { RememberedServer } from '../sharing/remembered-server.ts'
import type { WaitingSlot } from '../sharing/requests.ts'
import { parseLink } from './parse-link.ts'
import type { Parse } from './sealed-rows.ts'

/** The rows were written by us with ids of this kind: the schema only says that they are texts. */
const idOf = <Id extends string>() => z.custom<Id>((value) => typeof value === 'string' && value !== '')
const date = z.coerce.date()

const who = z.object({
  accountId: idOf<AccountId>().optional(),
  username: z.string().optional(),
  email: z.string().optional(),
})
const libraries = z.tuple([idOf<LibraryId>()], idOf<LibraryId>())
const access = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('some'), libraries }),
  z.object({ kind: z.literal('all') }),
])
const downloads = z.boolean().optional()
const settingsOfShare = z.record(z.string(), z.unknown()).optional()
const had = z
  .object({
    is: z.enum(['pending', 'active', 'suspended']),
    access: access.optional(),
    settings: settingsOfShare,
    endsAt: date.optional(),
  })
  .optional()
const want = z.discriminatedUnion('to', [
  z.object({ to: z.literal('share'), access, downloads, settings: settingsOfShare, endsAt: date.optional() }),
  z.object({ to: z.literal('change'), access }),
  z.object({ to: z.literal('end'), mode: z.enum(['remove', 'suspend']) }),
])
const trouble = z.enum([
  'unreachable',
  'timedOut',
  'rateLimited',
  'unauthorised',
  'forbidden',
  'notFound',
  'gone',
  'rejected',
  'serverError',
  'unexpected',
  'incomplete',
])
const parkedBecause = z.union([trouble, z.literal('tooManyAttempts')])
const progress = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('decided'),
    attempts: z.number(),
    tries: z.number(),
    notBefore: date.optional(),
    trouble: trouble.optional(),
  }),
  z.object({ is: z.literal('sending'), attempts: z.number(), at: date }),
  z.object({
    is: z.literal('unclear'),
    attempts: z.number(),
    lookNotBefore: date,
    absentReads: z.number(),
    said: z.enum(['done', 'gone', 'already']).optional(),
    trouble: trouble.optional(),
  }),
  z.object({ is: z.literal('parked'), why: parkedBecause }),
])
const by = z.union([z.literal('expiry'), idOf<MemberId>()])
const byImport = z.literal('import')
const reason = z.string().optional()
const seen = z.discriminatedUnion('is', [
  z.object({ is: z.literal('nothing') }),
  z.object({
    is: z.enum(['pending', 'active']),
    shareId: idOf<ShareId>(),
    access: access.optional(),
    settings: settingsOfShare,
    confirmedAt: date,
  }),
  z.object({ is: z.literal('gone'), confirmedAt: date }),
])
const told = { at: date, about: z.string() }
const event = z.discriminatedUnion('what', [
  z.object({ ...told, what: z.literal('decided'), want, by, reason, before: access.optional(), had }),
  z.object({
    ...told,
    what: z.enum(['shared', 'changed']),
    status: z.enum(['pending', 'active']),
    access: access.optional(),
    wasSoAlready: z.literal(true).optional(),
  }),
  z.object({ ...told, what: z.literal('ended') }),
  z.object({
    ...told,
    what: z.literal('refused'),
    because: z.enum([
      'alreadyHasOther',
      'noSuchAccount',
      'conflict',
      'shareGone',
      'stillPending',
      'rejected',
      'forbidden',
      'ambiguous',
      'libraryGone',
      'serverLost',
    ]),
  }),
  z.object({ ...told, what: z.literal('parked'), because: parkedBecause }),
  z.object({ ...told, what: z.literal('superseded') }),
  z.object({
    ...told,
    what: z.literal('noticeFailed'),
    to: idOf<MemberId>(),
    because: z.enum(['closed', 'failed']),
  }),
  z.object({ ...told, what: z.literal('accepted'), access: access.optional() }),
  z.object({
    ...told,
    what: z.literal('vanished'),
    shareId: idOf<ShareId>(),
    by: idOf<MemberId>().optional(),
    before: access.optional(),
  }),
  z.object({
    ...told,
    what: z.literal('reappeared'),
    status: z.enum(['pending', 'active']),
    access: access.optional(),
  }),
  z.object({
    ...told,
    what: z.literal('adopted'),
    by: z.union([byImport, idOf<MemberId>()]),
    status: z.enum(['pending', 'active']),
    access: access.optional(),
    before: access.optional(),
  }),
  z.object({ ...told, what: z.literal('linked'), by: idOf<MemberId>(), to: idOf<MemberId>() }),
  z.object({
    ...told,
    what: z.literal('imported'),
    by: byImport,
    from: z.string(),
    memberId: idOf<MemberId>().optional(),
    endsAt: date.optional(),
  }),
])
const person = z.object({
  schema: z.literal(1),
  version: z.number(),
  id: idOf<PersonId>(),
  guildId: idOf<GuildId>(),
  serverId: idOf<ServerId>(),
  who,
  memberId: idOf<MemberId>().optional(),
  endsAt: date.optional(),
  suspended: access.optional(),
  seen,
  intent: z.object({ id: z.string(), want, by, reason, decidedAt: date, progress }).optional(),
  owed: z.array(z.object({ kind: z.enum(['invited', 'outcome']), to: idOf<MemberId>(), about: z.string() })),
  history: z.array(event),
  recent: z.array(z.string()).optional(),
})

const grantLimits = z.object({
  sets: z.array(z.string()).optional(),
  grantsPerWeek: z.number().optional(),
  longestMs: z.number().optional(),
  needsReview: z.literal(true).optional(),
})
const settings = z.object({
  schema: z.literal(1),
  guildId: idOf<GuildId>(),
  bindings: z.array(
    z.object({ roleId: idOf<RoleId>(), level: z.enum(levels), limits: grantLimits.optional() }),
  ),
  sets: z.array(z.object({ name: z.string(), libraries })),
  reviewersChannelId: idOf<ChannelId>().optional(),
  log: z
    .object({
      channelId: idOf<ChannelId>(),
      since: date,
      trouble: z.object({ at: date, because: z.enum(['gone', 'notWritable']) }).optional(),
    })
    .optional(),
  approvalsNeeded: z.number().optional(),
  requestsPerDay: z.number().optional(),
  defaultLibraries: libraries.optional(),
})

const draftBegin = { schema: z.literal(1), id: z.string(), guildId: idOf<GuildId>(), expiresAt: date }
const draftedBy = { by: idOf<MemberId>(), serverId: idOf<ServerId>() }
const draft = z.discriminatedUnion('is', [
  z.object({
    ...draftBegin,
    ...draftedBy,
    is: z.literal('revoke'),
    shareId: idOf<ShareId>(),
    mode: z.enum(['remove', 'suspend']),
    reason,
  }),
  z.object({
    ...draftBegin,
    ...draftedBy,
    is: z.literal('removeFromHome'),
    accountId: z.string(),
    title: z.string(),
  }),
  z.object({
    ...draftBegin,
    ...draftedBy,
    is: z.literal('change'),
    shareId: idOf<ShareId>(),
    access: access.optional(),
  }),
  z.object({
    ...draftBegin,
    ...draftedBy,
    is: z.literal('request'),
    access,
    note: z.string().optional(),
  }),
  z.object({
    ...draftBegin,
    ...draftedBy,
    is: z.literal('review'),
    requestId: z.string(),
    access: access.optional(),
    durationMs: z.number().optional(),
  }),
  z.object({
    ...draftBegin,
    ...draftedBy,
    is: z.literal('undo'),
    personId: idOf<PersonId>(),
    about: z.string(),
    of: z.enum(['share', 'change', 'end']),
  }),
  z.object({
    ...draftBegin,
    is: z.literal('signIn'),
    by: idOf<MemberId>(),
    signInId: z.string(),
    address: z.string(),
    linkEndsAt: date,
  }),
  z.object({
    ...draftBegin,
    ...draftedBy,
    is: z.literal('importShares'),
    keys: z.array(z.string()),
  }),
  z.object({ ...draftBegin, ...draftedBy, is: z.literal('defaultLibraries'), access: access.optional() }),
  z.object({ ...draftBegin, is: z.literal('leave'), memberId: idOf<MemberId>() }),
  z.object({ ...draftBegin, is: z.literal('forget'), memberId: idOf<MemberId>() }),
  z.object({
    ...draftBegin,
    ...draftedBy,
    is: z.literal('askAccount'),
    memberId: idOf<MemberId>(),
    access,
    downloads,
    durationMs: z.number().optional(),
    reason,
  }),
  z.object({
    ...draftBegin,
    ...draftedBy,
    is: z.literal('sync'),
    keys: z.array(z.string()),
    held: z.array(idOf<PersonId>()),
  }),
  z.object({
    ...draftBegin,
    is: z.literal('audit'),
    by: idOf<MemberId>(),
    who: z.string().optional(),
    actor: idOf<MemberId>().optional(),
    after: date.optional(),
  }),
])

const drift = z.object({
  schema: z.literal(1),
  guildId: idOf<GuildId>(),
  serverId: idOf<ServerId>(),
  nextAt: date,
  missing: z.array(z.object({ personId: idOf<PersonId>(), since: date })),
  ignored: z.array(z.string()),
  halted: z.object({ at: date, count: z.number(), most: z.number() }).optional(),
  endsHeld: z.object({ at: date, count: z.number(), most: z.number() }).optional(),
})

const logCard = z.object({
  schema: z.literal(1),
  key: z.string(),
  guildId: idOf<GuildId>(),
  channelId: idOf<ChannelId>(),
  messageId: z.string(),
  shown: z.number(),
})

const member = idOf<MemberId>()
const grant = z.object({ access, durationMs: z.number().optional(), downloads })
const decided = { id: z.string(), by: member, at: date }
const decision = z.discriminatedUnion('verdict', [
  z.object({ ...decided, verdict: z.literal('approve'), grant }),
  z.object({ ...decided, verdict: z.literal('deny'), reason }),
])
const notice = z.enum(['delivered', 'closed', 'failed'])
const came = z.enum([
  'invited',
  'active',
  'alreadyHas',
  'asked',
  'kept',
  'unclear',
  'failed',
  'notAllowed',
  'libraryGone',
  'changed',
  'hasAll',
  'shareGone',
  'stillPending',
  'librariesUnknown',
])
const requestEvent = z.discriminatedUnion('what', [
  z.object({ at: date, what: z.literal('asked'), by: member, wanted: grant, note: reason }),
  z.object({ ...decided, what: z.literal('approved'), grant }),
  z.object({ ...decided, what: z.literal('denied'), reason }),
  z.object({ at: date, what: z.literal('questioned'), by: member, text: z.string(), notice }),
  z.object({ at: date, what: z.literal('answered'), by: member, text: z.string() }),
  z.object({ at: date, what: z.literal('withdrawn'), by: member }),
  z.object({ at: date, what: z.literal('expired') }),
  z.object({ at: date, what: z.literal('carriedOut'), came }),
  z.object({ at: date, what: z.literal('noticeFailed'), to: member, because: z.enum(['closed', 'failed']) }),
])
const request = z.object({
  schema: z.literal(1),
  version: z.number(),
  id: z.string(),
  guildId: idOf<GuildId>(),
  serverId: idOf<ServerId>(),
  memberId: member,
  right: z.enum(['request', 'invite']),
  forMember: member.optional(),
  who,
  isLinked: z.boolean(),
  has: z.object({ access, endsAt: date.optional() }).optional(),
  wanted: grant,
  note: z.string().optional(),
  state: z.enum(['waiting', 'approved', 'denied', 'withdrawn', 'expired']),
  askedAt: date,
  expiresAt: date,
  decisions: z.array(decision),
  cards: z.array(z.object({ channelId: idOf<ChannelId>(), messageId: z.string() })),
  shown: z.number(),
  effect: z.object({ came, at: date, notice: notice.optional() }).optional(),
  owesNotice: z.boolean(),
  history: z.array(requestEvent),
})
const waitingSlot = z.object({ schema: z.literal(1), requestId: z.string() })
const counter = z.object({
  schema: z.literal(1),
  key: z.string(),
  taken: z.array(z.object({ id: z.string(), at: date })),
  expiresAt: date,
})

const connections = z.object({
  schema: z.literal(1),
  guildId: idOf<GuildId>(),
  accounts: z.array(
    z.object({
      accountId: idOf<AccountId>(),
      username: z.string(),
      token: z.string().min(1),
      linkedBy: member,
      linkedAt: date,
    }),
  ),
  servers: z.array(z.object({ serverId: idOf<ServerId>(), name: z.string(), accountId: idOf<AccountId>() })),
})
const rememberedServer = z.object({
  schema: z.literal(1),
  guildId: idOf<GuildId>(),
  serverId: idOf<ServerId>(),
  name: z.string(),
  owner: z.object({ accountId: idOf<AccountId>(), username: z.string(), email: z.string() }),
  libraries: z.array(z.object({ id: idOf<LibraryId>(), type: z.string(), title: z.string() })),
  readAt: date,
  connection: z.string(),
})
const guild = z.object({
  schema: z.literal(1),
  guildId: idOf<GuildId>(),
  applicationId: z.string(),
  greetedAt: date.optional(),
  leftAt: date.optional(),
  resumed: z.string().optional(),
})

/** Absent stays absent: what the store gives back has no key that holds `undefined`, for JSON has no such thing. */
const parsedBy =
  <T>(schema: z.ZodType<unknown>): Parse<T> =>
  (json) =>
    schema.parse(json) as T

export const parsePerson = parsedBy<Person>(person)
export const parseSettings = parsedBy<GuildSettings>(settings)
export const parseDraft = parsedBy<Draft>(draft)
export const parseDrift = parsedBy<DriftRecord>(drift)
export const parseLogCard = parsedBy<LogCardRecord>(logCard)
export const parseRequest = parsedBy<AccessRequest>(request)
export const parseWaitingSlot = parsedBy<WaitingSlot>(waitingSlot)
export const parseCounter = parsedBy<Counter>(counter)
export const parseConnections = parsedBy<GuildConnections>(connections)
export const parseRememberedServer = parsedBy<RememberedServer>(rememberedServer)
export const parseGuild = parsedBy<GuildRecord>(guild)
/** A fingerprint of the commands that Discord was told last. */
export const parseCommands = parsedBy<string>(z.string())

/** The shape of the documents in each namespace that holds any: for whoever wants to know whether all can be read. */
export const shapeIn: Readonly<Record<string, Parse<unknown>>> = {
  links: parseLink,
  people: parsePerson,
  settings: parseSettings,
  drafts: parseDraft,
  drift: parseDrift,
  requests: parseRequest,
  waiting: parseWaitingSlot,
  counters: parseCounter,
  logcards: parseLogCard,
  connections: parseConnections,
  servers: parseRememberedServer,
  guilds: parseGuild,
  commands: parseCommands,
}
