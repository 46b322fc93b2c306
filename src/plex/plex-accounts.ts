import { type AccountId, id } from '../lib/ids.ts'
import type { PlexAccounts } from '../sharing/ports.ts'
import { readAccount } from './api/account.ts'
import { createLink, pollLink } from './api/links.ts'
import { readServers } from './api/servers.ts'
import { signOut } from './api/sign-in.ts'
import { PlexError } from './errors.ts'
import { type PlexConnection, PlexHttp } from './http.ts'
import { outcomeOf } from './outcome.ts'

/** Signing in by a link, and whose token that gave. Each token has a connection of its own, and only while it is asked. */
export function plexAccounts(options: Omit<PlexConnection, 'token'>): PlexAccounts {
  const anonymous = new PlexHttp(options)

  async function withToken<T>(token: string, ask: (http: PlexHttp) => Promise<T>): Promise<T> {
    const http = new PlexHttp({ ...options, token })
    try {
      return await ask(http)
    } finally {
      http.close()
    }
  }

  return {
    beginSignIn: () => outcomeOf(() => createLink(anonymous, 'long')),

    checkSignIn: (signInId) =>
      outcomeOf(async () => {
        try {
          const token = await pollLink(anonymous, { id: signInId })
          return token === undefined ? { is: 'waiting' } : { is: 'signedIn', token }
        } catch (error) {
          const isOver =
            error instanceof PlexError && (error.kind === 'linkExpired' || error.kind === 'notFound')
          if (isOver) return { is: 'expired' }
          throw error
        }
      }),

    whose: (token) =>
      withToken(token, (http) =>
        outcomeOf(async () => {
          const [account, servers] = await Promise.all([readAccount(http), readServers(http)])
          return {
            accountId: id<AccountId>(account.id),
            username: account.username ?? account.title ?? '',
            email: account.email ?? '',
            servers: servers
              .filter(({ owned }) => owned)
              .map((server) => ({ serverId: server.id, name: server.name })),
          }
        }),
      ),

    async signOut(token) {
      const signedOut = await withToken(token, (http) => outcomeOf(() => signOut(http)))
      // Of a token that is dead already there is nothing to end.
      return signedOut.ok || signedOut.problem.kind === 'unauthorised'
    },
  }
}
