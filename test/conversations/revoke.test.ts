import { describe, expect, test } from 'vitest'
import { deeds, evening } from '../support/evening.ts'
import { minutes } from '../support/shifted-clock.ts'

describe('access is ended', () => {
  test('after a confirmation that says exactly what goes, and the answer comes after reading back', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'mira_q', reason: 'moved away' })
    expect(question.text).toMatchInlineSnapshot(`
      "(only you can see this)
      End the access of **mira\\_q** (mira@example.com) to **Movies** and **TV Shows** on **Harbor**? Only this one share goes: the Plex account, the friendship and other servers stay as they are.
      [End access] [Leave as is]"
    `)
    expect(deeds(on)).toEqual([])
    const answer = await on.presses('dora', question.message, 'End access')
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** (mira@example.com) no longer has access to **Harbor**; plex.tv has confirmed it. A stream that is running may go on until it is stopped. For 30 days the same access can be restored from \`/users filter:ended\`.
      [Undo]"
    `)
    expect(on.plex.ledger).toMatchObject([{ did: 'share-deleted', details: { shareId: 30000001 } }])
    expect(on.plex.world.shares.find(({ id }) => id === 30000050)).toMatchObject({ deletedAt: null })
  })

  test('of a pending invitation, by its address', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'Newcomer@Example.com' })
    expect(question.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Cancel the invitation of **newcomer@example.com** to **Movies** on **Harbor**? It has not been accepted yet, so nobody loses access.
      [Cancel the invitation] [Leave as is]"
    `)
    const answer = await on.presses('dora', question.message, 'Cancel the invitation')
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      The invitation of **newcomer@example.com** is cancelled; plex.tv no longer shows it. Invite again at any time with \`/invite\`.
      [Undo]"
    `)
    expect(deeds(on)).toEqual(['invite-withdrawn'])
  })

  test('by choosing from the list, pending ones and the Home among them', async () => {
    const on = await evening()
    await on.asks('dora', 'users')
    await on.asks('dora', 'users', { filter: 'home' })
    const offered = await on.discord.person('dora').autocomplete('revoke', { who: '' }, 'who')
    expect(offered).toMatchInlineSnapshot(`
      [
        {
          "name": "newcomer@example.com (pending)",
          "value": "share:30000022",
        },
        {
          "name": "mira_q (mira@example.com)",
          "value": "share:30000001",
        },
        {
          "name": "jonas.b (Jonas.Brandt@Example.com)",
          "value": "share:30000002",
        },
        {
          "name": "Kiddo (Plex Home)",
          "value": "home:20000003",
        },
      ]
    `)
    const question = await on.asks('dora', 'revoke', { who: String(offered[0]?.value) })
    expect(question.message.components).not.toEqual([])
  })

  test('for a while: the libraries are remembered', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'jonas.b', mode: 'suspend' })
    expect(question.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Suspend **jonas.b** (Jonas.Brandt@Example.com): take away **all libraries, future ones too** on **Harbor** for now? I remember the libraries and the restrictions; open the person in \`/users\` to restore them.
      [Suspend] [Leave as is]"
    `)
    const answer = await on.presses('dora', question.message, 'Suspend')
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **jonas.b** (Jonas.Brandt@Example.com) is suspended: plex.tv shows no access to **Harbor** any more. Open the person in \`/users filter:suspended\` to give the same libraries back.
      [Undo]"
    `)
    expect((await on.asks('dora', 'users', { search: 'jonas' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor**: one person matching “jonas”, as of (a time)
      **jonas.b** (Jonas.Brandt@Example.com) · suspended: **all libraries, future ones too**
      {Open somebody: [ ] jonas.b (suspended)}"
    `)
  })

  test('from the Plex Home, when asked by name, with the warning that it destroys a managed user', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'home:20000003' })
    expect(question.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Remove **Kiddo** from the Plex Home? It is a managed user, so removing it **destroys it**, with its watch history. This cannot be undone.
      [Remove from Home] [Leave as is]"
    `)
    const answer = await on.presses('dora', question.message, 'Remove from Home')
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Kiddo** is no longer in the Plex Home; plex.tv has confirmed it."
    `)
    expect(deeds(on)).toEqual(['home-user-removed'])
  })

  test('leaving it as it is does nothing', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'mira_q' })
    expect((await on.presses('dora', question.message, 'Leave as is')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Left as it is; nothing was changed."
    `)
    expect(deeds(on)).toEqual([])
  })
})

describe('a confirmation', () => {
  test('still works after a restart', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'mira_q' })
    await on.restart()
    await on.presses('dora', question.message, 'End access')
    expect(deeds(on)).toEqual(['share-deleted'])
  })

  test('pressed twice ends it once, and says so', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'mira_q' })
    const dora = on.discord.person('dora')
    const [first, second] = await Promise.all([
      dora.press(question.message, 'End access'),
      dora.press(question.message, 'End access'),
    ])
    await Promise.all([first.answered(), second.answered()])
    expect(deeds(on)).toEqual(['share-deleted'])
  })

  test('that was left for too long does nothing', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'mira_q' })
    on.clock.pass(16 * minutes)
    const answer = await on.presses('dora', question.message, 'End access')
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      This has been dealt with already, or it was left for too long. Nothing was changed just now. Run the command again if it is still wanted."
    `)
    expect(deeds(on)).toEqual([])
  })

  test('is refused where the right was lost in between', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'mira_q' })
    on.discord.setRoles('dora', ['Friends'])
    const answer = await on.presses('dora', question.message, 'End access')
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      You may not end somebody’s access here (the right \`revoke\` is missing), so nothing was done. Ask @Managers or anybody who may manage this Discord server; an administrator gives rights with \`/settings roles\`."
    `)
    expect(deeds(on)).toEqual([])
  })
})

describe('a revoke that cannot be done says why', () => {
  test('nobody of that name', async () => {
    const on = await evening()
    expect((await on.asks('dora', 'revoke', { who: 'nobody@example.com' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Nobody called “nobody@example.com” has access or a pending invitation, so nothing was changed. Choose somebody from the list that appears while you type, or look with \`/users\`."
    `)
  })

  test('plex.tv is down at the press: kept, done later, and dora hears of it', async () => {
    const on = await evening()
    const question = await on.asks('dora', 'revoke', { who: 'mira_q' })
    await on.plex.faults.down()
    const answer = await on.presses('dora', question.message, 'End access')
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv cannot be reached, so nothing has been sent. I have kept the wish to end this access and will try again (a time); you get a message when it is settled. Nobody needs to repeat it."
    `)
    await on.plex.faults.up()
    on.clock.pass(2 * minutes)
    await on.app.tick()
    expect(deeds(on)).toEqual(['share-deleted'])
    expect(on.discord.dmsOf('dora').map(({ content }) => content)).toMatchInlineSnapshot(`
      [
        "Settled: **mira\\_q** no longer has access to **Harbor**; plex.tv has confirmed it.",
      ]
    `)
  })

  test('alice may not', async () => {
    const on = await evening()
    expect((await on.asks('alice', 'revoke', { who: 'mira_q' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You may not end somebody’s access here (the right \`revoke\` is missing), so nothing was done. Ask @Managers or anybody who may manage this Discord server; an administrator gives rights with \`/settings roles\`."
    `)
    expect(await on.discord.person('alice').autocomplete('revoke', { who: '' }, 'who')).toEqual([])
  })
})
