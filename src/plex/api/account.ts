import { z } from 'zod'
import { count, flag, idText, instant, one, text, wrapped, xmlRoot } from '../fields.ts'
import type { PlexHttp } from '../http.ts'
import { acceptAnswer, readAnswer } from '../parse.ts'

/**
 * Who a token belongs to. Only its 401 proves a token dead; any other failure says nothing about it.
 * @throws PlexError
 */
export async function readAccount(http: PlexHttp): Promise<Account> {
  return readAnswer(await http.send({ method: 'GET', route: '/api/v2/user' }), accountAnswer)
}

/** Keeps a token in use, so that plex.tv does not forget it. @throws PlexError */
export async function ping(http: PlexHttp): Promise<void> {
  await acceptAnswer(await http.send({ method: 'GET', route: '/api/v2/ping' }))
}

/** A name that JSON gives as a string and XML as an element with an id. */
const named = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])

const subscription = z.object({
  active: flag,
  subscribedAt: instant,
  status: text,
  paymentService: text,
  plan: text,
  features: wrapped('feature', named).optional(),
})

const profile = z.object({
  autoSelectAudio: flag,
  defaultAudioLanguage: text,
  defaultSubtitleLanguage: text,
  autoSelectSubtitle: count,
  defaultSubtitleAccessibility: count,
  defaultSubtitleForced: count,
  watchedIndicator: count,
  mediaReviewsVisibility: count,
})

/** Its `token` and `secret` are not read: nothing here has a use for them. */
const service = z.object({ identifier: text, endpoint: text, status: text })

/** Fields of which only the number matters here; plex.tv's documentation leaves their shape open. */
const unspecified = z.array(z.unknown()).optional()

/**
 * The account. plex.tv's own documentation calls more fields required, and more of them "bool", than its answers
 * fill: only the id is always there. Times are seconds, ISO or `... UTC`.
 */
export const account = z.object({
  id: idText,
  uuid: text,
  username: text,
  title: text,
  email: text,
  friendlyName: text,
  locale: text,
  country: text,
  thumb: text,
  /** A secret. */
  authToken: text,
  /** A hash of the Home PIN, deprecated: a secret. */
  pin: text,
  joinedAt: instant,
  rememberExpiresAt: instant,
  confirmed: flag,
  emailOnlyAuth: flag,
  hasPassword: flag,
  /** Whether a Home PIN is set. */
  protected: flag,
  restricted: flag,
  anonymous: flag,
  home: flag,
  guest: flag,
  homeAdmin: flag,
  homeSize: count,
  maxHomeSize: count,
  twoFactorEnabled: flag,
  backupCodesCreated: flag,
  experimentalFeatures: flag,
  mailingListStatus: text,
  mailingListActive: flag,
  scrobbleTypes: text,
  adsConsent: flag,
  adsConsentSetAt: instant,
  adsConsentReminderAt: instant,
  attributionPartner: text,
  subscriptionDescription: text,
  subscription: one(subscription),
  profile: one(profile),
  entitlements: wrapped('entitlement', named).optional(),
  roles: wrapped('role', named).optional(),
  services: wrapped('service', service).optional(),
  subscriptions: unspecified,
  pastSubscriptions: unspecified,
  trials: unspecified,
})
export type Account = z.output<typeof account>

/** JSON is the account itself, XML has it as its root. */
export const accountAnswer = z.union([xmlRoot('user', account), account])
