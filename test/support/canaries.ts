import { type PlexDifferences, plexWorld } from '../../src/sandbox/plex/world.ts'

/** Part of every address below, and of nothing else. */
export const canary = 'canary-of'
export const address = (whom: string) => `${canary}-${whom}@private.example`

/** Everybody at plex.tv has an address that stands nowhere else. */
export const canaryWorld: PlexDifferences = {
  accounts: plexWorld().accounts.map((account) => ({ ...account, email: address(String(account.id)) })),
  shares: plexWorld().shares.map((share) =>
    share.invitedEmail === null ? share : { ...share, invitedEmail: address('pending') },
  ),
}
