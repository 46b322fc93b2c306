import { describe, expect, test } from 'vitest'
import { deeds } from '../support/evening.ts'
import { reviews } from '../support/reviews.ts'

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
