import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { evening } from '../support/evening.ts'

const openApi = fileURLToPath(new URL('../../../shared/discord-openapi.json', import.meta.url))

test.skipIf(!existsSync(openApi))('every request of an evening fits Discord’s own description', async () => {
  const on = await evening({ openApi })
  await on.asks('olive', 'settings sets', { name: 'Family', libraries: 'Movies, TV Shows' })
  await on.asks('dora', 'invite', { member: { user: 'alice' }, libraries: 'family' })
  const [question] = on.discord.dmsOf('alice')
  if (!question) throw new Error('alice was not asked')
  const alice = on.discord.person('alice')
  const modal = await (await alice.press(question, 'Tell my Plex account')).modalShown()
  await (await alice.submit(modal, { account: 'alice@example.com' })).answered()
  const people = await on.asks('dora', 'users')
  const panel = await on.selects('dora', people.message, 'Open somebody', 'mira_q')
  const open = await on.presses('dora', panel.message, 'Change libraries')
  const chosen = await on.selects('dora', open.message, 'Libraries', ['Music'])
  await on.presses('dora', chosen.message, 'Save')
  const end = await on.presses('dora', panel.message, 'End access')
  await on.presses('dora', end.message, 'End access')
  await on.discord.person('dora').autocomplete('invite', { libraries: 'm' }, 'libraries')
  expect(on.discord.problems).toEqual([])
  expect(on.discord.requests.length).toBeGreaterThan(20)
})
