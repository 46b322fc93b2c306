import { z } from 'zod'
import { children, container, flag, instant, text } from '../fields.ts'
import type { PlexHttp } from '../http.ts'
import { acceptAnswer, readAnswer } from '../parse.ts'

/** An invitation that is on its way: to be a friend, to come into the home, to use a server, or several of these. */
const invitation = z.object({
  /** The account's id; for an address without an account the address itself, as it was typed. */
  id: z.string().min(1),
  createdAt: instant,
  friend: flag,
  home: flag,
  server: flag,
  username: text,
  email: text,
  friendlyName: text,
  /** Usually only a name: servers of one name cannot be told apart here. */
  Server: children(z.object({ name: text, machineIdentifier: text })),
})
export type Invitation = z.output<typeof invitation>

const answer = container('Invite', invitation)

/** The invitations that the account has sent. plex.tv retired this in 2024 and had it back in 2026. @throws PlexError */
export async function readSentInvitations(http: PlexHttp): Promise<Invitation[]> {
  return readAnswer(
    await http.send({ method: 'GET', route: '/api/invites/requested', accept: 'xml' }),
    answer,
  )
}

/** The invitations that were sent to the account. @throws PlexError */
export async function readReceivedInvitations(http: PlexHttp): Promise<Invitation[]> {
  return readAnswer(await http.send({ method: 'GET', route: '/api/invites/requests', accept: 'xml' }), answer)
}

/**
 * Withdraws an invitation. Id and flags must be those of the list, or plex.tv does not find it.
 * @throws PlexError `notFound`
 */
export async function withdrawInvitation(
  http: PlexHttp,
  { id, friend, home, server }: Pick<Invitation, 'id' | 'friend' | 'home' | 'server'>,
): Promise<void> {
  const bit = (value: boolean | undefined) => (value ? '1' : '0')
  await acceptAnswer(
    await http.send({
      method: 'DELETE',
      route: '/api/invites/requested/{invitation}',
      path: { invitation: id },
      query: { friend: bit(friend), home: bit(home), server: bit(server) },
      accept: 'xml',
    }),
  )
}
