import { describe, expect, test } from 'vitest'
import { createLink, type SignInLink, waitForLink } from '../../src/plex/api/links.ts'
import { signIn } from '../../src/plex/api/sign-in.ts'
import { failureOf, kindOf } from './support/outcome.ts'
import { connected, type Reply, serve, standIn } from './support/stand-in.ts'

const signInRoute = 'POST /api/v2/users/signin'
const poll = 'GET /api/v2/pins/4000000001'
const pending = serve('pins/pending-200.json')

describe('signing in with a password', () => {
  const credentials = { login: 'harbor_admin', password: 'FAKE pass&word=%2C' }

  test('sends no token and gives the one it gets', async () => {
    const plex = await standIn({ [signInRoute]: serve('signin/v2-signin-201.json') })
    const { http } = connected(plex.url)
    expect(await signIn(http, { ...credentials, verificationCode: '123456', rememberMe: true })).toBe(
      'FAKEownerToken000001',
    )
    const [request] = plex.received
    expect(request?.headers['x-plex-token']).toBeUndefined()
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      login: 'harbor_admin',
      password: 'FAKE pass&word=%2C',
      verificationCode: '123456',
      rememberMe: 'true',
    })
  })

  test('in the older form the code follows the password', async () => {
    const plex = await standIn({ 'POST /users/sign_in.json': serve('signin/v1-sign_in-201.json') })
    await signIn(connected(plex.url).http, { ...credentials, verificationCode: '123456' })
    expect(Object.fromEntries(new URLSearchParams(plex.received.at(-1)?.body))).toEqual({
      'user[login]': 'harbor_admin',
      'user[password]': 'FAKE pass&word=%2C123456',
    })
  })

  test('C51: a code may be needed', async () => {
    const plex = await standIn({ [signInRoute]: serve('signin/v2-signin-401-otp-required.json') })
    expect(await kindOf(signIn(connected(plex.url).http, credentials))).toBe('needsVerificationCode')
  })

  test('C51: once the address is blocked, no connection tries again', async () => {
    const plex = await standIn({ [signInRoute]: serve('signin/v2-signin-401-ip-blocked.json') })
    for (let tries = 0; tries < 3; tries++) {
      expect(await kindOf(signIn(connected(plex.url).http, credentials))).toBe('signInBlocked')
    }
    expect(plex.received).toHaveLength(1)
  })

  test('a wrong password says nothing about the token', async () => {
    const plex = await standIn({
      [signInRoute]: serve('signin/v2-signin-401-wrong-password.json'),
      'GET /api/v2/ping': serve('user/ping-200.xml'),
    })
    const { http } = connected(plex.url)
    expect(await kindOf(signIn(http, credentials))).toBe('wrongCredentials')
    expect(await http.send({ method: 'GET', route: '/api/v2/ping' })).toMatchObject({ status: 200 })
  })
})

describe('signing in by a link', () => {
  const link: SignInLink = {
    id: '4000000001',
    code: 'k3xv',
    address: 'https://plex.tv/link',
    expiresAt: new Date('2026-11-21T10:00:05Z'),
  }

  test.each([
    ['short', 'pins/new-201.json', 'https://plex.tv/link', null],
    ['long', 'pins/new-strong-201.json', 'https://app.plex.tv/auth#?clientID=client-0001&code=a1b2', 'true'],
  ] as const)('a %s code', async (form, file, address, strong) => {
    const plex = await standIn({ 'POST /api/v2/pins': serve(file) })
    const made = await createLink(connected(plex.url).http, form)
    expect(made.address).toContain(address)
    expect(plex.received[0]?.query.get('strong')).toBe(strong)
    expect(plex.received[0]?.headers['x-plex-token']).toBeUndefined()
  })

  test('C52: it waits until somebody has signed in, always as the same client', async () => {
    const answers = [pending, serve('pins/claimed-empty-token-200.json'), serve('pins/claimed-200.json')]
    const plex = await standIn({ [poll]: answers })
    const { http, clock } = connected(plex.url)
    expect(await waitForLink(http, link)).toEqual({ kind: 'signedIn', token: 'FAKEownerToken000001' })
    expect(plex.received.map(({ headers }) => headers['x-plex-client-identifier'])).toEqual([
      'client-0001',
      'client-0001',
      'client-0001',
    ])
    expect(clock.waits).toEqual([2_000, 2_000])
  })

  test('C53: a link that plex.tv no longer knows is over', async () => {
    const plex = await standIn({ [poll]: [pending, serve('pins/expired-404.json')] })
    expect(await waitForLink(connected(plex.url).http, link)).toEqual({ kind: 'expired' })
  })

  test('C53: it is asked once more when the time is over', async () => {
    const plex = await standIn({ [poll]: [pending, pending, pending, serve('pins/claimed-200.json')] })
    const { http, clock } = connected(plex.url)
    expect(await waitForLink(http, link)).toMatchObject({ kind: 'signedIn' })
    expect(clock.waits).toEqual([2_000, 2_000, 1_000])
    expect(clock.now()).toEqual(link.expiresAt)
  })

  test('and then it is over', async () => {
    const plex = await standIn({ [poll]: pending })
    expect(await waitForLink(connected(plex.url).http, link)).toEqual({ kind: 'expired' })
    expect(plex.received).toHaveLength(4)
  })

  test('trouble on the way is waited out', async () => {
    const plex = await standIn({
      [poll]: [{ status: 500 }, serve('hostile/cloudflare-200.html'), serve('pins/claimed-200.json')],
    })
    expect(await waitForLink(connected(plex.url).http, link)).toMatchObject({ kind: 'signedIn' })
  })

  test('trouble at the very end is no "expired"', async () => {
    const plex = await standIn({ [poll]: { status: 500 } })
    expect((await failureOf(waitForLink(connected(plex.url).http, link))).kind).toBe('serverError')
  })

  test('it can be given up', async () => {
    const abort = new AbortController()
    const claimed: Reply = {
      by: (response) => {
        abort.abort()
        response.end(pending.body)
      },
    }
    const plex = await standIn({ [poll]: claimed })
    expect(await waitForLink(connected(plex.url).http, link, abort.signal)).toEqual({ kind: 'cancelled' })
    expect(plex.received).toHaveLength(1)
  })
})
