import { z } from 'zod'
import { maybeId, text } from '../fields.ts'
import type { PlexHttp } from '../http.ts'
import { readAnswer } from '../parse.ts'
import { type ShareRow, v2ListedShare } from './share-row.ts'

/** The pending shares of all servers, grouped by person: another form of `owned/pending`. @throws PlexError */
export async function readV2Pending(http: PlexHttp): Promise<{ rows: ShareRow[]; unread: number }> {
  const answer = await http.send({ method: 'GET', route: '/api/v2/shared_servers/invites/owned/pending' })
  const groups = await readAnswer(answer, grouped)
  // The person stands with the group; the rows inside have `invited: null`.
  const rows = groups.flatMap(({ invited, sharedServers }) =>
    sharedServers.map((row) => ({
      ...row,
      person: {
        accountId: row.person.accountId ?? invited?.id,
        username: row.person.username ?? invited?.username,
        email: row.person.email ?? invited?.email,
        invitedEmail: row.person.invitedEmail,
        title: row.person.title ?? invited?.friendlyName ?? invited?.title,
      },
    })),
  )
  return { rows, unread: 0 }
}

const grouped = z.array(
  z.object({
    invited: z
      .object({ id: maybeId, title: text, friendlyName: text, username: text, email: text })
      .nullish(),
    sharedServers: z.array(v2ListedShare),
  }),
)
