import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runImport } from '../../src/cli/run-import.ts'
import { harborId, ownerToken } from '../../src/sandbox/plex/world.ts'
import { inDatabase, membarrFile, plexfriendsFiles, wizarrNewRest, wizarrUser } from '../peers/peer-files.ts'
import { temporaryFolder } from '../storage/temporary-store.ts'
import { deeds, type Evening, evening } from '../support/evening.ts'
import { minutes } from '../support/shifted-clock.ts'
import { timeless } from '../support/timeless.ts'

const day = 24 * 60 * minutes

/** The owner at his terminal, while the bot runs. */
async function imports(on: Evening, args: readonly string[]): Promise<{ code: number; out: string }> {
  const lines: string[] = []
  const environment = {
    STORAGE_URL: `sqlite://${on.storeFile}`,
    DISCORD_GUILD_IDS: on.discord.world.guilds.map(({ id }) => id).join(','),
    PLEX_TOKEN: ownerToken,
    PLEX_SERVER: harborId,
    PLEX_API_URL: on.plex.url,
  }
  const code = await runImport(args, environment, (line) => lines.push(line), { clock: on.clock })
  return { code, out: lines.join('\n') }
}
const idOf = (on: Evening, who: string) => on.discord.person(who).id

describe('who comes from another bot', () => {
  test('is shown with his member by the running bot, and knows his own access', async () => {
    const on = await evening()
    const file = await membarrFile(await temporaryFolder(), [
      { member: idOf(on, 'alice'), email: 'mira@example.com' },
      { member: idOf(on, 'bob'), email: 'jonas.brandt@example.com' },
    ])
    expect(await imports(on, ['membarr', file])).toMatchObject({ code: 0 })
    await on.app.tick()
    expect((await on.asks('dora', 'users')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor**: 3 people, as of (a time)
      **jonas.b** (Jonas.Brandt@Example.com) @bob · active: **all libraries, future ones too**, since (a time)
      **mira\\_q** (mira@example.com) @alice · active: **Movies** and **TV Shows**, since (a time)
      **newcomer@example.com** · pending: **Movies**
      {Open somebody: [ ] jonas.b (active) [ ] mira_q (active) [ ] newcomer@example.com (pending)}"
    `)
    expect((await on.asks('dora', 'users', { filter: 'unlinked' })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **Harbor**: one person (unlinked), as of (a time)
      **newcomer@example.com** · pending: **Movies**
      {Open somebody: [ ] newcomer@example.com (pending)}"
    `)
    expect((await on.asks('dora', 'access', { member: { user: 'alice' } })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** · @alice
      Address: mira@example.com
      State: active, since (a time)
      Libraries: **Movies** and **TV Shows**
      History:
      • (a time): adopted as plex.tv shows it: **Movies** and **TV Shows**
      • (a time): taken over from Membarr: linked to @alice
      [Change libraries] [Suspend] [End access] [Close]"
    `)
    expect((await on.asks('alice', 'me status')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      Your Plex account here is **mira\\_q**.
      Your access through me:
      • active: **Movies** and **TV Shows** on **Harbor**, as plex.tv confirmed (a time)
      \`/me export\` gives you everything I keep about you, \`/me leave\` gives your access back, \`/me forget\` deletes what I keep."
    `)
    expect((await on.asks('dora', 'sync')).text).toContain('one difference')
    expect(deeds(on)).toEqual([])
  })

  test('stands in the trail and in the log channel, as taken over by the import', async () => {
    const on = await evening()
    await on.asks('olive', 'settings channels', { log: { channel: 'general' } })
    const file = await membarrFile(await temporaryFolder(), [
      { member: idOf(on, 'alice'), email: 'mira@example.com' },
    ])
    await imports(on, ['membarr', file])
    await on.app.tick()
    expect((await on.asks('dora', 'audit')).text).toMatchInlineSnapshot(`
      "(only you can see this)
      2 entries, newest first
      **mira\\_q** (mira@example.com) @alice (a time) taken over from Membarr: linked to @alice, by the import
      **mira\\_q** (mira@example.com) @alice (a time) adopted as plex.tv shows it: **Movies** and **TV Shows**, by the import
      [Export]"
    `)
    const cards = on.discord.messagesIn('general').map((message) => timeless(on.discord.textOf(message)))
    expect(cards.at(-1)).toMatchInlineSnapshot(`
      "**mira\\_q** @alice · active: **Movies** and **TV Shows**
      (a time) adopted as plex.tv shows it: **Movies** and **TV Shows**, by the import
      (a time) taken over from Membarr: linked to @alice, by the import"
    `)
  })

  test('loses his access when the end comes that the other bot had given him: the running bot knows it', async () => {
    const on = await evening()
    const inDays = (days: number) => Math.round((on.clock.now().getTime() + days * day) / 1000)
    const file = await plexfriendsFiles(await temporaryFolder(), {
      members: { [idOf(on, 'alice')]: 'mira@example.com' },
      trial: { [idOf(on, 'alice')]: inDays(3) },
    })
    await on.app.tick()
    expect(await imports(on, ['plexfriends', file])).toMatchObject({ code: 0 })
    expect((await on.asks('dora', 'users', { filter: 'expiring' })).text).toContain('mira')
    await on.app.tick()
    on.clock.pass(2 * day)
    await on.app.tick()
    expect(deeds(on)).toEqual([])
    on.clock.pass(2 * day)
    await on.app.tick()
    expect(deeds(on)).toEqual(['share-deleted'])
    expect((await on.asks('dora', 'access', { member: { user: 'alice' } })).text).toMatchInlineSnapshot(`
      "(only you can see this)
      **mira\\_q** · @alice
      Address: mira@example.com
      State: ended
      Libraries until then: **Movies** and **TV Shows**
      Can be restored until (a time)
      History:
      • (a time): adopted as plex.tv shows it: **Movies** and **TV Shows**
      • (a time): taken over from Discord-PlexFriends: linked to @alice, ends (a time)
      • (a time): decided: end the access, had **Movies** and **TV Shows**, by the end date
      • (a time): access ended, confirmed by plex.tv
      [Restore] [Close]"
    `)
  })

  test('is taken over all the same where he is no member any more; the comparison says so later', async () => {
    const on = await evening()
    const file = await membarrFile(await temporaryFolder(), [
      { member: '299999999999999999', email: 'mira@example.com' },
    ])
    expect(await imports(on, ['membarr', file])).toMatchObject({ code: 0 })
    expect((await on.asks('dora', 'sync')).text).toContain('<@299999999999999999>')
    expect(deeds(on)).toEqual([])
  })

  test('without a member, as from Wizarr, is linked to one with an invitation that sends nothing', async () => {
    const on = await evening()
    const file = join(await temporaryFolder(), 'database.db')
    await inDatabase(
      file,
      wizarrUser['2025.5'],
      ...wizarrNewRest,
      "INSERT INTO user (token, username, email, code) VALUES ('None', 'Mira Q.', 'mira@example.com', 'None')",
    )
    expect(await imports(on, ['wizarr', file])).toMatchObject({ code: 0 })
    expect((await on.asks('dora', 'access', { member: { user: 'alice' } })).text).toContain(
      'I know of no access',
    )
    const wish = { email: 'mira@example.com', libraries: 'Movies, TV Shows', member: { user: 'alice' } }
    expect((await on.asks('dora', 'invite', wish)).text).toContain('already')
    const panel = (await on.asks('dora', 'access', { member: { user: 'alice' } })).text
    expect(panel).toContain('taken over from Wizarr')
    expect(panel).toContain('@alice')
    expect(deeds(on)).toEqual([])
  })

  test('can be exported and forgotten by the member himself, as everybody', async () => {
    const on = await evening()
    const file = await membarrFile(await temporaryFolder(), [
      { member: idOf(on, 'alice'), email: 'mira@example.com' },
    ])
    await imports(on, ['membarr', file])
    const { message } = await on.asks('alice', 'me export')
    const [exported] = message.attachments
    expect(JSON.parse(Buffer.from(exported?.bytes ?? []).toString('utf8'))).toMatchObject({
      plexAccount: { email: 'mira@example.com', linkedBy: 'the import' },
      access: [{ state: 'active', history: [{ by: 'the import' }, { by: 'the import', from: 'Membarr' }] }],
    })
    expect((await on.asks('alice', 'me forget')).text).toMatch(/access/u)
  })
})
