import { setTimeout as wait } from 'node:timers/promises'
import type { Campaign, Finding } from './campaign.ts'
import { type Held, lookWhatIsHeld, slopeOf } from './support/held.ts'
import { type Random, randomFrom } from './support/random.ts'
import { press, slash, smallDiscord, typing } from './support/small-discord.ts'
import { smallWorld } from './support/small-world.ts'
import type { Switch } from './support/switches.ts'
import { bindManagers, surroundings } from './support/whole-bot.ts'

/** An hour at full size, and so a campaign of its own. */
export const p20Soak: Campaign = {
  name: 'P20-SOAK',
  promise: 'Nothing leaks: memory, descriptors and timers do not grow with what the bot answers.',
  async run({ seed, size }) {
    const random = randomFrom(seed)
    const isFull = size === 'full'
    return [
      isFull ? await soak(random, { seconds: 3_600, evenly: 200_000 }) : await soak(random, { seconds: 4 }),
      { ...(await soak(random, { seconds: isFull ? 12 : 3 }, 'leaking')), isControl: true },
      await routerSoak(random, isFull ? 200_000 : 2_000),
    ]
  },
}

/** Where idle sockets are not waited for: they come and go with the load, and the store opens namespaces. */
const idleSockets = 10
/** After that long without a request both ends have closed the sockets that they kept alive. */
const idleMs = 8_000

/** By how many milliseconds, or interactions, the growth of the heap is told. */
const hour = { at: 3_600_000, named: 'an hour' }
const tenThousand = { at: 10_000, named: 'per 10,000' }

/** MiB in an hour, or for 10,000 interactions where an hour is not waited for. */
const mostSlope = 0.5
/** In seconds a heap tells little: a small run looks for what grows by descriptors and timers, and for much. */
const mostInSeconds = 20

/** What discord.js forgets only once a minute shall be forgotten before it is looked. */
const sweepMs = 500

interface SoakLength {
  seconds: number
  /** So many in that time, as evenly as they are answered; otherwise as many as are answered. */
  evenly?: number
}

/** Interactions through the gateway, at most 20 at a time; looked at in between, when all is quiet. */
async function soak(
  random: Random,
  { seconds, evenly }: SoakLength,
  turn?: Extract<Switch, { turn: 'leaking' }>['turn'],
): Promise<Finding> {
  const on = await surroundings({ remember: 500, sweepsEveryMs: sweepMs })
  const looks: (Held & { at: number })[] = []
  let sent = 0
  try {
    const bot = await on.start()
    await bindManagers(on)
    if (turn) await bot.turn({ turn })
    const people = ['dora', 'alice', 'olive'].map((name) => on.discord.person(name))
    const one = async (number: number) => {
      const own = random.part(number)
      const person = people[own.below(people.length)]
      if (!person) return
      if (own.chance(0.2)) return void (await person.autocomplete('revoke', { who: 'mi' }, 'who'))
      await (
        await person.slash(own.pick(['users', 'libraries', 'me status', 'audit', 'settings show']))
      ).answered()
    }
    const stretches = seconds < 10 ? 4 : 12
    const lengthMs = (seconds * 1_000) / stretches
    for (let stretch = 1; stretch <= stretches; stretch++) {
      const [began, already] = [performance.now(), sent]
      const many = evenly === undefined ? Number.POSITIVE_INFINITY : evenly / stretches
      const isOver = () =>
        evenly === undefined ? performance.now() - began >= lengthMs : sent - already >= many
      const lane = async () => {
        while (!isOver()) {
          const number = sent++
          if (evenly) await wait(began + ((number - already) * lengthMs) / many - performance.now())
          await one(number)
        }
      }
      await Promise.all(Array.from({ length: 20 }, lane))
      await wait(evenly === undefined ? 2 * sweepMs : idleMs)
      looks.push({ at: evenly === undefined ? sent : performance.now(), ...(await bot.look()) })
    }
  } finally {
    await on.close()
  }
  return leakFinding({
    what: turn ? 'the same with a leak' : `interactions through the gateway${evenly ? ' in an hour' : ''}`,
    tries: sent,
    all: looks,
    per: evenly === undefined ? tenThousand : hour,
    mostSlope: seconds < 10 ? mostInSeconds : mostSlope,
    isLeaking: turn !== undefined,
  })
}

/** The same through the router alone, in this process: more of them than the gateway can take in the time. */
async function routerSoak(random: Random, interactions: number): Promise<Finding> {
  const { bot } = await smallWorld(random)
  const discord = smallDiscord(bot)
  const dora = { guildId: '1', memberId: '4', managesServer: true }
  const looks: (Held & { at: number })[] = []
  const every = Math.floor(interactions / 20)
  for (let number = 1; number <= interactions; number++) {
    const own = random.part(number)
    await discord.send(
      own.pick([
        () => slash(dora, 'users'),
        () => slash(dora, 'libraries'),
        () => slash(dora, 'settings show'),
        () => slash(dora, 'me status'),
        () => typing(dora, 'revoke', 'who', 'mi'),
        () => press(dora, 'revoke-confirm:1:nothing'),
      ])(),
    )
    if (number % every === 0) looks.push({ at: number, ...lookWhatIsHeld() })
  }
  return leakFinding({
    what: 'interactions through the router alone',
    tries: interactions,
    all: looks,
    per: tenThousand,
    mostSlope: interactions < 10_000 ? mostInSeconds : mostSlope,
  })
}

interface Looks {
  what: string
  tries: number
  all: readonly (Held & { at: number })[]
  per: { at: number; named: string }
  mostSlope: number
  isLeaking?: boolean
}

function leakFinding({ what, tries, all, per, mostSlope, isLeaking = false }: Looks): Finding {
  // The first quarter warms up: code is compiled, connections are made.
  const looks = all.slice(Math.floor(all.length / 4))
  const slope = slopeOf(
    all.map(({ at, heapBytes }) => ({ at, bytes: heapBytes })),
    per.at,
  )
  const grown = (of: 'descriptors' | 'timers') => (looks.at(-1)?.[of] ?? 0) - (looks[0]?.[of] ?? 0)
  const [descriptors, timers] = [grown('descriptors'), grown('timers')]
  const tooSteep = slope > mostSlope
  const holds = isLeaking
    ? tooSteep && descriptors > idleSockets && timers > 2
    : !tooSteep && descriptors <= idleSockets && timers <= 2
  return {
    what,
    tries,
    seen: {
      [`heap in MiB ${per.named}`]: slope.toFixed(2),
      'from look to look': all.map(({ heapBytes }) => (heapBytes / 2 ** 20).toFixed(1)).join(' '),
      'descriptors more': descriptors,
      'timers more': timers,
    },
    holds,
  }
}
