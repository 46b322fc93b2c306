import { z } from 'zod'
import { PlexError } from '../errors.ts'
import { container, flag, idText, instant, maybeId, text, wrapped, xmlRoot } from '../fields.ts'
import { inFirstWorkingForm } from '../forms.ts'
import type { PlexHttp } from '../http.ts'
import { acceptAnswer, readAnswer } from '../parse.ts'
import { number, shareNumber } from './numbers.ts'

const homeUser = z.object({
  id: idText,
  uuid: text,
  title: text,
  username: text,
  email: text,
  friendlyName: text,
  thumb: text,
  /** Of the account; says nothing about a Home PIN. */
  hasPassword: flag,
  /** A managed user: it lives only in this home. */
  restricted: flag,
  restrictionProfile: text,
  updatedAt: instant,
  admin: flag,
  guest: flag,
  /** Whether a Home PIN is set. */
  protected: flag,
})
export type HomeUserRow = z.output<typeof homeUser>

/** A PIN travels in the query, since plex.tv takes it nowhere else; nothing here or below logs a query. */
type Pin = string | undefined

/** The users of the account's Plex Home; none where there is no home. @throws PlexError */
export async function readHomeUsers(http: PlexHttp, pin?: Pin): Promise<HomeUserRow[]> {
  try {
    return await inFirstWorkingForm(http.baseUrl, [
      {
        name: 'v2 home users',
        ask: async () =>
          readAnswer(
            await http.send({ method: 'GET', route: '/api/v2/home/users', query: { pin } }),
            v2Users,
          ),
      },
      {
        name: 'v1 home users',
        ask: async () =>
          readAnswer(
            await http.send({ method: 'GET', route: '/api/home/users', query: { pin }, accept: 'xml' }),
            v1Users,
          ),
      },
    ])
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}

/** Whether the account has a Plex Home, and its Plex Pass; `undefined` where there is none. @throws PlexError */
export async function readHome(http: PlexHttp): Promise<z.output<typeof homeFacts> | undefined> {
  try {
    return await readAnswer(await http.send({ method: 'GET', route: '/api/v2/home' }), homeAnswer)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/**
 * Becomes another user of the home. Not to be repeated in a loop: plex.tv answers 429 soon.
 * @returns the user's token
 * @throws PlexError `wrongPin` where the PIN is missing or wrong; the own token is fine then
 */
export async function switchHomeUser(
  http: PlexHttp,
  user: { uuid: string; accountId: string },
  pin?: Pin,
): Promise<string> {
  return inFirstWorkingForm(http.baseUrl, [
    {
      name: 'v2 switch',
      ask: async () =>
        readAnswer(
          await http.send({
            method: 'POST',
            route: '/api/v2/home/users/{uuid}/switch',
            path: { uuid: user.uuid },
            query: { pin },
          }),
          switched,
        ),
    },
    {
      name: 'v1 switch',
      ask: async () =>
        readAnswer(
          await http.send({
            method: 'POST',
            route: '/api/home/users/{user}/switch',
            path: { user: shareNumber(user.accountId) },
            query: { pin },
            accept: 'xml',
          }),
          switched,
        ),
    },
  ])
}

/**
 * Removes a user from the home. A managed user is destroyed by it; a full account leaves.
 * @throws PlexError `notFound`
 */
export async function removeHomeUser(http: PlexHttp, accountId: string): Promise<void> {
  const path = { user: shareNumber(accountId) }
  const answer = await inFirstWorkingForm(http.baseUrl, [
    {
      name: 'v2 home removal',
      ask: () => http.send({ method: 'DELETE', route: '/api/v2/home/users/{user}', path }),
    },
    {
      name: 'v1 home removal',
      ask: () => http.send({ method: 'DELETE', route: '/api/home/users/{user}', path, accept: 'xml' }),
    },
  ])
  await acceptAnswer(answer)
}

export type RestrictionProfile = 'little_kid' | 'older_kid' | 'teen'

/** A new managed user. @throws PlexError */
export async function createManagedUser(
  http: PlexHttp,
  friendlyName: string,
  restrictionProfile?: RestrictionProfile,
): Promise<HomeUserRow> {
  return inFirstWorkingForm(http.baseUrl, [
    {
      name: 'v2 managed user',
      ask: async () =>
        readAnswer(
          await http.send({
            method: 'POST',
            route: '/api/v2/home/users/restricted',
            json: { friendlyName, ...(restrictionProfile && { restrictionProfile }) },
          }),
          oneUser,
        ),
    },
    {
      name: 'v1 managed user',
      ask: async () =>
        readAnswer(
          await http.send({
            method: 'POST',
            route: '/api/home/users',
            query: { title: friendlyName },
            accept: 'xml',
          }),
          oneUser,
        ),
    },
  ])
}

/** Without a profile the restrictions end. @throws PlexError */
export async function setRestrictionProfile(
  http: PlexHttp,
  accountId: string,
  restrictionProfile?: RestrictionProfile,
): Promise<void> {
  await acceptAnswer(
    await http.send({
      method: 'POST',
      route: '/api/v2/home/users/restricted/profile',
      json: { userId: number(accountId), ...(restrictionProfile && { restrictionProfile }) },
    }),
  )
}

/** @throws PlexError */
export async function renameManagedUser(
  http: PlexHttp,
  accountId: string,
  friendlyName: string,
): Promise<void> {
  await acceptAnswer(
    await http.send({
      method: 'POST',
      route: '/api/v2/home/users/restricted/{user}',
      path: { user: shareNumber(accountId) },
      json: { friendlyName },
    }),
  )
}

/**
 * Sets or takes away a managed user's Home PIN. plex.tv's answer is not returned: it says `protected="1"` after a
 * removal. Whether there is a PIN now, only the list of users tells. Repeating it is harmless.
 * @throws PlexError `unauthorised` where the token is not the home admin's: under HTTP 404, of all things
 */
export async function setManagedPin(
  http: PlexHttp,
  accountId: string,
  pin: string | 'remove',
): Promise<void> {
  await acceptAnswer(
    await http.send({
      method: 'POST',
      route: '/api/v2/home/users/restricted/{user}',
      path: { user: shareNumber(accountId) },
      query: pin === 'remove' ? { removePin: '1' } : { pin },
    }),
  )
}

/** Sets a full account's Home PIN; an empty one removes it. @throws PlexError `wrongPin` */
export async function setOwnPin(
  http: PlexHttp,
  accountId: string,
  pin: string,
  currentPin?: Pin,
): Promise<void> {
  await acceptAnswer(
    await http.send({
      method: 'PUT',
      route: '/api/home/users/{user}',
      path: { user: shareNumber(accountId) },
      query: { pin, currentPin },
      accept: 'xml',
    }),
  )
}

/** Invites a full account into the home. @throws PlexError `rejected` where the owner has no Plex Pass */
export async function inviteToHome(http: PlexHttp, invitedEmail: string): Promise<void> {
  await acceptAnswer(
    await http.send({
      method: 'POST',
      route: '/api/home/users',
      query: { invitedEmail, skipFriendship: '1' },
      accept: 'xml',
    }),
  )
}

const isNotFound = (error: unknown): error is PlexError =>
  error instanceof PlexError && error.kind === 'notFound'

const v2Home = z.object({ users: wrapped('user', homeUser) })
const v2Users = z
  .union([xmlRoot('home', v2Home), z.object({ users: z.array(homeUser) })])
  .transform(({ users }) => users)
const v1Users = container('User', homeUser)

const homeFacts = z.object({ id: maybeId, subscription: flag, guestEnabled: flag })
const homeAnswer = z.union([xmlRoot('home', homeFacts), homeFacts])

const oneUser = z.union([xmlRoot('user', homeUser), xmlRoot('User', homeUser), homeUser])

/** v2 calls the token `authToken`, v1 `authenticationToken`. */
const token = z.string().min(1)
const withToken = z.union([
  z.object({ authToken: token }).transform(({ authToken }) => authToken),
  z.object({ authenticationToken: token }).transform(({ authenticationToken }) => authenticationToken),
])
const switched = z.union([xmlRoot('user', withToken), withToken])
