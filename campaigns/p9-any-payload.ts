import type { Campaign } from './campaign.ts'
import { onTheWire } from './p9-on-the-wire.ts'
import { collectGarbage, slopeOf } from './support/held.ts'
import { mutated } from './support/mutated.ts'
import { type Random, randomFrom } from './support/random.ts'
import { customIdsIn, modal, press, slash, smallDiscord, typing } from './support/small-discord.ts'
import { smallWorld } from './support/small-world.ts'

export const p9: Campaign = {
  name: 'P9',
  promise:
    'Any interaction payload is survivable: nothing is thrown, nothing inside a command breaks, and memory does not grow.',
  async run({ seed, size }) {
    const payloads = size === 'full' ? 100_000 : 1_500
    const outcome = await mutate(randomFrom(seed), payloads)
    const { thrown, broken, slope } = outcome
    const control = await mutate(randomFrom(seed), Math.min(payloads, 2_000), true)
    return [
      {
        what: 'mutated payloads, sent to the border behind the gateway',
        tries: payloads,
        seen: { ...outcome, slope: `${slope.toFixed(2)} MiB per 10,000` },
        holds: thrown === 0 && broken === 0 && slope < 1,
      },
      {
        what: 'the same payloads to a reader that believes them',
        tries: Math.min(payloads, 2_000),
        seen: { thrown: control.thrown },
        holds: control.thrown > 0,
        isControl: true,
      },
      ...(await onTheWire(seed, size === 'full' ? 100_000 : 400)),
    ]
  },
}

const dora = { guildId: '1', memberId: '4', managesServer: true }

async function mutate(random: Random, payloads: number, believes = false) {
  let world = await smallWorld(random)
  let discord = smallDiscord(world.bot)
  const sum = { understood: 0, thrown: 0, broken: 0, slope: 0 }
  const whole = await wholePayloads(discord)
  const heaps: { at: number; bytes: number }[] = []
  const every = Math.max(1_000, Math.floor(payloads / 20))
  for (let number = 0; number < payloads; number++) {
    const own = random.part(number)
    const base = structuredClone(own.pick(whole)) as Record<string, unknown>
    base.id = String(1_000_000 + number)
    const payload: unknown = mutated(base, own, 1 + own.below(4))
    try {
      if (believes) believe(payload)
      else if (await discord.send(payload)) sum.understood++
    } catch {
      sum.thrown++
    }
    if (number % every === every - 1) {
      // What was decided is kept, as it must be; what is measured is what else stays.
      sum.broken += discord.broken.length
      world = await smallWorld(random)
      discord = smallDiscord(world.bot)
      collectGarbage()
      heaps.push({ at: number, bytes: process.memoryUsage().heapUsed })
    }
  }
  sum.broken += discord.broken.length
  return { ...sum, slope: slopeOf(heaps) }
}

/** Every kind of interaction, with the custom ids that the bot itself gave out. */
async function wholePayloads(discord: ReturnType<typeof smallDiscord>): Promise<[unknown, ...unknown[]]> {
  const question = await discord.send(slash(dora, 'revoke', { who: 'mira@example.com' }))
  const choice = await discord.send(slash(dora, 'libraries', { who: 'mira@example.com' }))
  const list = await discord.send(slash(dora, 'users'))
  const ids = [question, choice, list].flatMap((said) => customIdsIn(said))
  return [
    slash(dora, 'invite', {
      libraries: 'Movies',
      email: 'fresh@example.com',
      duration: '7d',
      downloads: true,
    }),
    slash(dora, 'revoke', { who: 'mira@example.com', mode: 'remove' }),
    slash(dora, 'users', { search: 'mira' }),
    slash(dora, 'libraries'),
    slash(dora, 'settings show'),
    typing(dora, 'invite', 'libraries', 'Mov'),
    typing(dora, 'revoke', 'who', 'mi'),
    ...ids.flatMap((id) => [press(dora, id), press(dora, id, ['910000001', 'share:30000001'])]),
    modal(dora, ids[0] ?? 'x', { account: 'mira@example.com' }),
    slash({ guildId: undefined, memberId: '4' }, 'users'),
  ]
}

/** How a reader that checks nothing would begin. */
function believe(payload: unknown): string {
  const { member, data } = payload as {
    member: { roles: string[] }
    data: { name: string; custom_id: string }
  }
  return member.roles.map((role) => role.trim()).join() + (data.name ?? data.custom_id).split(':')[0]
}
