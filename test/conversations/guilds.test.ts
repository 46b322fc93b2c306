import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { OptionValues } from '../../src/sandbox/discord/index.ts'
import {
  harborId,
  lighthouseId,
  owner,
  ownerToken,
  type PlexWorld,
  plexWorld,
} from '../../src/sandbox/plex/world.ts'
import { deeds, type Evening, evening, type Said } from '../support/evening.ts'
import { days, minutes } from '../support/shifted-clock.ts'
import { signsIn } from '../support/signing-in.ts'

const members = [{ user: { username: 'olive' } }, { user: { username: 'anna' } }]

/** Two guilds: olive's "Cinema Club", and "Book Club", which otto owns; olive is a member of both. */
async function twoGuilds(servers = givenAway(plexWorld(), lighthouseId).servers): Promise<Evening> {
  const on = await evening({ bare: true, plex: { servers } })
  on.discord.addGuild({
    name: 'Book Club',
    owner: 'otto',
    channels: [{ name: 'books' }],
    members: [{ user: { username: 'otto' } }, ...members],
  })
  return on
}

/** The server belongs to `pat-h`. */
const givenAway = (world: PlexWorld, serverId: string): PlexWorld => ({
  ...world,
  servers: world.servers.map((server) =>
    server.machineIdentifier === serverId ? { ...server, ownerId: 20000004 } : server,
  ),
})

async function asksIn(
  on: Evening,
  guild: string,
  who: string,
  words: string,
  options: OptionValues = {},
): Promise<Said> {
  const handle = await on.discord.person(who).slash(words, options, { guild })
  const message = await handle.answered()
  return { text: on.discord.textOf(message), message, handle }
}

/** Cinema Club has Harbor, of `harbor_admin`; Book Club has Lighthouse, of `pat-h`. */
async function bothConnected(): Promise<Evening> {
  const on = await twoGuilds()
  await signsIn(on, await asksIn(on, 'Cinema Club', 'olive', 'setup plex'), 'harbor_admin')
  await signsIn(on, await asksIn(on, 'Book Club', 'otto', 'setup plex'), 'pat-h')
  return on
}

describe('several guilds', () => {
  test('each sees and shares its own server, and cannot name the other’s', async () => {
    const on = await bothConnected()
    const cinema = await asksIn(on, 'Cinema Club', 'olive', 'libraries')
    expect(cinema.text).toContain('**Harbor** has 4 libraries')
    const books = await asksIn(on, 'Book Club', 'otto', 'libraries')
    expect(books.text).toContain('**Lighthouse** has 2 libraries')
    for (const server of ['Harbor', on.plex.world.servers[0]?.machineIdentifier ?? '']) {
      const foreign = await asksIn(on, 'Book Club', 'otto', 'libraries', { server })
      expect(foreign.text).toContain('There is no Plex server')
    }
    const invited = await asksIn(on, 'Book Club', 'otto', 'invite', {
      email: 'late.joiner',
      libraries: 'Movies',
    })
    expect(invited.text).toContain('Lighthouse')
    expect(on.plex.ledger.at(-1)).toMatchObject({
      did: 'share-created',
      details: { machineIdentifier: lighthouseId },
    })
    expect((await asksIn(on, 'Cinema Club', 'olive', 'users')).text).not.toContain('late.joiner')
  })

  test('rights in one are no rights in the other', async () => {
    const on = await bothConnected()
    expect((await asksIn(on, 'Book Club', 'olive', 'users')).text).toContain('You may not')
    expect((await asksIn(on, 'Book Club', 'olive', 'setup plex')).text).toContain('You may not')
  })

  test('a server that was given away is named as lost, and the account’s others, which another guild uses, are not', async () => {
    const on = await twoGuilds(plexWorld().servers)
    const choose = async (guild: string, who: string, server: string) => {
      await signsIn(on, await asksIn(on, guild, who, 'setup plex'), 'harbor_admin')
      const asked = await asksIn(on, guild, who, 'setup server')
      await (await on.discord.person(who).select(asked.message, 'Servers', [server])).answered()
    }
    await choose('Cinema Club', 'olive', 'Harbor')
    await choose('Book Club', 'otto', 'Lighthouse')
    on.plex.change((world) => givenAway(world, harborId))
    await on.restart()
    const said = await asksIn(on, 'Cinema Club', 'olive', 'libraries')
    expect(said.text).toContain('“Harbor” no longer belongs to the account')
    expect(said.text).toContain('/setup server')
    expect(said.text).not.toContain('Lighthouse')
    expect((await asksIn(on, 'Book Club', 'otto', 'libraries')).text).toContain('**Lighthouse**')
  })

  test('the environment’s server was given away: the account’s others are not named', async () => {
    const on = await evening()
    on.plex.change((world) => givenAway(world, harborId))
    await on.restart()
    const said = await on.asks('alice', 'libraries')
    expect(said.text).toContain('The Plex account owns no such server')
    expect(said.text).not.toContain('Lighthouse')
  })

  test('a question that the bot asked for one guild is answered in a direct message, and in no other guild', async () => {
    const on = await bothConnected()
    await asksIn(on, 'Cinema Club', 'olive', 'invite', { member: { user: 'anna' }, libraries: 'Movies' })
    const anna = on.discord.person('anna')
    const question = await on.discord.until(() => on.discord.dmsOf('anna')[0], 'the question')
    const modal = await (await anna.press(question, 'Tell my Plex account')).modalShown()
    const [cinema, book] = ['Cinema Club', 'Book Club'].map(
      (name) => on.discord.world.guilds.find((guild) => guild.name === name)?.id,
    )
    const person = { id: anna.id, username: 'anna' }
    const member = { user: person, roles: [], permissions: '32' }
    // In the other guild, in one that has only the commands, and in its own without a member.
    for (const place of [
      { guild_id: book, member },
      { guild_id: '900000000000000001', member },
      { guild_id: cinema, user: person },
    ]) {
      const handle = await anna.rawInteraction({
        ...place,
        ...{ type: 5, application_id: on.discord.world.application.id },
        data: {
          custom_id: modal.customId,
          components: [{ type: 18, component: { type: 4, custom_id: 'account', value: 'anna@example.com' } }],
        },
      })
      await handle.answered()
    }
    expect((await asksIn(on, 'Book Club', 'otto', 'users')).text).not.toContain('anna')
    expect(deeds(on)).not.toContain('share-created')
    await (await anna.submit(modal, { account: 'anna@example.com' })).answered()
    expect(on.plex.ledger.at(-1)).toMatchObject({
      did: 'share-created',
      details: { machineIdentifier: harborId, invitedEmail: 'anna@example.com' },
    })
  })

  test('two with the same server have Plex’s own list in common, and nothing that either keeps', async () => {
    const on = await twoGuilds()
    await signsIn(on, await asksIn(on, 'Cinema Club', 'olive', 'setup plex'), 'harbor_admin')
    await signsIn(on, await asksIn(on, 'Book Club', 'otto', 'setup plex'), 'harbor_admin')
    const wish = { email: 'late.joiner', libraries: 'Movies', reason: 'knows the projector', duration: '30d' }
    await asksIn(on, 'Cinema Club', 'olive', 'invite', wish)
    await asksIn(on, 'Cinema Club', 'olive', 'settings sets', { name: 'Family', libraries: 'Movies' })

    const users = await asksIn(on, 'Book Club', 'otto', 'users')
    expect(users.text).toContain('late.joiner')
    expect(users.text).not.toContain(', ends ')
    expect((await asksIn(on, 'Cinema Club', 'olive', 'users')).text).toContain(', ends ')
    expect((await asksIn(on, 'Book Club', 'otto', 'audit')).text).not.toContain('late.joiner')
    expect((await asksIn(on, 'Book Club', 'otto', 'settings show')).text).not.toContain('Family')

    const asked = await asksIn(on, 'Book Club', 'otto', 'revoke', { who: 'late.joiner' })
    await on.presses('otto', asked.message, 'Cancel the invitation')
    expect(on.plex.ledger.at(-1)?.did).toBe('invite-withdrawn')
    on.clock.pass(2 * minutes)
    expect((await asksIn(on, 'Cinema Club', 'olive', 'sync')).text).toContain('late.joiner')
    // Whoever ended it stands in the history of his own Discord server.
    const trail = (await asksIn(on, 'Cinema Club', 'olive', 'audit')).text
    expect(trail).toContain('knows the projector')
    expect(trail).not.toContain(on.discord.person('otto').id)
  })

  test('an account that was linked in one is not there for the other', async () => {
    const on = await twoGuilds()
    await signsIn(on, await asksIn(on, 'Cinema Club', 'olive', 'setup plex'), 'harbor_admin')
    const which = await asksIn(on, 'Book Club', 'otto', 'setup server')
    expect(which.text).toContain('No Plex account is linked')
    expect((await asksIn(on, 'Book Club', 'otto', 'users')).text).toContain('No Plex server is connected')
  })
})

describe('the bot leaves a guild', () => {
  test('nothing is done for it meanwhile, and whoever adds the bot again finds everything as it was', async () => {
    const on = await bothConnected()
    const before = on.discord.world.guilds.find(({ name }) => name === 'Book Club')
    await asksIn(on, 'Book Club', 'otto', 'invite', {
      email: 'late.joiner',
      libraries: 'Movies',
      duration: '2d',
    })
    on.discord.removeGuild('Book Club')
    await on.app.tick()
    const read = on.plex.requests.length
    on.clock.pass(10 * days)
    await on.app.tick()
    expect(on.plex.requests.slice(read).filter(({ path }) => path.includes(lighthouseId))).toEqual([])
    expect(deeds(on).filter((did) => did.startsWith('share-e'))).toEqual([])
    on.discord.addGuild({
      ...(before ? { id: before.id } : {}),
      name: 'Book Club',
      owner: 'otto',
      channels: [{ name: 'books' }],
      members: [{ user: { username: 'otto' } }],
    })
    await on.app.tick()
    expect((await asksIn(on, 'Book Club', 'otto', 'libraries')).text).toContain('**Lighthouse**')
    const greetings = on.discord.messagesIn('books').map(({ content }) => content)
    expect(greetings).toEqual([])
    // What was due meanwhile is carried out now.
    expect(on.plex.ledger.at(-1)?.did).toBe('invite-withdrawn')
  })

  test('after 30 days every row of it is deleted, its sign-in is ended, and the other guild has lost nothing', async () => {
    const on = await bothConnected()
    const book = on.discord.world.guilds.find(({ name }) => name === 'Book Club')?.id ?? ''
    const cinema = on.discord.world.guilds.find(({ name }) => name === 'Cinema Club')?.id ?? ''
    await asksIn(on, 'Book Club', 'otto', 'invite', {
      member: { user: 'anna' },
      email: 'anna@example.com',
      libraries: 'Movies',
    })
    await asksIn(on, 'Cinema Club', 'olive', 'invite', { email: 'late.joiner', libraries: 'Movies' })
    await on.app.tick()
    on.discord.removeGuild('Book Club')
    await on.app.tick()
    on.clock.pass(29 * days)
    await on.app.tick()
    expect(await bytesOf(on)).toContain(book)
    const shares = on.plex.world.shares.length
    on.clock.pass(2 * days)
    await on.app.tick()
    const left = await bytesOf(on)
    expect(left.includes(book)).toBe(false)
    expect(left.includes(cinema)).toBe(true)
    expect(on.plex.ledger.filter(({ did }) => did === 'signed-out')).toEqual([
      expect.objectContaining({ details: { accountId: 20000004 } }),
    ])
    expect(on.plex.world.shares).toHaveLength(shares)
    expect((await asksIn(on, 'Cinema Club', 'olive', 'users')).text).toContain('late.joiner')
  })

  test('a guild that Discord cannot reach has not been left', async () => {
    const on = await bothConnected()
    const book = on.discord.world.guilds.find(({ name }) => name === 'Book Club')?.id ?? ''
    on.discord.guildUnavailable('Book Club')
    await on.app.tick()
    on.clock.pass(60 * days)
    await on.app.tick()
    expect(await bytesOf(on)).toContain(book)
    expect(deeds(on)).not.toContain('signed-out')
  })

  test('two guilds with the same account: the sign-in of the one that stays is not ended', async () => {
    const on = await twoGuilds()
    await signsIn(on, await asksIn(on, 'Cinema Club', 'olive', 'setup plex'), 'harbor_admin')
    await signsIn(on, await asksIn(on, 'Book Club', 'otto', 'setup plex'), 'harbor_admin')
    on.discord.removeGuild('Book Club')
    await on.app.tick()
    on.clock.pass(31 * days)
    await on.app.tick()
    expect(deeds(on)).not.toContain('signed-out')
    await on.restart()
    expect((await asksIn(on, 'Cinema Club', 'olive', 'libraries')).text).toContain('**Harbor**')
  })
})

test('the environment’s token is not ended with a guild that signed in with the same account', async () => {
  const client = 'usherr-of-the-tests'
  const on = await evening({
    env: { PLEX_CLIENT_IDENTIFIER: client },
    // As plex.tv does: one account has one token on one installation.
    plex: {
      tokens: [{ token: ownerToken, accountId: owner.id, clientIdentifier: client, dead: null }],
    },
  })
  on.discord.addGuild({
    name: 'Book Club',
    owner: 'otto',
    channels: [{ name: 'books' }],
    members: [{ user: { username: 'otto' } }],
  })
  await signsIn(on, await asksIn(on, 'Book Club', 'otto', 'setup plex'), 'harbor_admin')
  on.discord.removeGuild('Book Club')
  await on.app.tick()
  on.clock.pass(31 * days)
  await on.app.tick()
  expect(deeds(on)).not.toContain('signed-out')
  expect((await asksIn(on, 'Cinema Club', 'dora', 'users')).text).toContain('mira')
})

async function bytesOf({ storeFile }: Evening): Promise<string> {
  const files = [storeFile, `${storeFile}-wal`]
  const read = files.map((file) => readFile(file, 'latin1').catch(() => ''))
  return (await Promise.all(read)).join('')
}
