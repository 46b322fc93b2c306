import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { discordWorld, type PretendDiscord } from '../../../src/sandbox/discord/index.ts'
import { aBot, aDiscord } from './bot.ts'

interface Payload {
  op: number
  t?: string
  d: unknown
}

/** A bare connection, for what the client does not do by itself within a test. */
async function connection(discord: PretendDiscord) {
  const socket = new WebSocket(
    discord.url.replace('http', 'ws').replace('/api', '/gateway?v=10&encoding=json'),
  )
  onTestFinished(() => socket.terminate())
  const payloads: Payload[] = []
  const waiting: (() => void)[] = []
  socket.on('message', (data) => {
    // What the pretend gateway sends always has this form.
    payloads.push(JSON.parse(String(data)) as Payload)
    for (const wake of waiting.splice(0)) wake()
  })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  const next = async (fits: (payload: Payload) => boolean): Promise<Payload> => {
    for (;;) {
      const found = payloads.find(fits)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  await next((payload) => payload.op === 10)
  const send = (payload: unknown) => socket.send(JSON.stringify(payload))
  const identify = async () => {
    send({ op: 2, d: { token: discord.token, intents: 1, properties: {} } })
    await next((payload) => payload.t === 'READY')
  }
  return { send, next, closed, identify }
}

describe('the gateway', () => {
  it('acknowledges heartbeats', async () => {
    const discord = await aDiscord()
    const { send, next } = await connection(discord)
    send({ op: 1, d: null })
    expect((await next((payload) => payload.op === 11)).op).toBe(11)
  })

  it('closes on what is no opcode, too big or too often, and records it', async () => {
    const discord = await aDiscord()
    const odd = await connection(discord)
    odd.send({ op: 99, d: null })
    expect(await odd.closed).toBe(4001)
    const big = await connection(discord)
    big.send({ op: 3, d: 'x'.repeat(4096) })
    expect(await big.closed).toBe(4002)
    const often = await connection(discord)
    for (let count = 0; count < 121; count++) often.send({ op: 1, d: null })
    expect(await often.closed).toBe(4008)
    expect(discord.problems.map((one) => one.rule)).toEqual([
      'gateway.opcode',
      'gateway.event-size',
      'gateway.event-rate',
    ])
  })

  it('refuses to resume a session that it does not know', async () => {
    const discord = await aDiscord()
    const { send, next } = await connection(discord)
    send({ op: 6, d: { token: discord.token, session_id: 'unknown', seq: 3 } })
    expect((await next((payload) => payload.op === 9)).d).toBe(false)
  })

  it('gives the whole member list only with the intent', async () => {
    const discord = await aDiscord()
    const { send, next, identify } = await connection(discord)
    await identify()
    const guild_id = discord.world.guilds[0]?.id
    send({ op: 8, d: { guild_id, query: '', limit: 0 } })
    send({ op: 8, d: { guild_id, query: 'ri', limit: 1, nonce: 'n' } })
    expect((await next((payload) => payload.t === 'GUILD_MEMBERS_CHUNK')).d).toMatchObject({
      nonce: 'n',
      members: [{ user: { username: 'rita' } }],
    })
    expect(discord.problems.map((one) => one.rule)).toEqual(['gateway.members-intent'])
  })

  it('sends an interaction to every process with the token, and the slower one is not blamed', async () => {
    const discord = await aDiscord()
    const answer: Parameters<typeof aBot>[1] = async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply('mine')
    }
    const one = await aBot(discord, answer, { commands: [{ name: 'try', description: 'Tries' }] })
    const two = await aBot(discord, answer)
    expect(discord.connections()).toBe(2)
    await (await discord.person('max').slash('try')).answered()
    await expect.poll(() => [...one.errors, ...two.errors]).toMatchObject([{ code: 40060 }])
    expect(discord.messagesIn('general')).toHaveLength(1)
    expect(discord.problems).toEqual([])
  })
})

describe('a world', () => {
  it('is plain data and the same each time', () => {
    const world = discordWorld({ guilds: [{}, { name: 'Other', members: [{ user: { username: 'max' } }] }] })
    expect(JSON.parse(JSON.stringify(world))).toEqual(world)
    expect(discordWorld()).toEqual(discordWorld())
    const [first, second] = world.guilds
    expect(second?.members[0]?.user.id).toBe(
      first?.members.find((one) => one.user.username === 'max')?.user.id,
    )
    expect(second?.roles.map((role) => role.id)).not.toContain(first?.roles[1]?.id)
  })

  it('remembers only the latest in a long run', async () => {
    const discord = await aDiscord({ remember: 5 })
    await aBot(
      discord,
      async (interaction) => {
        if (interaction.isChatInputCommand()) await interaction.reply('hi')
      },
      { commands: [{ name: 'try', description: 'Tries' }] },
    )
    for (let count = 0; count < 30; count++) await (await discord.person('max').slash('try')).answered()
    expect(discord.allMessages().length).toBeLessThanOrEqual(11)
    expect(discord.requests.length).toBeLessThanOrEqual(11)
    expect(discord.messagesIn('general')).toHaveLength(discord.allMessages().length)
  })

  it('never forgets an interaction that may still be answered', async () => {
    const discord = await aDiscord({ remember: 1 })
    let letGo = () => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let first = true
    const { errors } = await aBot(
      discord,
      async (interaction) => {
        const isFirst = first
        first = false
        if (isFirst) await held
        if (interaction.isChatInputCommand()) await interaction.reply('hi')
      },
      { commands: [{ name: 'try', description: 'Tries' }] },
    )
    const slow = await discord.person('max').slash('try')
    for (let count = 0; count < 10; count++) await (await discord.person('max').slash('try')).answered()
    letGo()
    expect((await slow.answered()).content).toBe('hi')
    expect(errors).toEqual([])
  })
})
