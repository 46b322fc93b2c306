import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { CrashPoint } from '../src/lib/crash-point.ts'
import { type GuildId, id } from '../src/lib/ids.ts'
import { isLive } from '../src/sandbox/plex/look-up.ts'
import { type PretendPlex, startPretendPlex } from '../src/sandbox/plex/start.ts'
import { anAccount, harborLibraries, owner, type PlexWorld, plexWorld } from '../src/sandbox/plex/world.ts'
import type { Guards } from '../src/sharing/deliver.ts'
import { personKeysOf } from '../src/sharing/people.ts'
import type { Person } from '../src/sharing/person.ts'
import type { SaidLine } from './support/bot-process.ts'
import { fastClock } from './support/clocks.ts'
import { isAsDecided } from './support/decided-judge.ts'
import type { Deed } from './support/deeds.ts'
import { openedFile } from './support/opened-file.ts'
import { sharesIn } from './support/port-plex.ts'
import { type Random, randomFrom } from './support/random.ts'
import { requestComesIn, type StartedBot, startBot } from './support/started-bot.ts'

export interface OpposingKills {
  seed: number
  /** Each has a plex.tv and a store of its own: a list of thousands would take the time of all else. */
  worlds: number
  /** Each has a history of his own. */
  persons: number
  rounds: number
  guards?: Guards
}

export interface KillsOutcome {
  decisions: number
  shared: number
  changed: number
  ended: number
  /** Decisions that came while another one was under way or unclear. */
  superseded: number
  kills: number
  calls: number
  faults: number
  /** plex.tv does not show what the last decision wanted, though it was reported as carried out or is settled. */
  wrong: number
  doubled: number
  unsettled: number
  /** Whoever decided was told that it is done or kept, and no history has it. */
  forgotten: number
  /** A decision stands before one that had been answered, or had died with its process, before it was made. */
  outOfOrder: number
  /** Deeds at plex.tv that concern somebody about whom nothing was decided, and shares of theirs that are not as before. */
  othersTouched: number
  'crash points died at': number
}

/** A minute passes in a second: the settle window of 120 s is 2 s, a late commit comes within 0.5 s. */
const times = 60
const settleMs = 120_000
const lateByAtMostMs = 30_000
const lagsByAtMostMs = 20_000
const guildId = id<GuildId>('1')
const firstAccount = 22_000_000

/**
 * In every round a process of the bot goes on with what the last one left, and is killed with `kill -9`. Meanwhile
 * persons are invited, their libraries changed, their access ended and given again: up to three of these at once for
 * one person, and the next ones when these are answered or dead. At the end one process lives on.
 */
export async function runOpposingKills({ seed, worlds, ...each }: OpposingKills): Promise<KillsOutcome> {
  const diedAt = new Map<CrashPoint, number>()
  const sum = nothingYet()
  for (let world = 0; world < worlds; world++) {
    await runWorld(randomFrom(seed).part(world), { seed: seed + world, ...each }, sum, diedAt)
  }
  return { ...sum, 'crash points died at': diedAt.size }
}

async function runWorld(
  random: Random,
  { seed, persons, rounds, guards }: Omit<OpposingKills, 'worlds'>,
  sum: KillsOutcome,
  diedAt: Map<CrashPoint, number>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'usherr-opposing-'))
  const clock = { times, startMs: Date.now() }
  const { now } = fastClock(times, clock.startMs)
  const plex = await startPretendPlex({ now, world: worldOf(persons) })
  const before = othersIn(plex.world)
  plex.faults.random({ seed, lateByAtMostMs, lagsByAtMostMs })
  const file = join(folder, 'usherr.sqlite')
  const histories = Array.from({ length: persons }, (_, at) => personHistory(random.part(at), at))
  const byEmail = new Map(histories.map((history) => [history.email, history]))
  const hear = (said: SaidLine) => {
    if ('dying' in said) diedAt.set(said.dying, (diedAt.get(said.dying) ?? 0) + 1)
    if ('answered' in said && 'email' in said.answered) byEmail.get(said.answered.email)?.hear(said)
  }
  const start = async (dies: number) => {
    const bot = startBot({
      ...{ file, plexUrl: plex.url, guildId, clock, settleMs, dies },
      ...(guards ? { guards } : {}),
    })
    bot.onSaid(hear)
    await bot.ready
    return bot
  }
  try {
    for (let round = 0; round < rounds; round++) {
      const how = random.pick(['at a crash point', 'on a call', 'at any moment'])
      const bot = await start(how === 'at a crash point' ? 1 + random.below(300) : 0)
      const method = random.pick(['POST', 'PUT', 'DELETE'])
      const dead = Promise.race([
        bot.ended,
        bot.answered(1 + random.below(60)).then(() => wait(random.below(100))),
        wait(10_000),
        ...(how === 'on a call' ? [requestComesIn(plex, method, random)] : []),
      ])
      await decideUntil(dead, bot, histories, plex, random)
      await bot.kill()
      for (const history of histories) history.processDied()
      sum.kills++
    }
    const last = await start(0)
    plex.faults.clear()
    judge(await settledIn(file, last, plex), plex, histories, sum)
    if (!isDeepStrictEqual(othersIn(plex.world), before)) sum.othersTouched++
    sum.calls += plex.requests.length
    sum.faults += plex.requests.filter((entry) => entry.faults.length > 0).length
  } finally {
    await plex.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** About so many persons decisions are under way at a time. */
const atOnce = 6

/** Gives new decisions, about some persons at a time, until the process is to die. */
async function decideUntil(
  dead: Promise<unknown>,
  bot: StartedBot,
  histories: readonly PersonHistory[],
  plex: PretendPlex,
  random: Random,
): Promise<void> {
  let isOver = false
  void dead.then(() => {
    isOver = true
  })
  while (!isOver) {
    const free = histories.filter((history) => history.isFree)
    const first = random.below(Math.max(1, free.length))
    const live = new Set(plex.world.shares.filter(isLive).map(({ invitedId }) => invitedId))
    // Refusals are answered first: with everybody under way at once, they would be all that is.
    const room = Math.max(0, atOnce - (histories.length - free.length))
    const some = free.slice(first, first + room)
    bot.give(some.flatMap((history) => history.decides(live.has(history.accountId))))
    await Promise.race([dead, wait(20)])
  }
}

interface PersonHistory {
  email: string
  accountId: number
  /** Every decision about him that was answered or has died with its process. */
  isFree: boolean
  /** Up to three decisions at once; mostly ends and changes where plex.tv shows a share of his. */
  decides(hasShare: boolean): Deed[]
  hear(said: Extract<SaidLine, { answered: unknown }>): void
  processDied(): void
  /** Interactions of which somebody was told that they are decided. */
  acknowledged: ReadonlySet<string>
}

/** What is answered where something was decided: it is done, kept, unclear, given up, or already overtaken. */
const decidedWords = new Set(['invited', 'revoked', 'changed', 'queued', 'unclear', 'parked', 'overtaken'])

function personHistory(random: Random, number: number): PersonHistory {
  const email = emailOf(number)
  const underWay = new Set<string>()
  const acknowledged = new Set<string>()
  let wave = 0
  const some = () => harborLibraries.filter(() => random.chance(0.5))
  return {
    email,
    accountId: firstAccount + number,
    acknowledged,
    get isFree() {
      return underWay.size === 0
    },
    decides(hasShare) {
      wave++
      return Array.from({ length: 1 + random.below(3) }, (_, at): Deed => {
        const deed = { id: `wave ${wave} of ${number}, ${at}`, email }
        underWay.add(deed.id)
        const libraries = some()
        const titles = libraries.map(({ title }) => title).join(', ')
        const draw = random.fraction()
        if (draw < (hasShare ? 0.35 : 0.1)) return { ...deed, does: 'end' }
        if (draw < (hasShare ? 0.8 : 0.2)) {
          return { ...deed, does: 'change', ticked: libraries.map((each) => String(each.id)) }
        }
        return { ...deed, does: 'invite', libraries: titles || 'all' }
      })
    },
    hear({ answered, word }) {
      underWay.delete(answered.id)
      if (decidedWords.has(word)) acknowledged.add(answered.id)
    },
    processDied: () => underWay.clear(),
  }
}

const emailOf = (number: number) => `person${number}@example.com`

/** Of those with a history every second one is a friend, whose shares are accepted at once; the others never accept. */
function worldOf(persons: number): PlexWorld {
  const ordinary = plexWorld({ rules: { secondShare: 'allowed', sharingLimit: Number.MAX_SAFE_INTEGER } })
  const numbers = Array.from({ length: persons }, (_, number) => number)
  const accounts = numbers.map((number) =>
    anAccount({ id: firstAccount + number, username: `person${number}`, email: emailOf(number) }),
  )
  const friends = numbers
    .filter((number) => number % 2 === 0)
    .map((number) => ({ ownerId: owner.id, accountId: firstAccount + number, isFriend: true }))
  return {
    ...ordinary,
    accounts: [...ordinary.accounts, ...accounts],
    connections: [...ordinary.connections, ...friends],
  }
}

const isOther = (invitedId: number | null) => invitedId === null || invitedId < firstAccount
const othersIn = ({ shares }: PlexWorld) => shares.filter(({ invitedId }) => isOther(invitedId))

/** Lets the last process work until nothing is open any more, at most two minutes, and reads what is stored then. */
async function settledIn(file: string, bot: StartedBot, plex: PretendPlex): Promise<readonly Person[]> {
  for (let second = 0; second < 120; second++) {
    await wait(1_000)
    if (plex.faults.lateWaiting === 0 && (await stored(file)).every(({ intent }) => !intent)) break
  }
  const persons = await stored(file)
  await bot.kill()
  return persons
}

const stored = (file: string) => openedFile(file, ({ people }) => people.list(personKeysOf(guildId)))

function judge(
  persons: readonly Person[],
  plex: PretendPlex,
  histories: readonly PersonHistory[],
  sum: KillsOutcome,
): void {
  const live = (['pending', 'active'] as const).flatMap((status) => sharesIn(plex.world, status))
  for (const { email, acknowledged } of histories) {
    const person = persons.find(({ who }) => who.email === email)
    const shares = live.filter(({ who }) => who.email === email)
    const decided = (person?.history ?? []).flatMap((event) => (event.what === 'decided' ? [event] : []))
    sum.decisions += decided.length
    sum.shared += decided.filter(({ want }) => want.to === 'share').length
    sum.changed += decided.filter(({ want }) => want.to === 'change').length
    sum.ended += decided.filter(({ want }) => want.to === 'end').length
    sum.superseded += person?.history.filter(({ what }) => what === 'superseded').length ?? 0
    if (shares.length > 1) sum.doubled++
    const known = new Set(decided.map(({ about }) => about))
    sum.forgotten += [...acknowledged].filter((about) => !known.has(about)).length
    const waves = decided.map(({ about }) => Number(/^wave (\d+) /u.exec(about)?.[1]))
    if (waves.some((wave, at) => wave < (waves[at - 1] ?? 0))) sum.outOfOrder++
    if (!person) sum.wrong += shares.length
    else if (person.intent) sum.unsettled++
    else if (!isAsDecided(person, shares[0])) sum.wrong++
  }
  sum.othersTouched += plex.ledger.filter(
    (entry) => 'invitedId' in entry.details && isOther(entry.details.invitedId),
  ).length
}

const nothingYet = (): KillsOutcome => ({
  ...{ decisions: 0, shared: 0, changed: 0, ended: 0, superseded: 0, kills: 0, calls: 0, faults: 0 },
  ...{ wrong: 0, doubled: 0, unsettled: 0, forgotten: 0, outOfOrder: 0, othersTouched: 0 },
  'crash points died at': 0,
})
