import type { Account } from '../../plex/api/account.ts'
import type { Server } from '../../plex/api/servers.ts'

/** What there is to know of an account, without its token, its PIN and the secrets of its services. */
export type AccountFacts = ReturnType<typeof accountFacts>

export function accountFacts(account: Account, servers: readonly Server[], linkedAt: Date | undefined) {
  const { subscription, roles = [], entitlements = [] } = account
  return {
    id: account.id,
    uuid: account.uuid,
    username: account.username,
    title: account.title,
    friendlyName: account.friendlyName,
    email: account.email,
    emailConfirmed: account.confirmed,
    country: account.country,
    language: account.locale,
    since: account.joinedAt?.toISOString(),
    plexPass: roles.includes('plexpass') || subscription?.active === true,
    subscription: {
      active: subscription?.active,
      status: subscription?.status,
      plan: subscription?.plan,
      description: account.subscriptionDescription,
      since: subscription?.subscribedAt?.toISOString(),
      paymentService: subscription?.paymentService,
      features: subscription?.features ?? [],
    },
    home: {
      isMember: account.home,
      isAdmin: account.homeAdmin,
      isGuest: account.guest,
      size: account.homeSize,
      most: account.maxHomeSize,
      hasPin: account.protected,
    },
    security: {
      hasPassword: account.hasPassword,
      signsInByEmailOnly: account.emailOnlyAuth,
      twoFactor: account.twoFactorEnabled,
      backupCodes: account.backupCodesCreated,
    },
    restricted: account.restricted,
    anonymous: account.anonymous,
    experimentalFeatures: account.experimentalFeatures,
    roles,
    entitlements,
    services: (account.services ?? []).map(({ identifier, status }) => ({ identifier, status })),
    signInRememberedUntil: account.rememberExpiresAt?.toISOString(),
    connectedSince: linkedAt?.toISOString(),
    servers: servers.map(({ id, name, owned }) => ({ id, name, owned })),
  }
}
