import { z } from 'zod'
import type { ServerId } from '../../lib/ids.ts'
import { PlexError } from '../errors.ts'
import { children, container, count, flag, idText, instant, maybeId, text } from '../fields.ts'
import type { PlexHttp } from '../http.ts'
import { acceptAnswer, readAnswer } from '../parse.ts'

const usedServer = z.object({
  /** The share. */
  id: maybeId,
  serverId: maybeId,
  machineIdentifier: text,
  name: text,
  numLibraries: count,
  allLibraries: flag,
  owned: flag,
  pending: flag,
  lastSeenAt: instant,
})
const user = z.object({
  id: idText,
  title: text,
  username: text,
  email: text,
  thumb: text,
  home: flag,
  restricted: flag,
  protected: flag,
  allowSync: flag,
  Server: children(usedServer),
})
export type UserRow = z.output<typeof user>

/**
 * Everybody the account is connected with. This is no list of who has access: friends without a share are in it,
 * and people who share with the account. @throws PlexError
 */
export async function readUsers(http: PlexHttp): Promise<UserRow[]> {
  const answer = await http.send({ method: 'GET', route: '/api/users', accept: 'xml' })
  return readAnswer(answer, usersAnswer)
}

/** Those among them who use this server, or are invited to it. */
export const usersOfServer = (users: readonly UserRow[], server: ServerId): UserRow[] =>
  users.filter(({ Server }) =>
    Server.some((used) => used.machineIdentifier === server && used.owned === true && used.id !== undefined),
  )

/**
 * Whether plex.tv knows an account by this address or user name.
 * @throws PlexError where it could not be found out
 */
export async function isKnownAccount(http: PlexHttp, emailOrUsername: string): Promise<boolean> {
  try {
    const answer = await http.send({
      method: 'POST',
      route: '/api/users/validate',
      query: { invited_email: emailOrUsername },
      accept: 'xml',
    })
    await acceptAnswer(answer)
    return true
  } catch (error) {
    if (error instanceof PlexError && error.kind === 'noSuchAccount') return false
    throw error
  }
}

const usersAnswer = container('User', user)
