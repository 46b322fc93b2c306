import { describe, expect, test } from 'vitest'
import { type AccountId, id, type ServerId } from '../../src/lib/ids.ts'
import { crowdedWorld } from '../../src/sandbox/plex/crowded-world.ts'
import { harborId, lighthouseId, owner, ownerToken } from '../../src/sandbox/plex/world.ts'
import { noConnections, withAccount, withServersOf } from '../../src/sharing/guild-connections.ts'
import { dora, type Ground, ground, guildId } from '../support/ground.ts'
import { minutes } from '../support/shifted-clock.ts'

/** How many requests plex.tv gets for something. Connecting is not counted: it happens once, at the start. */
async function requestsFor(on: Ground, work: () => Promise<unknown>): Promise<number> {
  const before = on.plex.count()
  await work()
  return on.plex.count() - before
}
const grow = (on: Ground) => on.clock.pass(2 * minutes)
const warm = async (on: Ground) => {
  await Promise.all([on.sharing.libraries(), on.sharing.shares('active'), on.sharing.shares('pending')])
}
const invite = (on: Ground, email: string) => on.rules.invite(dora, { id: email, email, libraries: 'Movies' })

async function revoke(on: Ground, who: string) {
  const asked = await on.rules.askToRevoke(dora, { who, mode: 'remove' })
  if (asked.outcome !== 'confirmShare') throw new Error(asked.outcome)
  expect(await on.rules.revoke(dora, { id: `revoke ${who}`, draftId: asked.draftId })).toMatchObject({
    outcome: 'revoked',
  })
}

async function change(on: Ground, who: string, ticked: readonly string[]) {
  const asked = await on.rules.askToChange(dora, { who })
  if (asked.outcome !== 'choose') throw new Error(asked.outcome)
  await on.rules.chooseLibraries(dora, { draftId: asked.draftId, part: 0, ticked })
  expect(await on.rules.changeLibraries(dora, { id: `change ${who}`, draftId: asked.draftId })).toMatchObject(
    {
      outcome: 'changed',
    },
  )
}

describe('requests to plex.tv, counted exactly', () => {
  test('an invitation: 1 while the lists are fresh, for the answer proves it', async () => {
    const on = await ground()
    await warm(on)
    expect(await requestsFor(on, () => invite(on, 'new@example.com'))).toBe(1)
  })

  test('an invitation: 2 on a cold cache', async () => {
    const on = await ground()
    expect(await requestsFor(on, () => invite(on, 'new@example.com'))).toBe(2)
  })

  test('an invitation whose answer does not name the libraries: one read more', async () => {
    const on = await ground()
    await warm(on)
    on.plex.faults.once(
      { method: 'POST' },
      { fault: 'rewritten', body: (text) => text.replace(/"libraries":\[[^\]]*\]/u, '"libraries":[]') },
    )
    expect(await requestsFor(on, () => invite(on, 'new@example.com'))).toBe(2)
  })

  test('a change of libraries: 1, for the answer proves it, and the settings go back untouched', async () => {
    const on = await ground()
    await warm(on)
    const settings = () => on.plex.world.shares.find((share) => share.id === 30000001)?.settings
    const before = settings()
    const three = ['910000001', '910000002', '910000003']
    expect(await requestsFor(on, () => change(on, 'mira_q', three))).toBe(1)
    expect(settings()).toEqual(before)
  })

  test('a change of libraries whose answer proves nothing: one read more', async () => {
    const on = await ground()
    await warm(on)
    on.plex.faults.once({ method: 'POST' }, { fault: 'rewritten', body: () => '' })
    expect(await requestsFor(on, () => change(on, 'mira_q', ['910000003']))).toBe(2)
  })

  test('a revoke: the deletion and one reading back', async () => {
    const on = await ground()
    await warm(on)
    expect(await requestsFor(on, () => revoke(on, 'mira_q'))).toBe(2)
  })

  test('a revoke on a cold cache: one reading more', async () => {
    const on = await ground()
    await warm(on)
    grow(on)
    expect(await requestsFor(on, () => revoke(on, 'mira_q'))).toBe(3)
  })

  test('a revoke of a pending invitation: at most 3, with a cold cache too', async () => {
    const on = await ground()
    await warm(on)
    // Whether it is still pending is asked anew: "nobody loses access" must not be said on an older reading.
    expect(await requestsFor(on, () => revoke(on, 'newcomer@example.com'))).toBe(3)
    await invite(on, 'other@example.com')
    grow(on)
    expect(await requestsFor(on, () => revoke(on, 'other@example.com'))).toBe(3)
  })

  test('a list of people with their libraries: 2, one for each list, however many there are; 0 while fresh', async () => {
    const on = await ground({ world: crowdedWorld({ people: 1_000, libraries: 20, pending: 10 }) })
    expect(await requestsFor(on, () => on.rules.listPeople(dora, { filter: 'active' }))).toBe(1)
    expect(await requestsFor(on, () => on.rules.listPeople(dora, {}))).toBe(1)
    expect(await requestsFor(on, () => on.rules.listPeople(dora, {}))).toBe(0)
    const list = await on.rules.listPeople(dora, {})
    expect(list.outcome === 'people' && list.rows.length).toBe(1_010)
  })

  test('the libraries: 1, and 0 while fresh', async () => {
    const on = await ground()
    expect(await requestsFor(on, () => on.rules.listLibraries(dora, {}))).toBe(1)
    expect(await requestsFor(on, () => on.rules.listLibraries(dora, {}))).toBe(0)
  })

  test('autocomplete: 0, always, on a cold cache and on one that has expired', async () => {
    const on = await ground()
    const typing = async () => {
      await on.rules.suggestLibraries(dora, 'Mov')
      await on.rules.suggestPeople(dora, 'mi', { home: true })
    }
    expect(await requestsFor(on, typing)).toBe(0)
    await warm(on)
    grow(on)
    expect(await requestsFor(on, typing)).toBe(0)
    expect(await on.rules.suggestPeople(dora, 'mi')).not.toEqual([])
  })

  test('twenty commands at once on a cold cache share one request for the list', async () => {
    const on = await ground()
    const lists = () =>
      Promise.all(Array.from({ length: 20 }, () => on.rules.listPeople(dora, { filter: 'active' })))
    expect(await requestsFor(on, lists)).toBe(1)
  })

  test('what is refused before plex.tv is needed costs nothing', async () => {
    const on = await ground()
    await warm(on)
    for (const email of ['not an address@', 'owner@harbor.example', 'HARBOR_ADMIN', '']) {
      expect(await requestsFor(on, () => invite(on, email))).toBe(0)
    }
    for (const libraries of ['', 'Nonsense', 'all, Movies']) {
      const wish = { id: 'x', email: 'new@example.com', libraries }
      expect(await requestsFor(on, () => on.rules.invite(dora, wish))).toBe(0)
    }
  })
})

/** A guild with Harbor and Lighthouse, of one account; both are connected. */
async function twoServers(): Promise<Ground> {
  const on = await ground()
  const accountId = id<AccountId>(String(owner.id))
  const linked = { accountId, username: owner.username, token: ownerToken, linkedBy: dora.memberId }
  const account = { ...linked, linkedAt: on.clock.now() }
  const servers = [
    { serverId: id<ServerId>(harborId), name: 'Harbor' },
    { serverId: id<ServerId>(lighthouseId), name: 'Lighthouse' },
  ]
  await on.ports.connectionRecords.update(guildId, () =>
    withServersOf(withAccount(noConnections(guildId), account), accountId, servers),
  )
  await on.ports.connections.all(guildId)
  return on
}
async function warmBoth(on: Ground): Promise<void> {
  for (const sharing of on.ports.connections.connected(guildId)) {
    await Promise.all([sharing.libraries(), sharing.shares('active'), sharing.shares('pending')])
  }
}

describe('requests of a guild with two servers, counted exactly', () => {
  test('an invitation is for one server: 1, as with one', async () => {
    const on = await twoServers()
    await warmBoth(on)
    expect(await requestsFor(on, () => invite(on, 'new@example.com'))).toBe(1)
  })

  test('whoever was chosen from the list is asked for on his server alone: as with one', async () => {
    const on = await twoServers()
    await warmBoth(on)
    expect(await requestsFor(on, () => revoke(on, 'share:30000002'))).toBe(2)
    grow(on)
    expect(await requestsFor(on, () => revoke(on, 'share:30000050'))).toBe(3)
  })

  test('whoever was typed may be on either: both are read, and nobody is said on an older reading', async () => {
    const on = await twoServers()
    await warmBoth(on)
    // Both lists of the server that does not show him, then the deletion and one reading back.
    expect(await requestsFor(on, () => revoke(on, 'jonas.b'))).toBe(4)
  })

  test('typed and shown on both: refused without asking anew', async () => {
    const on = await twoServers()
    await warmBoth(on)
    const asking = () => on.rules.askToRevoke(dora, { who: 'mira_q', mode: 'remove' })
    expect(await asking()).toMatchObject({ reason: 'onSeveralServers' })
    expect(await requestsFor(on, asking)).toBe(0)
  })

  test('typed with a server named: that one alone', async () => {
    const on = await twoServers()
    await warmBoth(on)
    const asking = () => on.rules.askToRevoke(dora, { who: 'mira_q', mode: 'remove', server: 'Lighthouse' })
    expect(await requestsFor(on, asking)).toBe(0)
    grow(on)
    expect(await requestsFor(on, asking)).toBe(1)
  })

  test('the list of people is of one server: 2, one for each list', async () => {
    const on = await twoServers()
    expect(await requestsFor(on, () => on.rules.listPeople(dora, {}))).toBe(2)
    expect(await requestsFor(on, () => on.rules.listPeople(dora, { server: 'Lighthouse' }))).toBe(2)
  })

  test('one member’s access is looked for on both: two lists of each', async () => {
    const on = await twoServers()
    const asking = () => on.rules.showPerson(dora, { member: dora.memberId })
    expect(await requestsFor(on, asking)).toBe(4)
    expect(await requestsFor(on, asking)).toBe(0)
  })

  test('autocomplete: 0, always', async () => {
    const on = await twoServers()
    const typing = async () => {
      await on.rules.suggestLibraries(dora, 'Mov')
      await on.rules.suggestPeople(dora, 'mi', { home: true })
      await on.rules.suggestServers(dora, '')
    }
    expect(await requestsFor(on, typing)).toBe(0)
    await warmBoth(on)
    grow(on)
    expect(await requestsFor(on, typing)).toBe(0)
  })
})
