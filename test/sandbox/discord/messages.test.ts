import { type Client, Events, TextChannel } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { discordWorld, type PretendDiscord } from '../../../src/sandbox/discord/index.ts'
import { aBot, aDiscord, once } from './bot.ts'

const channelOf = (client: Client, name: string): TextChannel => {
  const channel = client.channels.cache.find((one) => 'name' in one && one.name === name)
  if (!(channel instanceof TextChannel)) throw new Error(`the world lacks #${name}`)
  return channel
}
const dm = (client: Client, discord: PretendDiscord, username: string, content = 'psst') =>
  client.users.send(discord.person(username).id, content)

describe('messages in channels', () => {
  it('are sent, read, listed, edited and deleted', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const channel = channelOf(client, 'reviews')
    const sent = await channel.send({
      content: 'one',
      embeds: [{ title: 'Card', fields: [{ name: 'a', value: 'b' }] }],
    })
    await channel.send('two')
    await sent.edit('one, edited')
    expect((await channel.messages.fetch({ message: sent.id, force: true })).content).toBe('one, edited')
    expect((await channel.messages.fetch({ limit: 10 })).map((one) => one.content)).toEqual([
      'two',
      'one, edited',
    ])
    await sent.delete()
    await expect(channel.messages.fetch({ message: sent.id, force: true })).rejects.toMatchObject({
      code: 10008,
    })
    expect(discord.messagesIn('reviews').map(discord.textOf)).toEqual(['two'])
    expect(discord.problems).toEqual([])
  })

  it('of people reach the bot, and cannot be edited by it', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const created = once<{ author: { username: string }; id: string }>(client, Events.MessageCreate)
    await discord.person('max').says('hello there')
    const message = await created
    expect(message.author.username).toBe('max')
    await expect(channelOf(client, 'general').messages.edit(message.id, 'changed')).rejects.toMatchObject({
      code: 50005,
    })
  })

  it('with an enforced nonce are sent once', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const channel = channelOf(client, 'log')
    const one = await channel.send({ content: 'once', nonce: 'abc', enforceNonce: true })
    const two = await channel.send({ content: 'once', nonce: 'abc', enforceNonce: true })
    expect(two.id).toBe(one.id)
    await channel.send({ content: 'twice', nonce: 'abc' })
    expect(discord.messagesIn('log').map((message) => message.content)).toEqual(['once', 'twice'])
  })

  it('need the right to see and to write', async () => {
    const discord = await aDiscord({
      world: discordWorld({
        guilds: [{ channels: [{ name: 'hidden' }, { name: 'quiet' }], botPermissions: 0n }],
      }),
    })
    const [hidden, quiet] = discord.world.guilds[0]?.channels ?? []
    const guildId = discord.world.guilds[0]?.id ?? ''
    if (hidden) hidden.overwrites = [{ id: guildId, type: 0, allow: '0', deny: String(1 << 10) }]
    if (quiet) quiet.overwrites = [{ id: guildId, type: 0, allow: '0', deny: String(1 << 11) }]
    const { client } = await aBot(discord)
    const send = (id?: string) => client.rest.post(`/channels/${id}/messages`, { body: { content: 'x' } })
    await expect(send(hidden?.id)).rejects.toMatchObject({ code: 50001 })
    await expect(send(quiet?.id)).rejects.toMatchObject({ code: 50013 })
    await expect(send('1')).rejects.toMatchObject({ code: 10003 })
    expect(discord.problems).toEqual([])
  })

  it('older than an hour can be made uneditable', async () => {
    let now = new Date('2026-01-01T12:00:00Z')
    const discord = await aDiscord({ now: () => now })
    const { client } = await aBot(discord)
    const sent = await channelOf(client, 'log').send('old')
    discord.refuseOldEdits(0.05)
    await sent.edit('still young')
    now = new Date(now.getTime() + 3_600_001)
    const editing = sent.edit('after a wait')
    const refused = await discord.until(() => discord.requests.find((one) => one.status === 429), 'a refusal')
    expect(refused.answer).toMatchObject({ code: 30046, retry_after: 0.05 })
    discord.allowOldEdits()
    expect((await editing).content).toBe('after a wait')
  })
})

describe('direct messages', () => {
  it('arrive, in one channel for each person', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const one = await dm(client, discord, 'max')
    const two = await dm(client, discord, 'max', 'again')
    expect(one.channelId).toBe(two.channelId)
    expect(discord.dmsOf('max').map((message) => message.content)).toEqual(['psst', 'again'])
    expect(discord.dmsOf('rita')).toEqual([])
    expect(discord.problems).toEqual([])
  })

  it('fail with 50007 when closed or blocked, and arrive when open again', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    discord.closeDms('max')
    await expect(dm(client, discord, 'max')).rejects.toMatchObject({ code: 50007, status: 403 })
    discord.openDms('max')
    await dm(client, discord, 'max')
    discord.blockBot('max')
    await expect(dm(client, discord, 'max')).rejects.toMatchObject({ code: 50007 })
    expect(discord.dmsOf('max')).toHaveLength(1)
  })

  it('fail with 50278 where there is no mutual guild, and 50033 to nobody', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    await expect(dm(client, discord, 'tom')).rejects.toMatchObject({ code: 50278 })
    await expect(
      client.rest.post('/users/@me/channels', { body: { recipient_id: '1' } }),
    ).rejects.toMatchObject({ code: 50033 })
  })
})

describe('mentions', () => {
  it('that would ring are recorded, others not', async () => {
    const discord = await aDiscord({
      world: discordWorld({ guilds: [{ botPermissions: (1n << 17n) | (1n << 14n) }] }),
    })
    const { client } = await aBot(discord)
    const channel = channelOf(client, 'general')
    const max = discord.person('max').id
    await channel.send({ content: `<@${max}> @everyone <@&5>`, allowedMentions: { parse: [] } })
    await channel.send({ embeds: [{ description: `<@${max}>` }] })
    expect(discord.pings).toEqual([])
    await channel.send(`<@${max}> @everyone <@&5>`)
    await channel.send({ content: `<@${max}> <@7>`, allowedMentions: { users: ['7'] } })
    expect(discord.pings.map((one) => one.pings)).toEqual([
      { everyone: true, users: [max], roles: ['5'] },
      { everyone: false, users: ['7'], roles: [] },
    ])
  })

  it('in an answer ring for users only, and an edit rings for nobody', async () => {
    const discord = await aDiscord()
    await aBot(
      discord,
      async (interaction) => {
        if (!interaction.isChatInputCommand()) return
        await interaction.reply('<@7> <@&5> @everyone')
        await interaction.editReply('<@8>')
      },
      { commands: [{ name: 'ring', description: 'Rings' }] },
    )
    const handle = await discord.person('max').slash('ring')
    await handle.answered()
    await handle.updated()
    expect(discord.pings.map((one) => one.pings)).toEqual([{ everyone: false, users: ['7'], roles: [] }])
  })
})
