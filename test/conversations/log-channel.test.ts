import { describe, expect, test } from 'vitest'
import { deeds, type Evening, evening, timeless } from '../support/evening.ts'
import { minutes } from '../support/shifted-clock.ts'

const channels = [{ name: 'general' }, { name: 'log' }, { name: 'other' }]
const invitation = { email: 'fresh@example.com', libraries: 'Movies', reason: 'a friend, fresh@example.com' }

async function loggedEvening(): Promise<Evening> {
  const on = await evening({ guild: { channels } })
  await on.asks('olive', 'settings channels', { log: { channel: 'log' } })
  return on
}
const cards = (on: Evening, channel = 'log') =>
  on.discord.messagesIn(channel).map((message) => timeless(on.discord.textOf(message)))
const writes = (on: Evening) =>
  on.discord.requests.filter(
    ({ method, path }) => method !== 'GET' && path.startsWith('/channels/') && !path.endsWith('/typing'),
  ).length

describe('the log channel', () => {
  test('has a card for each person, changed rather than repeated, that names nobody by an address', async () => {
    const on = await loggedEvening()
    await on.asks('ivo', 'invite', invitation)
    await on.app.tick()
    expect(cards(on)).toMatchInlineSnapshot(`
      [
        "an address without an account · pending: **Movies**
      (a time) decided: share **Movies**, by @ivo, because “a friend, \\(an address\\)”
      (a time) invited to **Movies**, to be accepted, by @ivo",
      ]
    `)
    on.clock.pass(2 * minutes)
    const { message } = await on.asks('dora', 'revoke', { who: 'fresh@example.com' })
    await on.presses('dora', message, 'Cancel the invitation')
    await on.asks('ivo', 'invite', {
      email: 'pat@example.net',
      libraries: 'Music',
      member: { user: 'alice' },
    })
    await on.app.tick()
    expect(cards(on)).toMatchInlineSnapshot(`
      [
        "an address without an account · ended
      (a time) decided: share **Movies**, by @ivo, because “a friend, \\(an address\\)”
      (a time) invited to **Movies**, to be accepted, by @ivo
      (a time) decided: end the access, had **Movies**, by @dora
      (a time) access ended, confirmed by plex.tv, by @dora",
        "**pat-h** @alice · pending: **Music**
      (a time) decided: share **Music**, by @ivo
      (a time) invited to **Music**, to be accepted, by @ivo",
      ]
    `)
    expect(JSON.stringify(on.discord.messagesIn('log'))).not.toContain('@example')
  })

  test('is not written to while nothing happens, and never twice for the same, through a restart', async () => {
    const on = await loggedEvening()
    await on.asks('ivo', 'invite', invitation)
    await on.app.tick()
    const before = writes(on)
    await on.app.tick()
    await on.restart()
    await on.app.tick()
    expect(writes(on)).toBe(before)
    expect(cards(on)).toHaveLength(1)
  })

  test('a card that somebody deleted is posted anew with the next event, another channel begins anew', async () => {
    const on = await loggedEvening()
    await on.asks('ivo', 'invite', invitation)
    await on.app.tick()
    for (const message of on.discord.messagesIn('log')) on.discord.deleteMessage(message)
    const { message } = await on.asks('dora', 'revoke', { who: 'fresh@example.com' })
    await on.presses('dora', message, 'Cancel the invitation')
    await on.app.tick()
    expect(cards(on)).toHaveLength(1)
    on.clock.pass(1 * minutes)
    await on.asks('olive', 'settings channels', { log: { channel: 'other' } })
    await on.app.tick()
    expect(cards(on, 'other')).toEqual([])
    await on.asks('ivo', 'invite', { email: 'pat@example.net', libraries: 'Music' })
    await on.app.tick()
    expect(cards(on, 'other')).toHaveLength(1)
    expect(cards(on)).toHaveLength(1)
  })

  test('a channel that is gone stands in nobody’s way: noted once, shown in the settings, and mended by another', async () => {
    const on = await loggedEvening()
    on.discord.deleteChannel('log')
    expect((await on.asks('ivo', 'invite', invitation)).text).toContain('Invited')
    await on.app.tick()
    await on.app.tick()
    expect(deeds(on)).toEqual(['share-created'])
    const noted = on.logged.filter((line) => line.includes('the log channel cannot be written to'))
    expect(noted).toHaveLength(1)
    const shown = await on.asks('olive', 'settings show')
    expect(
      shown.text
        .split('\n')
        .at(-1)
        ?.replace(/<#\d+>/u, '(a channel)'),
    ).toMatchInlineSnapshot(
      `"• what happens is shown in (a channel), but that channel is gone (noticed (a time)): choose another with \`/settings channels\`"`,
    )
    await on.asks('olive', 'settings channels', { log: { channel: 'other' } })
    await on.asks('ivo', 'invite', { email: 'pat@example.net', libraries: 'Music' })
    await on.app.tick()
    expect(cards(on, 'other')).toHaveLength(1)
  })

  test('a channel that may not be written to is noted, and caught up with when it may', async () => {
    const on = await loggedEvening()
    on.discord.faults.fail(/^POST \/channels\/\d+\/messages/u, { status: 403, code: 50_013 })
    await on.asks('ivo', 'invite', invitation)
    await on.app.tick()
    expect((await on.asks('olive', 'settings show')).text).toContain('but I may not write there')
    await on.app.tick()
    expect(cards(on)).toHaveLength(1)
    expect((await on.asks('olive', 'settings show')).text).not.toContain('but I may not write there')
  })

  test('what the brakes hold back hangs there until it is settled', async () => {
    const on = await loggedEvening()
    for (let left = 3; left > 0; left--) {
      const { message } = await on.asks('dora', 'sync')
      await on.presses('dora', message, 'Adopt 1')
    }
    await on.asks('dora', 'invite', { email: 'pat@example.net', libraries: 'Music' })
    on.clock.pass(2 * minutes)
    const { shares } = on.plex.world
    on.plex.change((world) => ({ ...world, shares: [] }))
    await on.asks('dora', 'sync', { mode: 'apply' })
    on.clock.pass(16 * minutes)
    await on.app.tick()
    const alert = () => cards(on).filter((card) => !card.includes(' · '))
    expect(alert()).toMatchInlineSnapshot(`
      [
        "⚠️ plex.tv shows 4 people no longer, since (a time). I believe at most 3 at once without a human, so I believe none of it. Somebody who may \`change\` should look with \`/sync\`.",
      ]
    `)
    on.plex.change((world) => ({ ...world, shares }))
    await on.asks('dora', 'sync', { mode: 'apply' })
    await on.app.tick()
    expect(alert()).toMatchInlineSnapshot(`
      [
        "Settled: plex.tv showed many people no longer; that was looked at, or they are there again.",
      ]
    `)
  })

  test('is left by a word', async () => {
    const on = await loggedEvening()
    const { text } = await on.asks('olive', 'settings channels', { remove: 'log' })
    expect(text.split('Now:')[1]).not.toContain('what happens')
    await on.asks('ivo', 'invite', invitation)
    await on.app.tick()
    expect(cards(on)).toEqual([])
  })
})
