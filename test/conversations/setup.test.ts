import { describe, expect, test } from 'vitest'
import { cabinId, lighthouseId, plexWorld } from '../../src/sandbox/plex/world.ts'
import { deeds, evening } from '../support/evening.ts'
import { dora, ground } from '../support/ground.ts'
import { minutes } from '../support/shifted-clock.ts'
import { codeIn, signsIn, withoutLinks } from '../support/signing-in.ts'
import { timeless } from '../support/timeless.ts'

const oneServer = () => {
  const world = plexWorld()
  return { servers: world.servers.filter(({ machineIdentifier }) => machineIdentifier !== lighthouseId) }
}

describe('the first run, with nothing but the bot’s token', () => {
  test('the guild is told once what to do, and a command says the same', async () => {
    const on = await evening({ bare: true })
    await on.app.tick()
    const greetings = on.discord.messagesIn('general')
    expect(greetings.map((message) => on.discord.textOf(message))).toMatchInlineSnapshot(`
      [
        "Hello, I am Usherr: I manage who may watch your Plex server.
      Whoever may manage this Discord server begins with \`/setup plex\`; it takes a minute, and only that person sees it. Until then I do nothing.",
      ]
    `)
    await on.restart()
    await on.app.tick()
    expect(on.discord.messagesIn('general')).toHaveLength(1)
    const asked = await on.asks('olive', 'users')
    expect(asked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      No Plex server is connected for this Discord server yet, so nothing was done. Whoever may manage this Discord server connects one with \`/setup plex\`."
    `)
  })

  test('olive signs in with the account that owns one server, and invites at once', async () => {
    const on = await evening({ bare: true, plex: oneServer() })
    const asked = await on.asks('olive', 'setup plex')
    expect(withoutLinks(asked.text)).toMatchInlineSnapshot(`
      "(only you can see this)
      Sign in with the Plex account that **owns** the server you want to share. The button opens Plex’s own page; your password stays there. This message changes when you are done. The link expires (a time), and it is for you: whoever signs in with it gives this Discord server the power to share that account’s servers.
      [Sign in with Plex -> (link)] [I have signed in]"
    `)
    const linked = await signsIn(on, asked, 'harbor_admin')
    expect(linked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Linked as **harbor\\_admin**. I keep the sign-in encrypted; you can end it at any time at plex.tv under *Authorized devices*, where it is called Usherr.
      ✓ **Harbor** answers, with 4 libraries; it belongs to harbor\\_admin.
      You can invite now: \`/invite email:… libraries:…\`. Next, if you like: \`/setup libraries\`, for what is meant where nobody names a library."
    `)
    const invited = await on.asks('olive', 'invite', { email: 'late.joiner', libraries: 'Movies' })
    expect(invited.text).toContain('Invited')
    expect(deeds(on)).toContain('share-created')
  })

  test('the account owns several: none is used before one is chosen, and several can be', async () => {
    const on = await evening({ bare: true })
    const linked = await signsIn(on, await on.asks('olive', 'setup plex'), 'harbor_admin')
    expect(linked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Linked as **harbor\\_admin**. I keep the sign-in encrypted; you can end it at any time at plex.tv under *Authorized devices*, where it is called Usherr.
      This account owns **Harbor** and **Lighthouse**.
      Next: \`/setup server\`, to choose the Plex servers that are used here."
    `)
    const none = await on.asks('olive', 'invite', { email: 'late.joiner', libraries: 'Movies' })
    expect(none.text).toContain('No Plex server is connected for this Discord server yet')
    const which = await on.asks('olive', 'setup server')
    expect(which.text).toMatchInlineSnapshot(`
      "(only you can see this)
      No server is used here yet. Choose at least one.
      Next: \`/setup server\`, to choose the Plex servers that are used here.
      {Servers: [ ] Harbor (of harbor_admin) [ ] Lighthouse (of harbor_admin)}"
    `)
    const chosen = await on.selects('olive', which.message, 'Servers', ['Harbor', 'Lighthouse'])
    expect(chosen.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Used here: **Harbor** and **Lighthouse**.
      Where nobody names a server, **Harbor** is meant.
      ✓ **Harbor** answers, with 4 libraries; it belongs to harbor\\_admin.
      ✓ **Lighthouse** answers, with 2 libraries; it belongs to harbor\\_admin.
      You can invite now: \`/invite email:… libraries:…\`. Next, if you like: \`/setup libraries\`, for what is meant where nobody names a library.
      {Servers: [x] Harbor (of harbor_admin) [x] Lighthouse (of harbor_admin)}
      {Meant where none is named: [x] Harbor [ ] Lighthouse}"
    `)
    const first = await on.selects('olive', chosen.message, 'Meant where none is named', 'Lighthouse')
    expect(first.text).toContain('Where nobody names a server, **Lighthouse** is meant.')
    const users = await on.asks('olive', 'users')
    expect(users.text).toContain('**Lighthouse**: one person')
    const harbor = await on.asks('olive', 'users', { server: 'Harbor' })
    expect(harbor.text).toContain('**Harbor**: 3 people')
  })

  test('whoever pressed the button before signing in is told so, and a restart in between loses nothing', async () => {
    const on = await evening({ bare: true, plex: oneServer() })
    const asked = await on.asks('olive', 'setup plex')
    const early = await on.presses('olive', asked.message, 'I have signed in')
    expect(withoutLinks(early.text)).toContain('nobody has signed in with this link yet')
    await on.restart()
    on.plex.approvePin(codeIn(asked), 'harbor_admin')
    const linked = await on.presses('olive', early.message, 'I have signed in')
    expect(linked.text).toContain('Linked as **harbor\\_admin**')
    const again = await on.asks('olive', 'libraries')
    expect(again.text).toContain('**Harbor** has 4 libraries')
  })

  test('a link that was left for too long, or denied, offers a new one', async () => {
    const on = await evening({ bare: true, plex: oneServer() })
    const asked = await on.asks('olive', 'setup plex')
    on.plex.change((world) => ({ ...world, pins: [] }))
    const over = await asked.handle.updated()
    expect(on.discord.textOf(over)).toMatchInlineSnapshot(`
      "(only you can see this)
      This sign-in was not completed in time, or it was denied. Nothing was changed. Get a new link and sign in with the Plex account that owns the server.
      [Get a new link]"
    `)
    const again = await on.presses('olive', over, 'Get a new link')
    expect((await signsIn(on, again, 'harbor_admin')).text).toContain('Linked as **harbor\\_admin**')

    const late = await on.asks('olive', 'setup plex')
    on.clock.pass(31 * minutes)
    const tooLate = await on.presses('olive', late.message, 'I have signed in')
    expect(tooLate.text).toContain('not completed in time')
  })

  test('an account that owns no server is not kept, and its sign-in is ended', async () => {
    const on = await evening({ bare: true })
    const linked = await signsIn(on, await on.asks('olive', 'setup plex'), 'mira_q')
    expect(linked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** owns no Plex server, and only the owner of a server can share it. I have signed out of that account again and kept nothing of it. Sign in with the account that owns the server; in Plex it is the one that shows *Settings* of the server.
      [Get a new link]"
    `)
    expect(deeds(on)).toContain('signed-out')
    expect((await on.asks('olive', 'setup server')).text).toContain('No Plex account is linked')
  })

  test('the link belongs to whoever asked for it; others may not press, and mallory may not ask', async () => {
    const on = await evening({ bare: true, plex: oneServer() })
    const asked = await on.asks('olive', 'setup plex')
    const refused = await on.asks('mallory', 'setup plex')
    expect(refused.text).toContain('You may not')
    expect(on.plex.world.pins).toHaveLength(1)
    await expect(on.presses('mallory', asked.message, 'I have signed in')).rejects.toThrow('mallory')
  })

  test('neither the token nor the code stands in the log', async () => {
    const on = await evening({ bare: true, plex: oneServer() })
    const asked = await on.asks('olive', 'setup plex')
    await signsIn(on, asked, 'harbor_admin')
    await on.asks('olive', 'users')
    const token = on.plex.world.pins.find(({ authToken }) => authToken)?.authToken ?? 'no token'
    expect(token.length).toBeGreaterThan(15)
    for (const secret of [token, codeIn(asked)]) {
      expect(on.logged.filter((line) => line.includes(secret))).toEqual([])
    }
  })
})

describe('the further steps', () => {
  test('usual libraries: ticked, saved, and meant where none is named', async () => {
    const on = await evening()
    const open = await on.asks('olive', 'setup libraries')
    expect(open.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Where nobody names a library of **Harbor**, I ask for one. Tick those that are usually meant; “all” is never assumed.
      You can invite now: \`/invite email:… libraries:…\`. Next, if you like: \`/setup libraries\`, for what is meant where nobody names a library.
      {Libraries: [ ] Movies (Movies, #910000001) [ ] TV Shows (Series, #910000002) [ ] Music (Music, #910000003) [ ] Photos (Photos, #910000004)}
      [Save as the usual ones (disabled)] [Save as a named set (disabled)] [Done]"
    `)
    const without = await on.asks('olive', 'invite', { email: 'late.joiner' })
    expect(without.text).toContain('No library was named')
    const ticked = await on.selects('olive', open.message, 'Libraries', ['Movies', 'Music'])
    expect(ticked.text).toContain('Not saved yet.')
    const saved = await on.presses('olive', ticked.message, 'Save as the usual ones')
    expect(saved.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Saved.
      Where nobody names a library, **Movies** and **Music** of **Harbor** are meant.
      Next: \`/setup channels\`, for the channel in which requests are decided.
      {Libraries: [x] Movies (Movies, #910000001) [ ] TV Shows (Series, #910000002) [x] Music (Music, #910000003) [ ] Photos (Photos, #910000004)}
      [Save as the usual ones (disabled)] [Save as a named set] [Done]"
    `)
    await on.asks('olive', 'invite', { email: 'late.joiner' })
    expect(on.plex.ledger.at(-1)).toMatchObject({
      did: 'share-created',
      details: { libraryIds: [910000001, 910000003] },
    })
    const none = await on.selects('olive', saved.message, 'Libraries', [])
    await on.presses('olive', none.message, 'Save as the usual ones')
    expect((await on.asks('olive', 'invite', { email: 'pat-h' })).text).toContain('No library was named')
  })

  test('what is ticked can get a name', async () => {
    const on = await evening()
    const open = await on.asks('olive', 'setup libraries')
    const ticked = await on.selects('olive', open.message, 'Libraries', ['TV Shows'])
    const modal = await (
      await on.discord.person('olive').press(ticked.message, 'Save as a named set')
    ).modalShown()
    const handle = await on.discord
      .person('olive')
      .submit(modal, { 'Its name, for example Family': 'Family' })
    expect(on.discord.textOf(await handle.updated())).toContain('Saved as the set **Family**.')
    await on.asks('olive', 'invite', { email: 'late.joiner', libraries: 'Family' })
    expect(on.plex.ledger.at(-1)).toMatchObject({ details: { libraryIds: [910000002] } })
  })

  test('roles by role select: saved at once, and moved from one level to another', async () => {
    const on = await evening({ fresh: true })
    const open = await on.asks('olive', 'setup roles')
    expect(open.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Choose the roles of each level; it is saved at once. A role has one level, and whoever may manage this Discord server may do everything anyway.
      • **member** may ask for access and see their own
      • **inviter** may invite as well
      • **reviewer** may decide on requests and see people as well
      • **manager** may change and end access, see addresses and the history as well
      • **administrator** may do everything, these settings too
      Limits for a role (which libraries, how many a week, how long, with review): \`/settings roles\`.
      You can invite now: \`/invite email:… libraries:…\`. Next, if you like: \`/setup libraries\`, for what is meant where nobody names a library.
      {Roles that are member:}
      {Roles that are inviter:}
      {Roles that are reviewer:}
      {Roles that are manager:}
      {Roles that are administrator:}"
    `)
    const members = await on.selects('olive', open.message, 'Roles that are member', ['Friends', 'Reviewers'])
    const reviewers = await on.selects('olive', members.message, 'Roles that are reviewer', ['Reviewers'])
    expect(reviewers.text).toContain('{Roles that are member: [x] @Friends')
    expect((await on.asks('rob', 'users')).text).toContain('**Harbor**')
    expect((await on.asks('alice', 'users')).text).toContain('You may not')
    const nobody = await on.selects('olive', reviewers.message, 'Roles that are reviewer', [])
    expect(nobody.text).toContain('Saved: who is reviewer.')
    expect((await on.asks('rob', 'users')).text).toContain('You may not')
  })

  test('channels: one that the bot may not write to is refused by name, and nothing is lost', async () => {
    const on = await evening({
      guild: {
        channels: [{ name: 'general' }, { name: 'reviews' }, { name: 'closed' }],
      },
    })
    const guild = on.discord.world.guilds[0]
    const closed = guild?.channels.find(({ name }) => name === 'closed')
    const botRole = guild?.roles.find(({ managed }) => managed)
    expect(botRole && closed).toBeDefined()
    if (closed && botRole) closed.overwrites = [{ id: botRole.id, type: 0, allow: '0', deny: String(0x800) }]
    await on.restart()
    const open = await on.asks('olive', 'setup channels')
    expect(open.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Requests have no channel yet: \`/request\` needs one in which reviewers decide. A private one is best.
      What happens is shown nowhere; a log channel is optional.
      You can invite now: \`/invite email:… libraries:…\`. Next, if you like: \`/setup libraries\`, for what is meant where nobody names a library.
      {Channel for requests:}
      {Channel for the log (nothing chosen: none):}"
    `)
    const chosen = await on.selects('olive', open.message, 'Channel for requests', ['reviews'])
    expect(chosen.text).toContain('Saved: I may write in #reviews.')
    const refused = await on.selects('olive', chosen.message, 'Channel for requests', ['closed'])
    expect(refused.text).toMatchInlineSnapshot(`
      "(only you can see this)
      ✗ I may not use #closed: my role lacks *Send Messages* there. Nothing was changed. Allow it under Edit Channel → Permissions, then choose the channel again.
      Requests are shown in #reviews. Everybody who sees that channel sees the cards; no address stands on them.
      What happens is shown nowhere; a log channel is optional.
      You can invite now: \`/invite email:… libraries:…\`. Next, if you like: \`/setup libraries\`, for what is meant where nobody names a library.
      {Channel for requests: [x] #reviews}
      {Channel for the log (nothing chosen: none):}"
    `)
    const typed = await on.asks('olive', 'settings channels', { log: { channel: 'closed' } })
    expect(typed.text).toContain('lacks *Send Messages*')
    expect((await on.asks('olive', 'settings show')).text).toContain('requests are shown in #reviews')
  })

  test('check: all is well, and each thing that is not is named', async () => {
    const on = await evening({ guild: { channels: [{ name: 'general' }, { name: 'reviews' }] } })
    const saved = await on.asks('olive', 'setup libraries')
    const ticked = await on.selects('olive', saved.message, 'Libraries', ['Photos'])
    await on.presses('olive', ticked.message, 'Save as the usual ones')
    await on.asks('olive', 'settings channels', { reviewers: { channel: 'reviews' } })
    expect(timeless((await on.asks('olive', 'setup check')).text)).toMatchInlineSnapshot(`
      "(only you can see this)
      **All is well.**
      ✓ **Harbor** answers, with 4 libraries; it belongs to harbor\\_admin.
      ✓ **Harbor** is shared with 5 people, those of the Plex Home included.
      ✓ one library is meant where none is named.
      ✓ 4 roles have a level.
      ✓ Requests: I may write in #reviews.
      • There is no log channel; that is optional.
      Everything has its place. \`/setup check\` tries it all; \`/settings\` is for everything later."
    `)
    on.plex.change((world) => ({
      ...world,
      servers: world.servers.map((server) => ({
        ...server,
        libraries: server.libraries.filter(({ title }) => title !== 'Photos'),
      })),
    }))
    on.discord.deleteChannel('reviews')
    on.discord.deleteRole('Friends')
    expect((await on.asks('olive', 'setup check')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **3 problems.**
      ✓ **Harbor** answers, with 3 libraries; it belongs to harbor\\_admin.
      ✓ **Harbor** is shared with 5 people, those of the Plex Home included.
      ✗ one library of the usual ones no longer on the server: \`/setup libraries\` chooses anew.
      ✓ 4 roles have a level.
      ✗ one role that has a level is no more: \`/setup roles\` and choose anew.
      ✗ Requests: the channel <#1191172689100800015> is gone, or I cannot see it. \`/setup channels\` chooses another; or give my role *View Channels* and *Send Messages* there.
      • There is no log channel; that is optional.
      Everything has its place. \`/setup check\` tries it all; \`/settings\` is for everything later."
    `)
    on.plex.faults.down()
    expect((await on.asks('olive', 'setup check')).text).toContain(
      '✗ **Harbor**: its libraries could not be read',
    )
  })
})

test('a server of somebody else cannot be chosen, whatever the press says', async () => {
  const on = await ground()
  const begun = await on.rules.beginPlexSignIn(dora)
  if (begun.outcome !== 'signIn') throw new Error(begun.outcome)
  on.plex.approvePin(codeIn({ text: begun.address }), 'harbor_admin')
  await on.rules.checkPlexSignIn(dora, begun)
  const chosen = await on.rules.chooseServers(dora, { serverIds: [cabinId, lighthouseId] })
  expect(chosen).toMatchObject({ outcome: 'whichServers', used: [{ serverId: lighthouseId }] })
})
