/**
 * The shape of every document, as the store gives it back: dates as ISO texts, everything checked once. A document
 * that does not fit is not half believed; reading it fails as an unavailable store does.
 */
import { z } from 'zod'
import type {
  AccountId,
  GuildId,
  LibraryId,
  MemberId,
  PersonId,
  RoleId,
  ServerId,
  ShareId,
} from '../lib/ids.ts'
import type { Draft } from '../sharing/drafts.ts'
import type { GuildSettings } from '../sharing/guild-settings.ts'
import type { Person } from '../sharing/person.ts'
import { levels } from '../sharing/policy.ts'
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
const want = z.discriminatedUnion('to', [
  z.object({ to: z.literal('share'), access, downloads, endsAt: date.optional() }),
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
    said: z.enum(['done', 'already']).optional(),
    trouble: trouble.optional(),
  }),
  z.object({ is: z.literal('parked'), why: parkedBecause }),
])
const by = z.union([z.literal('expiry'), idOf<MemberId>()])
const reason = z.string().optional()
const seen = z.discriminatedUnion('is', [
  z.object({ is: z.literal('nothing') }),
  z.object({
    is: z.enum(['pending', 'active']),
    shareId: idOf<ShareId>(),
    access: access.optional(),
    confirmedAt: date,
  }),
  z.object({ is: z.literal('gone'), confirmedAt: date }),
])
const told = { at: date, about: z.string() }
const event = z.discriminatedUnion('what', [
  z.object({ ...told, what: z.literal('decided'), want, by, reason, before: access.optional() }),
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

const settings = z.object({
  schema: z.literal(1),
  guildId: idOf<GuildId>(),
  bindings: z.array(z.object({ roleId: idOf<RoleId>(), level: z.enum(levels) })),
  sets: z.array(z.object({ name: z.string(), libraries })),
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
    is: z.literal('askAccount'),
    memberId: idOf<MemberId>(),
    access,
    downloads,
    durationMs: z.number().optional(),
    reason,
  }),
])

/** Absent stays absent: what the store gives back has no key that holds `undefined`, for JSON has no such thing. */
const parsedBy =
  <T>(schema: z.ZodType<unknown>): Parse<T> =>
  (json) =>
    schema.parse(json) as T

export const parsePerson = parsedBy<Person>(person)
export const parseSettings = parsedBy<GuildSettings>(settings)
export const parseDraft = parsedBy<Draft>(draft)
/** A fingerprint of the commands that Discord was told last. */
export const parseCommands = parsedBy<string>(z.string())
