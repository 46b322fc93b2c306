import { type AccountId, type GuildId, id, type LibraryId, type MemberId } from '../src/lib/ids.ts'
import { PlexState } from '../src/sandbox/plex/state.ts'
import { owner, plexWorld } from '../src/sandbox/plex/world.ts'
import { deliver, type Guards } from '../src/sharing/deliver.ts'
import { someLibraries } from '../src/sharing/library-access.ts'
import { personKey, personKeysOf } from '../src/sharing/people.ts'
import { decide, newPerson, observed, type Person, type Want } from '../src/sharing/person.ts'
import type { PlexIdentity, Share } from '../src/sharing/ports.ts'
import type { Campaign, Finding } from './campaign.ts'
import { type KillsOutcome, runOpposingKills } from './p4-kills.ts'
import { virtualClock } from './support/clocks.ts'
import { isAsDecided } from './support/decided-judge.ts'
import { Died, mortal } from './support/mortal.ts'
import { calm, harsh, type PortPlex, sharesIn } from './support/port-plex.ts'
import { type Random, randomFrom } from './support/random.ts'
import { emptyDisk, type SmallBot, startSmallBot } from './support/small-bot.ts'

export const p4: Campaign = {
  name: 'P4',
  promise:
    'Opposing decisions about one person are carried out one after the other; the final state is that of the last; nobody else is touched.',
  async run({ seed, size }) {
    const histories = size === 'full' ? 2_000 : 100
    const forControl = size === 'full' ? 2_000 : 200
    const worlds = size === 'full' ? 10 : 1
    const aWorld = size === 'full' ? { persons: 200, rounds: 40 } : { persons: 12, rounds: 3 }
    const killed = await runOpposingKills({ seed, worlds, ...aWorld })
    const findings = [
      holding('random histories', histories, await runHistories(seed, histories, {})),
      noticing(
        'the same where deliveries for one person do not wait for each other',
        forControl,
        await runHistories(seed, forControl, { turns: 'off' }),
      ),
      decisionsOf(await runTwoProcesses(seed, histories, true), histories, false),
      decisionsOf(await runTwoProcesses(seed, histories, false), histories, true),
      holding('histories in processes that end by kill -9', worlds * aWorld.persons, killed),
    ]
    if (size !== 'full') return findings
    const control = { worlds: 1, persons: 100, rounds: 20 }
    return [
      ...findings,
      noticing(
        'the same where deliveries for one person do not wait for each other, by kill -9',
        control.worlds * control.persons,
        await runOpposingKills({ seed, ...control, guards: { turns: 'off' } }),
      ),
    ]
  },
}

interface Outcome {
  decisions: number
  deaths: number
  /** plex.tv does not show what the last decision wanted, though it was reported as carried out or is settled. */
  wrong: number
  doubled: number
  unsettled: number
  /** Deeds at plex.tv that concern somebody about whom nothing was decided. */
  othersTouched: number
}

const guildId = id<GuildId>('1')
const dora = id<MemberId>('4')
/** Both have an account; sharing with the first is accepted at once, the second has to accept. */
const persons: readonly [PlexIdentity, ...PlexIdentity[]] = [
  { accountId: id<AccountId>('20000004'), username: 'pat-h', email: 'pat@example.net' },
  { accountId: id<AccountId>('20000030'), username: 'late.joiner', email: 'late@example.com' },
]
const libraries = ['910000001', '910000002', '910000003'].map((each) => id<LibraryId>(each))

async function runHistories(seed: number, histories: number, guards: Guards): Promise<Outcome> {
  const sum: Outcome = { decisions: 0, deaths: 0, wrong: 0, doubled: 0, unsettled: 0, othersTouched: 0 }
  for (let number = 0; number < histories; number++) {
    await runHistory(randomFrom(seed).part(number), guards, sum)
  }
  return sum
}

async function runHistory(random: Random, guards: Guards, sum: Outcome): Promise<void> {
  const clock = virtualClock()
  const state = new PlexState(friendlyWorld(), clock.now)
  const plex: PortPlex = { state, clock, random: random.part(1), faults: harsh }
  const disk = emptyDisk()
  const deaths = [1 + random.below(60), 1 + random.below(80)].slice(0, random.below(3))
  const start = async (): Promise<SmallBot> => {
    for (;;) {
      const process = mortal(deaths.shift() ?? 0)
      try {
        return await startSmallBot(plex, disk, { guildIds: [guildId], process, guards })
      } catch (error) {
        if (!(error instanceof Died)) throw error
        sum.deaths++
      }
    }
  }
  let bot = await start()
  const attempt = async (works: ((by: SmallBot) => Promise<unknown>)[]) => {
    const ends = await Promise.allSettled(works.map((work) => work(bot)))
    for (const end of ends) {
      if (end.status === 'rejected' && !(end.reason instanceof Died)) throw end.reason
    }
    if (bot.process.isAlive) return
    sum.deaths++
    clock.pass(random.below(200_000))
    bot = await start()
  }

  let pressed = 0
  for (let step = 0; step < 8; step++) {
    const works = Array.from({ length: 1 + random.below(3) }, () => {
      const who = random.pick(persons)
      const decision = { id: `press ${++pressed}`, want: someWant(random), by: dora }
      return (by: SmallBot) => decideAbout(by, who, decision)
    })
    if (random.chance(0.5)) works.push((by) => by.tick().then(() => undefined))
    await attempt(works)
    clock.pass(random.below(random.chance(0.3) ? 400_000 : 5_000))
  }
  plex.faults = { ...harsh, ...calm }
  for (let turn = 0; turn < 60; turn++) {
    clock.pass(31_000 + random.below(30 * 60_000))
    await attempt([(by) => by.tick()])
  }
  judge(state, await bot.ports.people.list(personKeysOf(guildId)), sum)
}

function someWant(random: Random): Want {
  const access = someLibraries(libraries.filter(() => random.chance(0.5))) ?? { kind: 'all' as const }
  const some = access.kind === 'some' ? access : undefined
  switch (random.below(4)) {
    case 0:
    case 1:
      return { to: 'share', access }
    case 2:
      return some ? { to: 'change', access: some } : { to: 'share', access }
    default:
      return { to: 'end', mode: 'remove' }
  }
}

/** What the use-cases do once they know who is meant: decide and deliver in one turn. */
async function decideAbout(
  bot: SmallBot,
  who: PlexIdentity,
  decision: { id: string; want: Want; by: MemberId },
): Promise<Person | undefined> {
  const connection = await bot.ports.connections.of(guildId)
  if (!connection.ok) throw new Error('not connected')
  const sharing = connection.value
  const { serverId } = sharing
  const personId = bot.ports.people.idFor(guildId, serverId, who)
  const key = personKey({ guildId, id: personId })
  // An end and a change are decided about a share that was seen.
  const shown = decision.want.to === 'share' ? undefined : await shareOf(sharing, who)
  if (decision.want.to !== 'share' && !shown) return undefined
  const { clock, settleMs } = bot.ports
  return deliver(bot.ports, sharing, key, () =>
    bot.ports.people.update(key, (current) => {
      const person = current ?? newPerson({ id: personId, guildId, serverId, who })
      return decide(shown ? observed(person, shown, clock.now()) : person, decision, clock.now(), settleMs)
    }),
  )
}

async function shareOf(
  sharing: { shares(status: Share['status']): ReturnType<SharesReading> },
  who: PlexIdentity,
): Promise<Share | undefined> {
  for (const status of ['active', 'pending'] as const) {
    const reading = await sharing.shares(status)
    const share = reading.ok && reading.value.value.find((each) => each.who.accountId === who.accountId)
    if (share) return share
  }
  return undefined
}
type SharesReading = import('../src/sharing/ports.ts').LibrarySharing['shares']

function judge(state: PlexState, documents: readonly Person[], sum: Outcome): void {
  const live = (['pending', 'active'] as const).flatMap((status) => sharesIn(state.world, status))
  for (const person of documents) {
    sum.decisions += person.history.filter(({ what }) => what === 'decided').length
    const shares = live.filter(({ who }) => who.accountId === person.who.accountId)
    if (shares.length > 1) sum.doubled++
    if (person.intent) sum.unsettled++
    else if (!isAsDecided(person, shares[0])) sum.wrong++
  }
  const known = new Set<number | null>(persons.map(({ accountId }) => Number(accountId)))
  sum.othersTouched += state.ledger.filter(
    (entry) => 'invitedId' in entry.details && !known.has(entry.details.invitedId),
  ).length
}

function friendlyWorld() {
  const world = plexWorld({ rules: { secondShare: 'allowed' } })
  const friend = { ownerId: owner.id, accountId: 20000004, isFriend: true }
  return { ...world, connections: [...world.connections, friend] }
}

function holding(what: string, tries: number, outcome: Outcome | KillsOutcome): Finding {
  return { what, tries, seen: { ...outcome }, holds: violations(outcome) === 0 }
}
function noticing(what: string, tries: number, outcome: Outcome | KillsOutcome): Finding {
  return { what, tries, seen: { ...outcome }, holds: violations(outcome) > 0, isControl: true }
}
const violations = (outcome: Outcome | KillsOutcome) => {
  const { wrong, doubled, unsettled, othersTouched } = outcome
  const ofKills = 'forgotten' in outcome ? outcome.forgotten + outcome.outOfOrder : 0
  return wrong + doubled + unsettled + othersTouched + ofKills
}

/** Two processes on one store decide about one person at the same moment: none of the decisions may be overwritten. */
async function runTwoProcesses(
  seed: number,
  rounds: number,
  compares: boolean,
): Promise<{ decisions: number; overwritten: number }> {
  const sum = { decisions: 0, overwritten: 0 }
  for (let number = 0; number < rounds; number++) {
    const random = randomFrom(seed).part(number)
    const clock = virtualClock()
    const state = new PlexState(plexWorld(), clock.now)
    const plex: PortPlex = { state, clock, random, faults: { ...harsh, ...calm } }
    const disk = emptyDisk()
    const process = mortal(0)
    const bots = await Promise.all(
      [1, 2].map(() => startSmallBot(plex, disk, { guildIds: [guildId], process, compares })),
    )
    const presses = Array.from({ length: 2 + random.below(6) }, (_, press) => `press ${press}`)
    const [who] = persons
    await Promise.all(
      presses.map(async (press, at) => {
        const { people, clock: now } = (bots[at % 2] as SmallBot).ports // There are two, and the index is 0 or 1.
        const connection = await (bots[0] as SmallBot).ports.connections.of(guildId)
        if (!connection.ok) throw new Error('not connected')
        const { serverId } = connection.value
        const personId = people.idFor(guildId, serverId, who)
        await people.update(personKey({ guildId, id: personId }), (current) =>
          decide(
            current ?? newPerson({ id: personId, guildId, serverId, who }),
            { id: press, want: someWant(random), by: dora },
            now.now(),
            120_000,
          ),
        )
      }),
    )
    const [person] = await (bots[0] as SmallBot).ports.people.list(personKeysOf(guildId))
    const kept = new Set(person?.history.flatMap((event) => (event.what === 'decided' ? [event.about] : [])))
    sum.decisions += presses.length
    sum.overwritten += presses.filter((press) => !kept.has(press)).length
  }
  return sum
}

function decisionsOf(
  outcome: { decisions: number; overwritten: number },
  tries: number,
  isControl: boolean,
): Finding {
  return {
    what: isControl
      ? 'two processes decide at once, and a write of the store does not compare'
      : 'two processes decide at once',
    tries,
    seen: outcome,
    holds: outcome.overwritten > 0 === isControl,
    ...(isControl ? { isControl } : {}),
  }
}
