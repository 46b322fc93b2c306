import { describe, expect, test } from 'vitest'
import { aManagedUser, owner, ownerToken, plexWorld } from '../../../src/sandbox/plex/world.ts'
import { attribute, pretend, type Question } from './asking.ts'

describe('signing in with a password', () => {
  const twoFactor = {
    accounts: plexWorld().accounts.map((account) => ({ ...account, twoFactorCode: '123456' })),
  }

  test('works with a form, a multipart form and Basic, and gives a client the same token every time', async () => {
    const { ask } = await pretend()
    const signIn = (question: Question) => ask('POST', '/users/sign_in.json', { token: null, ...question })
    const part = (name: string, value: string) =>
      `------X7MA4\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const answers = [
      await signIn({ form: { 'user[login]': 'harbor_admin', 'user[password]': 'FAKEpassword' } }),
      await signIn({
        body: `${part('user[login]', 'harbor_admin')}${part('user[password]', 'FAKEpassword')}------X7MA4--\r\n`,
        headers: { 'content-type': 'multipart/form-data; boundary=----X7MA4' },
      }),
      await signIn({
        headers: {
          authorization: `Basic ${Buffer.from('owner@harbor.example:FAKEpassword').toString('base64')}`,
        },
      }),
    ]
    expect(answers.map((said) => [said.status, said.json.user.id])).toEqual(Array(3).fill([201, owner.id]))
    expect(new Set(answers.map((said) => said.json.user.authToken)).size).toBe(1)
  })

  test('gives a token that lives until it is signed out, and no other one with it', async () => {
    const { ask } = await pretend()
    const form = { login: 'harbor_admin', password: 'FAKEpassword' }
    const token: string = (await ask('POST', '/api/v2/users/signin', { token: null, form })).json.authToken
    expect(token).toHaveLength(20)
    expect((await ask('GET', '/api/v2/user', { token })).json.username).toBe('harbor_admin')
    expect((await ask('DELETE', '/api/v2/users/signout', { token })).status).toBe(204)
    expect((await ask('GET', '/api/v2/user', { token })).status).toBe(401)
    expect((await ask('GET', '/api/v2/user', { token: ownerToken })).status).toBe(200)
  })

  test('asks for the second factor, takes it in its field, and in v1 at the end of the password', async () => {
    const { ask } = await pretend(twoFactor)
    const form = { login: 'harbor_admin', password: 'FAKEpassword' }
    const codes = async (more: object) =>
      (await ask('POST', '/api/v2/users/signin', { token: null, form: { ...form, ...more } })).status
    expect([
      await codes({}),
      await codes({ verificationCode: '000000' }),
      await codes({ verificationCode: '123456' }),
    ]).toEqual([401, 401, 201])
    const v1 = { 'user[login]': 'harbor_admin', 'user[password]': 'FAKEpassword123456' }
    expect((await ask('POST', '/users/sign_in.json', { token: null, form: v1 })).status).toBe(201)
  })

  test('is blocked after too many failures, with the right password too', async () => {
    const { ask } = await pretend({ rules: { signInFailuresAllowed: 2 } })
    const codeOf = async (password: string) =>
      (await ask('POST', '/api/v2/users/signin', { token: null, form: { login: 'harbor_admin', password } }))
        .json.errors[0]?.code
    expect([await codeOf('a'), await codeOf('b'), await codeOf('FAKEpassword')]).toEqual([1001, 1001, 1031])
  })
})

describe('a token', () => {
  test.each([
    ['revoked', 401, 401],
    ['invalid', 422, 422],
    ['expired', 498, 498],
  ] as const)('that is %s is answered %i by v2', async (how, v2, v1) => {
    const { plex, ask } = await pretend()
    plex.faults.revoke(ownerToken, how)
    expect((await ask('GET', '/api/v2/user')).status).toBe(v2)
    expect((await ask('GET', '/api/users')).status).toBe(v1)
  })

  test('may stand in the query, and the pretence remembers that it did', async () => {
    const { plex, ask } = await pretend()
    const query = `X-Plex-Token=${ownerToken}&X-Plex-Client-Identifier=x`
    expect((await ask('GET', `/api/v2/user?${query}`, { token: null, client: null })).status).toBe(200)
    expect(plex.requests[0]).toMatchObject({
      tokenIn: 'query',
      queryNames: ['X-Plex-Token', 'X-Plex-Client-Identifier'],
    })
    expect(JSON.stringify(plex.requests)).not.toContain(ownerToken)
  })

  test.each([
    ['GET', '/api/users'],
    ['GET', '/api/v2/user'],
    ['POST', '/api/v2/pins'],
    ['POST', '/users/sign_in.json'],
  ])('%s %s needs a client identifier', async (method, path) => {
    const { ask } = await pretend()
    const said = await ask(method, path, { client: null })
    expect(said.status).toBe(400)
    expect(said.text).toContain('1000')
  })
})

describe('a PIN', () => {
  test('is pending until the person approves it, and then gives a token of the account', async () => {
    const { plex, ask } = await pretend()
    const pin = (await ask('POST', '/api/v2/pins?strong=true', { token: null })).json
    expect(pin).toMatchObject({
      code: expect.stringMatching(/^[a-z0-9]{25}$/u),
      expiresIn: 1800,
      authToken: null,
    })
    const poll = async (client = 'test-client') =>
      ask('GET', `/api/v2/pins/${pin.id}`, { token: null, client })
    expect((await poll()).json.authToken).toBeNull()
    expect((await poll('another-client')).json.errors[0]?.code).toBe(1020)

    expect(plex.approvePin(pin.code, 'mira_q')).toBe(true)
    const token: string = (await poll()).json.authToken
    expect((await ask('GET', '/api/v2/user', { token })).json.username).toBe('mira_q')
  })

  test('is dead after its time', async () => {
    const { plex, clock, ask } = await pretend()
    const pin = (await ask('POST', '/api/v2/pins', { token: null })).json
    expect(pin).toMatchObject({ code: expect.stringMatching(/^[a-z0-9]{4}$/u), expiresIn: 900 })
    clock.now = new Date(clock.now.getTime() + 899_000)
    expect((await ask('GET', `/api/v2/pins/${pin.id}`, { token: null })).json.expiresIn).toBe(1)
    clock.now = new Date(clock.now.getTime() + 1_000)
    expect(await ask('GET', `/api/v2/pins/${pin.id}`, { token: null })).toMatchObject({
      status: 404,
      json: { errors: [{ code: 1020 }] },
    })
    expect(plex.approvePin(pin.code, 'mira_q')).toBe(false)
  })

  test('can be typed on another device where it is short, and not where it is strong', async () => {
    const { ask } = await pretend()
    const link = (code: string) => ask('PUT', '/api/v2/pins/link', { form: { code } })
    const short = (await ask('POST', '/api/v2/pins', { token: null })).json
    const strong = (await ask('POST', '/api/v2/pins', { token: null, form: { strong: 'true' } })).json
    expect([(await link(short.code)).status, (await link(strong.code)).status]).toEqual([204, 404])
    expect((await ask('GET', `/api/v2/pins/${short.id}`, { token: null })).json.authToken).toContain('FAKE')
  })
})

describe('the Home', () => {
  const pinOf = (plex: { world: ReturnType<typeof plexWorld> }, id: number) =>
    plex.world.accounts.find((account) => account.id === id)?.homePin

  test('a managed user who is removed is destroyed, his shares and tokens with him', async () => {
    const { plex, ask } = await pretend()
    await ask('POST', '/api/v2/shared_servers', {
      body: {
        machineIdentifier: plexWorld().servers[0]?.machineIdentifier,
        librarySectionIds: [910000001],
        invitedId: 20000003,
      },
    })
    expect((await ask('DELETE', '/api/v2/home/users/20000003')).status).toBe(204)
    expect(plex.ledger.at(-1)).toMatchObject({
      did: 'home-user-removed',
      details: { accountId: 20000003, wasDestroyed: true },
    })
    expect(plex.world.accounts.some((account) => account.id === 20000003)).toBe(false)
    expect(plex.world.shares.some((share) => share.invitedId === 20000003)).toBe(false)
    expect(plex.world.tokens.some((token) => token.accountId === 20000003)).toBe(false)
    expect((await ask('GET', '/api/v2/user', { token: 'FAKEkidToken00000001' })).status).toBe(401)
    expect((await ask('DELETE', '/api/v2/home/users/20000003')).status).toBe(404)
  })

  test('a full account who is removed leaves and stays a friend', async () => {
    const { plex, ask } = await pretend({
      homes: plexWorld().homes.map((home) => ({ ...home, memberIds: [20000004] })),
    })
    expect((await ask('DELETE', '/api/home/users/20000004')).status).toBe(200)
    expect(plex.ledger).toMatchObject([{ did: 'home-user-removed', details: { wasDestroyed: false } }])
    expect((await ask('GET', '/api/users')).text).toContain('username="pat-h"')
  })

  test('the admin himself is not removed, and nobody by somebody else', async () => {
    const { plex, ask } = await pretend()
    expect((await ask('DELETE', `/api/v2/home/users/${owner.id}`)).status).toBe(404)
    expect(
      (await ask('DELETE', '/api/v2/home/users/20000003', { token: 'FAKEmiraToken0000001' })).status,
    ).toBe(404)
    expect(plex.ledger).toEqual([])
  })

  test("a managed user's PIN is removed once; 201 comes every time, and the answer still says protected", async () => {
    const { plex, ask } = await pretend()
    const remove = () => ask('POST', '/api/v2/home/users/restricted/20000003?removePin=1')
    const answers = [await remove(), await remove()]
    expect(answers.map((said) => [said.status, said.json.protected])).toEqual([
      [201, true],
      [201, true],
    ])
    expect(plex.ledger.map((entry) => entry.did)).toEqual(['managed-pin-removed'])
    const { users } = (await ask('GET', '/api/v2/home/users')).json
    expect(users[1]).toMatchObject({ title: 'Kiddo', protected: false })
  })

  test('removing the PIN of nobody is 1002; with a token that is no admin, or dead, 404 with a body of 401', async () => {
    const { ask } = await pretend()
    const remove = (id: number, token = ownerToken) =>
      ask('POST', `/api/v2/home/users/restricted/${id}?removePin=1`, { token })
    expect((await remove(29999999)).json.errors).toMatchObject([{ code: 1002, status: 404 }])
    for (const token of ['dead', 'FAKEkidToken00000001']) {
      expect(await remove(20000003, token)).toMatchObject({
        status: 404,
        json: { errors: [{ code: 1001, status: 401 }] },
      })
    }
  })

  test('a managed user is made, given a PIN, renamed and restricted', async () => {
    const { plex, ask } = await pretend()
    const user = (await ask('POST', '/api/v2/home/users/restricted', { body: { friendlyName: 'Tiny' } })).json
    expect(user).toMatchObject({ title: 'Tiny', username: null, restricted: true, restrictionProfile: null })
    expect((await ask('POST', `/api/v2/home/users/restricted/${user.id}?pin=1234`)).status).toBe(201)
    expect(pinOf(plex, user.id)).toBe('1234')
    await ask('POST', '/api/v2/home/users/restricted/profile', {
      body: { userId: user.id, restrictionProfile: 'teen' },
    })
    const renamed = await ask('POST', `/api/v2/home/users/restricted/${user.id}`, {
      body: { friendlyName: 'Taller' },
    })
    expect(renamed.json).toMatchObject({ title: 'Taller', restrictionProfile: 'teen', protected: true })
    expect(plex.ledger.map((entry) => entry.did)).toEqual([
      'managed-user-created',
      'managed-pin-set',
      'profile-changed',
      'managed-user-renamed',
    ])
    expect(attribute((await ask('POST', '/api/home/users?title=Second')).text, 'User', 'title')).toBe(
      'Second',
    )
  })

  test('has a limit', async () => {
    const { ask } = await pretend({ rules: { maxHomeSize: 2 } })
    expect((await ask('POST', '/api/v2/home/users/restricted?friendlyName=Tiny')).status).toBe(422)
    expect((await ask('POST', '/api/home/users?title=Tiny')).status).toBe(422)
  })

  test('is switched by the UUID with the PIN, and the token is the other one', async () => {
    const { ask } = await pretend()
    const to = (pin: string) => ask('POST', `/api/v2/home/users/3333aaaa3333aaaa/switch?pin=${pin}`)
    expect([(await to('0000')).status, (await to('0000')).json.errors[0]?.code]).toEqual([403, 1041])
    const token: string = (await to('4321')).json.authToken
    expect((await ask('GET', '/api/v2/user', { token })).json.title).toBe('Kiddo')
    expect((await ask('POST', '/api/home/users/20000003/switch?pin=1')).status).toBe(403)
    expect((await ask('POST', '/api/v2/home/users/1111aaaa1111aaaa/switch')).status).toBe(404)
  })

  test("the admin's own PIN is changed with the old one", async () => {
    const { plex, ask } = await pretend()
    await ask('PUT', `/api/home/users/${owner.id}?pin=2222&currentPin=1111`)
    expect(pinOf(plex, owner.id)).toBe('2222')
    expect((await ask('PUT', `/api/home/users/${owner.id}?pin=3333&currentPin=1111`)).text).toContain(
      'Incorrect PIN',
    )
  })

  test('an account without a Home has a list of itself', async () => {
    const { ask } = await pretend({ homes: [] })
    expect((await ask('GET', '/api/v2/home/users')).json.users).toMatchObject([
      { id: owner.id, admin: false },
    ])
  })

  test('an address is invited into it, and withdrawn with the flags of the Home alone', async () => {
    const { plex, ask } = await pretend({ shares: [] })
    expect(
      (await ask('POST', '/api/home/users?invitedEmail=pat%40example.net&skipFriendship=1')).status,
    ).toBe(200)
    expect((await ask('GET', '/api/invites/requested')).text).toMatch(
      /id="20000004" createdAt="\d+" friend="0" home="1" server="0"/u,
    )
    expect((await ask('DELETE', '/api/invites/requested/20000004?friend=0&home=1&server=0')).status).toBe(200)
    expect(plex.ledger.map((entry) => entry.did)).toEqual(['home-invited', 'home-invite-withdrawn'])
  })

  test('a second managed user can stand in the world that a test states', async () => {
    const second = aManagedUser({ id: 20000055, title: 'Teen', restrictionProfile: 'teen' })
    const { ask } = await pretend({
      accounts: [...plexWorld().accounts, second],
      homes: plexWorld().homes.map((home) => ({ ...home, memberIds: [...home.memberIds, second.id] })),
    })
    expect((await ask('GET', '/api/v2/home/users')).json.users).toHaveLength(3)
  })
})

describe('a new account', () => {
  test('is made by the form of 2017 without a client identifier, and can sign in', async () => {
    const { plex, ask } = await pretend()
    const form = {
      'user[email]': 'fresh@example.com',
      'user[username]': 'fresh_one',
      'user[password]': 'FAKEpassword1',
      'user[password_confirmation]': 'FAKEpassword1',
    }
    const said = await ask('POST', '/users', { token: null, client: null, form })
    expect([said.status, attribute(said.text, 'user', 'username')]).toEqual([201, 'fresh_one'])
    expect(plex.ledger).toMatchObject([{ did: 'account-created', details: { email: 'fresh@example.com' } }])
    const signedIn = await ask('POST', '/api/v2/users/signin', {
      token: null,
      form: { login: 'fresh_one', password: 'FAKEpassword1' },
    })
    expect(signedIn.status).toBe(201)
    expect(JSON.stringify(plex.requests)).not.toContain('FAKEpassword1')
  })

  test('is refused with a word for each field', async () => {
    const { ask } = await pretend()
    const said = await ask('POST', '/api/v2/users', {
      token: null,
      form: { email: 'x', username: 'mira_q', password: 'short' },
    })
    expect(said.json.errors.map((error) => error.field)).toEqual(['username', 'email', 'password'])
  })

  test('is refused altogether where plex.tv limits it', async () => {
    const { ask } = await pretend({ rules: { accountCreation: 'rate limited' } })
    expect((await ask('POST', '/api/v2/users', { token: null, form: {} })).status).toBe(429)
  })
})
