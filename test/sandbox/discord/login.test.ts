import { Events, GatewayIntentBits } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { discordWorld } from '../../../src/sandbox/discord/index.ts'
import { aBot, aClient, aDiscord, once } from './bot.ts'

describe('the unmodified client logs in', () => {
  it('and has its guild, channels and roles', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    await discord.ready()
    const guild = client.guilds.cache.first()
    expect(client.user.username).toBe('usherr')
    expect(guild?.name).toBe('Cinema Club')
    expect(guild?.channels.cache.map((channel) => channel.name)).toEqual(['general', 'reviews', 'log'])
    expect(guild?.roles.cache.map((role) => role.name).sort()).toEqual([
      '@everyone',
      'Admin',
      'Member',
      'Reviewer',
      'usherr',
    ])
    expect(guild?.members.me?.permissions.has('ManageRoles')).toBe(true)
    expect(discord.problems).toEqual([])
  })

  it('and is told when the token is wrong', async () => {
    const discord = await aDiscord()
    await expect(aClient(discord).login('nonsense')).rejects.toMatchObject({ code: 'TokenInvalid' })
  })

  it('and is refused an intent that was not granted', async () => {
    const discord = await aDiscord({ world: discordWorld({ application: { mayReadMembers: false } }) })
    await expect(aClient(discord).login(discord.token)).rejects.toThrow('disallowed intents')
  })

  it('and fetches members over the gateway, by REST, by name and one by one', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const guild = client.guilds.cache.first()
    expect((await guild?.members.fetch())?.map((member) => member.user.username)).toEqual([
      'olive',
      'ada',
      'rita',
      'max',
      'nina',
      'usherr',
    ])
    expect((await guild?.members.list({ limit: 2 }))?.size).toBe(2)
    expect((await guild?.members.search({ query: 'ri', limit: 5 }))?.first()?.displayName).toBe('Rita')
    const max = discord.person('max')
    expect((await guild?.members.fetch({ user: max.id, force: true }))?.user.username).toBe('max')
    expect((await client.users.fetch(discord.person('tom').id)).username).toBe('tom')
    await expect(guild?.members.fetch(discord.person('tom').id)).rejects.toMatchObject({ code: 10007 })
    expect(discord.problems).toEqual([])
  })

  it('and lists its guilds page by page, forwards and backwards', async () => {
    const guilds = ['One', 'Two', 'Three'].map((name) => ({ name }))
    const discord = await aDiscord({ world: discordWorld({ guilds }) })
    const { client } = await aBot(discord)
    const namesOf = async (page: { limit: number; after?: string; before?: string }) =>
      (await client.guilds.fetch(page)).map((guild) => guild.name)
    const [one, , three] = discord.world.guilds
    expect(await namesOf({ limit: 2 })).toEqual(['One', 'Two'])
    expect(await namesOf({ limit: 2, after: one?.id ?? '' })).toEqual(['Two', 'Three'])
    expect(await namesOf({ limit: 1, before: three?.id ?? '' })).toEqual(['Two'])
    expect(discord.problems).toEqual([])
  })

  it('and gets thousands of members in chunks', async () => {
    const members = Array.from({ length: 2_500 }, (_, index) => ({ user: { username: `member${index}` } }))
    const discord = await aDiscord({ world: discordWorld({ guilds: [{ members }] }) })
    const { client } = await aBot(discord)
    expect((await client.guilds.cache.first()?.members.fetch())?.size).toBe(2_501)
  })

  it('and reads its application', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    expect((await client.application.fetch()).name).toBe('Usherr')
  })
})

describe('what happens in guilds reaches the bot', () => {
  it('a member joins, gets roles, leaves, is banned', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    await client.guilds.cache.first()?.members.fetch()

    const added = once<{ user: { username: string } }>(client, Events.GuildMemberAdd)
    discord.joinGuild('tom', { roles: ['Member'] })
    expect((await added).user.username).toBe('tom')

    const updated = new Promise<string[]>((resolve) =>
      client.once(Events.GuildMemberUpdate, (_old, member) =>
        resolve(member.roles.cache.map((role) => role.name)),
      ),
    )
    discord.setRoles('tom', ['Reviewer'])
    expect((await updated).sort()).toEqual(['@everyone', 'Reviewer'])

    const removed = once<{ user: { username: string } }>(client, Events.GuildMemberRemove)
    discord.leaveGuild('tom')
    expect((await removed).user.username).toBe('tom')
    expect((await client.users.fetch(discord.person('tom').id, { force: true })).username).toBe('tom')

    const banned = once<{ user: { username: string } }>(client, Events.GuildBanAdd)
    discord.banMember('nina')
    expect((await banned).user.username).toBe('nina')
  })

  it('without the members intent it does not hear of members', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord, undefined, { intents: [GatewayIntentBits.Guilds] })
    const heard: string[] = []
    client.on(Events.GuildMemberRemove, (member) => heard.push(member.user.username))
    discord.leaveGuild('max')
    const created = once(client, Events.GuildCreate)
    discord.addGuild({ name: 'Another' })
    await created
    expect(heard).toEqual([])
  })

  it('the bot is added to a guild, sees it unavailable, and is thrown out', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const created = once<{ name: string }>(client, Events.GuildCreate)
    discord.addGuild({ name: 'Another', members: [{ user: { username: 'max' } }] })
    expect((await created).name).toBe('Another')
    expect(discord.world.guilds[1]?.members[0]?.user.id).toBe(discord.person('max').id)
    const unavailable = once<{ name: string }>(client, Events.GuildUnavailable)
    discord.guildUnavailable('Another')
    expect((await unavailable).name).toBe('Another')
    const deleted = once<{ name: string }>(client, Events.GuildDelete)
    discord.removeGuild('Cinema Club')
    expect((await deleted).name).toBe('Cinema Club')
  })

  it('a role and a channel are deleted', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const role = once<{ name: string }>(client, Events.GuildRoleDelete)
    discord.deleteRole('Reviewer')
    expect((await role).name).toBe('Reviewer')
    const channel = once<{ name: string }>(client, Events.ChannelDelete)
    discord.deleteChannel('log')
    expect((await channel).name).toBe('log')
  })
})

describe('roles', () => {
  it('are given and taken by the bot below its own highest role', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const guild = client.guilds.cache.first()
    const member = await guild?.members.fetch(discord.person('nina').id)
    const role = guild?.roles.cache.find((one) => one.name === 'Member')
    if (member === undefined || role === undefined) throw new Error('the world lacks nina or Member')
    await member.roles.add(role)
    expect(discord.world.guilds[0]?.members.find((one) => one.user.username === 'nina')?.roles).toEqual([
      role.id,
    ])
    await member.roles.remove(role)
    expect(discord.world.guilds[0]?.members.find((one) => one.user.username === 'nina')?.roles).toEqual([])
  })

  it('are refused without Manage Roles, and to managed roles', async () => {
    const discord = await aDiscord({ world: discordWorld({ guilds: [{ botPermissions: 0n }] }) })
    const { client } = await aBot(discord)
    const guild = client.guilds.cache.first()
    const roleId = guild?.roles.cache.find((one) => one.name === 'Member')?.id
    await expect(
      client.rest.put(`/guilds/${guild?.id}/members/${discord.person('nina').id}/roles/${roleId}`),
    ).rejects.toMatchObject({ code: 50013 })
    await expect(
      client.rest.put(`/guilds/${guild?.id}/members/${discord.person('nina').id}/roles/1`),
    ).rejects.toMatchObject({ code: 10011 })
  })
})

describe('the connection', () => {
  it('is resumed after a break, and what was missed is replayed', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const resumed = once(client, Events.ShardResume)
    const removed = once<{ user: { username: string } }>(client, Events.GuildMemberRemove)
    await client.guilds.cache.first()?.members.fetch()
    discord.gatewayDown()
    discord.leaveGuild('max')
    discord.gatewayUp()
    await resumed
    expect((await removed).user.username).toBe('max')
    expect(discord.connections()).toBe(1)
  })

  it.each(['cut', 'reconnect', 'close'] as const)('is resumed after a drop by %s', async (how) => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const resumed = once(client, Events.ShardResume)
    discord.dropConnection(how)
    await resumed
    expect(discord.connections()).toBe(1)
  })

  it('identifies anew when the session is invalid', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const again = once(client, Events.ShardReady)
    discord.invalidateSession()
    await again
    expect(discord.connections()).toBe(1)
  })

  it('serves two shards, each with its own guilds', async () => {
    const world = discordWorld({ guilds: [{ id: String(10n << 22n) }, { id: String(11n << 22n) }] })
    const discord = await aDiscord({ world })
    const { client } = await aBot(discord, undefined, { shards: [1], shardCount: 2 })
    expect(client.guilds.cache.map((guild) => guild.id)).toEqual([String(11n << 22n)])
  })
})
