import { describe, expect, test } from 'vitest'
import { failing, failingAfterCommit, rateLimited } from '../../src/sandbox/plex/fault.ts'
import { deeds, evening, timeless } from '../support/evening.ts'
import { minutes } from '../support/shifted-clock.ts'

describe('somebody is invited', () => {
  test('by address: it is done, and dora is told what happens next', async () => {
    const { asks, plex } = await evening()
    const wish = { email: 'Fresh@Example.com', libraries: 'movies, tv shows', reason: 'film night' }
    const { text, handle } = await asks('dora', 'invite', wish)
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      Invited **fresh@example.com** to **Movies** and **TV Shows** on **Harbor**. plex.tv sends the invitation by e-mail; access begins when it is accepted.
      [Undo]"
    `)
    expect(await handle.acknowledged()).toMatchObject({ ephemeral: true })
    expect(plex.ledger).toMatchObject([
      {
        did: 'share-created',
        details: { invitedEmail: 'fresh@example.com', libraryIds: [910000001, 910000002], status: 'pending' },
      },
    ])
  })

  test('by user name, whom Plex knows already: access is there at once', async () => {
    const on = await evening({ plex: { shares: [] } })
    const { text } = await on.asks('ivo', 'invite', { email: 'mira_q', libraries: 'Music', downloads: true })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** now has **Music** on **Harbor**. Plex knew this account already, so there is nothing to accept.
      [Undo]"
    `)
    expect(on.plex.world.shares.at(-1)).toMatchObject({
      libraryIds: [910000003],
      settings: { allowSync: true },
    })
  })

  test('with all libraries, future ones too, only because it was said', async () => {
    const on = await evening()
    const { text } = await on.asks('dora', 'invite', { email: 'fresh@example.com', libraries: 'all' })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      Invited **fresh@example.com** to **all libraries, future ones too** on **Harbor**. plex.tv sends the invitation by e-mail; access begins when it is accepted.
      [Undo]"
    `)
    expect(on.plex.world.shares.at(-1)).toMatchObject({ allLibraries: true })
  })

  test('for a while: the answer says when it ends', async () => {
    const on = await evening()
    const wish = { email: 'fresh@example.com', libraries: 'Movies', duration: '30d' }
    const { text } = await on.asks('dora', 'invite', wish)
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      Invited **fresh@example.com** to **Movies** on **Harbor**. plex.tv sends the invitation by e-mail; access begins when it is accepted. It ends by itself on (a time).
      [Undo]"
    `)
  })

  test('inviting again says what is so, and sends nothing', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', { email: 'fresh@example.com', libraries: 'Movies' })
    const again = await on.asks('dora', 'invite', { email: 'fresh@example.com', libraries: 'Movies' })
    expect(again.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **fresh@example.com** is already invited to **Movies**; the invitation has been waiting since (a time) ((a time)). Nothing was sent again; they have to accept it in the e-mail from Plex or in the Plex web app.
      [Cancel the invitation]"
    `)
    const active = await on.asks('dora', 'invite', { email: 'mira_q', libraries: 'Movies, TV Shows' })
    expect(active.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** already has **Movies** and **TV Shows**, so there was nothing to do."
    `)
    const other = await on.asks('dora', 'invite', { email: 'mira@example.com', libraries: 'Movies, Music' })
    expect(other.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira@example.com** already has **Movies** and **TV Shows**. You named **Movies** and **Music**; nothing was changed. Use the button to change it.
      [Change libraries]"
    `)
    const pending = await on.asks('dora', 'invite', { email: 'newcomer@example.com', libraries: 'Music' })
    expect(pending.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **newcomer@example.com** is already invited to **Movies**; the invitation is still waiting. You named other libraries, and Plex cannot change a pending invitation: cancel it with the button and invite again.
      [Cancel the invitation]"
    `)
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('the same interaction delivered twice invites once and is answered once', async () => {
    const on = await evening()
    on.discord.deliverTwice()
    await on.asks('dora', 'invite', { email: 'fresh@example.com', libraries: 'Movies' })
    expect(deeds(on)).toEqual(['share-created'])
  })
})

describe('a member is invited', () => {
  test('with an address: the member is told how to accept, and is known by it from then on', async () => {
    const on = await evening()
    const wish = { email: 'alice@example.com', member: { user: 'alice' }, libraries: 'Movies' }
    const { text } = await on.asks('dora', 'invite', wish)
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      Invited **alice@example.com** (@alice) to **Movies** on **Harbor**. plex.tv sends the invitation by e-mail; access begins when it is accepted. I sent the steps for accepting as a direct message.
      [Undo]"
    `)
    const [dm] = on.discord.dmsOf('alice')
    expect(dm && on.discord.textOf(dm)).toMatchInlineSnapshot(`
      "You are invited to **Movies** on the Plex server **Harbor**. Four steps:
      1. Sign in at https://app.plex.tv with the address that Plex writes to (a•••@e•••.com). No account yet? Make one there with exactly that address.
      2. If the account is new, confirm the address with the e-mail that Plex sends.
      3. Then open the invitation: in the e-mail from Plex, or in Plex under your account picture, “Manage library access”.
      4. Accept it. The server appears among your sources; if not, sign out and in again."
    `)

    on.plex.accept('alice@example.com')
    on.clock.pass(2 * minutes)
    const later = await on.asks('dora', 'invite', { member: { user: 'alice' }, libraries: 'Movies' })
    expect(later.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **alice@example.com** already has **Movies**, so there was nothing to do."
    `)
    const hers = await on.asks('alice', 'libraries')
    expect(hers.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor** has 4 libraries.
      Movies: **Movies**
      Series: **TV Shows**
      Music: **Music**
      Photos: **Photos**
      You have **Movies**."
    `)
  })

  test('whose direct messages are closed: it is done all the same, and dora learns of it', async () => {
    const on = await evening()
    on.discord.closeDms('alice')
    const wish = { email: 'alice@example.com', member: { user: 'alice' }, libraries: 'Movies' }
    const { text } = await on.asks('dora', 'invite', wish)
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      Invited **alice@example.com** (@alice) to **Movies** on **Harbor**. plex.tv sends the invitation by e-mail; access begins when it is accepted.
      Their direct messages are closed, so I could not tell them: please do. They have to sign in to Plex with that address and then open the invitation.
      [Undo]"
    `)
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('whose account nobody knows: he is asked, answers, and is invited, through a restart', async () => {
    const on = await evening()
    const asked = await on.asks('dora', 'invite', { member: { user: 'alice' }, libraries: 'Movies' })
    expect(asked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      I do not know the Plex account of @alice yet, so nobody has been invited so far. I have asked them in a direct message; the invitation to **Movies** goes out as soon as they answer. The question stays open for a week."
    `)
    expect(deeds(on)).toEqual([])
    await on.restart()

    const [question] = on.discord.dmsOf('alice')
    if (!question) throw new Error('alice was not asked')
    expect(timeless(on.discord.textOf(question))).toMatchInlineSnapshot(`
      "You are to be invited to the Plex server **Harbor**. Which Plex account is yours? Press the button and give its e-mail address or user name; only the people who manage that server see it.
      [Tell my Plex account]"
    `)
    const alice = on.discord.person('alice')
    const press = await alice.press(question, 'Tell my Plex account')
    const modal = await press.modalShown()
    expect(on.discord.textOfModal(modal)).toMatchInlineSnapshot(`
      "# Your Plex account
      E-mail address or Plex user name*: ____"
    `)
    const wrong = await alice.submit(modal, { account: 'alice@' })
    expect(on.discord.textOf(await wrong.answered())).toMatchInlineSnapshot(`
      "(only you can see this)
      “alice@” is not an e-mail address, so nothing was sent. Check it for a typing mistake: it needs a name, an @ and a domain, like \`mira@example.com\`."
    `)

    const second = await (await alice.press(question, 'Tell my Plex account')).modalShown()
    const answered = await alice.submit(second, { account: 'alice@example.com' })
    expect(on.discord.textOf(await answered.answered())).toMatchInlineSnapshot(`
      "(only you can see this)
      Thank you. The invitation is on its way to you by e-mail from Plex; I have sent you the steps as well."
    `)
    expect(deeds(on)).toEqual(['share-created'])

    const third = await (await alice.press(question, 'Tell my Plex account')).modalShown()
    const replayed = await alice.submit(third, { account: 'eve@example.com' })
    expect(on.discord.textOf(await replayed.answered())).toMatchInlineSnapshot(`
      "(only you can see this)
      This invitation is not open any more: it was dealt with, it has expired, or whoever invited you may not do so any longer. Ask them for a new one."
    `)
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('whose account nobody knows and who takes no messages: dora is told what to do', async () => {
    const on = await evening()
    on.discord.closeDms('alice')
    const { text } = await on.asks('dora', 'invite', { member: { user: 'alice' }, libraries: 'Movies' })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      I do not know the Plex account of @alice yet, so nobody has been invited so far. Their direct messages are closed. Ask them for the address of their Plex account, then run \`/invite\` again with \`email\` and \`member\`."
    `)
  })

  test('with an address that belongs to another member: refused, nothing is sent', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', {
      email: 'alice@example.com',
      member: { user: 'alice' },
      libraries: 'Movies',
    })
    const wish = { email: 'Alice@Example.com', member: { user: 'bob' }, libraries: 'Movies' }
    const { text } = await on.asks('dora', 'invite', wish)
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      This Plex account belongs to another member of this Discord server already, so nothing was changed. If that is wrong, ask a manager to look at both with \`/users\`."
    `)
    expect(deeds(on)).toEqual(['share-created'])
  })
})

describe('an invitation that is refused says why and what to do, and sends nothing', () => {
  test.each([
    ['nobody named', { libraries: 'Movies' }],
    ['a malformed address', { email: 'fresh@', libraries: 'Movies' }],
    ['a name with blanks', { email: 'fresh person', libraries: 'Movies' }],
    ['the owner’s address', { email: 'OWNER@harbor.example', libraries: 'Movies' }],
    ['the owner’s name', { email: 'harbor_admin', libraries: 'Movies' }],
    ['an unknown library', { email: 'fresh@example.com', libraries: 'Movis' }],
    ['an unknown library, nothing near', { email: 'fresh@example.com', libraries: 'Zzz' }],
    ['an empty list', { email: 'fresh@example.com', libraries: ' , ' }],
    ['all and others', { email: 'fresh@example.com', libraries: 'all, Movies' }],
    ['a wrong server', { email: 'fresh@example.com', libraries: 'Movies', server: 'Cabin' }],
    ['a duration that is none', { email: 'fresh@example.com', libraries: 'Movies', duration: 'soon' }],
  ])('%s', async (_, wish) => {
    const on = await evening()
    const { text } = await on.asks('dora', 'invite', wish)
    expect(text).toMatchSnapshot()
    expect(deeds(on)).toEqual([])
    expect(on.plex.count({ method: 'POST' })).toBe(0)
  })

  test('an unknown account: plex.tv says so', async () => {
    const on = await evening()
    const { text } = await on.asks('dora', 'invite', { email: 'nobody_at_all', libraries: 'Movies' })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv knows no such account, so nobody was invited. Check the spelling; for somebody without a Plex account, use the e-mail address."
    `)
    expect(deeds(on)).toEqual([])
  })

  test('a title that two libraries have', async () => {
    const on = await evening()
    on.plex.change((world) => ({
      ...world,
      servers: world.servers.map((server) => ({
        ...server,
        libraries: server.libraries.map((library) =>
          library.title === 'Music' ? { ...library, title: 'MOVIES' } : library,
        ),
      })),
    }))
    on.clock.pass(2 * minutes)
    const { text } = await on.asks('dora', 'invite', { email: 'fresh@example.com', libraries: 'Movies' })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      “Movies” could be **Movies #910000001** (movie) or **MOVIES #910000003** (artist). Write the one you mean with its number. Nothing was changed."
    `)
    const precise = { email: 'fresh@example.com', libraries: 'Movies #910000003' }
    await on.asks('dora', 'invite', precise)
    expect(on.plex.world.shares.at(-1)).toMatchObject({ libraryIds: [910000003] })
  })

  test('mallory has no right: she is told which one is missing and who has it', async () => {
    const on = await evening()
    const { text } = await on.asks('mallory', 'invite', { email: 'fresh@example.com', libraries: 'Movies' })
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      You may not invite people here (the right \`invite\` is missing), so nothing was done. Ask @Managers, @Inviters, @Reviewers or anybody who may manage this Discord server; an administrator gives rights with \`/settings roles\`."
    `)
    expect(deeds(on)).toEqual([])
  })
})

describe('plex.tv is not as one would wish', () => {
  const wish = { email: 'fresh@example.com', libraries: 'Movies' }
  const creating = { method: 'POST', route: '/api/v2/shared_servers' }

  test('down: said so, kept, carried out later, and dora hears of it', async () => {
    const on = await evening()
    await on.asks('dora', 'libraries')
    await on.plex.faults.down()
    const { text } = await on.asks('dora', 'invite', wish)
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv cannot be reached, so nothing has been sent. I have kept the wish to share **Movies** of Harbor with **fresh@example.com** and will try again (a time); you get a message when it is settled. Nobody needs to repeat it."
    `)
    await on.plex.faults.up()
    on.clock.pass(2 * minutes)
    await on.app.tick()
    expect(deeds(on)).toEqual(['share-created'])
    expect(on.discord.dmsOf('dora').map(({ content }) => content)).toMatchInlineSnapshot(`
      [
        "Settled: **f•••@e•••.com** is invited to **Harbor** now, as you wished earlier.",
      ]
    `)
  })

  test('down for longer than lists are kept: the libraries are shown with their age', async () => {
    const on = await evening()
    on.clock.pass(2 * minutes)
    await on.plex.faults.down()
    const { text } = await on.asks('dora', 'libraries')
    expect(text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor** has 4 libraries.
      plex.tv cannot be reached, so this is the list as I read it on (a time); it may have changed since.
      Movies: **Movies**
      Series: **TV Shows**
      Music: **Music**
      Photos: **Photos**
      I do not know your Plex account, so I cannot say which of them you have."
    `)
  })

  test('limiting', async () => {
    const on = await evening()
    on.plex.faults.once(creating, rateLimited({ seconds: 300 }))
    expect((await on.asks('dora', 'invite', wish)).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Plex is limiting us, so nothing has been sent. I have kept the wish to share **Movies** of Harbor with **fresh@example.com** and will try again (a time); you get a message when it is settled. Nobody needs to repeat it."
    `)
    expect(deeds(on)).toEqual([])
  })

  test('failing after it did it: unclear, looked up, not sent twice', async () => {
    const on = await evening()
    on.plex.faults.once(creating, failingAfterCommit())
    expect((await on.asks('dora', 'invite', wish)).text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv has a problem of its own, so it is unclear whether it worked: I asked plex.tv to share **Movies** of Harbor with **fresh@example.com**. I will look (a time) and finish it only if it is not done; you get a message then. Please do not repeat it until then."
    `)
    on.clock.pass(3 * minutes)
    await on.app.tick()
    expect(deeds(on)).toEqual(['share-created'])
    expect(on.plex.count(creating)).toBe(1)
  })

  test('answering nonsense to a reading: nothing is concluded from it', async () => {
    const on = await evening()
    on.clock.pass(2 * minutes)
    on.plex.faults.always(
      { method: 'GET' },
      { fault: 'rewritten', body: () => '<html><body>hello</body></html>' },
    )
    expect((await on.asks('dora', 'users')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv answered something that cannot be read, so I could not find out what is so, and nothing was changed. Please try again in a few minutes."
    `)
  })

  test('broken: said so', async () => {
    const on = await evening()
    on.clock.pass(2 * minutes)
    on.plex.faults.always({ method: 'GET' }, failing(503))
    expect((await on.asks('dora', 'users')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv has a problem of its own, so I could not find out what is so, and nothing was changed. Please try again in a few minutes."
    `)
  })

  test('with a dead token: says who has to do what', async () => {
    const on = await evening()
    on.clock.pass(2 * minutes)
    on.plex.faults.revoke('FAKEownerToken000001')
    expect((await on.asks('dora', 'users')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv no longer accepts the owner’s sign-in, so I could not find out what is so, and nothing was changed. An administrator signs in again with \`/setup plex\` (or the person who runs me gives me a new \`PLEX_TOKEN\`); everything I know is kept."
    `)
  })

  test('hanging: acknowledged at once all the same', async () => {
    const on = await evening()
    on.clock.pass(2 * minutes)
    const hanging = on.plex.faults.always({ method: 'GET' }, { fault: 'hangs' })
    const handle = await on.discord.person('dora').slash('users')
    expect(await handle.acknowledged()).toMatchObject({ ephemeral: true })
    hanging.release()
    expect(on.discord.textOf(await handle.answered())).toContain('Harbor')
  })
})

test('a Plex connection serves only the guilds of the environment', async () => {
  const on = await evening({ env: { DISCORD_GUILD_IDS: '999999999999999999' } })
  const before = on.plex.count()
  expect((await on.asks('dora', 'users')).text).toMatchInlineSnapshot(`
    "(only you can see this)
    No Plex server is connected for this Discord server yet, so nothing was done. Whoever may manage this Discord server connects one with \`/setup plex\`."
  `)
  expect(on.plex.count()).toBe(before)
})
