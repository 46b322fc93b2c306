import type { JsonObject } from '../src/sandbox/discord/json.ts'
import type { Finding } from './campaign.ts'
import { type Held, slopeOf } from './support/held.ts'
import { mutated } from './support/mutated.ts'
import { type Random, randomFrom } from './support/random.ts'
import { bindManagers, type Surroundings, surroundings, type WholeBot } from './support/whole-bot.ts'

/**
 * The same through the gateway: the pretend Discord dispatches the payloads on its WebSocket, the unmodified client takes
 * them, and `src/main.ts` runs as a process of its own. After every few it is asked something ordinary.
 */
export async function onTheWire(seed: number, payloads: number): Promise<Finding[]> {
  const real = await send(randomFrom(seed), payloads, false)
  const forControl = Math.min(payloads, 2_000)
  const believing = await send(randomFrom(seed), forControl, true)
  const { died, unanswered, broken, slope } = real
  const enough = real.turnedAway > 0 && real.understood > 0
  // In seconds a heap tells little.
  const mostSlope = payloads < 10_000 ? 50 : 1
  return [
    {
      what: 'mutated payloads through the gateway',
      tries: real.sent,
      seen: { ...real, slope: `${slope.toFixed(2)} MiB per 10,000` },
      holds: died + unanswered + broken === 0 && slope < mostSlope && enough,
    },
    {
      what: 'the same where the border believes what comes',
      tries: forControl,
      seen: { sent: believing.sent, died: believing.died, unanswered: believing.unanswered },
      holds: believing.died + believing.unanswered > 0,
      isControl: true,
    },
  ]
}

interface Outcome {
  sent: number
  /** As no interaction of a known shape. */
  turnedAway: number
  understood: number
  /** Ordinary commands in between that were answered, and that were not. */
  answered: number
  unanswered: number
  died: number
  /** What broke inside a command and was only told with a reference. */
  broken: number
  slope: number
}

const aBatch = 100
const sweepMs = 500

async function send(random: Random, payloads: number, believes: boolean): Promise<Outcome> {
  const on = await surroundings({
    remember: 500,
    sweepsEveryMs: sweepMs,
    ...(believes ? { takenOut: 'reading' } : {}),
  })
  const sum = { sent: 0, turnedAway: 0, understood: 0, answered: 0, unanswered: 0, died: 0, broken: 0 }
  const heaps: { at: number; bytes: number }[] = []
  const every = Math.max(aBatch, Math.floor(payloads / 16 / aBatch) * aBatch)
  try {
    const bot = await on.start()
    let hasDied = false
    bot.child.once('exit', () => {
      hasDied = true
    })
    await bindManagers(on)
    let whole = await wholePayloads(on)
    while (sum.sent < payloads) {
      for (let each = 0; each < aBatch && sum.sent < payloads; each++) {
        await sendOne(on, random.part(sum.sent), whole, sum.sent++)
      }
      const isAnswered = await asksSomethingOrdinary(on)
      if (isAnswered) sum.answered++
      else sum.unanswered++
      if (hasDied) sum.died++
      if (!isAnswered) break
      if (sum.sent % every === 0) {
        heaps.push({ at: sum.sent, bytes: (await quiet(bot)).heapBytes })
        // The old buttons have been pressed, or are too old.
        whole = await wholePayloads(on)
      }
    }
    sum.turnedAway = linesWith(bot, 'an interaction of an unknown shape was not answered')
    sum.broken = linesWith(bot, 'a command broke')
    sum.understood = Math.max(0, sum.sent - sum.turnedAway)
  } finally {
    await on.close()
  }
  return { ...sum, slope: slopeOf(heaps) }
}

const linesWith = (bot: WholeBot, text: string) => bot.output().split(`"${text}"`).length - 1

/** What discord.js keeps of each interaction until its next sweep is not what stays. */
async function quiet(bot: WholeBot): Promise<Held> {
  await new Promise((resolve) => setTimeout(resolve, 2 * sweepMs))
  return bot.look()
}

/** What an ordinary member sees of it all: his command is answered. */
async function asksSomethingOrdinary({ discord }: Surroundings): Promise<boolean> {
  try {
    const handle = await discord.person('alice').slash('libraries')
    return (await handle.answered()).content.includes('libraries')
  } catch {
    return false
  }
}

async function sendOne(
  { discord }: Surroundings,
  random: Random,
  whole: Wholes,
  number: number,
): Promise<void> {
  const own = { id: String(10n ** 18n + BigInt(number)), token: `wire-${number}` }
  const made = mutated({ ...structuredClone(random.pick(whole)), ...own }, random, random.below(4))
  const payload = withOddities(isObject(made) ? made : { data: made }, random)
  // Left out is left out: the pretend Discord would put an id and a token in.
  const odd = { id: payload.id, token: payload.token, ...payload }
  await discord.person('dora').rawInteraction(odd)
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What Discord itself, or somebody in its place, might send some day. */
function withOddities(payload: JsonObject, random: Random): JsonObject {
  const { member, ...others } = payload
  switch (random.below(24)) {
    case 0:
      return { ...payload, guild_id: null }
    case 1:
      return { ...payload, guild: null, guild_id: '9' }
    case 2:
      // A raw member: no user in it, or roles that are whole roles.
      return { ...payload, member: { roles: [{ id: '1', name: 'Managers' }], permissions: '32' } }
    case 3:
      return {
        ...payload,
        member: random.pick<unknown>([null, '4', [], { user: null }, { user: { id: 4 } }]),
      }
    case 4:
      // A direct message: a user, and no member.
      return {
        ...others,
        guild_id: undefined,
        user: isObject(member) ? member.user : { id: '4' },
        context: 1,
      }
    case 5:
      return { ...payload, type: random.pick<unknown>([0, 1, 6, 7, 99, -1, '2', null, 2.5]) }
    case 6:
      return { ...payload, token: random.pick<unknown>([null, 7, '', ' ', {}, '../..', 'x'.repeat(3_000)]) }
    case 7:
      return { ...payload, id: random.pick<unknown>([null, 5, '', '-1', 'x', '1'.repeat(40)]) }
    case 8:
      return { ...payload, application_id: random.pick<unknown>([null, '1', '/', '1'.repeat(30)]) }
    case 9:
      return { ...payload, data: random.pick<unknown>([null, [], 'x', { name: 'invite' }, { custom_id: 7 }]) }
    case 10:
      // A megabyte in the one place of hundreds where it may be.
      return random.chance(0.02) ? { ...payload, data: huge } : { ...payload, locale: 'x'.repeat(20_000) }
    default:
      return payload
  }
}

const huge = {
  id: '1',
  type: 1,
  name: 'libraries',
  options: [{ name: 'who', type: 3, value: 'x'.repeat(2 ** 20) }],
}

type Wholes = readonly [JsonObject, ...JsonObject[]]

/** Every kind of interaction, from people of this guild, with the custom ids that the bot gave out just now. */
async function wholePayloads({ discord }: Surroundings): Promise<Wholes> {
  const dora = discord.person('dora')
  const [guild] = discord.world.guilds
  if (!guild) throw new Error('the world has no guild')
  const managers = guild.roles.find(({ name }) => name === 'Managers')
  const channel = guild.channels[0]
  const customIds: { id: string; messageId: string }[] = []
  for (const [words, options] of [
    ['revoke', { who: 'jonas.b' }],
    ['libraries', { who: 'mira_q' }],
    ['users', {}],
    ['me leave', {}],
  ] as const) {
    const message = await (await dora.slash(words, options)).answered()
    for (const [, id = ''] of JSON.stringify(message.components).matchAll(/"custom_id":"([^"]+)"/gu)) {
      customIds.push({ id, messageId: message.id })
    }
  }
  const user = { id: dora.id, username: 'dora', discriminator: '0', global_name: null, avatar: null }
  const begin = {
    application_id: discord.world.application.id,
    version: 1,
    guild_id: guild.id,
    channel_id: channel?.id ?? '1',
    locale: 'en-US',
    member: {
      user,
      roles: managers ? [managers.id] : [],
      permissions: '0',
      joined_at: '2026-01-01T00:00:00.000Z',
    },
  }
  const text = (name: string, value: string | boolean, focused = false) => ({
    name,
    type: typeof value === 'boolean' ? 5 : 3,
    value,
    ...(focused ? { focused } : {}),
  })
  const command = (name: string, options: readonly JsonObject[], type = 2): JsonObject => ({
    ...begin,
    type,
    data: { id: '1', type: 1, name, options },
  })
  return [
    command('invite', [
      text('libraries', 'Movies'),
      text('email', 'fresh@example.com'),
      text('duration', '7d'),
      text('downloads', true),
    ]),
    command('revoke', [text('who', 'mira_q'), text('mode', 'remove')]),
    command('users', [text('search', 'mira')]),
    command('libraries', []),
    command('request', [text('libraries', 'Music'), text('note', 'please')]),
    command('audit', [text('since', '30d')]),
    command('settings', [{ name: 'show', type: 1, options: [] }]),
    command('me', [{ name: 'status', type: 1, options: [] }]),
    command('invite', [text('libraries', 'Mov', true)], 4),
    command('revoke', [text('who', 'mi', true)], 4),
    ...customIds.flatMap(({ id, messageId }): JsonObject[] => [
      { ...begin, type: 3, data: { custom_id: id, component_type: 2 }, message: { id: messageId } },
      {
        ...begin,
        type: 3,
        data: { custom_id: id, component_type: 3, values: ['910000001', 'share:30000001'] },
        message: { id: messageId },
      },
      {
        ...begin,
        type: 5,
        data: {
          custom_id: id,
          components: [{ type: 18, component: { type: 4, custom_id: 'account', value: 'mira@example.com' } }],
        },
        message: { id: messageId },
      },
    ]),
  ]
}
