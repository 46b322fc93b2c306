import type { PlexShare } from './world.ts'

/** What really came to be, in the order it did: an answer may be lost or lie, this does not. */
export type LedgerEntry = { at: Date } & Deed

export type Deed =
  | { did: 'share-created'; details: ShareDetails }
  | {
      did: 'libraries-changed'
      details: ShareDetails & { before: Pick<ShareDetails, 'allLibraries' | 'libraryIds'> }
    }
  | { did: 'settings-changed'; details: ShareDetails }
  | { did: 'share-deleted' | 'invite-withdrawn' | 'accepted' | 'left'; details: ShareDetails }
  | { did: 'friend-removed'; details: { ownerId: number; accountId: number } }
  | { did: 'account-created' | 'managed-user-created'; details: AccountDetails }
  | { did: 'home-user-removed'; details: { accountId: number; wasDestroyed: boolean } }
  | {
      did: 'home-invited' | 'home-invite-withdrawn'
      details: { accountId: number | null; email: string | null }
    }
  | { did: 'managed-pin-set' | 'managed-pin-removed' | 'home-pin-changed'; details: { accountId: number } }
  | {
      did: 'profile-changed' | 'managed-user-renamed' | 'switched' | 'signed-in'
      details: { accountId: number }
    }
  | { did: 'signed-out' | 'pin-linked'; details: { accountId: number } }

export interface ShareDetails {
  shareId: number
  machineIdentifier: string
  invitedId: number | null
  invitedEmail: string | null
  allLibraries: boolean
  libraryIds: readonly number[]
  status: 'pending' | 'active'
}

export interface AccountDetails {
  accountId: number
  username: string | null
  email: string | null
}

export function detailsOf(share: PlexShare): ShareDetails {
  return {
    shareId: share.id,
    machineIdentifier: share.machineIdentifier,
    invitedId: share.invitedId,
    invitedEmail: share.invitedEmail,
    allLibraries: share.allLibraries,
    libraryIds: share.libraryIds,
    status: share.acceptedAt === null ? 'pending' : 'active',
  }
}
