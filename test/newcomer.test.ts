import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { discordWorld, startPretendDiscord } from '../src/sandbox/discord/index.ts'
import { startPretendPlex } from '../src/sandbox/plex/start.ts'
import { lighthouseId, plexWorld } from '../src/sandbox/plex/world.ts'
import { startMain } from './support/main-process.ts'
import { codeIn } from './support/signing-in.ts'

/**
 * Everything that a newcomer does and types between a clone and the first invitation, and nothing else. The two addresses
 * and the folder stand in for the real Discord, the real plex.tv and the folder of the clone; `npm ci` and the build that
 * `npm start` begins with are left out here and are what continuous integration does.
 */
test('from nothing to the first invitation: one variable, two commands, one link, and three things in Discord', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usherr-newcomer-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const servers = plexWorld().servers.filter(({ machineIdentifier }) => machineIdentifier !== lighthouseId)
  const plex = await startPretendPlex({ world: plexWorld({ servers }) })
  onTestFinished(() => plex.close())
  const discord = await startPretendDiscord({ world: discordWorld({ guilds: [] }) })
  onTestFinished(() => discord.close())
  const did: string[] = []

  const typed = { DISCORD_TOKEN: discord.token }
  for (const name of Object.keys(typed)) did.push(`variable ${name}`)
  did.push('command npm ci', 'command npm start')
  const standIns = { DISCORD_API_URL: discord.url, PLEX_API_URL: plex.url }
  const bot = startMain({ env: { ...typed, ...standIns }, cwd: folder })
  onTestFinished(async () => {
    bot.child.kill('SIGTERM')
    await bot.ends()
  })

  await bot.prints('Usherr answers')
  const link = /https:\/\/discord\.com\/oauth2\/authorize\?[^\s"]+/u.exec(bot.output())?.[0] ?? ''
  did.push('link of the bot’s invitation')
  const asked = new URL(link).searchParams
  expect(asked.get('client_id')).toBe(discord.world.application.id)
  expect(asked.get('scope')).toBe('bot applications.commands')
  discord.addGuild({
    name: 'Film Night',
    owner: 'olive',
    channels: [{ name: 'general' }],
    members: [{ user: { username: 'olive' } }],
    botPermissions: BigInt(asked.get('permissions') ?? 0),
  })
  const greeting = await discord.messageWhere(({ content }) => content.includes('/setup plex'))
  expect(greeting.channelId).toBe(discord.world.guilds[0]?.channels[0]?.id)

  const olive = discord.person('olive')
  did.push('slash /setup plex')
  const setup = await olive.slash('setup plex')
  const signIn = discord.textOf(await setup.answered())
  did.push('press Sign in with Plex')
  expect(plex.approvePin(codeIn({ text: signIn }), 'harbor_admin')).toBe(true)
  const linked = discord.textOf(await setup.updated())
  expect(linked).toContain('Linked as **harbor\\_admin**')
  expect(linked).toContain('/invite')

  did.push('slash /invite email libraries')
  const invited = await olive.slash('invite', { email: 'friend@example.com', libraries: 'Movies' })
  expect(discord.textOf(await invited.answered())).toContain('Invited')
  expect(plex.ledger.at(-1)).toMatchObject({
    did: 'share-created',
    details: { invitedEmail: 'friend@example.com', status: 'pending' },
  })
  expect(discord.problems).toEqual([])
  expect(did).toMatchInlineSnapshot(`
    [
      "variable DISCORD_TOKEN",
      "command npm ci",
      "command npm start",
      "link of the bot’s invitation",
      "slash /setup plex",
      "press Sign in with Plex",
      "slash /invite email libraries",
    ]
  `)
})
