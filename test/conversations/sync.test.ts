import { describe, expect, test } from 'vitest'
import type { PlexShare, PlexWorld } from '../../src/sandbox/plex/world.ts'
import { deeds, type Evening, evening } from '../support/evening.ts'
import { minutes } from '../support/shifted-clock.ts'

/** What somebody else does on plex.tv, past the bot. */
const changeShare = (on: Evening, id: number, change: Partial<PlexShare>) =>
  on.plex.change((world: PlexWorld) => ({
    ...world,
    shares: world.shares.map((share) => (share.id === id ? { ...share, ...change } : share)),
  }))
const removeShares = (on: Evening, ids: readonly number[]) =>
  on.plex.change((world) => ({ ...world, shares: world.shares.filter((share) => !ids.includes(share.id)) }))
const mira = 30000001

/** Everybody that the ordinary plex.tv shows is in the records. */
async function adoptedEvening(): Promise<Evening> {
  const on = await evening()
  for (let left = 3; left > 0; left--) {
    const { message } = await on.asks('dora', 'sync')
    await on.presses('dora', message, 'Adopt 1')
  }
  on.clock.pass(2 * minutes)
  return on
}

describe('the comparison with plex.tv', () => {
  test('shows shares that others made; one is adopted, one ignored, and none is removed', async () => {
    const on = await evening()
    const first = await on.asks('dora', 'sync')
    expect(first.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor** compared with plex.tv, as of (a time): 3 differences.
      1. **jonas.b** (Jonas.Brandt@Example.com) has access that I did not give: **all libraries, future ones too**. *Adopt* takes it into my records; \`/revoke\` would end it.
      2. **mira\\_q** (mira@example.com) has access that I did not give: **Movies** and **TV Shows**. *Adopt* takes it into my records; \`/revoke\` would end it.
      3. **newcomer@example.com** has an invitation that I did not send: **Movies**. *Adopt* takes it into my records; \`/revoke\` would end it.
      [Adopt 1] [Ignore 1]
      [Adopt 2] [Ignore 2]
      [Adopt 3] [Ignore 3]"
    `)
    const adopted = await on.presses('dora', first.message, 'Adopt 2')
    expect(adopted.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Adopted: what plex.tv shows of **mira\\_q** (mira@example.com) is in my records now. Nothing was sent to plex.tv.

      **Harbor** compared with plex.tv, as of (a time): 2 differences.
      1. **jonas.b** (Jonas.Brandt@Example.com) has access that I did not give: **all libraries, future ones too**. *Adopt* takes it into my records; \`/revoke\` would end it.
      2. **newcomer@example.com** has an invitation that I did not send: **Movies**. *Adopt* takes it into my records; \`/revoke\` would end it.
      [Adopt 1] [Ignore 1]
      [Adopt 2] [Ignore 2]"
    `)
    const ignored = await on.presses('dora', adopted.message, 'Ignore 1')
    expect(ignored.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Left as it is: I show this difference about **jonas.b** (Jonas.Brandt@Example.com) no more, unless it becomes another one.

      **Harbor** compared with plex.tv, as of (a time): one difference (1 ignored; \`all\` shows them).
      1. **newcomer@example.com** has an invitation that I did not send: **Movies**. *Adopt* takes it into my records; \`/revoke\` would end it.
      [Adopt 1] [Ignore 1]"
    `)
    expect((await on.asks('dora', 'sync', { all: true })).text).toContain('(ignored)')
    expect((await on.asks('dora', 'users', { filter: 'drift' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor**: one person (drift), as of (a time)
      **newcomer@example.com** · pending: **Movies** · ⚠️ not given by me
      {Open somebody: [ ] newcomer@example.com (pending)}"
    `)
    expect(deeds(on)).toEqual([])
  })

  test('an invitation that was accepted is noted by itself, nothing differs', async () => {
    const on = await adoptedEvening()
    on.plex.accept('newcomer@example.com')
    expect((await on.asks('dora', 'sync', { mode: 'apply' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Taken note of: one invitation was accepted.

      **Harbor** compared with plex.tv, as of (a time): nothing differs."
    `)
    expect((await on.asks('dora', 'sync')).text).toContain('nothing differs')
  })

  test('libraries that somebody changed elsewhere: fixed, they are as before', async () => {
    const on = await adoptedEvening()
    changeShare(on, mira, { libraryIds: [910000003] })
    const { text, message } = await on.asks('dora', 'sync')
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor** compared with plex.tv, as of (a time): one difference.
      1. **mira\\_q** (mira@example.com) has **Music**; last confirmed was **Movies** and **TV Shows**. *Fix* gives those back; *Adopt* keeps what is there.
      [Fix 1] [Adopt 1] [Ignore 1]"
    `)
    expect((await on.presses('dora', message, 'Fix 1')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Fixed: **mira\\_q** (mira@example.com) has the libraries back; plex.tv has confirmed it.

      **Harbor** compared with plex.tv, as of (a time): nothing differs."
    `)
    expect(on.plex.world.shares.find(({ id }) => id === mira)?.libraryIds).toEqual([910000001, 910000002])
  })

  test('libraries that somebody changed elsewhere: adopted, nothing is sent', async () => {
    const on = await adoptedEvening()
    changeShare(on, mira, { libraryIds: [910000003] })
    const { message } = await on.asks('dora', 'sync')
    const { text } = await on.presses('dora', message, 'Adopt 1')
    expect(text).toContain('nothing differs')
    expect(deeds(on)).toEqual([])
  })

  test('somebody is not shown: one reading proves nothing, two that agree do, 15 minutes apart', async () => {
    const on = await adoptedEvening()
    removeShares(on, [mira])
    expect((await on.asks('dora', 'sync', { mode: 'apply' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      There was nothing to take note of.

      **Harbor** compared with plex.tv, as of (a time): one difference.
      1. **mira\\_q** (mira@example.com) should have access, but plex.tv has not shown it since (a time), which one reading alone does not prove; I look again within 15 minutes. *Fix* invites again; *Adopt* believes it.
      [Fix 1] [Adopt 1] [Ignore 1]"
    `)
    expect((await on.asks('dora', 'users', { filter: 'drift' })).text).toContain('not shown by plex.tv')
    on.clock.pass(16 * minutes)
    await on.restart()
    await on.app.tick()
    expect((await on.asks('dora', 'sync')).text).toContain('nothing differs')
  })

  test('somebody is not shown: fixed, he is invited again with the libraries he had', async () => {
    const on = await adoptedEvening()
    removeShares(on, [mira])
    const { message } = await on.asks('dora', 'sync', { mode: 'apply' })
    expect((await on.presses('dora', message, 'Fix 1')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Fixed: **mira\\_q** (mira@example.com) has access again; plex.tv has confirmed it.

      **Harbor** compared with plex.tv, as of (a time): nothing differs."
    `)
    expect(deeds(on)).toEqual(['share-created'])
    expect(on.plex.world.shares.at(-1)).toMatchObject({ libraryIds: [910000001, 910000002] })
  })

  test('a member left Discord: the access is ended by a press and not before', async () => {
    const on = await adoptedEvening()
    await on.asks('dora', 'invite', {
      email: 'pat@example.net',
      libraries: 'Music',
      member: { user: 'alice' },
    })
    on.plex.accept('pat@example.net')
    on.clock.pass(2 * minutes)
    on.discord.leaveGuild('alice')
    const { text, message } = await on.asks('dora', 'sync', { mode: 'apply' })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      Taken note of: one invitation was accepted.

      **Harbor** compared with plex.tv, as of (a time): one difference.
      1. **pat-h** (pat@example.net) still has access, but @alice has left this Discord server. *Fix* ends the access.
      [Fix 1] [Ignore 1]"
    `)
    expect(deeds(on)).not.toContain('share-deleted')
    expect((await on.presses('dora', message, 'Fix 1')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Fixed: **pat-h** (pat@example.net) no longer has access; plex.tv has confirmed it.

      **Harbor** compared with plex.tv, as of (a time): nothing differs."
    `)
    expect(deeds(on)).toContain('share-deleted')
  })

  test('too many vanish at once: none is believed, until a human says so', async () => {
    const on = await adoptedEvening()
    await on.asks('dora', 'invite', { email: 'pat@example.net', libraries: 'Music' })
    on.clock.pass(2 * minutes)
    const everybody = on.plex.world.shares.map(({ id }) => id)
    removeShares(on, everybody)
    await on.asks('dora', 'sync', { mode: 'apply' })
    on.clock.pass(16 * minutes)
    await on.app.tick()
    const { text, message } = await on.asks('dora', 'sync')
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor** compared with plex.tv, as of (a time): 4 differences.
      ⚠️ plex.tv shows 4 people no longer. I believe at most 3 at once without a human, so I believe none of it. Look at the Plex web app; if they are really gone, press “They are gone”.
      1. **jonas.b** (Jonas.Brandt@Example.com) should have access, but plex.tv has not shown it since (a time), and two readings agree. *Fix* invites again; *Adopt* believes it.
      2. **mira\\_q** (mira@example.com) should have access, but plex.tv has not shown it since (a time), and two readings agree. *Fix* invites again; *Adopt* believes it.
      3. **newcomer@example.com** should have access, but plex.tv has not shown it since (a time), and two readings agree. *Fix* invites again; *Adopt* believes it.
      4. **pat-h** (pat@example.net) should have access, but plex.tv has not shown it since (a time), and two readings agree. *Fix* invites again; *Adopt* believes it.
      [Fix 1] [Adopt 1] [Ignore 1]
      [Fix 2] [Adopt 2] [Ignore 2]
      [Fix 3] [Adopt 3] [Ignore 3]
      [Fix 4] [Adopt 4] [Ignore 4]
      [They are gone]"
    `)
    expect((await on.presses('dora', message, 'They are gone')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Noted: 4 people have no access any more. Nothing was sent to plex.tv.

      **Harbor** compared with plex.tv, as of (a time): nothing differs."
    `)
  })
})

describe('who may', () => {
  test('look needs one right and settle another, asked again at the press; buttons are for who asked', async () => {
    const on = await evening()
    expect((await on.asks('rob', 'sync')).text).toContain('the right `audit` is missing')
    const first = await on.asks('dora', 'sync')
    on.discord.setRoles('dora', ['Reviewers'])
    const denied = await on.presses('dora', first.message, 'Adopt 1')
    expect(denied.text).toContain('the right `change` is missing')
    on.discord.setRoles('dora', ['Managers'])
    const { message } = await on.asks('dora', 'sync')
    const id = JSON.stringify(message.components).match(/sync-settle:[^"]+:0:adopt/u)?.[0] ?? ''
    expect((await on.presses('dora', message, id)).text).toContain('Adopted')
    expect(deeds(on)).toEqual([])
  })

  test('fixing gives nobody more than the presser may give: the limits of his role hold', async () => {
    const on = await adoptedEvening()
    await on.asks('olive', 'settings sets', { name: 'Quiet', libraries: 'Music' })
    await on.asks('olive', 'settings roles', { role: { role: 'Managers' }, level: 'manager', sets: 'Quiet' })
    changeShare(on, mira, { libraryIds: [910000003] })
    removeShares(on, [30000022])
    await on.asks('dora', 'sync', { mode: 'apply' })
    for (const button of ['Fix 1', 'Fix 2']) {
      const { message } = await on.asks('dora', 'sync')
      expect((await on.presses('dora', message, button)).text).toContain('Your role may grant only')
    }
    expect(deeds(on)).toEqual([])
  })

  test('a difference that is so no longer is not acted upon', async () => {
    const on = await adoptedEvening()
    changeShare(on, mira, { libraryIds: [910000003] })
    const { message } = await on.asks('dora', 'sync')
    changeShare(on, mira, { libraryIds: [910000001, 910000002] })
    expect((await on.presses('dora', message, 'Fix 1')).text).toContain('That is no longer so')
    expect(deeds(on)).toEqual([])
  })

  test('plex.tv cannot be read: said so, and nothing is concluded', async () => {
    const on = await adoptedEvening()
    await on.plex.faults.down()
    expect((await on.asks('dora', 'sync', { mode: 'apply' })).text).toContain('could not find out')
  })
})

test('a list with a row that cannot be told: what is shown is used, and nobody is said to be gone', async () => {
  const on = await adoptedEvening()
  const withoutId = (text: string) => text.replace(`"id":${mira},`, '')
  const accepted = { method: 'GET', route: '/api/v2/shared_servers/owned/accepted' }
  on.plex.faults.always(accepted, { fault: 'rewritten', body: withoutId })
  on.clock.pass(2 * minutes)
  expect((await on.asks('dora', 'sync')).text).toMatchInlineSnapshot(`
    "(only you can see this)
    **Harbor** compared with plex.tv, as of (a time): nothing differs.
    ⚠️ plex.tv lists one entry that I cannot tell apart (without an id, with somebody else’s, or of an unknown server). I believe nothing of one person whom it does not show, and who may be among them. Look at “Manage library access” in the Plex web app."
  `)
  expect((await on.asks('dora', 'users')).text).toMatchInlineSnapshot(`
    "(only you can see this)
    **Harbor**: 2 people, as of (a time)
    ⚠️ plex.tv lists one more entry that I cannot tell apart, so somebody may be missing here. Look at “Manage library access” in the Plex web app.
    **jonas.b** (Jonas.Brandt@Example.com) · active: **all libraries, future ones too**, since (a time)
    **newcomer@example.com** · pending: **Movies**
    {Open somebody: [ ] jonas.b (active) [ ] newcomer@example.com (pending)}"
  `)
  expect((await on.asks('dora', 'revoke', { who: 'mira_q' })).text).toMatchInlineSnapshot(`
    "(only you can see this)
    plex.tv’s list has entries that I cannot tell apart, so I could not find out what is so, and nothing was changed. Somebody whom I do not see may be one of them. Look at “Manage library access” in the Plex web app, remove or repair what is odd there, and try again. Everybody whom \`/users\` shows can be managed as always."
  `)
  expect(deeds(on)).toEqual([])
})
