import type { PlexState } from './state.ts'
import { anAccount, type PlexAccount } from './world.ts'

/** Somebody gets a plex.tv account, by the website or by an application. */
export function createAccount(
  state: PlexState,
  wanted: Partial<PlexAccount> & { username: string; email: string },
): PlexAccount {
  const account = anAccount({
    ...wanted,
    id: wanted.id ?? state.newAccountId(),
    joinedAt: state.nowIso(),
    updatedAt: state.nowIso(),
  })
  const { username, email } = account
  state.commit(
    { ...state.world, accounts: [...state.world.accounts, account] },
    { did: 'account-created', details: { accountId: account.id, username, email } },
  )
  return account
}
