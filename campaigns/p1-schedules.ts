import { deliverOwed } from '../src/jobs/deliver-owed.ts'
import { settleRequests } from '../src/jobs/settle-requests.ts'
import type { CrashPoint } from '../src/lib/crash-point.ts'
import { type GuildId, id, type MemberId } from '../src/lib/ids.ts'
import { PlexState } from '../src/sandbox/plex/state.ts'
import { plexWorld } from '../src/sandbox/plex/world.ts'
import { type AccessRequest, requestLifeMs } from '../src/sharing/access-request.ts'
import type { Guards } from '../src/sharing/deliver.ts'
import { personKeysOf } from '../src/sharing/people.ts'
import type { Person } from '../src/sharing/person.ts'
import { type AskingMembers, askingMembers } from './support/asking-members.ts'
import { virtualClock } from './support/clocks.ts'
import { managerOf } from './support/manager.ts'
import { Died, type Mortal, mortal } from './support/mortal.ts'
import { calm, harsh, type PortPlex } from './support/port-plex.ts'
import { type Random, randomFrom } from './support/random.ts'
import { judgeRequests, noRequests, type RequestsSeen, waitingTwice } from './support/request-judge.ts'
import { reviewersChannel } from './support/reviewers-channel.ts'
import { actorIn, askForAccess, pressCard, setUpForRequests } from './support/reviewing-guild.ts'
import { pointsOfRequests } from './support/served-points.ts'
import { shareJudge } from './support/share-judge.ts'
import { emptyDisk, type SmallBot, startSmallBot } from './support/small-bot.ts'

export interface Outcome extends RequestsSeen {
  invites: number
  /** Approved, and no share at the end though plex.tv was up. */
  lost: number
  /** More than one share came to be for one person. */
  doubled: number
  /** Acknowledged to whoever decided it or asked for it, and not in the store. */
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
  /** Off: what could not be done about a request at once is left. */
  requestsJob?: 'off'
}

/**
 * One schedule: one to three persons are invited, and up to two members ask for access and are approved or denied,
 * together or one after another, while plex.tv fails as in the harsh mix, Discord fails at times, and the process dies
 * at up to three crash points. Then both are well, and time passes until all is settled.
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
  { requestsJob, ...taken }: Omit<Schedules, 'seed' | 'schedules'>,
  sum: Outcome,
): Promise<void> {
  const guildId = id<GuildId>(String(1 + number))
  const clock = virtualClock()
  // The lenient plex.tv lets a second share through, so that every double can be seen.
  const state = new PlexState(plexWorld({ rules: { secondShare: 'allowed' } }), clock.now)
  const plex: PortPlex = { state, clock, random: random.part(1), faults: harsh }
  const disk = emptyDisk()
  const anywhere = [random.below(30), random.below(50), random.below(80)].slice(0, random.below(4))
  const deaths = random.chance(0.3) ? [random.pick(pointsOfRequests), ...anywhere] : anywhere
  const members = askingMembers(random.part(2))
  for (const name of ['dan', 'eve'].slice(0, random.below(3))) members.comes(`${name}@example.com`)
  const discord = discordFor(members, plex, random.part(3))

  const begin = (process: Mortal) =>
    startSmallBot(plex, disk, { guildIds: [guildId], process, ...taken }).then(discord.joinedBy)
  await setUpForRequests((await begin(mortal(0))).ports.settings, guildId)
  const start = async (): Promise<SmallBot> => {
    for (;;) {
      const process = mortal(deaths.shift() ?? 0)
      try {
        return await begin(process)
      } catch (error) {
        buried(error, process, sum)
      }
    }
  }
  let bot = await start()
  // Of what runs once a minute, what carries out and tells.
  const tick = async ({ ports }: SmallBot) => {
    await deliverOwed(ports)
    if (requestsJob !== 'off') await settleRequests(ports)
  }
  /**
   * Lets the process do several things at once; where it dies of them, another one takes its place. Where it lives and
   * the job was among them, nobody has two requests that wait: what a crash had left of one took its place or made way.
   */
  const attempt = async (works: readonly ((bot: SmallBot) => Promise<unknown>)[]): Promise<void> => {
    try {
      const ends = await Promise.allSettled(works.map((work) => work(bot)))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
      bot.process.assertAlive()
      if (works.includes(tick)) sum.waitingTwice += waitingTwice(bot.ports.requests.unsettled())
    } catch (error) {
      buried(error, bot.process, sum)
      clock.pass(random.below(200_000))
      bot = await start()
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
  const isQuiet = () => waiting.size === 0 && members.isQuiet(discord.channel.hung.values())
  for (let step = 0; step < 6 || (!isQuiet() && step < mostSteps); step++) {
    const now = [...waiting].slice(0, 1 + random.below(3))
    const works = now.map((email) => (by: SmallBot) => invite(by, email))
    if (random.chance(0.5)) works.push(tick)
    // The same press twice, at once.
    const [first] = now
    if (first !== undefined && random.chance(0.1)) works.push((by) => invite(by, first))
    works.push(...discord.works(guildId, random.chance(0.7)))
    await attempt(works)
    clock.pass(random.below(90_000))
  }

  plex.faults = { ...harsh, ...calm }
  for (let turn = 0; turn < 60; turn++) {
    clock.pass(31_000 + random.below(30 * 60_000))
    await attempt([tick, ...discord.works(guildId, true)])
  }
  if (random.chance(0.3)) {
    clock.pass(requestLifeMs)
    await attempt([tick])
    await attempt([tick])
  }
  const persons = await bot.ports.people.list(personKeysOf(guildId))
  const requests = await bot.ports.requests.list(`${guildId}:`)
  judgeAll({ plex: state, emails, acknowledged, members, persons, requests, now: clock.now() }, sum)
}

/** Where a guard is out, somebody may wait for ever; otherwise far fewer suffice. */
const mostSteps = 60

/** The channel, the direct messages, and what people do there; each process of the bot finds them as they are. */
function discordFor(members: AskingMembers, plex: PortPlex, random: Random) {
  let process = mortal(0)
  const channel = reviewersChannel(plex.clock.now, {
    befalls() {
      process.assertAlive()
      if (plex.faults.failBefore === 0) return 'nothing'
      return random.chance(0.05) ? 'failsBefore' : random.chance(0.05) ? 'failsAfter' : 'nothing'
    },
  })
  const tell = async (to: MemberId) => {
    process.assertAlive()
    members.noteTold(to)
    return 'delivered' as const
  }
  return {
    channel,
    joinedBy(bot: SmallBot): SmallBot {
      process = bot.process
      bot.ports.cards = channel
      bot.ports.notifier = { ...bot.ports.notifier, invited: tell, requestClosed: tell }
      bot.ports.members = {
        ...bot.ports.members,
        actor: async (guildId, memberId) => actorIn(guildId, memberId),
      }
      return bot
    },
    works(guildId: GuildId, arePressing: boolean) {
      const cards = arePressing ? [...channel.hung.values()] : []
      return [
        ...members.asks().map((asking) => async ({ rules, process }: SmallBot) => {
          const word = await askForAccess(rules, guildId, asking)
          process.assertAlive()
          members.heard(asking, word)
        }),
        ...cards
          .flatMap((card) => members.presses(card))
          .map((pressing) => async ({ rules, process }: SmallBot) => {
            const word = await pressCard(rules, guildId, pressing)
            process.assertAlive()
            members.pressed(pressing, word)
          }),
      ]
    },
  }
}

export interface Ending {
  plex: Parameters<typeof shareJudge>[0]
  /** Whom the manager invited, and of whom he was told that it is decided. */
  emails: readonly string[]
  acknowledged: ReadonlySet<string>
  members: AskingMembers
  persons: readonly Person[]
  requests: readonly AccessRequest[]
  now: Date
}

/** Counts what all has come to once it is quiet; the rounds that end by `kill -9` are judged by it too. */
export function judgeAll(
  { plex, emails, acknowledged, members, persons, requests, now }: Ending,
  sum: Outcome,
): void {
  const judgeShare = shareJudge(plex)
  const byEmail = new Map(persons.map((person) => [person.who.email, person]))
  for (const email of emails) {
    sum.invites++
    const isApproved = byEmail.get(email)?.history.some(({ what }) => what === 'decided') ?? false
    if (acknowledged.has(email) && !isApproved) sum.forgotten++
    judgeShare(email, isApproved, sum)
  }
  for (const email of members.emails) {
    const own = requests.filter(({ who }) => who.email === email)
    judgeShare(
      email,
      own.some(({ state }) => state === 'approved'),
      sum,
    )
  }
  for (const { intent } of persons) {
    if (intent?.progress.is === 'parked') sum.parked++
    else if (intent) sum.unsettled++
  }
  const { forgotten, unsettled } = judgeRequests(requests, members.promised, now, sum)
  sum.forgotten += forgotten
  sum.unsettled += unsettled
}

/** A death is part of the schedule; anything else that is thrown is a bug. */
export function buried(error: unknown, process: Mortal, sum: Pick<Outcome, 'deaths' | 'diedAt'>): void {
  if (!(error instanceof Died)) throw error
  sum.deaths++
  if (process.diedAt) sum.diedAt.set(process.diedAt, (sum.diedAt.get(process.diedAt) ?? 0) + 1)
}

export const nothingYet = (): Outcome => ({
  ...{ invites: 0, lost: 0, doubled: 0, forgotten: 0, parked: 0, unsettled: 0, deaths: 0 },
  ...noRequests(),
  diedAt: new Map(),
})
