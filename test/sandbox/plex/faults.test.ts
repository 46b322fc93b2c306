import { describe, expect, test } from 'vitest'
import {
  cloudflareChallenge,
  cloudflarePage,
  emptyBody,
  type Fault,
  failing,
  failingAfterCommit,
  noLibraries,
  partialShares,
  type RetryAfter,
  rateLimited,
  redirect,
} from '../../../src/sandbox/plex/fault.ts'
import { harborId, owner, ownerToken } from '../../../src/sandbox/plex/world.ts'
import { type Ask, countOf, pretend } from './asking.ts'

const lists = { method: 'GET' }
const writes = { method: 'POST' }
const accepted = '/api/v2/shared_servers/owned/accepted'
const pending = '/api/v2/shared_servers/owned/pending'
const shared = `/api/servers/${harborId}/shared_servers`
const invite = (ask: Ask, invitedEmail = 'late@example.com') =>
  ask('POST', '/api/v2/shared_servers', {
    body: { machineIdentifier: harborId, librarySectionIds: [910000001], invitedEmail },
  })
const cut = expect.objectContaining({ message: expect.stringMatching(/fetch failed|terminated/u) })

describe('a write that fails', () => {
  const kinds: [string, Fault, { isDone: boolean; status?: number }][] = [
    ['500 before anything was done', failing(500), { isDone: false, status: 500 }],
    ['503 of Cloudflare before anything was done', failing(503), { isDone: false, status: 503 }],
    ['502 with a page although it was done', failingAfterCommit(502), { isDone: true, status: 502 }],
    ['500 although it was done', failingAfterCommit(500), { isDone: true, status: 500 }],
    ['a reset before anything was done', { fault: 'reset' }, { isDone: false }],
    ['a reset although it was done', { fault: 'reset after commit' }, { isDone: true }],
    ['429', rateLimited('none'), { isDone: false, status: 429 }],
  ]
  test.each(kinds)('%s: the ledger tells', async (_, fault, { isDone, status }) => {
    const { plex, ask } = await pretend()
    const active = plex.faults.once(writes, fault)
    if (status === undefined) await expect(invite(ask)).rejects.toEqual(cut)
    else expect((await invite(ask)).status).toBe(status)

    expect(plex.ledger.map((entry) => entry.did)).toEqual(isDone ? ['share-created'] : [])
    expect(active.hits).toBe(1)
    expect(plex.requests).toMatchObject([{ status: status ?? 'cut', faults: [fault.fault] }])
    expect((await invite(ask)).status).toBe(isDone ? 422 : 201)
  })

  test('is done late: when it is flushed', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(writes, { fault: 'late commit' })
    await expect(invite(ask)).rejects.toEqual(cut)
    expect(plex.ledger).toEqual([])
    expect(plex.faults.flushLate()).toBe(1)
    expect(plex.ledger.map((entry) => entry.did)).toEqual(['share-created'])
  })

  test('is done late: some time afterwards, by the clock of the pretence', async () => {
    const { plex, clock, ask } = await pretend()
    plex.faults.once(writes, { fault: 'late commit', afterMs: 5_000 })
    await expect(invite(ask)).rejects.toEqual(cut)
    clock.now = new Date(clock.now.getTime() + 4_999)
    expect((await ask('GET', pending)).json).toHaveLength(1)
    clock.now = new Date(clock.now.getTime() + 1)
    expect((await ask('GET', pending)).json).toHaveLength(2)
    expect(plex.faults.lateWaiting).toBe(0)
  })

  test('is done late after another did the same: plex.tv refuses the late one', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(writes, { fault: 'late commit' })
    await expect(invite(ask)).rejects.toEqual(cut)
    await invite(ask)
    plex.faults.flushLate()
    expect(plex.ledger).toHaveLength(1)
  })
})

describe('the Retry-After of 429', () => {
  const forms: [RetryAfter, string | null][] = [
    [{ seconds: 7 }, '7'],
    [{ date: new Date('2026-11-21T10:00:30Z') }, 'Sat, 21 Nov 2026 10:00:30 GMT'],
    ['garbage', '-5, soon'],
    ['huge', '86400'],
    ['none', null],
  ]
  test.each(forms)('%j', async (retryAfter, header) => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, rateLimited(retryAfter))
    const said = await ask('GET', accepted)
    expect([said.status, said.headers.get('retry-after')]).toEqual([429, header])
  })
})

describe('an answer that cannot be read', () => {
  test('a page with status 200, and a challenge with 403', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, cloudflarePage)
    plex.faults.once(lists, cloudflareChallenge)
    const answers = [await ask('GET', accepted), await ask('GET', accepted), await ask('GET', accepted)]
    expect(answers.map((said) => [said.status, said.type])).toEqual([
      [200, 'text/html; charset=UTF-8'],
      [403, 'text/html; charset=UTF-8'],
      [200, 'application/json; charset=utf-8'],
    ])
  })

  test('nothing in it', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, emptyBody)
    expect(await ask('GET', accepted)).toMatchObject({ status: 200, text: '' })
  })

  test('of another type than it says', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, { fault: 'content type', contentType: 'text/plain' })
    const said = await ask('GET', shared)
    expect([said.type, said.text.slice(0, 5)]).toEqual(['text/plain', '<?xml'])
  })

  test('cut short: a whole answer with half a document', async () => {
    const { plex, ask } = await pretend()
    const { text } = await ask('GET', shared)
    plex.faults.once(lists, { fault: 'truncated', keep: 0.5 })
    plex.faults.once(lists, { fault: 'truncated', keep: (length) => length - 1 })
    const [half, almost] = [await ask('GET', shared), await ask('GET', shared)]
    expect([half.text, almost.text]).toEqual([text.slice(0, text.length / 2), text.slice(0, -1)])
  })

  test('broken off in the middle', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, { fault: 'truncated', keep: 0.5, breaksOff: true })
    await expect(ask('GET', shared)).rejects.toEqual(cut)
  })

  test('rewritten in any way a test likes', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, { fault: 'rewritten', body: (text) => text.replace('size="2"', 'size="9"') })
    expect((await ask('GET', shared)).text).toContain('size="9"')
    expect((await ask('GET', shared)).text).toContain('size="2"')
  })

  test('drop by drop, and whole in the end', async () => {
    const { plex, ask } = await pretend()
    const whole = await ask('GET', accepted)
    plex.faults.once(lists, { fault: 'dripped', bytes: 500, everyMs: 1 })
    expect((await ask('GET', accepted)).text).toBe(whole.text)
  })

  test('a redirect to elsewhere', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, redirect('https://elsewhere.example/collect'))
    const said = await ask('GET', accepted)
    expect([said.status, said.headers.get('location')]).toEqual([302, 'https://elsewhere.example/collect'])
  })
})

describe('lists that are behind', () => {
  const ids = async (ask: Ask) => (await ask('GET', pending)).json.map((row) => row.id)

  test('by so many deeds, until released', async () => {
    const { plex, ask } = await pretend()
    const [first, second] = [(await invite(ask)).json.id, (await invite(ask, 'b@example.com')).json.id]
    const lag = plex.faults.readLag({ writes: 1 })
    expect(await ids(ask)).toEqual([30000022, first])
    lag.release()
    expect(await ids(ask)).toEqual([30000022, first, second])
  })

  test('by so much time', async () => {
    const { plex, clock, ask } = await pretend()
    plex.faults.readLag({ ms: 2_000 })
    const { id } = (await invite(ask)).json
    expect(await ids(ask)).toEqual([30000022])
    clock.now = new Date(clock.now.getTime() + 1_999)
    expect(await ids(ask)).toEqual([30000022])
    clock.now = new Date(clock.now.getTime() + 1)
    expect(await ids(ask)).toEqual([30000022, id])
  })

  test('frozen at an instant, while writes go by what is', async () => {
    const { plex, ask } = await pretend()
    const frozen = plex.faults.freezeReads()
    await invite(ask)
    expect(await ids(ask)).toEqual([30000022])
    expect((await invite(ask)).status).toBe(422)
    frozen.release()
    expect(await ids(ask)).toHaveLength(2)
  })

  test('well formed and only a part of what there is', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, partialShares(0.2))
    plex.faults.once(lists, partialShares(0))
    expect([(await ask('GET', accepted)).json.length, (await ask('GET', accepted)).json.length]).toEqual([
      1, 0,
    ])
    expect((await ask('GET', accepted)).json).toHaveLength(3)
    expect(plex.ledger).toEqual([])
  })

  test('a healthy server without libraries for a moment', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, noLibraries)
    const path = `/api/servers/${harborId}`
    expect([
      countOf((await ask('GET', path)).text, 'Section'),
      countOf((await ask('GET', path)).text, 'Section'),
    ]).toEqual([0, 4])
  })
})

describe('slowness', () => {
  test('of every answer, or of some', async () => {
    const { plex, ask } = await pretend()
    const asked: string[] = []
    plex.faults.latencyMs = (entry) => {
      asked.push(entry.path)
      return 1
    }
    plex.faults.once({ route: '/api/users' }, { fault: 'slow', ms: 1 })
    await ask('GET', '/api/users')
    expect(asked).toEqual(['/api/users'])
    expect(plex.requests[0]?.faults).toEqual(['slow'])
  })

  test('does not keep the deed from being done when nobody waits any more', async () => {
    const { plex } = await pretend()
    plex.faults.once(writes, { fault: 'slow', ms: 20 })
    const impatient = new AbortController()
    const asked = fetch(`${plex.url}/api/v2/shared_servers`, {
      method: 'POST',
      signal: impatient.signal,
      headers: {
        'X-Plex-Token': ownerToken,
        'X-Plex-Client-Identifier': 'x',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        machineIdentifier: harborId,
        librarySectionIds: [910000001],
        invitedId: 20000030,
      }),
    })
    await plex.arrival(writes)
    impatient.abort()
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
    await plex.settled()
    expect(plex.ledger.map((entry) => entry.did)).toEqual(['share-created'])
  })

  test('adds to the other faults', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(lists, { fault: 'slow', ms: 1 })
    plex.faults.once(lists, failing(503))
    expect((await ask('GET', accepted)).status).toBe(503)
  })

  test.each([
    [false, []],
    [true, ['share-created']],
  ])('without end until released, with the deed done first: %s', async (isDone, before) => {
    const { plex, ask } = await pretend()
    const hang = plex.faults.once(writes, { fault: 'hangs', isDone })
    const asked = invite(ask)
    await plex.arrival(writes)
    await ask('GET', accepted)
    expect(plex.requests[0]?.status).toBe('waiting')
    expect(plex.ledger.map((entry) => entry.did)).toEqual(before)
    hang.release()
    expect((await asked).status).toBe(201)
    expect(plex.ledger.map((entry) => entry.did)).toEqual(['share-created'])
  })

  test('what hangs when the pretence is closed is never done', async () => {
    const { plex, ask } = await pretend()
    plex.faults.once(writes, { fault: 'hangs' })
    const outcome = invite(ask).catch((error: unknown) => error)
    await plex.arrival(writes)
    await plex.close()
    expect(await outcome).toEqual(cut)
    expect(plex.ledger).toEqual([])
  })
})

describe('a route that is taken away', () => {
  test.each([
    ['v2 lists', 'GET', accepted],
    ['v2 sharing', 'DELETE', '/api/v2/shared_servers/30000001'],
    ['v1 sharing', 'GET', shared],
    ['v1 invites', 'GET', '/api/invites/requested'],
    ['v2 servers', 'GET', `/api/v2/servers/${harborId}`],
    ['v1 servers', 'GET', `/api/servers/${harborId}`],
    ['v1 users', 'GET', '/api/users'],
    ['v2 sharings', 'DELETE', '/api/v2/sharings/20000001'],
    ['v2 home', 'GET', '/api/v2/home/users'],
    ['v1 home', 'GET', '/api/home/users'],
  ] as const)('%s: %s %s is answered 410, and nothing is done', async (group, method, path) => {
    const { plex, ask } = await pretend()
    plex.faults.retire(group)
    expect((await ask(method, path)).status).toBe(410)
    expect((await ask('GET', '/api/v2/user')).status).toBe(200)
    expect(plex.ledger).toEqual([])
  })

  test('retires for one method, or as if it had never been there', async () => {
    const { plex, ask } = await pretend()
    plex.faults.retire({ route: '/api/v2/shared_servers', method: 'POST' }, 404)
    plex.faults.retire({ route: '/api/users' }, 405)
    expect([(await invite(ask)).status, (await ask('GET', '/api/v2/shared_servers')).status]).toEqual([
      404, 405,
    ])
    expect((await ask('GET', '/api/users')).status).toBe(405)
  })

  test('retired v1 sharing leaves the server itself', async () => {
    const { plex, ask } = await pretend()
    plex.faults.retire('v1 sharing')
    expect((await ask('GET', `/api/servers/${harborId}`)).status).toBe(200)
  })
})

describe('which requests are meant', () => {
  test('by method and route, in the order of the faults, so many times', async () => {
    const { plex, ask } = await pretend()
    plex.faults.times(2, { method: 'GET', route: '/api/users' }, failing(500))
    plex.faults.once({ route: '/api/users' }, failing(503))
    const statuses: number[] = []
    for (const path of ['/api/users', '/api/servers', '/api/users', '/api/users', '/api/users']) {
      statuses.push((await ask('GET', path)).status)
    }
    expect(statuses).toEqual([500, 200, 500, 503, 200])
  })

  test('by a predicate, always, until released or cleared', async () => {
    const { plex, ask } = await pretend()
    const active = plex.faults.always((entry) => entry.path.endsWith('/pending'), failing(500))
    expect([(await ask('GET', pending)).status, (await ask('GET', accepted)).status]).toEqual([500, 200])
    active.release()
    expect((await ask('GET', pending)).status).toBe(200)
    plex.faults.always({}, failing(500))
    plex.faults.retire('v1 users')
    plex.faults.clear()
    expect((await ask('GET', '/api/users')).status).toBe(200)
  })

  test('a dead token in each of its forms', async () => {
    const { plex, ask } = await pretend()
    const statuses: number[] = []
    for (const how of ['revoked', 'revoked but 404', 'invalid', 'expired'] as const) {
      plex.faults.once(lists, { fault: 'token dead', how })
      statuses.push((await ask('GET', '/api/v2/user')).status)
    }
    expect(statuses).toEqual([401, 404, 422, 498])
    expect((await ask('GET', '/api/v2/user')).json.id).toBe(owner.id)
  })
})

describe('plex.tv away', () => {
  test('refuses connections, and is back at the same address with all that it knew', async () => {
    const { plex, ask } = await pretend()
    await invite(ask)
    await plex.faults.down()
    await expect(ask('GET', pending)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await plex.faults.up()
    expect((await ask('GET', pending)).json).toHaveLength(2)
    expect(plex.count()).toBe(2)
  })
})

describe('faults by chance', () => {
  async function campaign(seed: number) {
    const { plex, ask } = await pretend({ rules: { sharingLimit: 1_000 } })
    plex.faults.random({ seed })
    const outcomes: (number | 'cut')[] = []
    for (let n = 0; n < 60; n++) {
      outcomes.push(
        await invite(ask, `person${n}@example.com`).then(
          (said) => said.status,
          () => 'cut' as const,
        ),
      )
    }
    return { plex, outcomes }
  }

  test('are the same for the same seed, and others for another', async () => {
    const [one, same, other] = [await campaign(7), await campaign(7), await campaign(8)]
    expect(same.outcomes).toEqual(one.outcomes)
    expect(other.outcomes).not.toEqual(one.outcomes)
  })

  test('are of every kind, and the ledger has what was done', async () => {
    const { plex, outcomes } = await campaign(7)
    const kinds = new Set(plex.requests.flatMap((entry) => entry.faults))
    expect([...kinds].sort()).toEqual([
      'answers',
      'answers after commit',
      'late commit',
      'reset after commit',
    ])
    const undone = plex.requests.filter((entry) => ['answers', 'late commit'].includes(entry.faults[0] ?? ''))
    expect(plex.ledger).toHaveLength(outcomes.length - undone.length)
    const late = plex.faults.flushLate()
    expect(late).toBeGreaterThan(0)
    expect(plex.ledger).toHaveLength(outcomes.length - undone.length + late)
  })

  test('may do late what they do late within a time, by the clock', async () => {
    const { plex, clock, ask } = await pretend()
    plex.faults.random({
      seed: 3,
      failBefore: 0,
      resetAfter: 0,
      badGatewayAfter: 0,
      lateCommit: 1,
      lateByAtMostMs: 60_000,
    })
    await expect(invite(ask)).rejects.toEqual(cut)
    expect(plex.ledger).toEqual([])
    clock.now = new Date(clock.now.getTime() + 60_000)
    expect(plex.ledger).toHaveLength(1)
  })

  test('let a list lag behind, and stop when released', async () => {
    const { plex, ask } = await pretend()
    await invite(ask)
    const chance = plex.faults.random({ seed: 1, readFails: 0, readLags: 1 })
    expect((await ask('GET', pending)).json).toHaveLength(1)
    chance.release()
    expect((await ask('GET', pending)).json).toHaveLength(2)
  })
})
