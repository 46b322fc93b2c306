import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deeds, type Evening, evening } from '../support/evening.ts'
import { minutes } from '../support/shifted-clock.ts'

const invitesAlice = (on: Evening) =>
  on.asks('dora', 'invite', {
    email: 'alice.canary@example.com',
    member: { user: 'alice' },
    libraries: 'Movies, Music',
    reason: 'canary of a reason',
  })

async function leaves(on: Evening) {
  const question = await on.asks('alice', 'me leave')
  return on.presses('alice', question.message, 'Give it back')
}

/** Every byte of every file beside the database, except the key. */
async function bytesOf({ storeFile }: Evening): Promise<Buffer> {
  const folder = dirname(storeFile)
  const names = (await readdir(folder)).filter((name) => name !== 'encryption.key')
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))))
}

describe('/me status', () => {
  test('says what one has, and by which account', async () => {
    const on = await evening()
    await invitesAlice(on)
    expect((await on.asks('alice', 'me status')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Your Plex account here is **alice.canary@example.com**.
      Your access through me:
      • pending: **Movies** and **Music** on **Harbor**, as plex.tv confirmed (a time)
      \`/me export\` gives you everything I keep about you, \`/me leave\` gives your access back, \`/me forget\` deletes what I keep."
    `)
  })

  test('says so where there is nothing', async () => {
    const on = await evening()
    expect((await on.asks('mallory', 'me status')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      I do not know your Plex account.
      I have shared nothing with you.
      \`/me export\` gives you everything I keep about you, \`/me leave\` gives your access back, \`/me forget\` deletes what I keep."
    `)
  })
})

describe('/me leave', () => {
  test('gives the access back after a confirmation, and plex.tv has confirmed it', async () => {
    const on = await evening()
    await invitesAlice(on)
    on.plex.accept('alice.canary@example.com')
    const question = await on.asks('alice', 'me leave')
    expect(question.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Give back **Movies** and **Music** on **Harbor**? Your access ends at once. To get it again, you have to be invited anew.
      [Give it back] [Keep it]"
    `)
    expect(deeds(on)).not.toContain('share-deleted')
    const left = await on.presses('alice', question.message, 'Give it back')
    expect(left.text).toMatchInlineSnapshot(`
      "(only you can see this)
      You no longer have access to **Harbor**; plex.tv has confirmed it. \`/me forget\` deletes what I keep about you; until then a manager can give the same access back for 30 days."
    `)
    expect(deeds(on).at(-1)).toBe('share-deleted')
  })

  test('touches nobody else: an address that was merely typed makes no owner', async () => {
    const on = await evening()
    await on.asks('dora', 'invite', { member: { user: 'bob' }, libraries: 'Movies' })
    const [ask] = on.discord.dmsOf('bob')
    if (!ask) throw new Error('bob was not asked')
    const modal = await (await on.discord.person('bob').press(ask, 'Tell my Plex account')).modalShown()
    await (await on.discord.person('bob').submit(modal, { account: 'mira@example.com' })).answered()
    expect((await on.asks('bob', 'me leave')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      I have shared nothing with you on this Plex server, so there is nothing to give back. Nothing was changed. If you have access all the same, it was given in Plex itself: leave it in the Plex web app under “Manage library access”."
    `)
    expect((await on.asks('bob', 'me status')).text).not.toContain('TV Shows')
    expect((await on.asks('bob', 'me export')).message.attachments[0]?.size).toBeLessThan(600)
    expect(deeds(on)).toEqual([])
  })

  test('plex.tv is down at the press: kept, done later, and alice hears of it', async () => {
    const on = await evening()
    await invitesAlice(on)
    const question = await on.asks('alice', 'me leave')
    await on.plex.faults.down()
    // The list that was just read still stands; then plex.tv cannot be reached.
    expect((await on.presses('alice', question.message, 'Give it back')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      plex.tv cannot be reached, so nothing has been sent. I have kept the wish to give your access back and will try again (a time); you get a message when it is settled. Nobody needs to repeat it."
    `)
    await on.plex.faults.up()
    on.clock.pass(2 * minutes)
    await on.app.tick()
    expect(deeds(on)).toEqual(['share-created', 'invite-withdrawn'])
    expect(on.discord.dmsOf('alice').at(-1)?.content).toContain('Settled')
  })
})

describe('/me export', () => {
  test('is a file with everything that is kept, and with nobody else’s', async () => {
    const on = await evening()
    await invitesAlice(on)
    const { message, text } = await on.asks('alice', 'me export')
    expect(text).toContain('everything I keep about you')
    const [file] = message.attachments
    expect(file).toMatchObject({ contentType: 'application/json' })
    const data = JSON.parse(Buffer.from(file?.bytes ?? []).toString('utf8'))
    expect(data).toMatchObject({
      you: on.discord.person('alice').id,
      plexAccount: { email: 'alice.canary@example.com', linkedBy: 'a moderator' },
      access: [
        {
          who: { email: 'alice.canary@example.com' },
          state: 'pending',
          history: [{ what: 'decided', by: 'a moderator', reason: 'canary of a reason' }, { what: 'shared' }],
        },
      ],
    })
    expect(JSON.stringify(data)).not.toContain(on.discord.person('dora').id)
  })
})

describe('/me forget', () => {
  test('while there is access: it has to be given back first, with the button for it', async () => {
    const on = await evening()
    await invitesAlice(on)
    const asked = await on.asks('alice', 'me forget')
    expect(asked.text).toMatchInlineSnapshot(`
      "(only you can see this)
      You still have access through me, or something about it is under way, and access that nobody remembers could not be ended. Nothing was deleted. Give it back first, then run \`/me forget\` again.
      [Give my access back] [Keep it]"
    `)
    await on.presses('alice', asked.message, 'Give my access back')
    expect(deeds(on)).toEqual(['share-created', 'invite-withdrawn'])
  })

  test('deletes everything: no byte is left of her address, her rows or their keys', async () => {
    const on = await evening()
    await invitesAlice(on)
    await leaves(on)
    const aliceId = on.discord.person('alice').id
    expect((await bytesOf(on)).includes(aliceId)).toBe(true)
    const question = await on.asks('alice', 'me forget')
    expect(question.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Delete everything I keep about you: your Plex account, and the history of your access? It cannot be undone, and nobody can restore your access afterwards. Decisions that you made about others keep your Discord id.
      [Delete it all] [Keep it]"
    `)
    const answer = await on.presses('alice', question.message, 'Delete it all')
    expect(answer.text).toMatchInlineSnapshot(`
      "(only you can see this)
      Deleted: your Plex account and every record about you. No trace is left in my database’s files. Backups that the owner made before are not mine to reach; where he restores one, I delete you from it again. What plex.tv and Discord keep is up to them."
    `)
    const left = await bytesOf(on)
    for (const trace of [aliceId, 'alice.canary', 'canary of a reason']) {
      expect([trace, left.includes(trace)]).toEqual([trace, false])
    }
    await on.restart()
    expect((await on.asks('dora', 'access', { member: { user: 'alice' } })).text).toContain(
      'I know of no access',
    )
    expect((await on.asks('alice', 'me forget')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      I keep nothing about you, so there was nothing to delete."
    `)
    expect((await on.asks('alice', 'me status')).text).toContain('I do not know your Plex account')
  })

  test('may be pressed twice', async () => {
    const on = await evening()
    await invitesAlice(on)
    await leaves(on)
    const question = await on.asks('alice', 'me forget')
    const alice = on.discord.person('alice')
    const presses = await Promise.all([
      alice.press(question.message, 'Delete it all'),
      alice.press(question.message, 'Delete it all'),
    ])
    for (const press of presses) {
      expect((await press.answered()).content).toMatch(/^(Deleted|This has been dealt with)/u)
    }
  })

  test('is refused where access began meanwhile', async () => {
    const on = await evening()
    await invitesAlice(on)
    await leaves(on)
    const question = await on.asks('alice', 'me forget')
    await invitesAlice(on)
    const answer = await on.presses('alice', question.message, 'Delete it all')
    expect(answer.text).toContain('Nothing was deleted')
    expect((await on.asks('alice', 'me status')).text).toContain('pending')
  })
})
