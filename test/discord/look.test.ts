import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GatewayIntentBits } from 'discord-api-types/v10'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  highestPosition,
  missingPermissions,
  permissionsInChannel,
  permissionsInGuild,
} from '../../src/discord/bot-permissions.ts'
import { createLook, type GuildLook } from '../../src/discord/look.ts'
import { grantedIntents, inviteLink, missingIntents } from '../../src/discord/requirements.ts'
import { type GuildId, id } from '../../src/lib/ids.ts'
import { discordWorld, type WorldDifferences } from '../../src/sandbox/discord/index.ts'
import { permission } from '../../src/sandbox/discord/numbers.ts'
import { permissionsOf } from '../../src/sandbox/discord/permissions.ts'
import { aDiscord } from '../sandbox/discord/bot.ts'

async function looked(world: WorldDifferences = {}) {
  const discord = await aDiscord({ world: discordWorld(world) })
  const look = createLook({ token: discord.token, apiUrl: discord.url })
  return { discord, look }
}

async function aServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // A server that listens on a port has an address of this form.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
}

function found<T>(result: { ok: true; value: T } | { ok: false; problem: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problem))
  return result.value
}

describe('with the token alone Discord says', () => {
  test('which bot it is, and of which application', async () => {
    const { discord, look } = await looked({
      application: { isPublic: false, mayReadMembers: true, mayReadMessages: false },
    })
    expect(found(await look.bot())).toEqual({ botId: discord.world.bot.id, username: 'usherr' })
    expect(found(await look.application())).toEqual({
      applicationId: discord.world.application.id,
      name: 'Usherr',
      isPublic: false,
      needsCodeGrant: false,
      grantedIntents: [GatewayIntentBits.GuildMembers],
    })
    expect(discord.problems).toEqual([])
  })

  test('every guild it is in, also where they fill more than one page', async () => {
    const guilds = Array.from({ length: 401 }, (_, index) => ({ name: `Club ${index}`, channels: [] }))
    const { discord, look } = await looked({ guilds })
    const seen = found(await look.guilds())
    expect(new Set(seen.map(({ guildId }) => guildId)).size).toBe(401)
    expect(discord.requests.filter(({ path }) => path === '/users/@me/guilds')).toHaveLength(3)
    expect(discord.problems).toEqual([])
  })

  test('that it is in none', async () => {
    const { look } = await looked({ guilds: [] })
    expect(found(await look.guilds())).toEqual([])
  })

  test('what a guild looks like, with the bot’s own roles', async () => {
    const { discord, look } = await looked()
    const [club] = discord.world.guilds
    const guild = found(await look.guild(id<GuildId>(club?.id ?? ''), discord.world.bot.id))
    expect(guild.name).toBe('Cinema Club')
    expect(guild.ownerId).toBe(club?.ownerId)
    expect(guild.channels.map(({ name }) => name)).toEqual(['general', 'reviews', 'log'])
    const own = guild.roles.filter(({ roleId }) => guild.botRoleIds.includes(roleId))
    expect(own.map(({ name }) => name)).toEqual(['usherr'])
    expect(highestPosition(guild)).toBe(5)
    expect(discord.problems).toEqual([])
  })

  test('that it is not in a guild', async () => {
    const { discord, look } = await looked()
    expect(await look.guild(id<GuildId>('111111111111111111'), discord.world.bot.id)).toEqual({
      ok: false,
      problem: { problem: 'notFound', code: 10_004 },
    })
  })

  test('which commands it was told, and how often the bot may still log in', async () => {
    const { discord, look } = await looked()
    const { applicationId } = found(await look.application())
    expect(found(await look.commandNames(applicationId))).toEqual([])
    await fetch(`${discord.url}/v10/applications/${applicationId}/commands`, {
      method: 'POST',
      headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'invite', description: 'Invites' }),
    })
    expect(found(await look.commandNames(applicationId))).toEqual(['invite'])
    expect(found(await look.loginLimit())).toEqual({
      total: 1000,
      remaining: 1000,
      resetAfterMs: 86_400_000,
    })
  })
})

describe('why Discord gave no answer is told apart', () => {
  test('it does not know the token', async () => {
    const { discord } = await looked()
    const wrong = createLook({ token: `${discord.token}x`, apiUrl: discord.url })
    expect(await wrong.bot()).toEqual({ ok: false, problem: { problem: 'wrongToken' } })
  })

  test('a text that cannot be a token is not sent', async () => {
    const { discord } = await looked()
    for (const token of ['', 'two words', 'line\nbreak', 'ünïcode']) {
      const look = createLook({ token, apiUrl: discord.url })
      expect(await look.bot()).toEqual({ ok: false, problem: { problem: 'wrongToken' } })
    }
    expect(discord.requests).toEqual([])
  })

  test('nobody is there, with the system’s own reason', async () => {
    const { discord, look } = await looked()
    await discord.close()
    expect(await look.bot()).toEqual({
      ok: false,
      problem: { problem: 'unreachable', reason: 'ECONNREFUSED' },
    })
  })

  test('it takes too long', async () => {
    const apiUrl = await aServer(() => {})
    const look = createLook({ token: 'a-token', apiUrl, timeoutMs: 50 })
    expect(await look.bot()).toEqual({ ok: false, problem: { problem: 'unreachable', reason: 'timedOut' } })
  })

  test('it takes too long in the middle of an answer', async () => {
    const apiUrl = await aServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{')
    })
    const look = createLook({ token: 'a-token', apiUrl, timeoutMs: 200 })
    expect(await look.bot()).toEqual({ ok: false, problem: { problem: 'unreachable', reason: 'timedOut' } })
  })

  test.each([
    [
      { status: 403, code: 50_001 },
      { problem: 'forbidden', code: 50_001 },
    ],
    [
      { status: 404, code: 10_013 },
      { problem: 'notFound', code: 10_013 },
    ],
    [
      { status: 429, headers: { 'retry-after': '2.5' } },
      { problem: 'rateLimited', retryAfterMs: 2_500 },
    ],
    [{ status: 429 }, { problem: 'rateLimited', retryAfterMs: 60_000 }],
    [{ status: 503 }, { problem: 'troubled', status: 503 }],
    [{ status: 418 }, { problem: 'unexpected', status: 418, what: 'the status 418' }],
  ])('%j', async (answer, expected) => {
    const { discord, look } = await looked()
    discord.faults.fail('GET /users/@me', answer)
    expect(await look.bot()).toEqual({ ok: false, problem: expected })
  })

  test('somebody else answers at that address', async () => {
    const page: RequestListener = (_request, response) => response.writeHead(404).end('<h1>Not here</h1>')
    const look = createLook({ token: 'a-token', apiUrl: await aServer(page) })
    expect(await look.bot()).toMatchObject({
      ok: false,
      problem: { problem: 'unexpected', what: 'an answer that is not Discord’s' },
    })
    const login: RequestListener = (_request, response) => response.writeHead(200).end('<h1>Log in</h1>')
    const portal = createLook({ token: 'a-token', apiUrl: await aServer(login) })
    expect(await portal.bot()).toMatchObject({ ok: false, problem: { problem: 'unexpected', status: 200 } })
  })

  test('where the address leads elsewhere, the token does not go there', async () => {
    let wentOn = false
    const elsewhere = await aServer((_request, response) => {
      wentOn = true
      response.end('{}')
    })
    const apiUrl = await aServer((_request, response) =>
      response.writeHead(307, { location: elsewhere }).end(),
    )
    expect(await createLook({ token: 'a-token', apiUrl }).bot()).toMatchObject({
      ok: false,
      problem: { problem: 'unexpected', status: 307 },
    })
    expect(wentOn).toBe(false)
  })

  test('a page of guilds that brings nobody new ends the list', async () => {
    const page = Array.from({ length: 200 }, (_, index) => ({ id: `${1000 + index}`, name: 'Club' }))
    let asked = 0
    const apiUrl = await aServer((_request, response) => {
      asked += 1
      response.end(JSON.stringify(page))
    })
    expect((await createLook({ token: 'a-token', apiUrl }).guilds()).ok).toBe(true)
    expect(asked).toBe(2)
  })

  test('never with the token in what is told', async () => {
    const told = await Promise.all([
      createLook({ token: 'a-very-secret-token\n', apiUrl: 'http://127.0.0.1:1/api' }).bot(),
      createLook({ token: 'a-very-secret-token', apiUrl: 'http://127.0.0.1:1/api' }).bot(),
    ])
    expect(JSON.stringify(told)).not.toContain('a-very-secret-token')
  })
})

describe('what the bot may do', () => {
  const { viewChannel, sendMessages, administrator, embedLinks } = permission
  const both = viewChannel | sendMessages

  /** The bot's permissions in the guild and in its one channel; the pretend Discord computes the same. */
  async function rights(
    botPermissions: bigint,
    overwritesOf: (ids: { everyone: string; ownRole: string; bot: string }) => {
      id: string
      type: 0 | 1
      allow: string
      deny: string
    }[] = () => [],
    everyone: bigint = 0n,
  ): Promise<{ guild: GuildLook; inGuild: bigint; inChannel: bigint; pretended: bigint }> {
    const world = discordWorld({ guilds: [{ botPermissions, channels: [{ name: 'reviews' }] }] })
    const [club] = world.guilds
    const [channel] = club?.channels ?? []
    const bot = club?.members.find(({ user }) => user.id === world.bot.id)
    if (!club || !channel || !bot) throw new Error('the world has no such guild')
    const everybody = club.roles.find((role) => role.id === club.id)
    if (everybody) everybody.permissions = String(everyone)
    channel.overwrites = overwritesOf({ everyone: club.id, ownRole: bot.roles[0] ?? '', bot: bot.user.id })
    const discord = await aDiscord({ world })
    const look = createLook({ token: discord.token, apiUrl: discord.url })
    const guild = found(await look.guild(id<GuildId>(club.id), world.bot.id))
    const [seen] = guild.channels
    if (!seen) throw new Error('no channel was seen')
    return {
      guild,
      inGuild: permissionsInGuild(guild),
      inChannel: permissionsInChannel(guild, seen),
      pretended: permissionsOf(club, bot, channel),
    }
  }

  test('is what its roles and @everyone give together', async () => {
    const { inGuild, inChannel } = await rights(sendMessages, undefined, viewChannel)
    expect([inGuild, inChannel]).toEqual([both, both])
    expect(missingPermissions(inGuild)).toEqual([])
  })

  test('lacks what none of them gives, by the names of Discord’s settings', async () => {
    const { inGuild } = await rights(embedLinks)
    expect(missingPermissions(inGuild)).toEqual(['View Channels', 'Send Messages'])
  })

  test('is everything for an administrator, whatever a channel denies', async () => {
    const { inGuild, inChannel } = await rights(administrator, ({ bot }) => [
      { id: bot, type: 1, allow: '0', deny: String(both) },
    ])
    expect([missingPermissions(inGuild), missingPermissions(inChannel)]).toEqual([[], []])
  })

  test('is everything for the owner', async () => {
    const { guild } = await rights(0n)
    expect(missingPermissions(permissionsInGuild({ ...guild, ownerId: guild.botId }))).toEqual([])
  })

  test('in a channel follows its overwrites: @everyone, then roles, then the bot itself', async () => {
    const deniedToAll = await rights(both, ({ everyone }) => [
      { id: everyone, type: 0, allow: '0', deny: String(sendMessages) },
    ])
    expect(missingPermissions(deniedToAll.inChannel)).toEqual(['Send Messages'])
    expect(deniedToAll.inChannel).toBe(deniedToAll.pretended)

    const allowedToRole = await rights(both, ({ everyone, ownRole }) => [
      { id: ownRole, type: 0, allow: String(sendMessages), deny: '0' },
      { id: everyone, type: 0, allow: '0', deny: String(sendMessages) },
    ])
    expect(missingPermissions(allowedToRole.inChannel)).toEqual([])
    expect(allowedToRole.inChannel).toBe(allowedToRole.pretended)

    const deniedToBot = await rights(both, ({ ownRole, bot }) => [
      { id: bot, type: 1, allow: '0', deny: String(sendMessages) },
      { id: ownRole, type: 0, allow: String(sendMessages), deny: '0' },
    ])
    expect(missingPermissions(deniedToBot.inChannel)).toEqual(['Send Messages'])
    expect(deniedToBot.inChannel).toBe(deniedToBot.pretended)
  })

  test('is nothing in a channel that it cannot see', async () => {
    const { inChannel } = await rights(both, ({ everyone }) => [
      { id: everyone, type: 0, allow: '0', deny: String(viewChannel) },
    ])
    expect(inChannel).toBe(0n)
    expect(missingPermissions(inChannel)).toEqual(['View Channels', 'Send Messages'])
  })
})

describe('what the bot needs', () => {
  test('no intent that Discord has to grant', () => {
    expect(missingIntents([])).toEqual([])
  })

  test('an intent that is asked for and not granted is named as the portal’s switch is', () => {
    const asked = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers, GatewayIntentBits.MessageContent]
    expect(missingIntents([], asked)).toEqual(['Server Members Intent', 'Message Content Intent'])
    expect(missingIntents([GatewayIntentBits.GuildMembers], asked)).toEqual(['Message Content Intent'])
  })

  test.each([
    [1 << 14, GatewayIntentBits.GuildMembers],
    [1 << 15, GatewayIntentBits.GuildMembers],
    [1 << 12, GatewayIntentBits.GuildPresences],
    [1 << 13, GatewayIntentBits.GuildPresences],
    [1 << 18, GatewayIntentBits.MessageContent],
    [1 << 19, GatewayIntentBits.MessageContent],
  ])('the flag %d grants the intent %d, for large and for small bots', (flag, intent) => {
    expect(grantedIntents(flag)).toEqual([intent])
  })

  test('is in the link that lets it in, and no more', () => {
    expect(inviteLink('123456789012345678')).toBe(
      'https://discord.com/oauth2/authorize?client_id=123456789012345678&scope=bot+applications.commands&permissions=3072',
    )
  })
})
