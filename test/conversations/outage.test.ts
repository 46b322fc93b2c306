import { describe, expect, test } from 'vitest'
import { deliverOwed } from '../../src/jobs/deliver-owed.ts'
import { id, type LibraryId, type ServerId } from '../../src/lib/ids.ts'
import { ok } from '../../src/lib/result.ts'
import { harborId, type PlexWorld } from '../../src/sandbox/plex/world.ts'
import { allLibraries, type LibraryAccess, someLibraries } from '../../src/sharing/library-access.ts'
import { decide, newPerson } from '../../src/sharing/person.ts'
import type { LibrarySharing } from '../../src/sharing/ports.ts'
import { type Differences, deeds, type Evening, evening } from '../support/evening.ts'
import { dora, type Ground, ground } from '../support/ground.ts'
import { type Reviews, reviews } from '../support/reviews.ts'
import { hours, minutes } from '../support/shifted-clock.ts'

const wish = { email: 'fresh@example.com', libraries: 'Movies' }
const creating = { method: 'POST', route: '/api/v2/shared_servers' }

/** plex.tv goes down, and the bot starts anew before it is back. */
async function restartsInOutage(on: Evening): Promise<void> {
  await on.app.tick()
  await on.plex.faults.down()
  on.clock.pass(hours)
  await on.restart()
}

async function outage(differences: Differences = {}): Promise<Evening> {
  const on = await evening(differences)
  await restartsInOutage(on)
  return on
}

/** plex.tv is there again, and the jobs have had time for what was owed. */
async function isBack(on: Evening): Promise<void> {
  await on.plex.faults.up()
  await jobsRun(on)
}

async function jobsRun(on: Evening): Promise<void> {
  for (let round = 0; round < 3; round++) {
    on.clock.pass(3 * minutes)
    await on.app.tick()
  }
}

const toldTo = (on: Evening, who: string) => on.discord.dmsOf(who).map((each) => on.discord.textOf(each))

const withLibraries = (world: PlexWorld, keep: (title: string) => boolean): PlexWorld => ({
  ...world,
  servers: world.servers.map((server) => ({
    ...server,
    libraries: server.libraries.filter(({ title }) => keep(title)),
  })),
})

describe('plex.tv is down and the bot has just been started', () => {
  test('an invitation is kept, arrives once when plex.tv answers, and both hear of it', async () => {
    const on = await outage()
    const { text } = await on.asks('dora', 'invite', { ...wish, member: { user: 'bob' } })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv cannot be reached, so nothing has been sent. I have kept the wish to share **Movies** of Harbor with **fresh@example.com** and will try again (a time); you get a message when it is settled. Nobody needs to repeat it. I went by the libraries as I read them on (a time); before anything is sent I look whether they are still there."
    `)
    // Another crash before it is back changes nothing.
    await on.restart()
    await on.app.tick()
    expect(on.plex.count(creating)).toBe(0)
    await isBack(on)
    expect(deeds(on)).toEqual(['share-created'])
    expect(on.plex.count(creating)).toBe(1)
    expect(toldTo(on, 'bob').join('\n')).toContain(
      'You are invited to **Movies** on the Plex server **Harbor**',
    )
    expect(toldTo(on, 'dora')).toMatchInlineSnapshot(`
      [
        "Settled: **f•••@e•••.com** is invited to **Harbor** now, as you wished earlier.",
      ]
    `)
  })

  test('“all”, a set, and a user name are kept as well; a name that plex.tv does not know comes back with that', async () => {
    const on = await evening()
    await on.asks('olive', 'settings sets', { name: 'Cinema', libraries: 'Movies, TV Shows' })
    await restartsInOutage(on)
    for (const [email, libraries] of [
      ['one@example.com', 'all'],
      ['two@example.com', 'cinema'],
      ['nobody_of_plex', 'Music #910000003'],
    ] as const) {
      const { text } = await on.asks('dora', 'invite', { email, libraries })
      expect(text).toContain('nothing has been sent. I have kept the wish to share')
    }
    await isBack(on)
    const created = on.plex.ledger.map(({ details }) => details)
    expect(created).toMatchObject([{ allLibraries: true }, { libraryIds: [910000001, 910000002] }])
    expect(toldTo(on, 'dora').filter((text) => text.includes('plex.tv refused'))).toHaveLength(1)
  })

  test('a member who is asked for his account meanwhile has answered for good', async () => {
    const on = await outage()
    const asked = await on.asks('dora', 'invite', { member: { user: 'bob' }, libraries: 'Movies' })
    expect(asked.text).toContain('I have asked them in a direct message')
    const question = on.discord.dmsOf('bob')[0]
    if (!question) throw new Error('bob was not asked')
    const modal = await (await on.discord.person('bob').press(question, 'Tell my Plex account')).modalShown()
    const handle = await on.discord.person('bob').submit(modal, { account: 'bob@example.com' })
    expect(on.discord.textOf(await handle.answered())).toContain('I have kept the wish to invite you')
    await isBack(on)
    expect(deeds(on)).toEqual(['share-created'])
    expect(toldTo(on, 'bob').join('\n')).toContain('You are invited to **Movies**')
  })

  test('the libraries are listed as they were, with when that was, and completed', async () => {
    const on = await outage()
    expect((await on.asks('dora', 'libraries')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor** has 4 libraries.
      plex.tv cannot be reached, so this is the list as I read it on (a time); it may have changed since.
      Movies: **Movies**
      Series: **TV Shows**
      Music: **Music**
      Photos: **Photos**
      I do not know your Plex account, so I cannot say which of them you have."
    `)
    const choices = await on.discord.person('dora').autocomplete('invite', { libraries: 'mu' }, 'libraries')
    expect(choices).toEqual([{ name: 'Music (artist)', value: 'Music' }])
    // Of people nothing is said by memory.
    expect(await on.discord.person('dora').autocomplete('revoke', { who: '' }, 'who')).toEqual([])
    expect((await on.asks('dora', 'users')).text).toContain('so I could not find out what is so')
  })

  test('that there is no such library is not said by the old list', async () => {
    const on = await outage()
    const { text } = await on.asks('dora', 'invite', { ...wish, libraries: 'Anime' })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv cannot be reached, so I go by the libraries as I read them on (a time); whether one was added since I could not find out. Name one of these, or try again in a few minutes. By that list: There is no library “Anime” on this server. This server has “Movies”, “TV Shows”, “Music” and “Photos”. Choose from the list that appears while you type. Nothing was changed."
    `)
    await isBack(on)
    expect(deeds(on)).toEqual([])
  })

  test('a library that is gone when plex.tv answers: nothing is sent, and dora hears why', async () => {
    const on = await outage()
    await on.asks('dora', 'invite', { ...wish, libraries: 'Movies, Photos' })
    on.plex.change((world) => withLibraries(world, (title) => title !== 'Photos'))
    await isBack(on)
    expect(on.plex.count(creating)).toBe(0)
    expect(toldTo(on, 'dora')).toMatchInlineSnapshot(`
      [
        "Settled, but not as you wished: what you decided about **f•••@e•••.com** on **Harbor** could not be carried out. A library of this is no longer on the server, so nothing was sent and nothing was changed. Look with \`/libraries\` and decide again.",
      ]
    `)
    expect((await on.asks('rob', 'users', { filter: 'unsettled' })).text).not.toContain('fresh')
  })

  test('a sign-in that is over when plex.tv answers: dora hears once who has to do what, and then it is carried out', async () => {
    const on = await outage()
    await on.asks('dora', 'invite', wish)
    on.plex.faults.revoke('FAKEownerToken000001')
    await isBack(on)
    expect(on.plex.count(creating)).toBe(0)
    expect(toldTo(on, 'dora')).toMatchInlineSnapshot(`
      [
        "Not settled yet: what you decided about **f•••@e•••.com** on **Harbor** is kept, but plex.tv no longer accepts the owner’s sign-in. An administrator signs in again with \`/setup plex\` (or the person who runs me gives me a new \`PLEX_TOKEN\`); then it is carried out and you hear of it. Nobody needs to repeat it.",
      ]
    `)
    on.plex.change((world) => ({ ...world, tokens: world.tokens.map((token) => ({ ...token, dead: null })) }))
    await jobsRun(on)
    expect(deeds(on)).toEqual(['share-created'])
    expect(toldTo(on, 'dora').at(-1)).toContain('Settled: **f•••@e•••.com** is invited')
  })

  test('another server of that name when plex.tv answers: nothing is sent to it', async () => {
    const on = await outage({ env: { PLEX_SERVER: 'Harbor' } })
    await on.asks('dora', 'invite', wish)
    on.plex.change((world) => ({
      ...world,
      servers: world.servers.map((server) =>
        server.name === 'Harbor' ? { ...server, machineIdentifier: 'e'.repeat(40) } : server,
      ),
    }))
    await isBack(on)
    expect(on.plex.count(creating)).toBe(0)
    expect(toldTo(on, 'dora')).toMatchInlineSnapshot(`
      [
        "Settled, but not as you wished: what you decided about **f•••@e•••.com** on **Plex** could not be carried out. The Plex server that it was decided for is not the one that I reach now, so nothing was sent and nothing was changed. An administrator looks with \`/setup server\`; then decide again.",
      ]
    `)
  })

  test('a bad token is no outage: it is refused with its own words, and nothing is kept', async () => {
    const on = await evening()
    await on.app.tick()
    on.plex.faults.revoke('FAKEownerToken000001')
    await on.restart()
    const { text } = await on.asks('dora', 'invite', wish)
    expect(text).toContain('plex.tv no longer accepts the owner’s sign-in')
    expect(text).not.toContain('kept the wish')
  })

  test('the end of an access that the bot knows is kept; of somebody whom it does not know it cannot say', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', wish)
    await restartsInOutage(on)
    const question = await on.asks('dora', 'revoke', { who: wish.email })
    expect(question.text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv cannot be asked just now, so I go by my own record of (a time); what you decide is kept and carried out as soon as plex.tv answers.
      Cancel the invitation of **fresh@example.com** to **Movies** on **Harbor**? It had not been accepted then; if it has been since, that access ends.
      [Cancel the invitation] [Leave as is]"
    `)
    const answer = await on.presses('dora', question.message, 'Cancel the invitation')
    expect(answer.text).toContain('I have kept the wish to end this access')
    const unknown = await on.asks('dora', 'revoke', { who: 'jonas.b' })
    expect(unknown.text).toContain('so I could not find out what is so, and nothing was changed')
    await isBack(on)
    expect(deeds(on)).toEqual(['share-created', 'invite-withdrawn'])
    expect(toldTo(on, 'dora').at(-1)).toContain('no longer has access to **Harbor**')
  })

  test('a change of libraries of somebody whom the bot knows is kept, and carried out', async () => {
    const on = await evening()
    const before = await on.asks('dora', 'libraries', { who: 'mira_q' })
    const chosen = await on.selects('dora', before.message, 'Libraries', ['Movies', 'Music'])
    await on.presses('dora', chosen.message, 'Save')
    await restartsInOutage(on)
    const asked = await on.asks('dora', 'libraries', { who: 'mira_q' })
    expect(asked.text).toContain('I go by my own record of')
    const now = await on.selects('dora', asked.message, 'Libraries', ['Movies'])
    expect((await on.presses('dora', now.message, 'Save')).text).toContain(
      'I have kept the wish to change these libraries',
    )
    await isBack(on)
    expect(deeds(on)).toEqual(['libraries-changed', 'libraries-changed'])
  })

  test('whoever is known to have access is not invited blindly', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', wish)
    await restartsInOutage(on)
    const { text } = await on.asks('dora', 'invite', { ...wish, libraries: 'Music' })
    expect(text).toContain('so I could not find out what is so, and nothing was changed')
    await isBack(on)
    expect(deeds(on)).toEqual(['share-created'])
  })
})

describe('a request, while plex.tv is down after a start', () => {
  async function waiting(): Promise<Reviews> {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    await restartsInOutage(on)
    return on
  }

  test('is approved with the names that were known, and carried out later', async () => {
    const on = await waiting()
    const { text } = await on.presses('rob', on.newestCard(), 'Approve')
    expect(text).toContain('Approved: **Movies** on **Harbor**')
    await isBack(on)
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('is approved with changes, from the list that was known', async () => {
    const on = await waiting()
    const panel = await on.presses('rob', on.newestCard(), 'Approve with changes')
    const chosen = await on.selects('rob', panel.message, 'Libraries', ['Music'])
    expect((await on.presses('rob', chosen.message, 'Approve this')).text).toContain('Approved: **Music**')
    await isBack(on)
    expect(on.plex.ledger.map(({ details }) => details)).toMatchObject([{ libraryIds: [910000003] }])
  })

  test('of a library that is gone by then gives nobody anything', async () => {
    const on = await waiting()
    await on.presses('rob', on.newestCard(), 'Approve')
    on.plex.change((world) => withLibraries(world, (title) => title !== 'Movies'))
    await isBack(on)
    expect(on.plex.count(creating)).toBe(0)
    expect(on.card()).toContain('library')
  })
})

test('plex.tv hangs from the start: the bot answers, and what is asked is kept', {
  timeout: 120_000,
}, async () => {
  const on = await evening()
  await on.app.tick()
  const hanging = on.plex.faults.always({}, { fault: 'hangs' })
  await on.restart()
  const handle = await on.discord.person('dora').slash('invite', wish)
  expect(await handle.acknowledged()).toMatchObject({ ephemeral: true })
  // What needs no plex.tv is not kept waiting by what does.
  expect((await on.asks('olive', 'settings show')).text).toContain('manager')
  expect(on.discord.textOf(await handle.answered(60_000))).toContain(
    'I have kept the wish to share **Movies**',
  )
  hanging.release()
  await jobsRun(on)
  expect(deeds(on)).toEqual(['share-created'])
})

test('an outage while the bot runs, longer than lists are kept: it is kept as well', async () => {
  const on = await evening()
  await on.app.tick()
  await on.plex.faults.down()
  on.clock.pass(hours)
  expect((await on.asks('dora', 'invite', wish)).text).toContain('I have kept the wish to share **Movies**')
  on.plex.change((world) => withLibraries(world, (title) => title !== 'Movies'))
  await isBack(on)
  expect(on.plex.count(creating)).toBe(0)
  expect(toldTo(on, 'dora').at(-1)).toContain('A library of this is no longer on the server')
})

describe('what was decided for a server, or for libraries, that are not what answers', () => {
  const before = id<ServerId>('f'.repeat(40))

  /** A wish that was kept, as one that goes by what is remembered is. */
  async function keptFor(serverId: ServerId, access: LibraryAccess): Promise<Ground> {
    const on = await ground()
    const who = { email: 'fresh@example.com' }
    const person = on.ports.people.idFor(dora.guildId, serverId, who)
    const want = { to: 'share' as const, access }
    const begin = newPerson({ id: person, guildId: dora.guildId, serverId, who })
    await on.ports.people.update(`${dora.guildId}:${person}`, () =>
      decide(begin, { id: 'press', want, by: dora.memberId }, on.clock.now(), on.ports.settleMs),
    )
    return on
  }

  test('is not sent: a connection says which server it is before anything is written', async () => {
    const on = await keptFor(before, allLibraries)
    await deliverOwed(on.ports)
    expect(on.plex.ledger).toEqual([])
    expect(on.ports.people.everybody()).toMatchObject([{ history: [{}, { because: 'serverLost' }] }])
  })

  test('control: with a connection that is believed unasked it is sent, and to the wrong server', async () => {
    const on = await keptFor(before, allLibraries)
    const unconfirmed: LibrarySharing = new Proxy(on.sharing, {
      get: (real, name) => {
        if (name === 'serverId') return before
        const value: unknown = Reflect.get(real, name)
        return typeof value === 'function' ? value.bind(real) : value
      },
    })
    const connections = { ...on.ports.connections, of: async () => ok(unconfirmed) }
    await deliverOwed({ ...on.ports, connections })
    expect(on.plex.ledger).toMatchObject([{ did: 'share-created' }])
  })

  test('a library that is not there is not sent; control: without the look it is', async () => {
    const photos = someLibraries([id<LibraryId>('910009999')])
    if (!photos) throw new Error('no library')
    const on = await keptFor(id<ServerId>(harborId), photos)
    await deliverOwed(on.ports)
    expect(on.plex.count({ method: 'POST' })).toBe(0)
    expect(on.ports.people.everybody()).toMatchObject([{ history: [{}, { because: 'libraryGone' }] }])

    const careless = await keptFor(id<ServerId>(harborId), photos)
    await deliverOwed({ ...careless.ports, guards: { offered: 'off' } })
    expect(careless.plex.count({ method: 'POST' })).toBeGreaterThan(0)
  })
})
