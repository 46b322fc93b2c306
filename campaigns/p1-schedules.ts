import type { CrashPoint } from '../src/lib/crash-point.ts'
import { type GuildId, id } from '../src/lib/ids.ts'
import { isLive } from '../src/sandbox/plex/look-up.ts'
import { PlexState } from '../src/sandbox/plex/state.ts'
import { plexWorld } from '../src/sandbox/plex/world.ts'
import type { Guards } from '../src/sharing/deliver.ts'
import { personKeysOf } from '../src/sharing/people.ts'
import type { Person } from '../src/sharing/person.ts'
import { virtualClock } from './support/clocks.ts'
import { managerOf } from './support/manager.ts'
import { Died, type Mortal, mortal } from './support/mortal.ts'
import { calm, harsh, type PortPlex } from './support/port-plex.ts'
import { type Random, randomFrom } from './support/random.ts'
import { emptyDisk, type SmallBot, startSmallBot } from './support/small-bot.ts'

export interface Outcome {
  invites: number
  /** Approved, and no share at the end though plex.tv was up. */
  lost: number
  /** More than one share came to be for one person. */
  doubled: number
  /** Acknowledged to whoever decided it, and not in the store. */
  forgotten: number
  parked: number
  /** Not settled after a day of plex.tv being well. */
  unsettled: number
  deaths: number
  diedAt: Map<CrashPoint, number>
}

export interface Schedules {
  seed: number
  schedules: number
  settleMs?: number
  guards?: Guards
}

/**
 * One schedule: one to three persons are invited, together or one after another, while plex.tv fails as in the harsh
 * mix and the process dies at up to three crash points. Then plex.tv is well, and time passes until all is settled.
 */
export async function runSchedules({ seed, schedules, ...taken }: Schedules): Promise<Outcome> {
  const sum = nothingYet()
  for (let number = 0; number < schedules; number++) {
    await runSchedule(randomFrom(seed).part(number), number, taken, sum)
  }
  return sum
}

async function runSchedule(
  random: Random,
  number: number,
  taken: Pick<Schedules, 'settleMs' | 'guards'>,
  sum: Outcome,
): Promise<void> {
  const guildId = id<GuildId>(String(1 + number))
  const clock = virtualClock()
  // The lenient plex.tv lets a second share through, so that every double can be seen.
  const state = new PlexState(plexWorld({ rules: { secondShare: 'allowed' } }), clock.now)
  const plex: PortPlex = { state, clock, random: random.part(1), faults: harsh }
  const disk = emptyDisk()
  const deaths = [random.below(25), random.below(40), random.below(60)].slice(0, random.below(4))

  const start = async (): Promise<SmallBot> => {
    for (;;) {
      const process = mortal(deaths.shift() ?? 0)
      try {
        return await startSmallBot(plex, disk, { guildIds: [guildId], process, ...taken })
      } catch (error) {
        buried(error, process, sum)
      }
    }
  }
  let bot = await start()
  /** Lets the process do something; where it dies of it, another one takes its place. */
  const attempt = async <T>(work: (bot: SmallBot) => Promise<T>): Promise<T | undefined> => {
    try {
      const done = await work(bot)
      bot.process.assertAlive()
      return done
    } catch (error) {
      buried(error, bot.process, sum)
      clock.pass(random.below(200_000))
      bot = await start()
      return undefined
    }
  }

  const emails = ['ada@example.com', 'ben@example.com', 'cyd@example.com'].slice(0, 1 + random.below(3))
  const waiting = new Set(emails)
  const acknowledged = new Set<string>()
  const invite = async (by: SmallBot, email: string) => {
    const wish = { id: `press for ${email}`, email, libraries: 'Movies' }
    const { outcome } = await by.rules.invite(managerOf(guildId), wish)
    by.process.assertAlive()
    // A press whose answer nobody saw comes again: the gateway repeats it, or the person does.
    waiting.delete(email)
    if (outcome !== 'refused') acknowledged.add(email)
  }
  for (let step = 0; waiting.size > 0 || step < 6; step++) {
    const now = [...waiting].slice(0, 1 + random.below(3))
    const works = now.map((email) => (by: SmallBot) => invite(by, email))
    if (random.chance(0.5)) works.push((by) => by.tick())
    // The same press twice, at once.
    const [first] = now
    if (first !== undefined && random.chance(0.1)) works.push((by) => invite(by, first))
    await attempt(async (by) => {
      const ends = await Promise.allSettled(works.map((work) => work(by)))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    })
    clock.pass(random.below(90_000))
  }

  plex.faults = { ...harsh, ...calm }
  for (let turn = 0; turn < 60; turn++) {
    clock.pass(31_000 + random.below(30 * 60_000))
    await attempt((by) => by.tick())
  }
  const persons = await bot.ports.people.list(personKeysOf(guildId))
  judge(state, emails, persons, acknowledged, sum)
}

function judge(
  state: PlexState,
  emails: readonly string[],
  persons: readonly Person[],
  acknowledged: ReadonlySet<string>,
  sum: Outcome,
): void {
  for (const email of emails) {
    sum.invites++
    const person = persons.find(({ who }) => who.email === email)
    const isApproved = person?.history.some(({ what }) => what === 'decided') ?? false
    if (acknowledged.has(email) && !isApproved) sum.forgotten++
    const created = state.ledger.filter(
      (entry) => entry.did === 'share-created' && entry.details.invitedEmail === email,
    ).length
    if (created > 1) sum.doubled++
    if (person?.intent?.progress.is === 'parked') sum.parked++
    else if (person?.intent) sum.unsettled++
    const isThere = state.world.shares.some((share) => share.invitedEmail === email && isLive(share))
    if (isApproved && !isThere) sum.lost++
  }
}

/** A death is part of the schedule; anything else that is thrown is a bug. */
export function buried(error: unknown, process: Mortal, sum: Pick<Outcome, 'deaths' | 'diedAt'>): void {
  if (!(error instanceof Died)) throw error
  sum.deaths++
  if (process.diedAt) sum.diedAt.set(process.diedAt, (sum.diedAt.get(process.diedAt) ?? 0) + 1)
}

const nothingYet = (): Outcome => ({
  ...{ invites: 0, lost: 0, doubled: 0, forgotten: 0, parked: 0, unsettled: 0, deaths: 0 },
  diedAt: new Map(),
})
