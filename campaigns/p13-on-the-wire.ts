import type { RequestEntry } from '../src/sandbox/discord/state.ts'
import type { Finding } from './campaign.ts'
import { hostileTexts, hostileWorld, isAlive } from './support/hostile-texts.ts'
import { type Random, randomFrom } from './support/random.ts'
import type { TakenOut } from './support/taken-out.ts'
import { type WireEvening, wireEvening } from './support/wire-evening.ts'

/**
 * Whole conversations with the whole bot, in which everything that anybody may choose is hostile: what libraries, accounts
 * and the server are called at plex.tv, and what people write as reasons, notes, questions and answers. What the pretend
 * Discord holds at the end is looked through; its own rules say whether a limit was broken, and whether it would ring.
 */
export async function textsOnTheWire(
  seed: number,
  size: { evenings: number; rounds: number },
): Promise<Finding[]> {
  const real = await converse(randomFrom(seed), size)
  const forControl = { ...size, evenings: 1 }
  const untreated = await converse(randomFrom(seed), forControl, 'treating')
  const bad = real.alive + real.tooLong + real.mayMention + real.pings
  return [
    {
      what: 'conversations with the whole bot',
      tries: size.evenings * size.rounds,
      seen: { ...real },
      holds: bad === 0 && real.inChannels > 0 && real.inDirectMessages > 0,
    },
    {
      what: 'the same with the treatment of texts taken out',
      tries: size.rounds,
      seen: { ...untreated },
      holds: untreated.alive > 0 && untreated.mayMention > 0 && untreated.pings > 0,
      isControl: true,
    },
  ]
}

interface Outcome {
  texts: number
  deeds: number
  /** Bodies that reached Discord with something to read. */
  bodies: number
  inChannels: number
  inDirectMessages: number
  alive: number
  /** Discord would have refused it. */
  tooLong: number
  mayMention: number
  pings: number
}

async function converse(
  random: Random,
  { evenings, rounds }: { evenings: number; rounds: number },
  takenOut?: TakenOut,
): Promise<Outcome> {
  const sum: Outcome = {
    ...{ texts: 0, deeds: 0, bodies: 0, inChannels: 0, inDirectMessages: 0 },
    ...{ alive: 0, tooLong: 0, mayMention: 0, pings: 0 },
  }
  for (let number = 0; number < evenings; number++) {
    const own = random.part(number)
    const plex = hostileWorld(hostileTexts(own))
    const on = await wireEvening({ plex, ...(takenOut === undefined ? {} : { takenOut }) })
    try {
      for (let round = 0; round < rounds; round++) await talk(on, own.part(round), round, sum)
      sum.deeds += on.deeds()
      judge(on, sum)
    } finally {
      await on.close()
    }
  }
  return sum
}

async function talk(on: WireEvening, random: Random, round: number, sum: Outcome): Promise<void> {
  const texts = hostileTexts(random)
  sum.texts += texts.length
  const text = (most: number) => texts[random.below(texts.length)]?.slice(0, most).trim() || 'x'
  on.plex.change((world) => hostileWorld(texts, world))
  // The lists that are kept grow old.
  await on.bot.turn({ turn: 'pass', ms: 61_000 })
  const fill = () => ({ text: text(200) })
  const email = `guest${round}@example.com`
  const member = random.pick(['alice', 'bob'])
  // bob is tied to mira's account, which has access: his requests for more need no form, and hang up a card.
  const mira = { email: 'mira@example.com', member: { user: 'bob' } }
  if (round === 0) await on.asks('dora', 'invite', { libraries: '#910000001', ...mira })
  await on.asks('dora', 'libraries')
  await on.asks('dora', 'settings sets', { name: text(40), libraries: '#910000001, #910000002' })
  await on.asks('dora', 'invite', { libraries: '#910000001, #910000002', email, reason: text(200) })
  await on.asks('ivo', 'invite', { libraries: text(60), email: text(80), reason: text(200) })
  const own = `alice${round}@example.com`
  await on.asks('dora', 'invite', { libraries: '#910000003', email: own, member: { user: 'alice' } })
  await on.asks(member, 'request', { libraries: '#910000001', note: text(300) })
  await on.asks('bob', 'request', { libraries: random.pick(['#910000003', '#910000004']), note: text(300) })
  for (let press = 0; press < 4; press++) await on.pressesSomething(random, fill)
  await on.asks('dora', 'revoke', { who: random.pick([email, text(80)]), reason: text(200) })
  await on.pressesSomething(random, fill)
  await on.asks('rob', 'users', { search: text(20) })
  await on.asks('dora', random.pick(['users', 'audit', 'sync', 'settings show']))
  await on.pressesSomething(random, fill)
  await on.asks('dora', 'audit', { who: text(80) })
  await on.asks('dora', 'access', { member: { user: member } })
  await on.asks(member, 'me status')
  await on.types('dora', 'invite', 'libraries', text(3))
}

function judge(on: WireEvening, sum: Outcome): void {
  const { discord } = on
  const ourOwn = new Set([
    ...discord.world.guilds.flatMap(({ members, roles, channels }) => [
      ...members.map(({ user }) => `<@${user.id}>`),
      ...roles.map(({ id }) => `<@&${id}>`),
      ...channels.map(({ id }) => `<#${id}>`),
    ]),
    'https://app.plex.tv',
  ])
  const withoutOurs = (content: string) =>
    [...ourOwn].reduce((left, each) => left.replaceAll(each, ''), content)
  for (const request of discord.requests) {
    const body = messageIn(request)
    if (!body) continue
    sum.bodies++
    if (isAlive(withoutOurs(String(body.content)))) sum.alive++
    if (JSON.stringify(body.allowed_mentions) !== '{"parse":[]}') sum.mayMention++
  }
  for (const { content, guildId, ephemeral } of discord.allMessages()) {
    if (ephemeral) continue
    if (guildId === undefined) sum.inDirectMessages++
    else sum.inChannels++
    if (isAlive(withoutOurs(content))) sum.alive++
  }
  sum.tooLong += discord.problems.length
  sum.pings += discord.pings.length
}

/** What is said in a request: a message of a channel, or the data of an answer. */
function messageIn({ body }: RequestEntry): { content: unknown; allowed_mentions: unknown } | undefined {
  const { data } = Object(body) as { data?: unknown }
  const message = Object(data ?? body) as { content?: unknown; allowed_mentions?: unknown }
  return typeof message.content === 'string'
    ? { content: message.content, allowed_mentions: message.allowed_mentions }
    : undefined
}
