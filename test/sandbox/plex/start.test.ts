import { Agent, get } from 'node:http'
import { expect, test } from 'vitest'
import { crowdedWorld } from '../../../src/sandbox/plex/crowded-world.ts'
import { startPretendPlex } from '../../../src/sandbox/plex/start.ts'
import { aShare, harborId, ownerToken, plexWorld } from '../../../src/sandbox/plex/world.ts'
import { asker, countOf, pretend } from './asking.ts'

test('the ordinary world is plain data that survives being written down', () => {
  expect(JSON.parse(JSON.stringify(plexWorld()))).toEqual(plexWorld())
})

test('a test states only what differs from the ordinary world', () => {
  const world = plexWorld({ shares: [], rules: { sharingLimit: 3 } })
  expect([world.shares.length, world.rules.sharingLimit, world.rules.maxHomeSize]).toEqual([0, 3, 15])
  expect(world.servers).toEqual(plexWorld().servers)
})

test('it listens on 127.0.0.1 at a port of its own, with an ordinary world and the real clock', async () => {
  const [one, two] = [await startPretendPlex(), await startPretendPlex()]
  try {
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u)
    expect(two.url).not.toBe(one.url)
    expect((await asker(one)('GET', '/api/v2/user')).json.username).toBe('harbor_admin')
    expect(Date.now() - (one.requests[0]?.at.getTime() ?? 0)).toBeLessThan(60_000)
  } finally {
    await one.close()
    await two.close()
  }
  await expect(fetch(one.url)).rejects.toThrow()
})

test('requests are counted exactly: all, by method and route, by what was answered, by a predicate', async () => {
  const { plex, ask } = await pretend()
  await ask('GET', '/api/users')
  await ask('GET', `/api/servers/${harborId}/shared_servers`)
  await ask('DELETE', `/api/servers/${harborId}/shared_servers/1`)
  expect(plex.count()).toBe(3)
  expect(plex.count({ method: 'GET' })).toBe(2)
  expect(plex.count({ route: '/api/servers/{mid}/shared_servers' })).toBe(1)
  expect(plex.count({ status: 404 })).toBe(1)
  expect(plex.count((entry) => entry.number > 1)).toBe(2)
})

test('a request is remembered with its route, its body and the names in its query, and no secret', async () => {
  const { plex, ask } = await pretend()
  await ask('POST', '/api/v2/home/users/3333aaaa3333aaaa/switch?pin=4321')
  await ask('POST', '/api/v2/users/signin', {
    form: { login: 'mira_q', password: 'hunter2', verificationCode: '998877' },
  })
  expect(plex.requests).toMatchObject([
    { route: '/api/v2/home/users/{uuid}/switch', queryNames: ['pin'], status: 201, tokenIn: 'header' },
    { body: { login: 'mira_q', password: '[secret]', verificationCode: '[secret]' }, status: 401 },
  ])
  expect(JSON.stringify(plex.requests)).not.toMatch(/4321|hunter2|998877|FAKE/u)
})

test('what was read of the world stays what it was', async () => {
  const { plex, ask } = await pretend()
  const before = plex.world
  await ask('DELETE', `/api/servers/${harborId}/shared_servers/30000001`)
  expect(before.shares.some((share) => share.id === 30000001)).toBe(true)
  expect(plex.world.shares.some((share) => share.id === 30000001)).toBe(false)
})

test('the world can be changed from outside, and the ledger says nothing of it', async () => {
  const { plex, ask } = await pretend()
  plex.change((world) => ({
    ...world,
    shares: [...world.shares, aShare({ id: 30000099, invitedId: 20000004 })],
  }))
  expect((await ask('GET', '/api/v2/shared_servers/owned/accepted')).text).toContain('pat-h')
  expect(plex.ledger).toEqual([])
})

test('the ledger has the instant of the clock', async () => {
  const { plex, clock, ask } = await pretend()
  clock.now = new Date('2030-01-01T00:00:00Z')
  await ask('DELETE', `/api/servers/${harborId}/shared_servers/30000001`)
  expect(plex.ledger).toMatchObject([{ at: new Date('2030-01-01T00:00:00Z'), did: 'share-deleted' }])
})

test('one can wait for the nth request of a kind, whether it has come or not', async () => {
  const { plex, ask } = await pretend()
  const second = plex.arrival({ route: '/api/users' }, 2)
  await ask('GET', '/api/users')
  await ask('GET', '/api/servers')
  await ask('GET', '/api/users')
  expect((await second).number).toBe(3)
  expect((await plex.arrival({ route: '/api/users' })).number).toBe(1)
})

test('connections are kept and counted', async () => {
  const { plex } = await pretend()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let n = 0; n < 5; n++) {
    await new Promise((resolve, reject) => {
      get(`${plex.url}/api/users`, { agent }, (response) => response.resume().on('end', resolve)).on(
        'error',
        reject,
      )
    })
  }
  agent.destroy()
  expect([plex.count(), plex.connectionsMade]).toEqual([5, 1])
})

test('nobody accepts what does not wait for him', async () => {
  const { plex } = await pretend()
  expect(() => plex.accept('late.joiner')).toThrow('Nothing waits for late.joiner.')
  expect(() => plex.approvePin('abcd', 'nobody')).toThrow('Nobody is called nobody.')
  expect(plex.leave('nobody')).toBe(0)
})

test('an account that is made in the test can be invited by its name', async () => {
  const { plex, ask } = await pretend()
  const account = plex.createAccount({ username: 'fresh_one', email: 'fresh@example.com' })
  const body = { machineIdentifier: harborId, librarySectionIds: [910000001], invitedEmail: 'fresh_one' }
  expect((await ask('POST', '/api/v2/shared_servers', { body })).json.invitedId).toBe(account.id)
})

test('an answer carries the headers of the real one: a cookie, a request id, no caching', async () => {
  const { ask } = await pretend()
  const { headers } = await ask('GET', '/api/users')
  expect(headers.get('set-cookie')).toContain('_my-plex_session_32=FAKE')
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/u)
  expect(headers.get('cache-control')).toContain('max-age=0')
})

test('a question that is asked twice has the same answer until something is done', async () => {
  const { ask } = await pretend()
  const list = async (token = ownerToken) =>
    (await ask('GET', '/api/v2/shared_servers/owned/accepted', { token })).text
  const before = await list()
  expect(await list()).toBe(before)
  expect(await list('FAKEmiraToken0000001')).toBe('[]')
  await ask('DELETE', '/api/v2/shared_servers/30000001')
  expect(await list()).not.toBe(before)
})

test('a thousand people with twenty libraries stand in every list, and the Home among the users', async () => {
  const plex = await startPretendPlex({ world: crowdedWorld({ people: 1_000, libraries: 20, pending: 30 }) })
  try {
    const ask = asker(plex)
    expect((await ask('GET', '/api/v2/shared_servers/owned/accepted')).json).toHaveLength(1_000)
    expect((await ask('GET', '/api/v2/shared_servers/owned/pending')).json).toHaveLength(30)
    const { text } = await ask('GET', `/api/servers/${harborId}/shared_servers`)
    expect([countOf(text, 'SharedServer'), countOf(text, 'Section')]).toEqual([1_000, 20_000])
    expect(countOf((await ask('GET', '/api/users')).text, 'User')).toBe(1_001)
  } finally {
    await plex.close()
  }
})
