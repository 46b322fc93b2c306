import { describe, expect, test } from 'vitest'
import { deeds, type Evening, evening, type Said } from '../support/evening.ts'
import { days, minutes } from '../support/shifted-clock.ts'

async function ends(on: Evening, who: string, mode: 'remove' | 'suspend' = 'remove'): Promise<Said> {
  const question = await on.asks('dora', 'revoke', { who, mode })
  return on.presses('dora', question.message, mode === 'suspend' ? 'Suspend' : 'End access')
}

/** dora ticks exactly these libraries of mira and saves. */
async function changes(on: Evening, libraries: string[]): Promise<Said> {
  const open = await on.asks('dora', 'libraries', { who: 'mira_q' })
  const chosen = await on.selects('dora', open.message, 'Libraries', libraries)
  return on.presses('dora', chosen.message, 'Save')
}

const newest = ({ plex }: Evening) => plex.world.shares.at(-1)
const original = ({ plex }: Evening) => plex.world.shares.find(({ id }) => id === 30000001)

describe('what was done can be undone for 10 minutes', () => {
  test('an ended access comes back at once, with the same libraries and restrictions', async () => {
    const on = await evening()
    const before = original(on)
    const answer = await ends(on, 'mira_q')
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** (mira@example.com) no longer has access to **Harbor**; plex.tv has confirmed it. A stream that is running may go on until it is stopped. For 30 days the same access can be restored from \`/users filter:ended\`.
      [Undo]"
    `)
    const undone = await on.presses('dora', answer.message, 'Undo')
    expect(undone.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Undone. **mira\\_q** (mira@example.com) has **Movies** and **TV Shows** on **Harbor** again; Plex knew this account already, so there is nothing to accept."
    `)
    expect(deeds(on)).toEqual(['share-deleted', 'share-created'])
    expect(newest(on)).toMatchObject({
      invitedId: before?.invitedId,
      libraryIds: before?.libraryIds,
      settings: before?.settings,
      allLibraries: false,
    })
    expect(newest(on)?.settings.allowSync).toBe(true)
  })

  test('"all, future ones too" comes back as that', async () => {
    const on = await evening()
    const answer = await ends(on, 'jonas.b', 'suspend')
    const undone = await on.presses('dora', answer.message, 'Undo')
    expect(undone.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Undone. **jonas.b** (Jonas.Brandt@Example.com) has **all libraries, future ones too** on **Harbor** again; Plex knew this account already, so there is nothing to accept."
    `)
    expect(newest(on)).toMatchObject({ allLibraries: true })
  })

  test('where Plex asks for a new acceptance, that is said, and a member is told how', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', { email: 'mira_q', member: { user: 'alice' }, libraries: 'Movies' })
    const invited = await on.asks('dora', 'invite', {
      email: 'fresh@example.com',
      member: { user: 'bob' },
      libraries: 'Music',
    })
    expect(invited.text).toContain('[Undo]')
    const question = await on.asks('dora', 'revoke', { who: 'fresh@example.com' })
    const cancelled = await on.presses('dora', question.message, 'Cancel the invitation')
    const undone = await on.presses('dora', cancelled.message, 'Undo')
    expect(undone.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Undone. A new invitation of **fresh@example.com** to **Music** on **Harbor** was sent: access begins again only when it is accepted. I sent the steps for accepting as a direct message."
    `)
    expect(deeds(on)).toEqual(['share-created', 'invite-withdrawn', 'share-created'])
    expect(on.discord.dmsOf('bob')).toHaveLength(2)
  })

  test('an invitation is cancelled', async () => {
    const on = await evening()
    const answer = await on.asks('ivo', 'invite', { email: 'fresh@example.com', libraries: 'Movies' })
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Invited **fresh@example.com** to **Movies** on **Harbor**. plex.tv sends the invitation by e-mail; access begins when it is accepted.
      [Undo]"
    `)
    expect((await on.presses('ivo', answer.message, 'Undo')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Undone. The invitation of an address without an account to **Harbor** is taken back; plex.tv shows no access any more."
    `)
    expect(deeds(on)).toEqual(['share-created', 'invite-withdrawn'])
  })

  test('changed libraries are as they were', async () => {
    const on = await evening()
    const answer = await changes(on, ['Music'])
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** (mira@example.com) now has **Music** on **Harbor**; plex.tv has confirmed it.
      [Undo]"
    `)
    expect((await on.presses('dora', answer.message, 'Undo')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Undone. **mira\\_q** (mira@example.com) has **Movies** and **TV Shows** on **Harbor** again; plex.tv has confirmed it."
    `)
    expect(original(on)).toMatchObject({ libraryIds: [910000001, 910000002], settings: { allowSync: true } })
  })

  test('inviting a suspended person anew and undoing it leaves him suspended with what he had', async () => {
    const on = await evening()
    await ends(on, 'mira_q', 'suspend')
    const invited = await on.asks('dora', 'invite', { email: 'mira_q', libraries: 'Music' })
    await on.presses('dora', invited.message, 'Undo')
    expect((await on.asks('dora', 'users', { filter: 'suspended' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor**: one person (suspended), as of (a time)
      **mira\\_q** (mira@example.com) · suspended: **Movies** and **TV Shows**
      {Open somebody: [ ] mira_q (suspended)}"
    `)
  })

  test('after a restart too', async () => {
    const on = await evening()
    const answer = await ends(on, 'mira_q')
    await on.restart()
    await on.presses('dora', answer.message, 'Undo')
    expect(deeds(on)).toEqual(['share-deleted', 'share-created'])
  })

  test('plex.tv is down at the press: kept, done later, and dora hears of it', async () => {
    const on = await evening()
    const answer = await ends(on, 'mira_q')
    await on.plex.faults.down()
    expect((await on.presses('dora', answer.message, 'Undo')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv cannot be reached, so nothing has been sent. I have kept the wish to take this back and will try again (a time); you get a message when it is settled. Nobody needs to repeat it."
    `)
    await on.plex.faults.up()
    on.clock.pass(2 * minutes)
    await on.app.tick()
    expect(deeds(on)).toEqual(['share-deleted', 'share-created'])
    expect(on.discord.dmsOf('dora').map(({ content }) => content)).toMatchInlineSnapshot(`
      [
        "Settled: **mira\\_q** is invited to **Harbor** now, as you wished earlier.",
      ]
    `)
  })
})

describe('an undo is refused', () => {
  test('after 10 minutes', async () => {
    const on = await evening()
    const answer = await ends(on, 'mira_q')
    on.clock.pass(11 * minutes)
    expect((await on.presses('dora', answer.message, 'Undo')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      An undo works once, and for 10 minutes; this one is over, and nothing was changed just now. Look at what is so with \`/users\`; somebody whose access was ended can be restored there for 30 days."
    `)
    expect(deeds(on)).toEqual(['share-deleted'])
  })

  test('the second time: two presses at once share once', async () => {
    const on = await evening()
    const answer = await ends(on, 'mira_q')
    const dora = on.discord.person('dora')
    const presses = await Promise.all([
      dora.press(answer.message, 'Undo'),
      dora.press(answer.message, 'Undo'),
    ])
    await Promise.all(presses.map((press) => press.answered()))
    expect(deeds(on)).toEqual(['share-deleted', 'share-created'])
  })

  test('where somebody decided something newer', async () => {
    const on = await evening()
    const answer = await ends(on, 'mira_q')
    await on.asks('dora', 'invite', { email: 'mira_q', libraries: 'Music' })
    expect((await on.presses('dora', answer.message, 'Undo')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Something newer has been decided about this person, or changed in Plex itself, so I do not go back behind it. Nothing was changed. Look at what is so with \`/users\`."
    `)
    expect(deeds(on)).toEqual(['share-deleted', 'share-created'])
  })

  test('where the libraries were changed in Plex itself since', async () => {
    const on = await evening()
    const answer = await changes(on, ['Music'])
    const share = original(on)
    if (!share) throw new Error('mira has no share')
    on.plex.change((world) => ({
      ...world,
      shares: world.shares.map((each) => (each === share ? { ...each, libraryIds: [910000004] } : each)),
    }))
    expect((await on.presses('dora', answer.message, 'Undo')).text).toContain('Something newer')
    expect(original(on)).toMatchObject({ libraryIds: [910000004] })
  })

  test('where the right was lost in between', async () => {
    const on = await evening()
    const answer = await ends(on, 'mira_q')
    on.discord.setRoles('dora', ['Friends'])
    expect((await on.presses('dora', answer.message, 'Undo')).text).toContain('the right `revoke` is missing')
    expect(deeds(on)).toEqual(['share-deleted'])
  })

  test('and not offered where Plex knows no way back: "all" cannot be given by a change', async () => {
    const on = await evening()
    const open = await on.asks('dora', 'libraries', { who: 'jonas.b' })
    const chosen = await on.selects('dora', open.message, 'Libraries', ['Music'])
    const saved = await on.presses('dora', chosen.message, 'Save')
    expect(saved.text).not.toContain('Undo')
  })
})

describe('a person whose access is over', () => {
  test('and who is suspended is opened from the list and restored', async () => {
    const on = await evening()
    await ends(on, 'mira_q', 'suspend')
    on.clock.pass(200 * days)
    const list = await on.asks('dora', 'users', { filter: 'suspended' })
    const panel = await on.selects('dora', list.message, 'Open somebody', 'mira_q')
    expect(panel.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q**, not linked to a member
      Address: mira@example.com
      State: suspended
      Libraries: **Movies** and **TV Shows**
      History:
      • (a time): decided: suspend, had **Movies** and **TV Shows**, by @dora
      • (a time): access ended, confirmed by plex.tv
      [Restore] [Close]"
    `)
    expect((await on.presses('dora', panel.message, 'Restore')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Restored. **mira\\_q** (mira@example.com) has **Movies** and **TV Shows** on **Harbor** again; Plex knew this account already, so there is nothing to accept."
    `)
    expect(newest(on)).toMatchObject({ libraryIds: [910000001, 910000002], settings: { allowSync: true } })
    expect((await on.asks('dora', 'users', { filter: 'suspended' })).text).toContain('Nobody')
  })

  test('and who was revoked can be restored for 30 days', async () => {
    const on = await evening()
    await ends(on, 'mira_q')
    expect((await on.asks('dora', 'users')).text).not.toContain('mira')
    on.clock.pass(29 * days)
    const list = await on.asks('dora', 'users', { filter: 'ended' })
    const panel = await on.selects('dora', list.message, 'Open somebody', 'mira_q')
    expect(panel.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q**, not linked to a member
      Address: mira@example.com
      State: ended
      Libraries until then: **Movies** and **TV Shows**
      Can be restored until (a time)
      History:
      • (a time): decided: end the access, had **Movies** and **TV Shows**, by @dora
      • (a time): access ended, confirmed by plex.tv
      [Restore] [Close]"
    `)
    on.clock.pass(2 * days)
    expect((await on.presses('dora', panel.message, 'Restore')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      This access ended more than 30 days ago, so I do not give it back by a button. Nothing was changed. Use \`/invite\`."
    `)
    expect((await on.asks('dora', 'users', { filter: 'ended' })).text).toContain('Nobody')
    expect(deeds(on)).toEqual(['share-deleted'])
  })

  test('is not restored by who may only look', async () => {
    const on = await evening()
    await ends(on, 'mira_q')
    const list = await on.asks('rob', 'users', { filter: 'ended' })
    const panel = await on.selects('rob', list.message, 'Open somebody', 'mira_q')
    expect(panel.text).toContain('[Restore (disabled)]')
    expect(panel.text).not.toContain('@example.com')
  })
})

describe('/access shows one member', () => {
  test('with state, history, and what can be done', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', {
      email: 'pat-h',
      member: { user: 'alice' },
      libraries: 'Movies',
      reason: 'helped with the move',
    })
    const panel = await on.asks('dora', 'access', { member: { user: 'alice' } })
    expect(panel.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **pat-h** · @alice
      Address: pat@example.net
      State: pending, since (a time)
      Libraries: **Movies**
      History:
      • (a time): decided: share **Movies**, by @dora, because “helped with the move”
      • (a time): invited to **Movies**, to be accepted
      [Change libraries (disabled)] [Cancel the invitation] [Close]"
    `)
    const active = await on.asks('dora', 'users', { filter: 'active', search: 'mira' })
    const mira = await on.selects('dora', active.message, 'Open somebody', 'mira_q')
    expect((await on.presses('dora', mira.message, 'Suspend')).text).toContain('Suspend **mira')
  })

  test('and says where there is nothing', async () => {
    const on = await evening()
    expect((await on.asks('dora', 'access', { member: { user: 'bob' } })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      I know of no access of @bob, and no invitation. Invite with \`/invite\`, or look with \`/users filter:unlinked\`."
    `)
  })

  test('to nobody who may not see people', async () => {
    const on = await evening()
    expect((await on.asks('alice', 'access', { member: { user: 'bob' } })).text).toContain('`see-people`')
  })
})
