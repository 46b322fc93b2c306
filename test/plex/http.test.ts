import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { id, type ServerId } from '../../src/lib/ids.ts'
import { readAccount } from '../../src/plex/api/account.ts'
import { setManagedPin, setOwnPin } from '../../src/plex/api/home.ts'
import { createShare, deleteShare, readAcceptedShares } from '../../src/plex/api/shares.ts'
import { endEverythingWith } from '../../src/plex/api/sharings.ts'
import { PlexError } from '../../src/plex/errors.ts'
import type { SentRequest } from '../../src/plex/http.ts'
import { table } from './support/fixture-table.ts'
import { fixtures, harbor } from './support/fixtures.ts'
import { failureOf, kindOf } from './support/outcome.ts'
import { connected, ownerToken, type Reply, serve, standIn } from './support/stand-in.ts'

const server = id<ServerId>(harbor)
const list = 'GET /api/v2/shared_servers/owned/accepted'
const user = 'GET /api/v2/user'
const good = serve('shared_servers-v2/owned-accepted-empty-200.json')
const reset: Reply = { by: (_response, request) => request.socket.destroy() }
const silent: Reply = { by: () => {} }
const wish = { to: { invitedEmail: 'newcomer@example.com' }, libraries: ['1'], settings: {} } as const

describe('C01: what goes out', () => {
  test('who we are stands in headers, and the token in one header and in no address', async () => {
    const plex = await standIn({ [user]: serve('user/v2-user-200.json') })
    await readAccount(connected(plex.url, { version: '1.2.3' }).http)
    const [request] = plex.received
    expect(request?.headers).toMatchObject({
      'x-plex-client-identifier': 'client-0001',
      'x-plex-product': 'Usherr',
      'x-plex-version': '1.2.3',
      'x-plex-platform': 'Node.js',
      'x-plex-device-name': 'Usherr',
      'x-plex-token': ownerToken,
      accept: 'application/json',
    })
    expect(request?.url).toBe('/api/v2/user')
    const { 'x-plex-token': _, ...others } = request?.headers ?? {}
    expect(JSON.stringify(others)).not.toContain(ownerToken)
  })

  test('a long token of the JWT form is sent as it is', async () => {
    const plex = await standIn({ [user]: serve('user/v2-user-200.json') })
    const token = `${'eyJ'.padEnd(530, 'x')}.sig`
    await readAccount(connected(plex.url, { token }).http)
    expect(plex.received[0]?.headers['x-plex-token']).toBe(token)
  })

  test('a token that would break out of its header is not sent', async () => {
    const plex = await standIn({ [user]: serve('user/v2-user-200.json') })
    const { http } = connected(plex.url, { token: 'FAKE\r\nX-Evil: 1' })
    expect(await kindOf(readAccount(http))).toBe('unauthorised')
    expect(plex.received).toEqual([])
  })

  test('C02: the client identifier is the one that was given, in every call', async () => {
    const plex = await standIn({ [user]: serve('user/v2-user-200.json') })
    for (const clientIdentifier of ['one', 'one', 'two']) {
      await readAccount(connected(plex.url, { clientIdentifier }).http)
    }
    expect(plex.received.map(({ headers }) => headers['x-plex-client-identifier'])).toEqual([
      'one',
      'one',
      'two',
    ])
  })

  test('no cookie comes back', async () => {
    const plex = await standIn({
      'GET /api/v2/home/users': serve('errors/set-cookie-200.json'),
      [user]: serve('user/v2-user-200.json'),
    })
    const { http } = connected(plex.url)
    await http.send({ method: 'GET', route: '/api/v2/home/users' })
    await readAccount(http)
    expect(plex.received.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined])
  })
})

test('C04: a redirect is not followed', async () => {
  const elsewhere = await standIn({ '*': good })
  const plex = await standIn({ [list]: { status: 302, headers: { location: `${elsewhere.url}/collect` } } })
  const failure = await failureOf(readAcceptedShares(connected(plex.url).http, server))
  expect(failure.failure).toEqual({ kind: 'unexpected', excerpt: 'unexpected redirect' })
  expect(plex.received).toHaveLength(1)
  expect(elsewhere.received).toEqual([])
})

describe('C05: a read', () => {
  test('that times out twice is answered the third time', async () => {
    const plex = await standIn({ [list]: [silent, silent, good] })
    const { http, clock } = connected(plex.url, { idleMs: 40 })
    expect((await readAcceptedShares(http, server)).rows).toEqual([])
    expect(plex.received).toHaveLength(3)
    expect(clock.waits).toHaveLength(2)
  })

  test.each([
    ['is reset', reset, 'unreachable'],
    ['meets 502', { status: 502 }, 'serverError'],
    ['meets 524', { status: 524 }, 'serverError'],
    ['is never answered', silent, 'timedOut'],
  ] as const)('that always %s is tried three times', async (_, reply, kind) => {
    const plex = await standIn({ [list]: reply })
    const { http } = connected(plex.url, { idleMs: 40 })
    expect(await kindOf(readAcceptedShares(http, server))).toBe(kind)
    expect(plex.received).toHaveLength(3)
  })

  test('is over when its whole time is, however slowly bytes drip', async () => {
    const drip: Reply = {
      by: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const timer = setInterval(() => response.write(' '), 10)
        response.on('close', () => clearInterval(timer))
      },
    }
    const plex = await standIn({ [list]: drip })
    const { http } = connected(plex.url, { idleMs: 100, totalMs: 150 })
    expect(await kindOf(readAcceptedShares(http, server))).toBe('timedOut')
    expect(plex.received).toHaveLength(1)
  })

  test.each([400, 401, 403, 404, 422, 500])('that meets %i is not tried again', async (status) => {
    const plex = await standIn({ [user]: { status } })
    await failureOf(readAccount(connected(plex.url).http))
    expect(plex.received).toHaveLength(1)
  })

  test('finds nobody at the address', async () => {
    const { http } = connected('http://127.0.0.1:9')
    expect(await failureOf(readAccount(http))).toMatchObject({ kind: 'unreachable', mayHaveHappened: false })
  })
})

describe('a rate limit', () => {
  test('C06: a read waits as long as plex.tv says, and asks once more', async () => {
    const plex = await standIn({ [list]: [serve('errors/429-seconds.txt'), good] })
    const { http, clock } = connected(plex.url, { patienceMs: 60_000 })
    await readAcceptedShares(http, server)
    expect(plex.received).toHaveLength(2)
    expect(clock.waits).toEqual([7_000])
  })

  test.each(['errors/429-none.json', 'errors/429-garbage.txt'])(
    'C07: after %s it waits at its own pace',
    async (file) => {
      const plex = await standIn({ [list]: serve(file) })
      const { http, clock } = connected(plex.url, { patienceMs: 60_000 })
      expect(await kindOf(readAcceptedShares(http, server))).toBe('rateLimited')
      expect(plex.received).toHaveLength(3)
      const [first = 0, second = 0] = clock.waits
      expect(first).toBeGreaterThanOrEqual(2_000)
      expect(first).toBeLessThanOrEqual(3_000)
      expect(second).toBeGreaterThanOrEqual(4_000)
      expect(second).toBeLessThanOrEqual(6_000)
    },
  )

  test('C07: a wait of a day is cut to ten minutes, and nobody waits for it', async () => {
    const plex = await standIn({ [list]: serve('errors/429-huge.txt') })
    const { http, clock } = connected(plex.url)
    const { failure } = await failureOf(readAcceptedShares(http, server))
    expect(failure).toEqual({ kind: 'rateLimited', until: new Date('2026-11-21T10:10:00Z') })
    expect(clock.waits).toEqual([])
    expect(plex.received).toHaveLength(1)
  })

  test('until its time nothing else is sent, then it is', async () => {
    const plex = await standIn({
      [list]: serve('errors/429-date.txt'),
      [user]: serve('user/v2-user-200.json'),
    })
    const { http, clock } = connected(plex.url)
    await failureOf(readAcceptedShares(http, server))
    const { failure, mayHaveHappened } = await failureOf(deleteShare(http, server, '1'))
    expect(failure).toEqual({ kind: 'rateLimited', until: new Date('2026-11-21T10:00:30Z') })
    expect(mayHaveHappened).toBe(false)
    expect(plex.received).toHaveLength(1)
    clock.pass(30_000)
    expect(await readAccount(http)).toMatchObject({ id: '10000001' })
  })

  test('of what waits in the line, nothing goes out any more', async () => {
    const plex = await standIn({ [user]: serve('errors/429-huge.txt') })
    const { http } = connected(plex.url)
    const kinds = await Promise.all(Array.from({ length: 20 }, () => kindOf(readAccount(http))))
    expect(new Set(kinds)).toEqual(new Set(['rateLimited']))
    expect(plex.received.length).toBeLessThanOrEqual(4)
  })
})

describe('C08: secrets', () => {
  const secrets = /FAKE|@|k3xv|a1b2c3d4e5f6g7h8/u

  test('no fixture, served as an error, brings one into what is thrown', async () => {
    let failures = 0
    for (const { file } of fixtures) {
      const [ask] = table[file] ?? []
      if (!ask) continue
      for (const status of [400, 404, 500]) {
        const plex = await standIn({ '*': { ...serve(file), status } })
        // Some questions take "not found" for an answer.
        const failure: unknown = await ask(connected(plex.url).http).catch((error: unknown) => error)
        if (!(failure instanceof PlexError)) continue
        failures += 1
        for (const shown of [
          failure.message,
          failure.stack,
          inspect(failure, { depth: 9 }),
          JSON.stringify(failure),
        ]) {
          expect(`${file} ${shown?.replaceAll(/file:\S+|\(\S+\)|node_modules\/\S+/gu, '')}`).not.toMatch(
            secrets,
          )
        }
        expect(failure.cause).toBeUndefined()
      }
    }
    expect(failures).toBeGreaterThan(3 * fixtures.length - 20)
  }, 60_000)

  test('a PIN in the query is in no error, and no identifier is in the route', async () => {
    const plex = await standIn({ '*': { status: 500, body: 'pin=4711' } })
    const failure = await failureOf(setOwnPin(connected(plex.url).http, '10000001', '4711', '4712'))
    expect(inspect(failure, { depth: 9 })).not.toMatch(/471[12]|10000001/u)
    expect(failure.message).toContain('PUT /api/home/users/{user}: serverError (500)')
  })

  test('what is counted names the operation and nobody', async () => {
    const plex = await standIn({ '*': { status: 204 }, 'DELETE /api/v2/sharings/20000003': reset })
    const sent: SentRequest[] = []
    const { http } = connected(plex.url, { onRequest: (request) => sent.push(request) })
    await setManagedPin(http, '20000003', '4711')
    await failureOf(endEverythingWith(http, '20000003'))
    expect(sent.map(({ ms: _, ...facts }) => facts)).toEqual([
      { method: 'POST', route: '/api/v2/home/users/restricted/{user}', status: 204 },
      { method: 'DELETE', route: '/api/v2/sharings/{user}' },
    ])
  })
})

describe('C10: a dead token', () => {
  test.each([
    'errors/1001-401.xml',
    'errors/plain-error-401.xml',
    'user/v2-user-422-invalid-token.xml',
    'user/jwt-expired-498.json',
  ])('is known from %s, and is not used any more', async (file) => {
    const plex = await standIn({ [user]: serve(file) })
    const { http, clock } = connected(plex.url)
    expect(await kindOf(readAccount(http))).toBe('unauthorised')
    expect(await kindOf(readAccount(http))).toBe('unauthorised')
    expect(await failureOf(deleteShare(http, server, '1'))).toMatchObject({
      kind: 'unauthorised',
      mayHaveHappened: false,
    })
    expect(plex.received).toHaveLength(1)
    clock.pass(5 * 60_000)
    await failureOf(readAccount(http))
    expect(plex.received).toHaveLength(2)
  })

  test('is forgotten when there is a new one', async () => {
    const plex = await standIn({ [user]: [serve('errors/1001-401.xml'), serve('user/v2-user-200.json')] })
    const { http } = connected(plex.url)
    await failureOf(readAccount(http))
    http.setToken('FAKEnewToken')
    expect(await readAccount(http)).toMatchObject({ id: '10000001' })
    expect(plex.received[1]?.headers['x-plex-token']).toBe('FAKEnewToken')
  })

  test('that was replaced meanwhile says nothing about the new one', async () => {
    const held: (() => void)[] = []
    const late: Reply = {
      by: (response) => void held.push(() => response.writeHead(401).end()),
    }
    const plex = await standIn({ [user]: [late, serve('user/v2-user-200.json')] })
    const { http } = connected(plex.url)
    const old = kindOf(readAccount(http))
    await expect.poll(() => held.length).toBe(1)
    http.setToken('FAKEnewToken')
    held[0]?.()
    expect(await old).toBe('unauthorised')
    expect(await readAccount(http)).toMatchObject({ id: '10000001' })
  })

  test.each(['home/v1-set-pin-401-wrong.xml', 'home/v2-switch-401-pin.json'])(
    'C11: %s is a wrong PIN, and the token lives',
    async (file) => {
      const plex = await standIn({
        'PUT /api/home/users/10000001': serve(file),
        [user]: serve('user/v2-user-200.json'),
      })
      const { http } = connected(plex.url)
      expect(await kindOf(setOwnPin(http, '10000001', '1', '2'))).toBe('wrongPin')
      expect(await readAccount(http)).toMatchObject({ id: '10000001' })
    },
  )

  test('a page under 401 comes from something else, and the token lives', async () => {
    const plex = await standIn({ [user]: [serve('errors/pms-401.html'), serve('user/v2-user-200.json')] })
    const { http } = connected(plex.url)
    expect(await kindOf(readAccount(http))).toBe('unexpected')
    expect(await readAccount(http)).toMatchObject({ id: '10000001' })
  })
})

test('C16: of several errors the first decides and all are kept', async () => {
  const plex = await standIn({
    [user]: [serve('errors/multiple-errors-400.xml'), serve('errors/empty-errors-400.xml')],
  })
  const { http } = connected(plex.url)
  const several = await failureOf(readAccount(http))
  expect(several.kind).toBe('rejected')
  expect(several.details.map(({ code }) => code)).toEqual(['1000', '1001'])
  expect(await failureOf(readAccount(http))).toMatchObject({ kind: 'rejected', details: [] })
})

describe('a write', () => {
  test.each([
    ['is reset', reset, 'unreachable'],
    ['meets 500', { status: 500 }, 'serverError'],
    ['meets 502', { status: 502 }, 'serverError'],
    ['is never answered', silent, 'timedOut'],
    ['is redirected', { status: 302 }, 'unexpected'],
    ['is answered by a page', { body: '<html><body>ok</body></html>' }, 'unexpected'],
    ['is answered by half a document', { body: '<MediaContainer size="1"><SharedServer' }, 'unexpected'],
  ] as const)('that %s is not sent again, and may have happened', async (_, reply, kind) => {
    const plex = await standIn({ 'POST /api/v2/shared_servers': reply })
    const { http } = connected(plex.url, { totalMs: 150 })
    expect(await failureOf(createShare(http, server, wish))).toMatchObject({ kind, mayHaveHappened: true })
    expect(plex.received).toHaveLength(1)
  })

  test.each([400, 401, 403, 409, 422, 429])('that meets %i has not happened', async (status) => {
    const plex = await standIn({ 'POST /api/v2/shared_servers': { status } })
    const failure = await failureOf(createShare(connected(plex.url).http, server, wish))
    expect(failure.mayHaveHappened).toBe(false)
    expect(plex.received).toHaveLength(1)
  })

  test('that finds nobody at the address has not happened', async () => {
    const failure = await failureOf(createShare(connected('http://127.0.0.1:9').http, server, wish))
    expect(failure).toMatchObject({ kind: 'unreachable', mayHaveHappened: false })
  })

  test.each(['', ' ', 'abc', '..', '1/2', '1?x=1', '-1'])(
    'C50: to the share "%s" is not sent',
    async (share) => {
      const plex = await standIn({ '*': { status: 204 } })
      const { http } = connected(plex.url)
      await expect(async () => deleteShare(http, server, share)).rejects.toMatchObject({ kind: 'rejected' })
      await expect(async () => endEverythingWith(http, share)).rejects.toMatchObject({ kind: 'rejected' })
      expect(plex.received).toEqual([])
    },
  )

  test.each(['', '.', '..'])('to the server "%s" is not sent', async (mid) => {
    const plex = await standIn({ 'DELETE /api/v2/shared_servers/1': { status: 410 }, '*': { status: 204 } })
    const { http } = connected(plex.url)
    expect(await kindOf(deleteShare(http, id<ServerId>(mid), '1'))).toBe('rejected')
    expect(plex.asked()).toEqual(['DELETE /api/v2/shared_servers/1'])
  })
})

test('four requests are under way at once, and no more', async () => {
  const waiting: (() => void)[] = []
  const held: Reply = { by: (response) => void waiting.push(() => response.end('[]')) }
  const plex = await standIn({ [list]: held })
  const { http } = connected(plex.url)
  const answers = Array.from({ length: 6 }, () => readAcceptedShares(http, server))
  await expect.poll(() => plex.received.length).toBe(4)
  for (const answer of waiting.splice(0)) answer()
  await expect.poll(() => plex.received.length).toBe(6)
  for (const answer of waiting.splice(0)) answer()
  expect(await Promise.all(answers)).toHaveLength(6)
})
