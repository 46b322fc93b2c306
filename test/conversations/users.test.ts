import { describe, expect, test } from 'vitest'
import { crowdedWorld } from '../../src/sandbox/plex/crowded-world.ts'
import { evening } from '../support/evening.ts'

describe('who has access', () => {
  test('is shown with state, libraries and time', async () => {
    const on = await evening()
    expect((await on.asks('dora', 'users')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor**: 3 people, as of (a time)
      **jonas.b** (Jonas.Brandt@Example.com) · active: **all libraries, future ones too**, since (a time)
      **mira\\_q** (mira@example.com) · active: **Movies** and **TV Shows**, since (a time)
      **newcomer@example.com** · pending: **Movies**
      {Open somebody: [ ] jonas.b (active) [ ] mira_q (active) [ ] newcomer@example.com (pending)}"
    `)
  })

  test('is shown without addresses to who may not see them, and cannot be searched by them', async () => {
    const on = await evening()
    const { text } = await on.asks('rob', 'users')
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor**: 3 people, as of (a time)
      **an address without an account** · pending: **Movies**
      **jonas.b** · active: **all libraries, future ones too**, since (a time)
      **mira\\_q** · active: **Movies** and **TV Shows**, since (a time)
      {Open somebody: [ ] an address without an account (30000022) (pending) [ ] jonas.b (active) [ ] mira_q (active)}"
    `)
    expect((await on.asks('rob', 'users', { search: 'newcomer@' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Nobody matching “newcomer@” on **Harbor**, as of (a time). Try \`/users\` without filter and search."
    `)
    expect((await on.asks('dora', 'users', { search: 'newcomer@' })).text).toContain('newcomer@example.com')
    const rob = on.discord.person('rob')
    expect(await rob.autocomplete('libraries', { who: 'newcomer@' }, 'who')).toEqual([])
    const offered = await rob.autocomplete('libraries', { who: '' }, 'who')
    expect(JSON.stringify(offered)).not.toContain('@')
    const sent = on.discord.requests.filter(({ path }) => !path.includes('commands'))
    const toRob = on.discord.allMessages().filter((message) => JSON.stringify(message).includes(rob.id))
    expect(JSON.stringify(toRob)).not.toContain('newcomer@example.com')
    expect(sent.length).toBeGreaterThan(0)
  })

  test('hides the addresses in the reasons of decisions too, in the panel of one person', async () => {
    const on = await evening({ plex: { shares: [] } })
    await on.asks('dora', 'invite', { email: 'mira_q', libraries: 'Movies', reason: 'for jonas@example.com' })
    const panelFor = async (by: 'dora' | 'rob') =>
      (await on.selects(by, (await on.asks(by, 'users')).message, 'Open somebody', 'mira_q')).text
    expect(await panelFor('dora')).toContain('for jonas@example.com')
    const toRob = await panelFor('rob')
    expect(toRob).toContain('an address')
    expect(toRob).not.toContain('@example.com')
  })

  test.each(['pending', 'active', 'expiring', 'unlinked', 'unsettled', 'drift', 'home'])(
    'can be filtered by %s',
    async (filter) => {
      const on = await evening()
      expect((await on.asks('dora', 'users', { filter })).text).toMatchSnapshot()
    },
  )

  test('is shown in pages of ten, and one person can be opened', async () => {
    const on = await evening({ plex: crowdedWorld({ people: 24, libraries: 20 }) })
    const first = await on.asks('dora', 'users')
    expect(first.text.split('\n')[1]).toMatchInlineSnapshot(
      `"**Harbor**: 24 people, as of (a time), page 1 of 3"`,
    )
    const second = await on.presses('dora', first.message, 'Next')
    const third = await on.presses('dora', second.message, 'Next')
    expect(third.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor**: 24 people, as of (a time), page 3 of 3
      **person20** (person20@example.com) · active: **all libraries, future ones too**, since (a time)
      **person21** (person21@example.com) · active: **Library 2**, **Library 4**, **Library 6**, **Library 8** and 6 more, since (a time)
      **person22** (person22@example.com) · active: **Library 1**, **Library 3**, **Library 5**, **Library 7** and 6 more, since (a time)
      **person23** (person23@example.com) · active: **Library 2**, **Library 4**, **Library 6**, **Library 8** and 6 more, since (a time)
      {Open somebody: [ ] person20 (active) [ ] person21 (active) [ ] person22 (active) [ ] person23 (active)}
      [Previous] [Next (disabled)]"
    `)
    const back = await on.presses('dora', third.message, 'Previous')
    expect(back.text).toContain('page 2 of 3')
    const row = back.text.split('\n').find((line) => line.includes('·')) ?? ''
    const name = /\*\*(.+?)\*\*/u.exec(row)?.[1]?.replaceAll('\\', '') ?? ''
    const panel = await on.selects('dora', back.message, 'Open somebody', name)
    expect(panel.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **person10**, not linked to a member
      Address: person10@example.com
      State: active, since (a time)
      Libraries: **all libraries, future ones too**
      [Change libraries] [Suspend] [End access] [Close]"
    `)
    const open = await on.presses('dora', panel.message, 'Change libraries')
    expect(open.text).toContain('Tick or untick libraries')
    const end = await on.presses('dora', panel.message, 'End access')
    expect(end.text).toContain('End the access of')
  })

  test('can be searched in any script, and turned to the next page all the same', async () => {
    const world = crowdedWorld({ people: 24, libraries: 2 })
    const named = (username: string | null) =>
      username?.startsWith('person') ? `映画館の友達たちの輪${username}` : username
    const accounts =
      world.accounts?.map((account) => ({ ...account, username: named(account.username) })) ?? []
    const on = await evening({ plex: { ...world, accounts } })
    const first = await on.asks('dora', 'users', { search: '映画館の友達たちの輪' })
    const second = await on.presses('dora', first.message, 'Next')
    expect(second.text).toContain('page 2 of 3')
  })
})
