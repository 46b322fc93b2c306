import { expect, test } from 'vitest'
import { deeds, evening } from '../support/evening.ts'

const wish = { email: 'alice@example.com', member: { user: 'alice' }, libraries: 'Movies' }

test('one 401 from Discord does not silence the bot for good', async () => {
  const on = await evening()
  on.discord.faults.fail('POST /users/@me/channels', { status: 401, message: '401: Unauthorized' })
  const first = await on.asks('dora', 'invite', wish)
  expect(first.text).toContain('Discord did not take my direct message')
  await on.asks('dora', 'invite', { ...wish, email: 'bob@example.com', member: { user: 'bob' } })
  expect(on.discord.dmsOf('bob')).toHaveLength(1)
})

test('a dropped connection is taken up again, and what was asked meanwhile is answered', async () => {
  const on = await evening()
  on.discord.dropConnection('reconnect')
  const { text } = await on.asks('dora', 'users')
  expect(text).toContain('Harbor')
  expect(on.discord.connections()).toBe(1)
})

test('a message that Discord took but did not confirm is not sent twice', async () => {
  const on = await evening()
  on.discord.faults.fail(/^POST \/channels\/\d+\/messages/u, { status: 500 }, { afterDoing: true })
  await on.asks('dora', 'invite', wish)
  expect(on.discord.dmsOf('alice')).toHaveLength(1)
})

test('an answer that could not be given leaves what was done as it is', async () => {
  const on = await evening()
  on.discord.faults.fail(/^PATCH \/webhooks/u, { status: 404, code: 10015, message: 'Unknown Webhook' })
  const handle = await on.discord
    .person('dora')
    .slash('invite', { email: 'x@example.com', libraries: 'Movies' })
  await handle.acknowledged()
  await on.discord.until(() => (deeds(on).length > 0 ? true : undefined), 'the deed')
  await on.asks('dora', 'users')
  expect(deeds(on)).toEqual(['share-created'])
})

test('a button of an earlier version says kindly that it is old', async () => {
  const on = await evening()
  const shown = await on.asks('dora', 'users')
  on.discord.changeNextInteraction((payload) => ({
    ...payload,
    data: { ...Object(payload.data), custom_id: 'people-pick:0' },
  }))
  const answer = await on.selects('dora', shown.message, 'Open somebody', 'mira_q')
  expect(answer.text).toMatchInlineSnapshot(`
    "(only you can see this)
    This button is from an earlier version of me and does nothing any more. Run the command again to get a new one."
  `)
})

test('an interaction that discord.js itself cannot read does not end the bot', async () => {
  const on = await evening()
  const [guild] = on.discord.world.guilds
  const dora = on.discord.person('dora')
  const odd = { application_id: '9', guild_id: guild?.id, user: { id: dora.id } }
  for (const type of [0, 2, 3, 4, 5]) {
    await dora.rawInteraction({ ...odd, type, channel: 'x', data: { type: 1, component_type: 3 } })
    await dora.rawInteraction({ ...odd, type, member: null, data: null })
  }
  expect((await on.asks('dora', 'users')).text).toContain('Harbor')
})
