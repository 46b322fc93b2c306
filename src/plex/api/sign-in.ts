import { z } from 'zod'
import { PlexError, seenAs } from '../errors.ts'
import { xmlRoot } from '../fields.ts'
import { inFirstWorkingForm } from '../forms.ts'
import type { PlexHttp } from '../http.ts'
import { acceptAnswer, readAnswer } from '../parse.ts'

export interface Credentials {
  /** An address or a user name. */
  login: string
  password: string
  /** From the authenticator, where plex.tv asked for it. */
  verificationCode?: string
  rememberMe?: boolean
}

/**
 * Signs in with a password and returns the token. The link of `links.ts` is the better way: no password comes near us.
 * @throws PlexError `wrongCredentials`; `needsVerificationCode`; `signInBlocked`, after which no connection to this
 * plex.tv signs in again while the process lives, since every try makes the block longer
 */
export async function signIn(http: PlexHttp, credentials: Credentials): Promise<string> {
  const known = blocked.get(http.baseUrl)
  if (known) throw known
  try {
    return await inFirstWorkingForm(http.baseUrl, [
      { name: 'v2 sign-in', ask: () => signInV2(http, credentials) },
      { name: 'v1 sign-in', ask: () => signInV1(http, credentials) },
    ])
  } catch (error) {
    if (!(error instanceof PlexError)) throw error
    if (error.kind === 'signInBlocked') blocked.set(http.baseUrl, error)
    // No token was sent, so none can be dead.
    throw error.kind === 'unauthorised' ? seenAs(error, { kind: 'wrongCredentials' }) : error
  }
}

/** plex.tv blocks the address that the tries come from, which all our connections share. */
const blocked = new Map<string, PlexError>()

/** Ends the connection's own token. @throws PlexError */
export async function signOut(http: PlexHttp): Promise<void> {
  await acceptAnswer(await http.send({ method: 'DELETE', route: '/api/v2/users/signout' }))
}

/** Who a token belongs to, in the old form. @throws PlexError */
export async function readSignedInAccount(http: PlexHttp): Promise<string> {
  return readAnswer(await http.send({ method: 'GET', route: '/users/account.json' }), signedIn)
}

async function signInV2(http: PlexHttp, { login, password, verificationCode, rememberMe }: Credentials) {
  const answer = await http.send({
    method: 'POST',
    route: '/api/v2/users/signin',
    anonymous: true,
    form: {
      login,
      password,
      verificationCode,
      rememberMe: rememberMe === undefined ? undefined : String(rememberMe),
    },
  })
  return readAnswer(answer, signedIn)
}

/** The old form has no field for the code: it is appended to the password. */
async function signInV1(http: PlexHttp, { login, password, verificationCode = '' }: Credentials) {
  const answer = await http.send({
    method: 'POST',
    route: '/users/sign_in.json',
    anonymous: true,
    form: { 'user[login]': login, 'user[password]': `${password}${verificationCode}` },
  })
  return readAnswer(answer, signedIn)
}

const token = z.string().min(1)
const withToken = z.union([
  z.object({ authToken: token }).transform(({ authToken }) => authToken),
  z.object({ authenticationToken: token }).transform(({ authenticationToken }) => authenticationToken),
])
/** v1 has the account inside `user`, and in XML the token under one more name. */
export const signedIn = z.union([
  xmlRoot('user', withToken),
  z.object({ user: withToken }).transform(({ user }) => user),
  withToken,
])
