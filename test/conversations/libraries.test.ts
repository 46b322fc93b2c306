import { describe, expect, test } from 'vitest'
import { deeds, evening } from '../support/evening.ts'
import { minutes } from '../support/shifted-clock.ts'

describe('the libraries', () => {
  test('are shown by type; who may see people sees how many have each', async () => {
    const on = await evening()
    await on.asks('dora', 'users')
    expect((await on.asks('dora', 'libraries')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor** has 4 libraries.
      Movies: **Movies** (2 people)
      Series: **TV Shows** (2 people)
      Music: **Music** (one person)
      Photos: **Photos** (one person)
      I do not know your Plex account, so I cannot say which of them you have."
    `)
    expect((await on.asks('alice', 'libraries')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor** has 4 libraries.
      Movies: **Movies**
      Series: **TV Shows**
      Music: **Music**
      Photos: **Photos**
      I do not know your Plex account, so I cannot say which of them you have."
    `)
  })

  test('complete the last piece of the list, from a cache, with sets', async () => {
    const on = await evening()
    await on.asks('olive', 'settings sets', { name: 'Family', libraries: 'Movies, TV Shows' })
    const before = on.plex.count()
    const typing = (libraries: string) =>
      on.discord.person('dora').autocomplete('invite', { libraries }, 'libraries')
    expect((await typing('')).map(({ name }) => name)).toMatchInlineSnapshot(`
      [
        "Family (set)",
        "Movies (movie)",
        "TV Shows (show)",
        "Music (artist)",
        "Photos (photo)",
        "all (every library, future ones too)",
      ]
    `)
    expect(await typing('Movies, m')).toMatchInlineSnapshot(`
      [
        {
          "name": "Movies, Family (set)",
          "value": "Movies, Family",
        },
        {
          "name": "Movies, Music (artist)",
          "value": "Movies, Music",
        },
      ]
    `)
    expect(await typing('nothing like it')).toEqual([])
    on.clock.pass(60 * minutes)
    expect(await typing('tv')).toHaveLength(1)
    expect(on.plex.count()).toBe(before)
  })
})

describe('somebody’s libraries', () => {
  test('are ticked, changed, shown as a difference, and saved', async () => {
    const on = await evening()
    const open = await on.asks('dora', 'libraries', { who: 'mira_q' })
    expect(open.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** (mira@example.com) has **Movies** and **TV Shows** on **Harbor**.
      Tick or untick libraries; nothing is sent until you save.
      {Libraries: [x] Movies (Movies, #910000001) [x] TV Shows (Series, #910000002) [ ] Music (Music, #910000003) [ ] Photos (Photos, #910000004)}
      [Leave as is]"
    `)
    const chosen = await on.selects('dora', open.message, 'Libraries', ['Movies', 'Music'])
    expect(chosen.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** (mira@example.com) has **Movies** and **TV Shows** on **Harbor**.
      Not saved yet.
      + **Music**
      − **TV Shows**
      {Libraries: [x] Movies (Movies, #910000001) [ ] TV Shows (Series, #910000002) [x] Music (Music, #910000003) [ ] Photos (Photos, #910000004)}
      [Save] [Leave as is]"
    `)
    expect(deeds(on)).toEqual([])
    const saved = await on.presses('dora', chosen.message, 'Save')
    expect(saved.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** (mira@example.com) now has **Movies** and **Music** on **Harbor**; plex.tv has confirmed it.
      [Undo]"
    `)
    expect(on.plex.world.shares[0]).toMatchObject({ libraryIds: [910000001, 910000003] })
    expect(on.plex.world.shares[0]?.settings).toMatchObject({ allowSync: true })
  })

  test('survive a restart between choosing and saving', async () => {
    const on = await evening()
    const open = await on.asks('dora', 'libraries', { who: 'mira_q' })
    const chosen = await on.selects('dora', open.message, 'Libraries', ['Photos'])
    await on.restart()
    await on.presses('dora', chosen.message, 'Save')
    expect(on.plex.world.shares[0]).toMatchObject({ libraryIds: [910000004] })
  })

  test('cannot be none', async () => {
    const on = await evening()
    const open = await on.asks('dora', 'libraries', { who: 'mira_q' })
    const chosen = await on.selects('dora', open.message, 'Libraries', [])
    expect(chosen.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** (mira@example.com) has **Movies** and **TV Shows** on **Harbor**.
      Nothing is ticked, and nobody can have a share of nothing. Tick at least one library, or end the access with \`/revoke\`.
      {Libraries: [ ] Movies (Movies, #910000001) [ ] TV Shows (Series, #910000002) [ ] Music (Music, #910000003) [ ] Photos (Photos, #910000004)}
      [Leave as is]"
    `)
  })

  test('of a share of everything: taking one away says that new libraries are no longer included', async () => {
    const on = await evening()
    const open = await on.asks('dora', 'libraries', { who: 'jonas.b' })
    const chosen = await on.selects('dora', open.message, 'Libraries', ['Movies', 'TV Shows', 'Music'])
    expect(chosen.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **jonas.b** (Jonas.Brandt@Example.com) has **all libraries, future ones too** on **Harbor**.
      Not saved yet.
      − **Photos**
      So far this share takes in every library, future ones too. After saving, new libraries are no longer included.
      {Libraries: [x] Movies (Movies, #910000001) [x] TV Shows (Series, #910000002) [x] Music (Music, #910000003) [ ] Photos (Photos, #910000004)}
      [Save] [Leave as is]"
    `)
  })

  test('of a pending invitation cannot be changed at Plex, and it says what to do', async () => {
    const on = await evening()
    const { text } = await on.asks('dora', 'libraries', { who: 'newcomer@example.com' })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      This invitation has not been accepted yet, and Plex cannot change the libraries of a pending one. Nothing was changed. Cancel it with \`/revoke\` and invite again with \`/invite\` and the libraries you want."
    `)
  })

  test('that plex.tv did not take are not called changed', async () => {
    const on = await evening()
    const open = await on.asks('dora', 'libraries', { who: 'mira_q' })
    const chosen = await on.selects('dora', open.message, 'Libraries', ['Music'])
    on.plex.faults.always(
      { method: 'POST' },
      { fault: 'answers', answer: { status: 200, contentType: 'application/json', body: '{}' } },
    )
    const saved = await on.presses('dora', chosen.message, 'Save')
    expect(saved.text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv answered something that cannot be read, so it is unclear whether it worked: I asked plex.tv to change these libraries. I will look (a time) and finish it only if it is not done; you get a message then. Please do not repeat it until then."
    `)
    expect(deeds(on)).toEqual([])
  })

  test('are changed by nobody but who may', async () => {
    const on = await evening()
    expect((await on.asks('rob', 'libraries', { who: 'mira_q' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You may not change somebody’s libraries here (the right \`change\` is missing), so nothing was done. Ask @Managers or anybody who may manage this Discord server; an administrator gives rights with \`/settings roles\`."
    `)
  })
})
