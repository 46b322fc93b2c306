import { describe, expect, test } from 'vitest'
import {
  aShare,
  cabinId,
  harborId,
  owner,
  type PlexDifferences,
  plexWorld,
} from '../../../src/sandbox/plex/world.ts'
import { type Ask, pretend, type Question } from './asking.ts'
import { fixture, jsonShape, keysInOrder, withoutBlanks, xmlShape } from './shapes.ts'

const harbor = `/api/servers/${harborId}`
const home20000004: PlexDifferences = {
  homes: plexWorld().homes.map((home) => ({ ...home, memberIds: [20000003, 20000004] })),
}
const lateJoiner = aShare({
  id: 30000021,
  invitedId: 20000030,
  libraryIds: [910000001],
  acceptedAt: null,
  accessToken: '',
  inviteToken: 'FAKEinvite',
})
const withLateJoiner: PlexDifferences = { shares: [...plexWorld().shares, lateJoiner] }

interface Case {
  file: string
  method?: string
  path: string
  question?: Question
  world?: PlexDifferences
  status?: number
  /** Elements that may have more attributes than the fixture has, which is itself incomplete. */
  mayHaveMore?: string[]
  before?: (ask: Ask) => Promise<unknown>
}

const invite = (to: object, librarySections = [910000001]): Question => ({
  body: {
    server_id: harborId,
    shared_server: { library_section_ids: librarySections, ...to },
    sharing_settings: {},
  },
})

const xmlCases: Case[] = [
  { file: 'shared_servers-v1/two-200.xml', path: `${harbor}/shared_servers` },
  { file: 'shared_servers-v1/single-by-id-200.xml', path: `${harbor}/shared_servers/30000001` },
  {
    file: 'shared_servers-v1/none-selfclosed-200.xml',
    path: `${harbor}/shared_servers`,
    world: { shares: [] },
  },
  {
    file: 'shared_servers-v1/post-existing-account-200.xml',
    method: 'POST',
    path: `${harbor}/shared_servers`,
    question: invite({ invited_email: 'late.joiner' }),
  },
  {
    file: 'shared_servers-v1/post-unregistered-email-200.xml',
    method: 'POST',
    path: `${harbor}/shared_servers`,
    question: invite({ invited_email: 'Fresh@Example.com' }),
  },
  {
    file: 'shared_servers-v1/put-200.xml',
    method: 'PUT',
    path: `${harbor}/shared_servers/30000001`,
    question: { body: { server_id: harborId, shared_server: { library_section_ids: [910000003] } } },
  },
  { file: 'servers/list-200.xml', path: '/api/servers' },
  { file: 'servers/one-200.xml', path: harbor },
  { file: 'users/v1-users-200.xml', path: '/api/users' },
  {
    file: 'users/v1-users-none-200.xml',
    path: '/api/users',
    world: { shares: [], connections: [], homes: [] },
  },
  { file: 'invites/requested-200.xml', path: '/api/invites/requested', world: withLateJoiner },
  {
    file: 'invites/requests-200.xml',
    path: '/api/invites/requests',
    world: withLateJoiner,
    question: { token: 'FAKElateToken0000001' },
  },
  {
    file: 'resources/v1-resources-200.xml',
    path: '/api/resources',
    world: { shares: [], devices: [], servers: plexWorld().servers.slice(0, 1) },
  },
  { file: 'home/v1-home-users-200.xml', path: '/api/home/users' },
  { file: 'home/v2-home-users-200.xml', path: '/api/v2/home/users', question: { accept: '*/*' } },
  {
    file: 'home/v1-switch-201.xml',
    method: 'POST',
    path: '/api/home/users/20000004/switch?pin=',
    world: home20000004,
    status: 201,
  },
  {
    file: 'shared_servers-v2/owned-accepted-200.xml',
    path: '/api/v2/shared_servers/owned/accepted',
    question: { accept: '*/*' },
  },
  {
    file: 'user/v2-user-200.xml',
    path: '/api/v2/user',
    question: { accept: '*/*' },
    mayHaveMore: ['user/profile', 'user/services/service'],
  },
  {
    file: 'pins/new-201.xml',
    method: 'POST',
    path: '/api/v2/pins',
    question: { accept: '*/*', token: null },
    status: 201,
    mayHaveMore: ['pin/location'],
  },
  {
    file: 'signin/v1-sign_in-201.xml',
    method: 'POST',
    path: '/users/sign_in.xml',
    question: { token: null, form: { 'user[login]': 'harbor_admin', 'user[password]': 'FAKEpassword' } },
    status: 201,
  },
  {
    file: 'home/v2-remove-pin-201-still-protected.xml',
    method: 'POST',
    path: '/api/v2/home/users/restricted/20000003?removePin=1',
    question: { accept: '*/*' },
    status: 201,
  },
  {
    file: 'home/v2-restricted-create-200.xml',
    method: 'POST',
    path: '/api/v2/home/users/restricted?friendlyName=Tiny&restrictionProfile=little_kid',
    question: { accept: '*/*' },
  },
]

describe('the XML has the elements of the recordings, and the attributes in their order', () => {
  test.each(xmlCases)(
    '$file',
    async ({ file, method = 'GET', path, question, world, status = 200, mayHaveMore = [] }) => {
      const { ask } = await pretend(world)
      const said = await ask(method, path, question)

      expect(said.status).toBe(status)
      expect(said.type).toBe('application/xml; charset=utf-8')
      const mine = xmlShape(said.text)
      const recorded = xmlShape(fixture(file))
      for (const [element, rows] of Object.entries(recorded)) {
        if (mayHaveMore.includes(element)) {
          expect(mine[element]?.[0]?.split(' ')).toEqual(expect.arrayContaining(rows[0]?.split(' ') ?? []))
        } else expect({ element, rows: mine[element] }).toEqual({ element, rows })
      }
      expect(
        Object.keys(mine).filter((element) => !(element in recorded) && !mayHaveMore.includes(element)),
      ).toEqual([])
    },
  )
})

const create = (to: object): Question => ({
  body: { machineIdentifier: harborId, librarySectionIds: [910000001, 910000002], ...to },
})

const jsonCases: Case[] = [
  { file: 'shared_servers-v2/owned-accepted-200.json', path: '/api/v2/shared_servers/owned/accepted' },
  {
    file: 'shared_servers-v2/owned-pending-200.json',
    path: '/api/v2/shared_servers/owned/pending',
    world: withLateJoiner,
  },
  {
    file: 'shared_servers-v2/invites-owned-pending-200.json',
    path: '/api/v2/shared_servers/invites/owned/pending',
    world: { shares: [lateJoiner] },
  },
  {
    file: 'shared_servers-v2/invites-received-pending-200.json',
    path: '/api/v2/shared_servers/invites/received/pending',
    world: { shares: [{ ...lateJoiner, libraryIds: [] }] },
    question: { token: 'FAKElateToken0000001' },
  },
  {
    file: 'shared_servers-v2/create-201.json',
    method: 'POST',
    path: '/api/v2/shared_servers',
    question: create({ invitedId: 20000030 }),
    status: 201,
  },
  {
    file: 'shared_servers-v2/create-201-unregistered.json',
    method: 'POST',
    path: '/api/v2/shared_servers',
    question: create({ invitedEmail: 'Fresh@Example.com' }),
    status: 201,
  },
  {
    file: 'shared_servers-v2/create-201-auto-accepted.json',
    method: 'POST',
    path: '/api/v2/shared_servers',
    question: create({ invitedId: 20000001 }),
    world: { shares: [] },
    status: 201,
  },
  {
    file: 'shared_servers-v2/accept-200.json',
    method: 'POST',
    path: '/api/v2/shared_servers/30000021/accept',
    world: withLateJoiner,
    question: { token: 'FAKElateToken0000001' },
  },
  { file: 'servers/v2-one-200.json', path: `/api/v2/servers/${harborId}` },
  { file: 'resources/v2-resources-200.json', path: '/api/v2/resources?includeHttps=1' },
  { file: 'user/v2-user-200.json', path: '/api/v2/user' },
  {
    file: 'user/v2-user-managed-200.json',
    path: '/api/v2/user',
    question: { token: 'FAKEkidToken00000001' },
  },
  { file: 'home/v2-home-users-200.json', path: '/api/v2/home/users', world: home20000004 },
  {
    file: 'home/v2-switch-201.json',
    method: 'POST',
    path: '/api/v2/home/users/0a1b2c3d4e5f6071/switch?pin=1111',
    status: 201,
  },
  { file: 'pins/new-201.json', method: 'POST', path: '/api/v2/pins', question: { token: null }, status: 201 },
  {
    file: 'pins/new-strong-201.json',
    method: 'POST',
    path: '/api/v2/pins?strong=true',
    question: { token: null },
    status: 201,
  },
  {
    file: 'signin/v1-sign_in-201.json',
    method: 'POST',
    path: '/users/sign_in.json',
    question: {
      token: null,
      form: { 'user[login]': 'owner@harbor.example', 'user[password]': 'FAKEpassword' },
    },
    status: 201,
  },
  {
    file: 'signin/v2-signin-201.json',
    method: 'POST',
    path: '/api/v2/users/signin',
    question: { token: null, form: { login: 'harbor_admin', password: 'FAKEpassword' } },
    status: 201,
  },
]

/** Values that the recordings show one way and the ordinary world another; both are seen in reality. */
const nullable = (kinds: string[] | undefined) => (kinds ?? []).filter((kind) => kind !== 'null')

describe('the JSON has the keys of the recordings in their order, and values of their kinds', () => {
  test.each(jsonCases)('$file', async ({ file, method = 'GET', path, question, world, status = 200 }) => {
    const { ask } = await pretend(world)
    const said = await ask(method, path, question)

    expect(said.status).toBe(status)
    expect(said.type).toBe('application/json; charset=utf-8')
    const recorded = JSON.parse(fixture(file))
    expect(keysInOrder(said.json)).toEqual(keysInOrder(recorded))
    const mine = jsonShape(said.json)
    for (const [at, kinds] of Object.entries(jsonShape(recorded))) {
      const [expected, seen] = [nullable(kinds), nullable(mine[at])]
      expect(mine, at).toHaveProperty([at])
      if (expected.length > 0 && seen.length > 0) expect({ at, kinds: seen }).toEqual({ at, kinds: expected })
    }
    const unknownKeys = Object.keys(mine).filter((at) => !(at in jsonShape(recorded)))
    expect(
      unknownKeys.filter(
        (at) =>
          !/connections\[\]|services\[\]|features\[\]|libraries\[\]|roles\[\]|entitlements\[\]/u.test(at),
      ),
    ).toEqual([])
  })
})

const saidExactly: Case[] = [
  {
    file: 'errors/1000-client-id-missing-400.xml',
    path: '/api/v2/user',
    question: { client: null, accept: '*/*' },
    status: 400,
  },
  {
    file: 'errors/1000-client-id-missing-400.json',
    path: '/api/v2/user',
    question: { client: null },
    status: 400,
  },
  {
    file: 'errors/1001-401.xml',
    path: '/api/v2/user',
    question: { token: 'dead', accept: '*/*' },
    status: 401,
  },
  { file: 'user/v2-user-401.json', path: '/api/v2/user', question: { token: 'dead' }, status: 401 },
  { file: 'errors/plain-error-401.xml', path: '/api/home/users', question: { token: 'dead' }, status: 401 },
  { file: 'errors/1002-404.xml', path: '/api/v2/nope', question: { accept: '*/*' }, status: 404 },
  {
    file: 'errors/1001-body-401-http-404.xml',
    method: 'POST',
    path: '/api/v2/home/users/restricted/20000003?removePin=1',
    question: { token: 'dead', accept: '*/*' },
    status: 404,
  },
  {
    file: 'errors/invalid-auth-token-404.xml',
    method: 'PUT',
    path: '/api/home/users/10000001?pin=0000',
    question: { token: 'dead' },
    status: 404,
  },
  {
    file: 'errors/v1-error-string-401.json',
    method: 'POST',
    path: '/users/sign_in.json',
    question: { token: null, form: { 'user[login]': 'nobody' } },
    status: 401,
  },
  { file: 'servers/one-404.xml', path: `/api/servers/${cabinId}`, status: 404 },
  {
    file: 'home/v1-set-pin-200.xml',
    method: 'PUT',
    path: '/api/home/users/10000001?pin=0000&currentPin=1111',
  },
  {
    file: 'home/v1-set-pin-401-wrong.xml',
    method: 'PUT',
    path: '/api/home/users/10000001?pin=0000&currentPin=9999',
    status: 401,
  },
  { file: 'home/v1-delete-200.xml', method: 'DELETE', path: '/api/home/users/20000003' },
  {
    file: 'home/v2-switch-403-pin.json',
    method: 'POST',
    path: '/api/v2/home/users/0a1b2c3d4e5f6071/switch',
    status: 403,
  },
  {
    file: 'home/v2-switch-403-pin-no-status.json',
    method: 'POST',
    path: '/api/v2/home/users/0a1b2c3d4e5f6071/switch?pin=1',
    status: 403,
    world: { rules: { wrongPinAnswer: '403 without status' } },
  },
  {
    file: 'home/v2-switch-401-pin.json',
    method: 'POST',
    path: '/api/v2/home/users/0a1b2c3d4e5f6071/switch?pin=1',
    status: 401,
    world: { rules: { wrongPinAnswer: '401' } },
  },
  { file: 'home/v2-home-404.json', path: '/api/v2/home', world: { homes: [] }, status: 404 },
  {
    file: 'home/invite-needs-plex-pass-422.xml',
    method: 'POST',
    path: '/api/home/users?invitedEmail=pat%40example.net',
    question: { token: 'FAKEmiraToken0000001' },
    status: 422,
  },
  {
    file: 'users/v1-validate-200.xml',
    method: 'POST',
    path: '/api/users/validate?invited_email=mira%40example.com',
  },
  {
    file: 'users/v1-validate-unknown.xml',
    method: 'POST',
    path: '/api/users/validate?invited_email=ghost%40example.com',
    status: 404,
  },
  { file: 'invites/requested-none-200.xml', path: '/api/invites/requested', world: { shares: [] } },
  {
    file: 'invites/cancel-200.xml',
    method: 'DELETE',
    path: '/api/invites/requested/20000030?friend=1&home=0&server=1',
    world: withLateJoiner,
  },
  {
    file: 'invites/cancel-404.xml',
    method: 'DELETE',
    path: '/api/invites/requested/20000030?friend=0&home=1&server=0',
    world: withLateJoiner,
    status: 404,
  },
  {
    file: 'shared_servers-v1/delete-404.xml',
    method: 'DELETE',
    path: `${harbor}/shared_servers/39999999`,
    status: 404,
  },
  {
    file: 'shared_servers-v1/post-400-already-sharing-escaped.xml',
    method: 'POST',
    path: `${harbor}/shared_servers`,
    question: invite({ invited_id: 20000030 }),
    world: withLateJoiner,
    status: 400,
  },
  {
    file: 'shared_servers-v1/post-400-invalid-recipient.xml',
    method: 'POST',
    path: `${harbor}/shared_servers`,
    question: invite({ invited_email: 'not@an address' }),
    status: 400,
  },
  {
    file: 'shared_servers-v2/create-422-1999.json',
    method: 'POST',
    path: '/api/v2/shared_servers',
    question: create({ invitedId: 20000001 }),
    status: 422,
  },
  {
    file: 'shared_servers-v2/create-422-1999.xml',
    method: 'POST',
    path: '/api/v2/shared_servers',
    question: { ...create({ invitedEmail: owner.email }), accept: '*/*' },
    status: 422,
  },
  { file: 'shared_servers-v2/list-405.json', path: '/api/v2/shared_servers', status: 405 },
  { file: 'sharings/put-200.json', method: 'PUT', path: '/api/v2/sharings/20000001?allowSync=1' },
  { file: 'sharings/delete-404.json', method: 'DELETE', path: '/api/v2/sharings/20000030', status: 404 },
  { file: 'friends/v2-friends-410.json', path: '/api/v2/friends', status: 410 },
  { file: 'friends/v1-delete-410.xml', method: 'DELETE', path: '/api/friends/20000001', status: 410 },
  { file: 'pins/expired-404.json', path: '/api/v2/pins/4000000999', question: { token: null }, status: 404 },
  { file: 'user/ping-200.xml', path: '/api/v2/ping', question: { accept: '*/*' } },
  {
    file: 'signin/v2-signin-401-wrong-password.json',
    method: 'POST',
    path: '/api/v2/users/signin',
    question: { token: null, form: { login: 'x', password: 'y' } },
    status: 401,
  },
  {
    file: 'signin/v2-signin-401-otp-required.json',
    method: 'POST',
    path: '/api/v2/users/signin',
    question: { token: null, form: { login: 'harbor_admin', password: 'FAKEpassword' } },
    world: { accounts: plexWorld().accounts.map((account) => ({ ...account, twoFactorCode: '123456' })) },
    status: 401,
  },
  {
    file: 'signin/v2-signin-401-ip-blocked.json',
    method: 'POST',
    path: '/api/v2/users/signin',
    question: { token: null, form: { login: 'x' } },
    world: { rules: { signInFailuresAllowed: 0 } },
    status: 401,
  },
  {
    file: 'misc/create-account-422.json',
    method: 'POST',
    path: '/api/v2/users',
    question: {
      token: null,
      form: { email: 'new@example.com', username: 'mira_q', password: 'FAKEpassword' },
    },
    status: 422,
  },
]

test.each(saidExactly)(
  '$file is said word for word',
  async ({ file, method = 'GET', path, question, world, status = 200 }) => {
    const { ask } = await pretend(world)
    const said = await ask(method, path, question)

    expect(said.status).toBe(status)
    if (file.endsWith('.json')) expect(said.json).toEqual(JSON.parse(fixture(file)))
    else expect(withoutBlanks(said.text)).toBe(withoutBlanks(fixture(file)))
  },
)

test('an answer without a body has no type', async () => {
  const { ask } = await pretend()
  const said = await ask('DELETE', `${harbor}/shared_servers/30000001`)
  expect(said).toMatchObject({ status: 204, type: null, text: '' })
})

test('a path that Rails does not know is answered with its page, one of v2 with 1002', async () => {
  const { ask } = await pretend()
  for (const [method, path] of [
    ['GET', '/nope'],
    ['DELETE', `${harbor}/shared_servers`],
  ] as const) {
    const said = await ask(method, path)
    expect(said).toMatchObject({ status: 404, type: 'text/html; charset=UTF-8' })
    expect(said.text).toContain("The page you were looking for doesn't exist")
  }
  expect((await ask('GET', '/api/v2/sharings')).json).toMatchObject({ errors: [{ code: 1002 }] })
})

test('the collection of shares says what it allows', async () => {
  const { ask } = await pretend()
  const said = await ask('GET', '/api/v2/shared_servers')
  expect([said.status, said.headers.get('allow')]).toEqual([405, 'OPTIONS, POST'])
})

test('v1 speaks XML whatever is asked for, v2 by the Accept header', async () => {
  const { ask } = await pretend()
  const types = async (accept: string) => [
    (await ask('GET', '/api/servers', { accept })).type?.split(';')[0],
    (await ask('GET', '/api/v2/user', { accept })).type?.split(';')[0],
  ]
  expect(await types('application/json')).toEqual(['application/xml', 'application/json'])
  expect(await types('*/*')).toEqual(['application/xml', 'application/xml'])
})
