import { setTimeout as wait } from 'node:timers/promises'
import type { InteractionHandle } from '../src/sandbox/discord/index.ts'
import type { Campaign, Finding } from './campaign.ts'
import { type Held, lookWhatIsHeld, slopeOf } from './support/held.ts'
import { type Random, randomFrom } from './support/random.ts'
import { press, slash, smallDiscord, typing } from './support/small-discord.ts'
import { smallWorld } from './support/small-world.ts'
import type { Switch } from './support/switches.ts'
import { bindManagers, surroundings } from './support/whole-bot.ts'

export const p20: Campaign = {
  name: 'P20',
  promise:
    'A stop is clean and nothing leaks: SIGTERM ends the process within 15 s with 0, whoever was acknowledged is answered, what was promised is done once; memory, descriptors and timers do not grow.',
  async run({ seed, size }) {
    const random = randomFrom(seed)
    const isFull = size === 'full'
    return [
      await stops(random, isFull ? 200 : 2),
      await stopsWhilePlexHangs(random, isFull ? 5 : 0),
      { ...(await stops(random, 2, true)), isControl: true },
      isFull ? await soak(random, { seconds: 3_600, evenly: 200_000 }) : await soak(random, { seconds: 4 }),
      { ...(await soak(random, { seconds: isFull ? 12 : 3 }, 'leaking')), isControl: true },
      await routerSoak(random, isFull ? 200_000 : 2_000),
    ].filter(({ tries }) => tries > 0)
  },
}

const inFlight = 20
const mostStopMs = 15_000

/** SIGTERM at a random moment after 20 were acknowledged, again and again on the same file. */
async function stops(random: Random, rounds: number, isImpatient = false): Promise<Finding> {
  const on = await surroundings({ remember: 2_000 })
  const sum = { inFlight: 0, lost: 0, notDone: 0, doubled: 0, badExits: 0, slowestMs: 0 }
  try {
    const emails: string[] = []
    for (let round = 0; round < rounds; round++) {
      const own = random.part(round)
      const bot = await on.start()
      if (round === 0) await bindManagers(on)
      if (isImpatient) await bot.turn({ turn: 'impatient' })
      on.plex.faults.latencyMs = 50 + own.below(250)
      const handles: InteractionHandle[] = []
      const promised = new Map<InteractionHandle, string>()
      for (let number = 0; number < inFlight; number++) {
        const dora = on.discord.person('dora')
        if (own.chance(0.5)) {
          const email = `round${round}.guest${number}@example.com`
          const handle = await dora.slash('invite', { email, libraries: 'Movies' })
          promised.set(handle, email)
          handles.push(handle)
        } else handles.push(await dora.slash(own.pick(['users', 'libraries', 'sync', 'me status'])))
      }
      await Promise.all(handles.map((handle) => handle.acknowledged()))
      const waiting = handles.filter((handle) => !handle.message()?.content)
      sum.inFlight += waiting.length
      const { code, ms } = await stop(bot)
      if (code !== 0 || ms > mostStopMs) sum.badExits++
      sum.slowestMs = Math.max(sum.slowestMs, Math.round(ms))
      await on.plex.settled()
      sum.lost += handles.filter((handle) => !handle.message()?.content).length
      emails.push(...promised.values())
      for (const [handle, email] of promised) {
        if (handle.message()?.content && on.given(email) === 0) sum.notDone++
      }
    }
    sum.doubled = emails.filter((email) => on.given(email) > 1).length
  } finally {
    await on.close()
  }
  const bad = sum.lost + sum.notDone + sum.doubled + sum.badExits
  const what = isImpatient
    ? 'the same, and the stop does not wait for what is under way'
    : `SIGTERM with ${inFlight} acknowledged and under way`
  return { what, tries: rounds, seen: sum, holds: isImpatient ? sum.lost > 0 : bad === 0 && sum.inFlight > 0 }
}

/** plex.tv hangs for longer than a stop waits: the process ends all the same, and the next one carries on, once. */
async function stopsWhilePlexHangs(random: Random, rounds: number): Promise<Finding> {
  const sum = { invites: 0, notDone: 0, doubled: 0, badExits: 0, slowestMs: 0 }
  for (let round = 0; round < rounds; round++) {
    const on = await surroundings()
    try {
      const bot = await on.start()
      await bindManagers(on)
      const dora = on.discord.person('dora')
      await (await dora.slash('libraries')).answered()
      on.plex.faults.latencyMs = ({ method }) => (method === 'GET' ? 20 : 13_000)
      const emails = Array.from({ length: inFlight }, (_, n) => `guest${n}@example.com`)
      for (const email of emails) await dora.slash('invite', { email, libraries: 'Movies' })
      await on.plex.arrival({ method: 'POST' }, 1 + random.part(round).below(3))
      const { code, ms } = await stop(bot)
      if (code !== 0 || ms > mostStopMs) sum.badExits++
      sum.slowestMs = Math.max(sum.slowestMs, Math.round(ms))
      on.plex.faults.latencyMs = 0
      await on.plex.settled()
      const next = await on.start()
      for (let minute = 0; minute < 8; minute++) await next.turn({ turn: 'pass', ms: 61_000 })
      await on.plex.settled()
      sum.invites += emails.length
      sum.notDone += emails.filter((email) => on.given(email) === 0).length
      sum.doubled += emails.filter((email) => on.given(email) > 1).length
    } finally {
      await on.close()
    }
  }
  const holds = sum.notDone + sum.doubled + sum.badExits === 0
  return { what: `SIGTERM while plex.tv hangs with ${inFlight} invitations`, tries: rounds, seen: sum, holds }
}

async function stop(bot: { kill(signal: NodeJS.Signals): void; ends(): Promise<number | null> }) {
  const began = performance.now()
  bot.kill('SIGTERM')
  const code = await bot.ends()
  return { code, ms: performance.now() - began }
}

/** Kept-alive sockets come and go with the load, and the store opens a namespace when it is first asked for. */
const idleSockets = 10

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
      await wait(2 * sweepMs)
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
      'descriptors more': descriptors,
      'timers more': timers,
    },
    holds,
  }
}
