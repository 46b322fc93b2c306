import type { InteractionHandle } from '../src/sandbox/discord/index.ts'
import type { Campaign, Finding } from './campaign.ts'
import { type Random, randomFrom } from './support/random.ts'
import { bindManagers, surroundings } from './support/whole-bot.ts'

export const p20: Campaign = {
  name: 'P20',
  promise:
    'A stop is clean: SIGTERM ends the process within 15 s with 0, whoever was acknowledged is answered, what was promised is done once.',
  async run({ seed, size }) {
    const random = randomFrom(seed)
    const isFull = size === 'full'
    return [
      await stops(random, isFull ? 200 : 2),
      await stopsWhilePlexHangs(random, isFull ? 5 : 0),
      { ...(await stops(random, 2, true)), isControl: true },
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
