import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type GuildId, id } from '../src/lib/ids.ts'
import { type PretendPlex, startPretendPlex } from '../src/sandbox/plex/start.ts'
import { plexWorld } from '../src/sandbox/plex/world.ts'
import type { AccessRequest } from '../src/sharing/access-request.ts'
import { personKeysOf } from '../src/sharing/people.ts'
import type { Person } from '../src/sharing/person.ts'
import { judgeAll, nothingYet, type Outcome } from './p1-schedules.ts'
import { type AskingMembers, askingMembers } from './support/asking-members.ts'
import type { SaidLine } from './support/bot-process.ts'
import { fastClock } from './support/clocks.ts'
import type { Deed } from './support/deeds.ts'
import { openedFile } from './support/opened-file.ts'
import { randomFrom } from './support/random.ts'
import { isOpenStill } from './support/request-judge.ts'
import { type HungCard, type ReviewersChannel, reviewersChannel } from './support/reviewers-channel.ts'
import { setUpForRequests } from './support/reviewing-guild.ts'
import { pointsOfRequests } from './support/served-points.ts'
import { requestComesIn, type StartedBot, startBot } from './support/started-bot.ts'

export interface Kills {
  seed: number
  rounds: number
  invitesARound: number
  settleMs?: number
}
export type KillsOutcome = Outcome & { calls: number; faults: number }

/** A minute passes in a second: the settle window of 120 s is 2 s, a late commit comes within 0.5 s. */
const times = 60
const lateByAtMostMs = 30_000
const lagsByAtMostMs = 20_000
const guildId = id<GuildId>('1')

/**
 * In every round a process of the bot starts on what the last one left, is given invites and a member's request, and is
 * killed with `kill -9`: at a crash point, when a request of its has come in at plex.tv, or at any moment. Reviewers
 * press the cards that hang. At the end one lives on.
 */
export async function runKills({
  seed,
  rounds,
  invitesARound,
  settleMs = 120_000,
}: Kills): Promise<KillsOutcome> {
  const random = randomFrom(seed)
  const folder = await mkdtemp(join(tmpdir(), 'usherr-kills-'))
  const clock = { times, startMs: Date.now() }
  const { now } = fastClock(times, clock.startMs)
  const plex = await startPretendPlex({
    now,
    world: plexWorld({ rules: { secondShare: 'allowed', sharingLimit: Number.MAX_SAFE_INTEGER } }),
  })
  plex.faults.random({ seed, lateByAtMostMs, lagsByAtMostMs })
  const file = join(folder, 'usherr.sqlite')
  await openedFile(file, ({ settings }) => setUpForRequests(settings, guildId))

  const sum = nothingYet()
  const people = discordPeople(askingMembers(random.part(1)), reviewersChannel(now))
  const start = async (dies: Parameters<typeof startBot>[0]['dies']) => {
    const hung = [...people.channel.hung.values()]
    const bot = startBot({ file, plexUrl: plex.url, guildId, clock, settleMs, dies, hung })
    bot.onSaid((said) => {
      if ('dying' in said) sum.diedAt.set(said.dying, (sum.diedAt.get(said.dying) ?? 0) + 1)
      people.hear(said, bot)
    })
    await bot.ready
    return bot
  }
  try {
    for (let round = 0; round < rounds; round++) {
      for (let n = 0; n < invitesARound; n++) people.isInvited(`round${round}.invite${n}@example.com`)
      people.members.comes(`round${round}.asks@example.com`)
      const how = random.pick(['at a crash point', 'at a point of requests', 'on a call', 'at any moment'])
      const anywhere = 1 + random.below(40)
      const atPoint = random.pick(pointsOfRequests)
      const dies = how === 'at a crash point' ? anywhere : how === 'at a point of requests' ? atPoint : 0
      const bot = await start(dies)
      const deeds = people.deeds()
      bot.give(deeds)
      const comesIn = how === 'on a call' ? [requestComesIn(plex, 'POST', random)] : []
      // Whoever is to die at a point is given the time to come to it, however slow the machine is.
      const soon =
        dies === 0 ? wait(100 + random.below(500)) : bot.answered(deeds.length).then(() => wait(500))
      await Promise.race([bot.ended, soon, wait(10_000), ...comesIn])
      await bot.kill()
      sum.deaths++
    }
    const last = await start(0)
    plex.faults.clear()
    const stored = await settledIn(file, last, people, plex, settleMs, now)
    const { emails, acknowledged, members } = people
    judgeAll({ plex, emails, acknowledged, members, ...stored, now: now() }, sum)
    const faults = plex.requests.filter((entry) => entry.faults.length > 0).length
    return { ...sum, calls: plex.requests.length, faults }
  } finally {
    await plex.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface DiscordPeople {
  emails: readonly string[]
  acknowledged: ReadonlySet<string>
  members: AskingMembers
  channel: ReviewersChannel
  isInvited(email: string): void
  /** Everything for which no answer has come, and every card that somebody will press. */
  deeds(): Deed[]
  hear(said: SaidLine, bot: StartedBot): void
  isQuiet(): boolean
}

/** What a manager, members and reviewers do, and what they have heard, over all processes. */
function discordPeople(members: AskingMembers, channel: ReviewersChannel): DiscordPeople {
  const emails: string[] = []
  const waiting = new Set<string>()
  const acknowledged = new Set<string>()
  const pressesOn = (card: HungCard): Deed[] => members.presses(card)

  function hearAnswer(deed: Deed, word: string): void {
    switch (deed.does) {
      case 'ask':
        members.heard(deed, word)
        break
      case 'approve':
      case 'deny':
        members.pressed(deed, word)
        break
      case 'invite':
        // plex.tv could not be read at all: nothing was decided, and he is asked to try again.
        if (word === 'plexTrouble' || word === 'noConnection') return
        waiting.delete(deed.email)
        acknowledged.add(deed.email)
        break
      default:
    }
  }
  return {
    emails,
    acknowledged,
    members,
    channel,
    isInvited(email) {
      emails.push(email)
      waiting.add(email)
    },
    deeds: () => [
      ...[...waiting].map((email) => ({
        ...{ id: `press for ${email}`, does: 'invite' as const, email, libraries: 'Movies' },
      })),
      ...members.asks().map((asking) => ({ ...asking, does: 'ask' as const })),
      ...[...channel.hung.values()].flatMap(pressesOn),
    ],
    hear(said, bot) {
      if ('answered' in said) hearAnswer(said.answered, said.word)
      if ('told' in said) members.noteTold(said.told)
      if (!('card' in said)) return
      const isNew = !channel.hung.has(said.card.messageId)
      channel.take(said.card)
      // A reviewer who sees it at once; the others look when the next round begins.
      if (isNew && said.card.hungMs % 2 === 0) bot.give(pressesOn(said.card))
    },
    isQuiet: () => waiting.size === 0 && members.isQuiet(channel.hung.values()),
  }
}

interface Stored {
  persons: readonly Person[]
  requests: readonly AccessRequest[]
}

/** Lets the last process work until nothing is open any more, at most two minutes, and reads what is stored then. */
async function settledIn(
  file: string,
  bot: StartedBot,
  people: DiscordPeople,
  plex: PretendPlex,
  settleMs: number,
  now: () => Date,
): Promise<Stored> {
  for (let second = 0; second < 120; second++) {
    bot.give(people.deeds())
    await wait(1_000)
    if (!people.isQuiet() || plex.faults.lateWaiting > 0) continue
    const { persons, requests } = await stored(file)
    if (persons.every(isDone) && !requests.some((request) => isOpenStill(request, now()))) break
  }
  // Whatever would still come would come within the window.
  await wait((settleMs + lateByAtMostMs) / times)
  const last = await stored(file)
  await bot.kill()
  return last
}

const isDone = ({ intent }: Person) => intent === undefined || intent.progress.is === 'parked'

const stored = (file: string): Promise<Stored> =>
  openedFile(file, async ({ people, requests }) => ({
    persons: await people.list(personKeysOf(guildId)),
    requests: await requests.list(`${guildId}:`),
  }))
