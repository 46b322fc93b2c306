import { expect, test } from 'vitest'
import { deeds, evening } from '../support/evening.ts'

test('dora invites an address: it is done, and she is told what happens next', async () => {
  const { asks, plex, discord } = await evening()
  const { text, handle } = await asks('dora', 'invite', {
    email: 'Fresh@Example.com',
    libraries: 'movies, tv shows',
  })
  expect(text).toMatchInlineSnapshot(`
    "(only you can see this)
    Invited **fresh@example.com** to **Movies** and **TV Shows** on **Harbor**. plex.tv sends the invitation by e-mail; access begins when it is accepted."
  `)
  expect(await handle.acknowledged()).toMatchObject({ ephemeral: true })
  expect(plex.ledger.at(-1)).toMatchObject({
    did: 'share-created',
    details: { invitedEmail: 'fresh@example.com', libraryIds: [910000001, 910000002], status: 'pending' },
  })
  expect(discord.problems).toEqual([])
})

test('inviting again says what is so, and sends nothing', async () => {
  const on = await evening()
  await on.asks('dora', 'invite', { email: 'fresh@example.com', libraries: 'Movies' })
  const again = await on.asks('dora', 'invite', { email: 'fresh@example.com', libraries: 'Movies' })
  expect(again.text).toMatchInlineSnapshot(`
    "(only you can see this)
    **fresh@example.com** is already invited to **Movies**; the invitation has been waiting. Nothing was sent again; they have to accept it in the e-mail from Plex or in the Plex web app.
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
  expect(deeds(on)).toEqual(['share-created'])
})
