import { homeOf } from './look-up.ts'
import { thumbOf } from './share-value-v2.ts'
import { epoch } from './times.ts'
import type { JsonObject } from './v2-value.ts'
import type { PlexAccount, PlexWorld } from './world.ts'
import { element, textElement } from './xml.ts'

/** The whole account of `/api/v2/user`. Many of the "bools" can be null; user name and address of a managed one are "". */
export function accountValue(world: PlexWorld, account: PlexAccount, token: string): JsonObject {
  const home = homeOf(world, account.id)
  return {
    id: account.id,
    uuid: account.uuid,
    username: account.username ?? '',
    title: account.title,
    email: account.email ?? '',
    friendlyName: account.friendlyName ?? '',
    locale: null,
    confirmed: true,
    joinedAt: epoch(account.joinedAt),
    emailOnlyAuth: false,
    hasPassword: account.password !== null,
    protected: account.homePin !== null,
    thumb: thumbOf(account),
    authToken: token,
    mailingListStatus: account.managed ? null : 'unsubscribed',
    mailingListActive: account.managed ? null : false,
    scrobbleTypes: '',
    country: 'NO',
    pin: hashedPin(account),
    subscription: {
      active: account.plexPass,
      subscribedAt: account.plexPass ? '2019-05-06T07:08:09Z' : null,
      status: account.plexPass ? 'Active' : 'Inactive',
      paymentService: null,
      plan: account.plexPass ? 'lifetime' : null,
      features: account.plexPass ? features : [],
    },
    subscriptionDescription: account.plexPass ? 'Lifetime Plex Pass' : null,
    restricted: account.managed,
    anonymous: null,
    home: home !== undefined,
    guest: false,
    homeSize: home ? home.memberIds.length + 1 : 1,
    homeAdmin: home?.adminId === account.id,
    maxHomeSize: world.rules.maxHomeSize,
    rememberExpiresAt: 1765000000,
    profile: {
      autoSelectAudio: true,
      defaultAudioLanguage: 'en',
      defaultSubtitleLanguage: 'en',
      autoSelectSubtitle: 0,
      defaultSubtitleAccessibility: 0,
      defaultSubtitleForced: 0,
      watchedIndicator: 1,
      mediaReviewsVisibility: 0,
    },
    entitlements: account.plexPass ? ['all'] : [],
    roles: account.plexPass ? ['plexpass'] : [],
    services: account.managed
      ? []
      : [
          {
            identifier: 'metadata-dev',
            endpoint: 'https://epg.provider.plex.example',
            token: 'FAKEserviceToken00001',
            secret: null,
            status: 'online',
          },
        ],
    adsConsent: null,
    adsConsentSetAt: null,
    adsConsentReminderAt: null,
    experimentalFeatures: false,
    twoFactorEnabled: account.twoFactorCode !== null,
    backupCodesCreated: account.twoFactorCode !== null,
    attributionPartner: null,
  }
}

/** v2's XML of an account leaves these out (python-plexapi's recording). */
export const notInXml = ['pin', 'attributionPartner'] as const

/** The shorter one that a switch to another user of the Home answers. */
export function switchedValue(world: PlexWorld, account: PlexAccount, token: string): JsonObject {
  const all = accountValue(world, account, token)
  const { id, uuid, username, title, email, emailOnlyAuth, hasPassword, thumb, authToken } = all
  const { restricted, anonymous, home, guest, homeSize, homeAdmin, maxHomeSize, rememberExpiresAt } = all
  return Object.fromEntries(
    Object.entries({
      ...{
        id,
        uuid,
        username,
        title,
        email,
        emailOnlyAuth,
        hasPassword,
        protected: all.protected,
        thumb,
        authToken,
      },
      ...{
        providers: [],
        pin: all.pin,
        restricted,
        anonymous,
        home,
        guest,
        homeSize,
        homeAdmin,
        maxHomeSize,
      },
      ...{ certificateVersion: 2, rememberExpiresAt },
    }).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

/** v1's `{"user": ...}`, with the token twice and ISO dates. */
export function signInValue(account: PlexAccount, token: string): JsonObject {
  return {
    user: {
      id: account.id,
      uuid: account.uuid,
      email: account.email ?? '',
      joined_at: account.joinedAt,
      username: account.username ?? '',
      title: account.title,
      thumb: thumbOf(account),
      hasPassword: account.password !== null,
      authToken: token,
      authentication_token: token,
      subscription: {
        active: account.plexPass,
        status: account.plexPass ? 'Active' : 'Inactive',
        plan: account.plexPass ? 'lifetime' : null,
        features: account.plexPass ? features : [],
      },
      roles: { roles: account.plexPass ? ['plexpass'] : [] },
      entitlements: account.plexPass ? ['all', 'ios', 'roku', 'android'] : [],
      confirmedAt: account.joinedAt,
      forumId: null,
      rememberMe: false,
      country: 'NO',
    },
  }
}

/** v1's `<user>`: user name, address and token stand there twice, as attributes and as elements. */
export function signInXml(world: PlexWorld, account: PlexAccount, token: string): string {
  const home = homeOf(world, account.id)
  return element(
    'user',
    {
      email: account.email,
      id: account.id,
      uuid: account.uuid,
      mailing_list_status: 'unsubscribed',
      thumb: thumbOf(account),
      username: account.username,
      title: account.title,
      cloudSyncDevice: '',
      locale: '',
      authenticationToken: token,
      authToken: token,
      scrobbleTypes: '',
      restricted: account.managed,
      home: home !== undefined,
      guest: 0,
      queueEmail: 'queue+x@save.plex.tv',
      queueUid: '',
      hasPassword: String(account.password !== null),
      homeSize: home ? home.memberIds.length + 1 : 1,
      maxHomeSize: world.rules.maxHomeSize,
      secure: 1,
      certificateVersion: 2,
    },
    [
      element(
        'subscription',
        { active: account.plexPass, status: account.plexPass ? 'Active' : 'Inactive', plan: 'lifetime' },
        account.plexPass ? features.map((feature) => element('feature', { id: feature })) : [],
      ),
      element('roles', {}, account.plexPass ? [element('role', { id: 'plexpass' })] : []),
      element('entitlements', { all: account.plexPass }, [element('entitlement', { id: 'all' })]),
      element('services'),
      textElement('username', account.username ?? ''),
      textElement('email', account.email ?? ''),
      `<joined-at type="datetime">${account.joinedAt.replace('T', ' ').replace('Z', ' UTC')}</joined-at>`,
      textElement('authentication-token', token),
    ],
  )
}

const features = ['webhooks', 'camera_upload', 'home', 'pass', 'sync', 'content_filter']
/** Shown where a Home PIN is set; a secret all the same. */
const hashedPin = (account: PlexAccount) => (account.homePin === null ? '' : 'FAKEhashedPin')
