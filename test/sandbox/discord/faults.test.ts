import { RESTEvents } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { aBot, aDiscord } from './bot.ts'

const commands = [{ name: 'hi', description: 'Hi' }]

describe('faults', () => {
  it('a limit announced by headers is kept by the client without a 429', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    discord.faults.limit('GET /users/', { requests: 2, perMs: 150 })
    const id = discord.person('max').id
    await Promise.all(Array.from({ length: 5 }, () => client.rest.get(`/users/${id}`)))
    const asked = discord.requests.filter((request) => request.path.startsWith('/users/'))
    expect(asked.map((request) => request.status)).toEqual([200, 200, 200, 200, 200])
    expect(discord.problems).toEqual([])
  })

  it('a 429 is waited for', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    discord.faults.limit('GET /users/', { requests: 1, perMs: 200, scope: 'shared' })
    const ask = () =>
      fetch(`${discord.url}/v10/users/@me`, { headers: { authorization: `Bot ${discord.token}` } })
    expect((await ask()).status).toBe(200)
    const limited = await ask()
    expect(limited.status).toBe(429)
    expect(limited.headers.get('x-ratelimit-scope')).toBe('shared')
    expect(await limited.json()).toMatchObject({ global: false, retry_after: expect.any(Number) })
    expect(await client.rest.get('/users/@me')).toMatchObject({ username: 'usherr' })
    expect(discord.problems).toEqual([])
  })

  it('asking again and again regardless of a 429 is recorded', async () => {
    const discord = await aDiscord()
    discord.faults.limit('GET /users/', { requests: 1, perMs: 60_000 })
    const ask = () =>
      fetch(`${discord.url}/v10/users/@me`, { headers: { authorization: `Bot ${discord.token}` } })
    while (discord.problems.length === 0) await ask()
    expect(discord.problems[0]?.rule).toBe('rate-limit.ignored')
  })

  it('the global limit counts requests with the bot token only', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(
      discord,
      async (interaction) => {
        if (interaction.isChatInputCommand()) await interaction.reply('hi')
      },
      { commands },
    )
    discord.faults.limitGlobally({ requests: 1, perMs: 200 })
    const limited: boolean[] = []
    client.rest.on(RESTEvents.RateLimited, (info) => limited.push(info.global))
    await client.rest.get('/users/@me')
    await (await discord.person('max').slash('hi')).answered()
    await client.rest.get('/users/@me')
    expect(limited).toEqual([true])
  })

  it('a failing callback is tried again by the client', async () => {
    const discord = await aDiscord()
    await aBot(
      discord,
      async (interaction) => {
        if (interaction.isChatInputCommand()) await interaction.reply('hi')
      },
      { commands },
    )
    discord.faults.fail('POST /interactions', { status: 500 })
    expect((await (await discord.person('max').slash('hi')).answered()).content).toBe('hi')
    const callbacks = discord.requests.filter((request) => request.path.endsWith('/callback'))
    expect(callbacks.map((request) => request.status)).toEqual([500, 204])
  })

  it('a callback that took effect although it failed is then refused', async () => {
    const discord = await aDiscord()
    const { errors } = await aBot(
      discord,
      async (interaction) => {
        if (interaction.isChatInputCommand()) await interaction.reply('hi')
      },
      { commands },
    )
    discord.faults.fail('POST /interactions', { status: 502 }, { afterDoing: true })
    await (await discord.person('max').slash('hi')).answered()
    await expect.poll(() => errors[0]).toMatchObject({ code: 40060 })
  })

  it('any of Discord’s refusals can be had', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    discord.faults.fail('POST /users/@me/channels', {
      status: 403,
      code: 40003,
      message: 'You are opening direct messages too fast',
    })
    await expect(client.users.createDM(discord.person('max').id)).rejects.toMatchObject({ code: 40003 })
    await client.users.createDM(discord.person('max').id)
  })

  it('connections break, before or after the work', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord, undefined, { rest: { retries: 0 } })
    const log = discord.world.guilds[0]?.channels.find((channel) => channel.name === 'log')?.id
    const send = () => client.rest.post(`/channels/${log}/messages`, { body: { content: 'x' } })
    discord.faults.cut('POST /channels')
    await expect(send()).rejects.toThrow()
    expect(discord.messagesIn('log')).toEqual([])
    discord.faults.cut('POST /channels', { afterDoing: true })
    await expect(send()).rejects.toThrow()
    expect(discord.messagesIn('log')).toHaveLength(1)
  })

  it('answers come late, with the work done before or after the wait', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    const log = discord.world.guilds[0]?.channels.find((channel) => channel.name === 'log')?.id
    let answers = 0
    const send = async (content: string) => {
      await client.rest.post(`/channels/${log}/messages`, { body: { content } })
      answers += 1
    }
    discord.faults.slow('POST /channels', 100, { times: 1 })
    const late = send('done at once')
    await discord.messageWhere((message) => message.content === 'done at once')
    expect(answers).toBe(0)
    await late
    discord.faults.slow('POST /channels', 100, { times: 1, beforeDoing: true })
    const later = send('done late')
    await discord.until(() => discord.requests.find((one) => one.status === 0), 'the request has come')
    expect(discord.messagesIn('log').map((message) => message.content)).toEqual(['done at once'])
    await later
    expect(discord.messagesIn('log')).toHaveLength(2)
  })

  it('a 401 blanks the client’s token for good', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    discord.faults.fail('GET /users', { status: 401, message: '401: Unauthorized' })
    await expect(client.rest.get('/users/@me')).rejects.toMatchObject({ status: 401 })
    await expect(client.rest.get('/users/@me')).rejects.toThrow('Expected token to be set')
    expect(client.isReady()).toBe(true)
  })
})

describe('requests', () => {
  it('to no route are refused and recorded', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    await expect(client.rest.get('/voice/regions')).rejects.toMatchObject({ status: 404 })
    expect(discord.problems.map((one) => one.rule)).toEqual(['route.unknown'])
  })

  it('need the token', async () => {
    const discord = await aDiscord()
    const answer = await fetch(`${discord.url}/v10/users/@me`, { headers: { authorization: 'Bot other' } })
    expect(answer.status).toBe(401)
  })

  it('are all kept, with their bodies and answers', async () => {
    const discord = await aDiscord()
    const { client } = await aBot(discord)
    await client.users.send(discord.person('max').id, 'canary@example.org')
    expect(JSON.stringify(discord.requests)).toContain('canary@example.org')
    expect(discord.requests.at(-1)).toMatchObject({ method: 'POST', status: 200 })
  })

  it('that give nothing back carry no content type', async () => {
    const discord = await aDiscord()
    const log = discord.world.guilds[0]?.channels[0]?.id
    const answer = await fetch(`${discord.url}/v10/channels/${log}/typing`, {
      method: 'POST',
      headers: { authorization: `Bot ${discord.token}` },
    })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([204, null])
  })

  it('with a body that is no JSON are refused', async () => {
    const discord = await aDiscord()
    const log = discord.world.guilds[0]?.channels[0]?.id
    const answer = await fetch(`${discord.url}/v10/channels/${log}/messages`, {
      method: 'POST',
      headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
      body: '{',
    })
    expect(await answer.json()).toMatchObject({ code: 50109 })
  })
})
