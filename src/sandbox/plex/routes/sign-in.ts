import { accountValue, notInXml, signInValue, signInXml } from '../account-value.ts'
import { type Answer, errors, json, noContent, textError, v2, wantsJson, xml } from '../answer.ts'
import { accountNamed } from '../look-up.ts'
import { type PlexRequest, textField } from '../request.ts'
import { type Call, type Route, signedIn } from '../router.ts'
import type { JsonObject } from '../v2-value.ts'
import type { PlexAccount } from '../world.ts'

export const signIn: readonly Route[] = [
  { method: 'POST', path: '/users/sign_in.json', handle: (call) => signInV1(call, signedInJson) },
  { method: 'POST', path: '/users/sign_in.xml', handle: (call) => signInV1(call, signedInXml) },
  {
    method: 'GET',
    path: '/users/account.json',
    handle: signedIn(({ request }, me) => json(200, JSON.stringify(signInValue(me, request.token ?? '')))),
  },
  { method: 'POST', path: '/api/v2/users/signin', handle: signInV2 },
  { method: 'DELETE', path: '/api/v2/users/signout', handle: signedIn(signOut) },
]

type Outcome = PlexAccount | 'wrong' | 'code needed' | 'blocked'

function signInV1(call: Call, done: (call: Call, account: PlexAccount, token: string) => Answer): Answer {
  const { request } = call
  const basic = basicCredentials(request)
  const login = textField(request, 'user', 'login') ?? basic?.login ?? ''
  const typed = textField(request, 'user', 'password') ?? basic?.password ?? ''
  const known = accountNamed(call.state.world, login)
  // The older form has no field for the second factor: its code is appended to the password.
  const code = known?.twoFactorCode ?? null
  const hasCode = code !== null && typed.endsWith(code)
  const password = code !== null && hasCode ? typed.slice(0, -code.length) : typed
  const outcome = judged(call, known, password, hasCode ? code : null)
  if (typeof outcome !== 'string') return done(call, outcome, issued(call, outcome))
  const text = 'Invalid email, username, or password.'
  return request.path.endsWith('.json') ? json(401, JSON.stringify({ error: text })) : textError(401, text)
}

const signedInJson = (_call: Call, account: PlexAccount, token: string) =>
  json(201, JSON.stringify(signInValue(account, token)))
const signedInXml = ({ state }: Call, account: PlexAccount, token: string) =>
  xml(201, signInXml(state.world, account, token))

function signInV2(call: Call): Answer {
  const { request, state } = call
  const known = accountNamed(state.world, textField(request, 'login') ?? '')
  const code = textField(request, 'verificationCode') ?? null
  const outcome = judged(call, known, textField(request, 'password') ?? '', code)
  switch (outcome) {
    case 'wrong':
      return errors(request, 401, { code: 1001, message: 'User could not be authenticated' })
    case 'code needed':
      return errors(request, 401, { code: 1029, message: 'Please enter the verification code' })
    case 'blocked':
      return errors(request, 401, {
        code: 1031,
        message:
          'User could not be authenticated. This IP appears to be having trouble signing in to an account (detected repeated failures)',
      })
    default: {
      const value = accountValue(state.world, outcome, issued(call, outcome))
      return v2(request, 201, 'user', { ...value, pastSubscriptions: [], trials: [], subscriptions: [] })
    }
  }
}

function judged(
  { state }: Call,
  account: PlexAccount | undefined,
  password: string,
  code: string | null,
): Outcome {
  if (state.failedSignIns >= state.world.rules.signInFailuresAllowed) return 'blocked'
  if (!account || account.password === null || account.password !== password) {
    state.failedSignIns++
    return 'wrong'
  }
  if (account.twoFactorCode === null) return account
  if (code === null || code === '') return 'code needed'
  if (code === account.twoFactorCode) return account
  state.failedSignIns++
  return 'code needed'
}

function issued({ request, state }: Call, account: PlexAccount): string {
  const token = state.tokenFor(account.id, request.clientIdentifier ?? null)
  state.commit(state.world, { did: 'signed-in', details: { accountId: account.id } })
  state.failedSignIns = 0
  return token
}

/** Ends this token, and this one only. */
function signOut({ request, state }: Call, me: PlexAccount): Answer {
  const tokens = state.world.tokens.map((token) =>
    token.token === request.token ? { ...token, dead: 'revoked' as const } : token,
  )
  state.commit({ ...state.world, tokens }, { did: 'signed-out', details: { accountId: me.id } })
  return noContent
}

function basicCredentials(request: PlexRequest): { login: string; password: string } | undefined {
  const encoded = /^Basic (?<encoded>.+)$/u.exec(request.header('authorization') ?? '')?.groups?.encoded
  if (encoded === undefined) return undefined
  const [login = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return { login, password: password.join(':') }
}

export const account: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v2/user',
    handle: signedIn(({ request, state }, me) =>
      accountAnswer(request, accountValue(state.world, me, request.token ?? '')),
    ),
  },
  {
    method: 'GET',
    path: '/api/v2/ping',
    handle: signedIn(({ request }) => v2(request, 200, 'pong', {})),
  },
]

/** The XML has a list more and some fields fewer than the JSON. */
function accountAnswer(request: PlexRequest, value: JsonObject): Answer {
  if (wantsJson(request)) return v2(request, 200, 'user', value)
  const shown = Object.entries(value).filter(([name]) => !notInXml.some((no) => no === name))
  return v2(request, 200, 'user', { ...Object.fromEntries(shown), subscriptions: [] })
}
