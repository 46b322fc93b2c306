import { describe, expect, test } from 'vitest'
import { deeds, evening } from '../support/evening.ts'
import { type Reviews, reviews } from '../support/reviews.ts'
import { days, hours } from '../support/shifted-clock.ts'

describe('a member asks for access', () => {
  test('she names her account, the reviewers see a card without the address, and one of them approves', async () => {
    const on = await reviews()
    const asked = await on.asks('alice', 'request', { libraries: 'Movies', note: 'rob knows me' })
    expect(asked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      You ask for **Movies**. Which Plex account is yours? Press the button and give its e-mail address or user name; only the people who manage the server can see it. Then your request goes to the reviewers.
      [Tell my Plex account] [Do not ask]"
    `)
    const made = await on.fills(
      'alice',
      'Tell my Plex account',
      { account: 'Alice@Example.com' },
      asked.message,
    )
    expect(made.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Your request is with the reviewers: **Movies** on **Harbor**. You get a direct message when it is decided; it closes by itself (a time).
      [Withdraw]"
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: waiting** · @alice
      Wants **Movies** on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      Note: “rob knows me”
      Waits since (a time); it closes by itself (a time)
      [Approve] [Approve with changes] [Deny] [Ask]"
    `)
    expect(deeds(on)).toEqual([])

    const approved = await on.presses('rob', on.newestCard(), 'Approve')
    expect(approved.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Approved: **Movies** on **Harbor** for @alice. The invitation is sent; access begins when it is accepted. @alice is told in a direct message."
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: approved** · @alice
      Wants **Movies** on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      Note: “rob knows me”
      ✓ @rob approved **Movies** (a time)
      The invitation is sent; access begins when it is accepted"
    `)
    expect(on.dm('alice')).toMatchInlineSnapshot(`
      "You are invited to **Movies** on the Plex server **Harbor**. Four steps:
      1. Sign in at https://app.plex.tv with the address that Plex writes to (a•••@e•••.com). No account yet? Make one there with exactly that address.
      2. If the account is new, confirm the address with the e-mail that Plex sends.
      3. Then open the invitation: in the e-mail from Plex, or in Plex under your account picture, “Manage library access”.
      4. Accept it. The server appears among your sources; if not, sign out and in again."
    `)
    expect(on.plex.ledger.at(-1)).toMatchObject({
      did: 'share-created',
      details: { invitedEmail: 'alice@example.com', libraryIds: [910000001], status: 'pending' },
    })
    expect(on.cards()).toHaveLength(1)
  })

  test('a reviewer denies it, and the reason is told', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    const denied = await on.fills('rob', 'Deny', { reason: 'Please ask again in spring.' })
    expect(denied.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Denied: @alice gets nothing, and nothing was changed at Plex. @alice is told in a direct message."
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: denied** · @alice
      Wants **Movies** on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      ✗ @rob denied it (a time): “Please ask again in spring.”"
    `)
    expect(on.dm('alice')).toMatchInlineSnapshot(
      `"Your request for access to **Harbor** was denied, so nothing has changed for you. The reason given: “Please ask again in spring.”"`,
    )
    expect(deeds(on)).toEqual([])
  })

  test('an address in a reviewer’s words stands in no direct message', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    await on.fills('rob', 'Ask', { question: 'Are you dan@example.com?' })
    expect(on.dm('alice')).toContain('“Are you ‹address left out›')
    await on.fills('rob', 'Deny', { reason: 'That is dan@example.com.' })
    expect(on.dm('alice')).toContain('The reason given: “That is ‹address left out›')
  })

  test('a reviewer approves something else than was asked for', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies, TV Shows', 'alice@example.com')
    const panel = await on.presses('rob', on.newestCard(), 'Approve with changes')
    expect(panel.text).toMatchInlineSnapshot(`
      "(only you can see this)
      @alice asks for **Movies** and **TV Shows** on **Harbor**.
      You would give **Movies** and **TV Shows**, until it is ended.
      That is what was asked for.
      {Libraries: [x] Movies [x] TV Shows [ ] Music [ ] Photos}
      {How long: [x] Until it is ended [ ] 7 days [ ] 30 days [ ] 90 days [ ] 180 days [ ] 365 days}
      [Approve this] [Decide later]"
    `)
    await on.selects('rob', panel.message, 'Libraries', ['TV Shows', 'Music'])
    const chosen = await on.selects('rob', panel.message, 'How long', '30 days')
    expect(chosen.text).toMatchInlineSnapshot(`
      "(only you can see this)
      @alice asks for **Movies** and **TV Shows** on **Harbor**.
      You would give **TV Shows** and **Music**, for 30 days.
      Nothing is decided before you press the button.
      {Libraries: [ ] Movies [x] TV Shows [x] Music [ ] Photos}
      {How long: [ ] Until it is ended [ ] 7 days [x] 30 days [ ] 90 days [ ] 180 days [ ] 365 days}
      [Approve this] [Decide later]"
    `)
    expect(deeds(on)).toEqual([])
    const approved = await on.presses('rob', chosen.message, 'Approve this')
    expect(approved.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Approved: **TV Shows** and **Music**, for 30 days on **Harbor** for @alice. The invitation is sent; access begins when it is accepted. @alice is told in a direct message."
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: approved** · @alice
      Wants **Movies** and **TV Shows** on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      ✓ @rob approved **TV Shows** and **Music**, for 30 days (a time)
      The invitation is sent; access begins when it is accepted"
    `)
    expect(on.plex.ledger.at(-1)).toMatchObject({ details: { libraryIds: [910000002, 910000003] } })
  })

  test('a reviewer asks back, and the answer stands on the card', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    const asked = await on.fills('rob', 'Ask', { question: 'Who are you?' })
    expect(asked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      @alice is asked in a direct message. The question stands on the card, and the answer will too; the request goes on waiting."
    `)
    expect(on.dm('alice')).toMatchInlineSnapshot(`
      "@rob asks about your request for access to **Harbor**: “Who are you?”
      Your answer is shown to the reviewers; the request goes on waiting.
      [Answer]"
    `)
    const [question] = on.discord.dmsOf('alice')
    if (!question) throw new Error('alice was not asked')
    const answer = { reply: 'Bob’s sister, write me: alice@example.com' }
    const answered = await on.fills('alice', 'Answer', answer, question)
    expect(answered.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Thank you; the reviewers see your answer. You get a message when it is decided."
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: waiting** · @alice
      Wants **Movies** on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      ? @rob asks: “Who are you?”
      ↳ @alice answers: “Bob’s sister, write me: ‹address left out›”
      Waits since (a time); it closes by itself (a time)
      [Approve] [Approve with changes] [Deny] [Ask]"
    `)
  })

  test('she takes it back, and the card dies with it', async () => {
    const on = await reviews()
    const made = await on.requests('alice', 'Movies', 'alice@example.com')
    const old = on.newestCard()
    const gone = await on.presses('alice', made.message, 'Withdraw')
    expect(gone.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Your request is withdrawn; nobody can approve it any more. Ask anew with \`/request\`."
    `)
    expect(on.card()).toContain('Request: withdrawn')
    await expect(() => on.discord.person('rob').press(old, 'Approve')).rejects.toThrow()
    expect(on.dm('alice')).toBeUndefined()
  })
})

describe('who decides', () => {
  test('the second press is told who was first', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    const [first, second] = await Promise.all([
      on.presses('rob', on.newestCard(), 'Approve'),
      on.presses('dora', on.newestCard(), 'Approve'),
    ])
    const texts = [first.text, second.text].sort()
    expect(texts[0]).toContain('Approved: **Movies**')
    expect(texts[1]).toMatch(
      /Too late, so nothing was changed: this request was approved by @(rob|dora) \(a time\), and the first/u,
    )
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('nobody on his own request, and nobody without the right, whatever form he has open', async () => {
    const on = await reviews()
    await on.requests('dora', 'Movies', 'dora@example.com')
    expect((await on.presses('dora', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      This request is your own, or for your own Plex account, and nobody decides on his own. Nothing was done; another reviewer has to."
    `)
    expect((await on.fills('dora', 'Deny', { reason: 'no' })).text).toContain('your own')
    expect((await on.presses('alice', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You may not review requests here (the right \`review\` is missing), so nothing was done. Ask @Managers, @Reviewers or anybody who may manage this Discord server; an administrator gives rights with \`/settings roles\`."
    `)
    const form = await (await on.discord.person('rob').press(on.newestCard(), 'Deny')).modalShown()
    on.discord.setRoles('rob', ['Friends'])
    const sent = await (await on.discord.person('rob').submit(form, { reason: 'x' })).answered()
    expect(on.discord.textOf(sent)).toContain('the right `review` is missing')
    expect(on.card()).toContain('Request: waiting')
  })

  test('two approvals where two are demanded', async () => {
    const on = await reviews()
    await on.asks('olive', 'settings defaults', { approvals: 2 })
    await on.requests('alice', 'Movies', 'alice@example.com')
    expect((await on.presses('rob', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Your approval is counted: one approval of 2. Nothing is given yet; the request waits for another reviewer."
    `)
    expect((await on.presses('rob', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You have approved this already, and everybody counts once. Nothing was changed; it waits for another reviewer."
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: waiting** · @alice
      Wants **Movies** on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      ✓ @rob approved **Movies** (a time)
      Waits since (a time); it closes by itself (a time)
      [Approve] [Approve with changes] [Deny] [Ask]"
    `)
    expect((await on.presses('dora', on.newestCard(), 'Approve')).text).toContain('Approved: **Movies**')
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('an inviter whose invitations need a review makes a request with /invite', async () => {
    const on = await reviews()
    await on.asks('olive', 'settings roles', { role: { role: 'Inviters' }, level: 'inviter', review: true })
    const invite = { email: 'fresh@example.com', libraries: 'Movies', duration: '30d', reason: 'my cousin' }
    expect((await on.asks('ivo', 'invite', invite)).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Your wish to invite **fresh@example.com** is with the reviewers: **Movies**, for 30 days on **Harbor**. You get a direct message when it is decided; it closes by itself (a time).
      [Withdraw]"
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: waiting** · @ivo wants to invite an e-mail address
      Wants **Movies**, for 30 days on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Earlier requests: none
      Note: “my cousin”
      Waits since (a time); it closes by itself (a time)
      [Approve] [Approve with changes] [Deny] [Ask]"
    `)
    expect((await on.presses('rob', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Approved: **Movies**, for 30 days on **Harbor** for an e-mail address. The invitation is sent; access begins when it is accepted. @ivo is told in a direct message."
    `)
    expect(on.dm('ivo')).toMatchInlineSnapshot(
      `"Your wish to invite an e-mail address to **Harbor** was approved: **Movies**, for 30 days. The invitation is sent; access begins when it is accepted."`,
    )
    expect((await on.asks('ivo', 'invite', invite)).text).toContain('is already invited')
  })

  test('an inviter who needs a review names a member whose account nobody knows', async () => {
    const on = await reviews()
    await on.asks('olive', 'settings roles', { role: { role: 'Inviters' }, level: 'inviter', review: true })
    await on.asks('ivo', 'invite', { member: { user: 'bob' }, libraries: 'Movies' })
    expect(on.card()).toContain('@ivo wants to invite @bob')
    await on.presses('rob', on.newestCard(), 'Approve')
    expect(on.card()).toContain('The member is asked for the Plex account')
    const [question] = on.discord.dmsOf('bob')
    if (!question) throw new Error('bob was not asked')
    await on.fills('bob', 'Tell my Plex account', { account: 'bob@example.com' }, question)
    expect(deeds(on)).toEqual(['share-created'])
  })
})

describe('what gets in the way', () => {
  test('a restart in between, and long ago: the card still works', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    await on.restart()
    on.clock.pass(13 * days)
    await on.presses('rob', on.newestCard(), 'Approve')
    expect(on.card()).toContain('Request: approved')
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('after 14 days it expires: the card dies, and she is told', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    on.clock.pass(14 * days + hours)
    expect((await on.presses('rob', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Too late, so nothing was changed: this request expired (a time)."
    `)
    await on.app.tick()
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: expired** · @alice
      Wants **Movies** on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      Nobody decided in time; it expired (a time)"
    `)
    expect(on.dm('alice')).toMatchInlineSnapshot(
      `"Your request for access to **Harbor** has expired: nobody decided within 14 days. Nothing has changed. Make it again with \`/request\` if you still want it."`,
    )
    expect(deeds(on)).toEqual([])
  })

  test('closed direct messages block nothing, and the card says who is still to be told', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    on.discord.closeDms('alice')
    expect((await on.fills('rob', 'Ask', { question: 'Who are you?' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      The direct messages of @alice are closed, so the question did not arrive. It stands on the card; please ask in a channel. The request goes on waiting."
    `)
    expect((await on.fills('rob', 'Deny', {})).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Denied: @alice gets nothing, and nothing was changed at Plex. The direct messages of @alice are closed, so I could not tell them: please do."
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: denied** · @alice
      Wants **Movies** on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      ? @rob asks: “Who are you?” (the direct message did not arrive)
      ✗ @rob denied it (a time)
      @alice takes no direct messages, so I could not tell them: please do"
    `)
  })

  test('closed direct messages do not block an approval either', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    on.discord.closeDms('alice')
    expect((await on.presses('rob', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Approved: **Movies** on **Harbor** for @alice. The invitation is sent; access begins when it is accepted. The direct messages of @alice are closed, so I could not tell them: please do."
    `)
    expect(on.card()).toContain('@alice takes no direct messages')
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('no reviewers’ channel was ever named', async () => {
    const on = await evening()
    expect((await on.asks('alice', 'request', { libraries: 'Movies' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Nobody has said where requests go, so none was made. Ask an administrator to name the reviewers’ channel with \`/settings channels\`, then ask again."
    `)
  })

  test('the reviewers’ channel is gone: the request is kept, and shown where it can be shown', async () => {
    const on = await reviews()
    on.discord.deleteChannel('reviews')
    const made = await on.requests('alice', 'Movies', 'alice@example.com')
    expect(made.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Your request is kept: **Movies** on **Harbor**. But I cannot write in the reviewers’ channel, so nobody sees it yet; I try again every minute. Please tell an administrator: \`/settings channels\` names the channel, and I need the right to see it and to write there.
      [Withdraw]"
    `)
    await on.asks('olive', 'settings channels', { reviewers: { channel: 'other' } })
    await on.app.tick()
    const [card] = on.discord.messagesIn('other')
    if (!card) throw new Error('no card in the other channel')
    await on.presses('rob', card, 'Approve')
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('the bot may not write in the reviewers’ channel', async () => {
    const on = await reviews()
    const [guild] = on.discord.world.guilds
    const channel = guild?.channels.find(({ name }) => name === 'reviews')
    if (!guild || !channel) throw new Error('no such channel')
    channel.overwrites = [{ id: guild.id, type: 0, allow: '0', deny: String(1n << 11n) }]
    const made = await on.requests('alice', 'Movies', 'alice@example.com')
    expect(made.text).toContain('I cannot write in the reviewers’ channel')
    channel.overwrites = []
    await on.app.tick()
    expect(on.card()).toContain('Request: waiting')
  })

  test('the card was deleted: a new one is hung up when she asks again', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    const old = on.newestCard()
    on.discord.deleteMessage(old)
    expect(on.cards()).toEqual([])
    await on.asks('alice', 'request', { libraries: 'Movies' })
    expect(on.cards()).toHaveLength(1)
    await on.presses('rob', on.newestCard(), 'Approve')
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('a second wish says that one waits already, and that it can be taken back', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    expect((await on.asks('alice', 'request', { libraries: 'Music' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      There is a request already, for **Movies** on **Harbor**: made (a time), and nobody has decided yet. No second one was made. Withdraw it if you want to ask for something else.
      [Withdraw]"
    `)
    expect(on.cards()).toHaveLength(1)
  })

  test('a library of the request is gone', async () => {
    const on = await reviews()
    await on.requests('alice', 'Photos', 'alice@example.com')
    on.plex.change((world) => ({
      ...world,
      servers: world.servers.map((server) => ({
        ...server,
        libraries: server.libraries.filter(({ title }) => title !== 'Photos'),
      })),
    }))
    on.clock.pass(hours)
    expect((await on.presses('rob', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      A library of this request is no longer on the server, so nothing was decided. Use **Approve with changes** to choose others, or deny it."
    `)
    expect(on.card()).toContain('Request: waiting')
    expect(deeds(on)).toEqual([])
  })

  test('plex.tv is down: the approval stands, and is carried out later', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    await on.plex.faults.down()
    expect((await on.presses('rob', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Approved: **Movies** on **Harbor** for @alice. plex.tv cannot be asked just now; it is kept and sent as soon as that works. @alice is told in a direct message."
    `)
    await on.plex.faults.up()
    on.clock.pass(hours)
    await on.app.tick()
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: approved** · @alice
      Wants **Movies** on **Harbor**
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      ✓ @rob approved **Movies** (a time)
      plex.tv cannot be asked just now; it is kept and sent as soon as that works
      The invitation is sent; access begins when it is accepted"
    `)
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('an address that has access already is no way to it', async () => {
    const on = await reviews()
    const made = await on.requests('alice', 'Movies', 'mira@example.com')
    expect(made.text).toMatchInlineSnapshot(`
      "(only you can see this)
      This Plex account has access already, or belongs to another member, so no request was made. If it is yours, ask a manager to link it to you."
    `)
    expect(on.cards()).toEqual([])
  })
})

/** alice is tied to mira's account, which has Movies and TV Shows. */
async function withAccess(): Promise<Reviews> {
  const on = await reviews()
  await on.asks('dora', 'invite', {
    member: { user: 'alice' },
    email: 'mira@example.com',
    libraries: 'Movies, TV Shows',
  })
  return on
}

describe('a member who has access asks for more', () => {
  test('the card says what she has and what she wants, and the approval adds it to what is there', async () => {
    const on = await withAccess()
    const asked = await on.asks('alice', 'request', { libraries: 'Movies, Music', note: 'for the car' })
    expect(asked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Your request is with the reviewers: **Music** on **Harbor**, in addition to **Movies** and **TV Shows**; the end of the access stays as it is. You get a direct message when it is decided; it closes by itself (a time).
      [Withdraw]"
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: waiting** · @alice
      Has **Movies** and **TV Shows** on **Harbor** already, without an end date
      Wants in addition **Music**; the end of the access stays as it is
      Plex account: an e-mail address, linked to the member
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      Note: “for the car”
      Waits since (a time); it closes by itself (a time)
      [Approve] [Approve with changes] [Deny] [Ask]"
    `)
    expect(deeds(on)).toEqual([])
    const approved = await on.presses('rob', on.newestCard(), 'Approve')
    expect(approved.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Approved: **Music** on **Harbor** for @alice, in addition to what was there. plex.tv has confirmed it; the end of the access stays as it was. @alice is told in a direct message."
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: approved** · @alice
      Has **Movies** and **TV Shows** on **Harbor** already, without an end date
      Wants in addition **Music**; the end of the access stays as it is
      Plex account: an e-mail address, linked to the member
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      Note: “for the car”
      ✓ @rob approved **Music** (a time)
      plex.tv has confirmed it; the end of the access stays as it was"
    `)
    expect(on.dm('alice')).toMatchInlineSnapshot(
      `"Your request for more libraries on **Harbor** was approved: **Music**. Open Plex: it is there beside what you had, and for as long as your access lasts."`,
    )
    expect(deeds(on)).toEqual(['libraries-changed'])
    expect(on.plex.world.shares[0]).toMatchObject({
      libraryIds: [910000001, 910000002, 910000003],
      settings: { allowSync: true },
    })
  })

  test('what she has already is told, and no request is made', async () => {
    const on = await withAccess()
    expect((await on.asks('alice', 'request', { libraries: 'Movies' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You have **Movies** and **TV Shows** on **Harbor** already, and that is all that you asked for, so no request was made."
    `)
    expect((await on.asks('alice', 'request', { libraries: 'all' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You have **Movies** and **TV Shows** on **Harbor** already. Plex gives “all libraries, future ones too” only with a new access, so no request was made. Ask for the libraries by name: you do not have **Music** and **Photos** yet."
    `)
    await on.asks('dora', 'invite', {
      member: { user: 'bob' },
      email: 'jonas.b',
      libraries: 'all',
    })
    expect((await on.asks('bob', 'request', { libraries: 'Music' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You have **all libraries, future ones too** on **Harbor** already, and that is all that you asked for, so no request was made."
    `)
    expect(on.cards()).toEqual([])
  })

  test('an invitation that is not accepted yet cannot be changed, and the next step is said', async () => {
    const on = await reviews()
    await on.requests('alice', 'Movies', 'alice@example.com')
    await on.presses('rob', on.newestCard(), 'Approve')
    expect((await on.asks('alice', 'request', { libraries: 'Music' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      You are invited to **Movies** on **Harbor** already. Plex cannot change an invitation before it is accepted, so no request was made. Accept it first, in the e-mail from Plex or in Plex under “Manage library access”; if you want more then, ask again with \`/request\`."
    `)
    expect(on.cards()).toHaveLength(1)
  })

  test('a denial changes nothing, and she may take her wish back', async () => {
    const on = await withAccess()
    await on.asks('alice', 'request', { libraries: 'Music' })
    await on.fills('rob', 'Deny', {})
    expect(on.dm('alice')).toMatchInlineSnapshot(
      `"Your request for more libraries on **Harbor** was denied, so nothing has changed for you. No reason was given."`,
    )
    const again = await on.asks('alice', 'request', { libraries: 'Music' })
    await on.presses('alice', again.message, 'Withdraw')
    expect(on.card()).toContain('Request: withdrawn')
    expect(deeds(on)).toEqual([])
  })

  test('a reviewer adds something else than was asked for; what is there and the end are not his to choose', async () => {
    const on = await withAccess()
    await on.asks('alice', 'request', { libraries: 'Music' })
    const panel = await on.presses('rob', on.newestCard(), 'Approve with changes')
    expect(panel.text).toMatchInlineSnapshot(`
      "(only you can see this)
      @alice has **Movies** and **TV Shows** and asks in addition for **Music** on **Harbor**.
      You would add **Music**. What is there stays, and so does the end of the access.
      That is what was asked for.
      {Libraries: [x] Music [ ] Photos}
      [Approve this] [Decide later]"
    `)
    const none = await on.selects('rob', panel.message, 'Libraries', [])
    expect(none.text).toContain('Nothing is ticked')
    const chosen = await on.selects('rob', panel.message, 'Libraries', ['Photos'])
    expect(chosen.text).toMatchInlineSnapshot(`
      "(only you can see this)
      @alice has **Movies** and **TV Shows** and asks in addition for **Music** on **Harbor**.
      You would add **Photos**. What is there stays, and so does the end of the access.
      Nothing is decided before you press the button.
      {Libraries: [ ] Music [x] Photos}
      [Approve this] [Decide later]"
    `)
    const approved = await on.presses('rob', chosen.message, 'Approve this')
    expect(approved.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Approved: **Photos** on **Harbor** for @alice, in addition to what was there. plex.tv has confirmed it; the end of the access stays as it was. @alice is told in a direct message."
    `)
    expect(on.plex.world.shares[0]).toMatchObject({ libraryIds: [910000001, 910000002, 910000004] })
  })

  test('an access that ends goes on to end then, and the card says when', async () => {
    const on = await reviews()
    const gone = await on.asks('dora', 'revoke', { who: 'mira_q' })
    await on.presses('dora', gone.message, 'End access')
    const wish = { member: { user: 'alice' }, email: 'mira@example.com', libraries: 'Movies' }
    await on.asks('dora', 'invite', { ...wish, duration: '30d' })
    await on.asks('alice', 'request', { libraries: 'Music' })
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: waiting** · @alice
      Has **Movies** on **Harbor** already, until (a time)
      Wants in addition **Music**; the end of the access stays as it is
      Plex account: an e-mail address, linked to the member
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      Waits since (a time); it closes by itself (a time)
      [Approve] [Approve with changes] [Deny] [Ask]"
    `)
    await on.presses('rob', on.newestCard(), 'Approve')
    on.clock.pass(29 * days)
    await on.app.tick()
    expect(deeds(on)).toEqual(['share-deleted', 'share-created', 'libraries-changed'])
    on.clock.pass(2 * days)
    await on.app.tick()
    expect(deeds(on).at(-1)).toBe('share-deleted')
  })

  test('plex.tv is down: the approval stands, and is carried out later, on what is there then', async () => {
    const on = await withAccess()
    await on.asks('alice', 'request', { libraries: 'Music' })
    await on.plex.faults.down()
    expect((await on.presses('rob', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Approved: **Music** on **Harbor** for @alice, in addition to what was there. It could not be carried out just now; I try again every minute, and the card shows how it comes out."
    `)
    await on.plex.faults.up()
    on.clock.pass(hours)
    await on.app.tick()
    expect(on.card()).toContain('plex.tv has confirmed it')
    expect(deeds(on)).toEqual(['libraries-changed'])
    expect(on.dm('alice')).toContain('was approved: **Music**')
  })

  test('the access has ended in between: nothing is sent, and both are told what to do', async () => {
    const on = await withAccess()
    await on.asks('alice', 'request', { libraries: 'Music' })
    const gone = await on.asks('dora', 'revoke', { who: 'mira_q' })
    await on.presses('dora', gone.message, 'End access')
    expect((await on.presses('rob', on.newestCard(), 'Approve')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Approved: **Music** on **Harbor** for @alice, in addition to what was there. Nothing was sent: the access has ended in the meantime, so there is nothing to add to. \`/invite\` gives a new one. @alice is told in a direct message."
    `)
    expect(on.dm('alice')).toMatchInlineSnapshot(
      `"Your request for more libraries on **Harbor** was approved: **Music**. But your access has ended in the meantime, so nothing was added. Ask for access again with \`/request\`."`,
    )
    expect(deeds(on)).toEqual(['share-deleted'])
  })

  test('an inviter whose invitations need a review asks for more for somebody', async () => {
    const on = await withAccess()
    await on.asks('olive', 'settings roles', { role: { role: 'Inviters' }, level: 'inviter', review: true })
    const wish = { email: 'mira@example.com', libraries: 'Music' }
    const lasting = await on.asks('ivo', 'invite', { ...wish, duration: '30d' })
    expect(lasting.text).toContain('nothing was changed')
    expect(on.cards()).toEqual([])
    expect((await on.asks('ivo', 'invite', wish)).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Your wish for more libraries for @alice is with the reviewers: **Music** on **Harbor**, in addition to **Movies** and **TV Shows**; the end of the access stays as it is. You get a direct message when it is decided; it closes by itself (a time).
      [Withdraw]"
    `)
    expect(on.card()).toMatchInlineSnapshot(`
      "**Request: waiting** · @ivo asks for more for @alice
      Has **Movies** and **TV Shows** on **Harbor** already, without an end date
      Wants in addition **Music**; the end of the access stays as it is
      Plex account: an e-mail address, as typed, not proven
      Discord account from (a time), joined (a time), roles @Friends
      Earlier requests: none
      Waits since (a time); it closes by itself (a time)
      [Approve] [Approve with changes] [Deny] [Ask]"
    `)
    await on.presses('rob', on.newestCard(), 'Approve')
    expect(on.dm('ivo')).toMatchInlineSnapshot(
      `"Your wish for more libraries for @alice on **Harbor** was approved: **Music**. plex.tv has confirmed it; the end of the access stays as it was."`,
    )
    expect(deeds(on)).toEqual(['libraries-changed'])
  })
})
