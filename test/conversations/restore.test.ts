import { describe, expect, test } from 'vitest'
import { deeds, evening } from '../support/evening.ts'
import { freePort } from '../support/free-port.ts'
import { backsUp, restores, resumes } from '../support/restoring.ts'
import { days, minutes } from '../support/shifted-clock.ts'

describe('after a restore', () => {
  test('the bot answers and looks on, until an administrator has seen what differs and confirms', async () => {
    const port = await freePort()
    const on = await evening({ env: { HEALTH_PORT: String(port) } })
    await on.asks('dora', 'invite', { email: 'early@example.com', libraries: 'Movies' })
    const copy = await backsUp(on)
    await on.asks('dora', 'invite', { email: 'later@example.com', libraries: 'Music' })
    const question = await on.asks('dora', 'revoke', { who: 'early@example.com' })
    await on.presses('dora', question.message, 'Cancel the invitation')
    const done = deeds(on)
    expect(done).toEqual(['share-created', 'share-created', 'invite-withdrawn'])

    await restores(on, copy)
    expect(on.logged.join('\n')).toContain('only look on until one of their administrators presses Resume')
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
    const refused = await on.asks('dora', 'invite', { email: 'new@example.com', libraries: 'Movies' })
    expect(refused.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Nothing was done: my records were restored from a backup (a time). It was made (a time), and I know nothing of what was done since, so until that is confirmed I change nothing at plex.tv and decide nothing. An administrator has to look at what differs and confirm: with **Resume** here, or in \`/settings show\`. Looking, settings, \`/me export\` and \`/me forget\` work meanwhile.
      [Resume]"
    `)
    on.clock.pass(20 * minutes)
    await on.app.tick()
    expect((await on.asks('rob', 'users')).text).toContain('mira')
    expect((await on.asks('dora', 'sync')).text).toContain('differences')
    expect((await on.asks('alice', 'me export')).text).toContain('everything I keep about you')
    // Whoever is no administrator cannot confirm.
    expect((await on.presses('dora', refused.message, 'Resume')).text).toContain(
      'You may not change my settings',
    )

    const check = await on.asks('olive', 'setup check')
    expect(check.text).toContain('✗ I only look on: my records were restored from a backup')
    expect(check.text).toContain('[Resume]')
    const settings = await on.asks('olive', 'settings show')
    expect(settings.text.split('\n').slice(0, 3).join('\n')).toMatchInlineSnapshot(`
      "(only you can see this)
      ⚠️ I only look on: my records were restored from a backup (a time). It was made (a time), and I know nothing of what was done since, so until that is confirmed I change nothing at plex.tv and decide nothing.
      • member: @Friends"
    `)
    const asked = await on.presses('olive', settings.message, 'Resume')
    expect(asked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Go on with these records? My records were restored from a backup (a time). It was made (a time), and I know nothing of what was done since, so until that is confirmed I change nothing at plex.tv and decide nothing.
      • **Harbor**, compared with plex.tv (a time): 5 differences from the backup.
        - **early@example.com** should have access, but plex.tv has not shown it since (a time), which one reading alone does not prove; I look again within 15 minutes.
        - **jonas.b** (Jonas.Brandt@Example.com) has access that I did not give: **all libraries, future ones too**.
        - **later@example.com** has an invitation that I did not send: **Music**.
        - **mira\\_q** (mira@example.com) has access that I did not give: **Movies** and **TV Shows**.
        - **newcomer@example.com** has an invitation that I did not send: **Movies**.
      Nothing of this is changed by confirming; \`/sync\` settles the differences afterwards.
      [Resume] [Compare again] [Not yet]"
    `)
    expect(
      (await on.asks('dora', 'invite', { email: 'new@example.com', libraries: 'Movies' })).text,
    ).toContain('Nothing was done')
    expect(deeds(on)).toEqual(done)

    const spare = await on.presses('olive', settings.message, 'Resume')
    expect((await on.presses('olive', asked.message, 'Resume')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Confirmed: from now on I go on as usual. What was decided before the backup and not confirmed by plex.tv is looked up before anything is sent. Settle the differences with \`/sync\`."
    `)
    await on.asks('dora', 'invite', { email: 'new@example.com', libraries: 'Movies' })
    expect(deeds(on)).toEqual([...done, 'share-created'])
    await on.restart()
    await on.asks('dora', 'invite', { email: 'newer@example.com', libraries: 'Movies' })
    expect(deeds(on)).toEqual([...done, 'share-created', 'share-created'])
    // A button of before confirms nothing any more.
    expect((await on.presses('olive', spare.message, 'Resume')).text).toContain('There is nothing to confirm')
  })

  test('a confirmation holds for its own restore: after another one it is asked again', async () => {
    const on = await evening()
    const copy = await backsUp(on)
    await restores(on, copy)
    const settings = await on.asks('olive', 'settings show')
    const spare = await on.presses('olive', settings.message, 'Resume')
    const question = await on.presses('olive', settings.message, 'Resume')
    await on.presses('olive', question.message, 'Resume')
    const second = await backsUp(on)
    await restores(on, second)
    const old = await on.presses('olive', spare.message, 'Resume')
    expect(old.text).toContain('Go on with these records?')
    expect(
      (await on.asks('dora', 'invite', { email: 'new@example.com', libraries: 'Movies' })).text,
    ).toContain('Nothing was done')
    await resumes(on)
    await on.asks('dora', 'invite', { email: 'new@example.com', libraries: 'Movies' })
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('plex.tv cannot be read: the question says so, and the administrator may confirm all the same', async () => {
    const on = await evening()
    await restores(on, await backsUp(on))
    await on.plex.faults.down()
    const settings = await on.asks('olive', 'settings show')
    const question = await on.presses('olive', settings.message, 'Resume')
    expect(question.text).toContain('I could not compare with plex.tv')
    expect((await on.presses('olive', question.message, 'Resume all the same')).text).toContain('Confirmed')
  })

  test('whoever had his data deleted since the backup stays forgotten', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', {
      email: 'alice@example.com',
      member: { user: 'alice' },
      libraries: 'Movies',
    })
    const leaving = await on.asks('alice', 'me leave')
    await on.presses('alice', leaving.message, 'Give it back')
    const copy = await backsUp(on)
    const forgetting = await on.asks('alice', 'me forget')
    await on.presses('alice', forgetting.message, 'Delete it all')
    expect(await restores(on, copy)).toContain('1, carried out again; for 1 of them')
    expect((await on.asks('alice', 'me forget')).text).toContain('I keep nothing about you')
    expect((await on.asks('alice', 'me status')).text).toContain('I do not know your Plex account')
  })

  test('a member who is asked in a direct message is told to wait, without a button, and can answer afterwards', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', { member: { user: 'bob' }, libraries: 'Movies' })
    await restores(on, await backsUp(on))
    const [ask] = on.discord.dmsOf('bob')
    if (!ask) throw new Error('bob was not asked')
    const answers = async () => {
      const modal = await (await on.discord.person('bob').press(ask, 'Tell my Plex account')).modalShown()
      return (await on.discord.person('bob').submit(modal, { account: 'bob@example.com' })).answered()
    }
    const refused = await answers()
    expect(refused.content).toContain('Nothing was done')
    expect(on.discord.textOf(refused)).not.toContain('[Resume]')
    await resumes(on)
    await answers()
    expect(deeds(on)).toEqual(['share-created'])
  })
})

describe('what was owed in the old records', () => {
  test('is looked up before anything is sent: what was done since is not done again', async () => {
    const on = await evening()
    // By then the server is connected: a wish is kept only for one that is known.
    await on.app.tick()
    await on.plex.faults.down()
    await on.asks('dora', 'invite', { email: 'early@example.com', libraries: 'Movies' })
    const copy = await backsUp(on)
    await on.plex.faults.up()
    on.clock.pass(2 * minutes)
    await on.app.tick()
    expect(deeds(on)).toEqual(['share-created'])

    await restores(on, copy)
    const writes = on.plex.count({ method: 'POST' })
    on.clock.pass(10 * minutes)
    await on.app.tick()
    const settings = await on.asks('olive', 'settings show')
    const question = await on.presses('olive', settings.message, 'Resume')
    expect(question.text).toContain('one decision of the backup had not been confirmed by plex.tv')
    await on.presses('olive', question.message, 'Resume')
    await on.app.tick()
    expect(on.plex.count({ method: 'POST' })).toBe(writes)
    expect((await on.asks('rob', 'users', { filter: 'unsettled' })).text).not.toContain('early')
    expect(on.discord.dmsOf('dora').at(-1)?.content).toContain('Settled')
  })

  test('is carried out after the look where it was never done', async () => {
    const on = await evening()
    // By then the server is connected: a wish is kept only for one that is known.
    await on.app.tick()
    await on.plex.faults.down()
    await on.asks('dora', 'invite', { email: 'early@example.com', libraries: 'Movies' })
    await restores(on, await backsUp(on))
    await on.plex.faults.up()
    await resumes(on)
    for (let round = 0; round < 3; round++) {
      on.clock.pass(2 * minutes)
      await on.app.tick()
    }
    expect(deeds(on)).toEqual(['share-created'])
  })

  test('end dates that passed meanwhile obey the brake', async () => {
    const on = await evening()
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await on.asks('dora', 'invite', { email: `${name}@example.com`, libraries: 'Movies', duration: '1d' })
    }
    const copy = await backsUp(on)
    on.clock.pass(2 * days)
    await restores(on, copy)
    await on.app.tick()
    const settings = await on.asks('olive', 'settings show')
    const question = await on.presses('olive', settings.message, 'Resume')
    expect(question.text).toContain('5 end dates have come since')
    await on.presses('olive', question.message, 'Resume')
    await on.app.tick()
    expect(new Set(deeds(on))).toEqual(new Set(['share-created']))
    expect((await on.asks('dora', 'sync')).text).toContain('5 end dates have come at once')
  })
})
