import type { Campaign, Finding } from './campaign.ts'
import { type Random, randomFrom } from './support/random.ts'
import { quietPlex, type ReviewWorld, reviewWorld } from './support/review-world.ts'
import { emptyDisk } from './support/small-bot.ts'
import { type StoreKind, storesFor, withStores } from './support/stores.ts'

export const p2: Campaign = {
  name: 'P2',
  promise:
    'One click decides: of 50 presses at once by two reviewers, some delivered twice, one is the decision, and only its reviewer is told that it was his.',
  async run({ seed, size }) {
    const rounds = size === 'full' ? 1_000 : 12
    const findings: Finding[] = []
    for (const kind of storesFor(size)) {
      const what = `50 presses in two processes, on ${kind}`
      findings.push(finding(what, rounds, await onStore(kind, randomFrom(seed), rounds), false))
    }
    const inMemory = size === 'full' ? 1_000 : 20
    return [
      ...findings,
      finding(
        '50 presses in two processes, on rows in memory',
        inMemory,
        await inTwo(randomFrom(seed), inMemory, true),
        false,
      ),
      finding(
        'the same, and a write of the store does not compare',
        inMemory,
        await inTwo(randomFrom(seed), inMemory, false),
        true,
      ),
    ]
  },
}

interface Outcome {
  presses: number
  approved: number
  denied: number
  /** Rounds with another number than one of decisions, or of entries in the history. */
  notOnce: number
  /** Presses that were told to have decided, though another one stands. */
  toldInVain: number
  /** Shares at plex.tv that are more, or fewer, than what was approved. */
  strayEffects: number
}
const none = (): Outcome => ({
  presses: 0,
  approved: 0,
  denied: 0,
  notOnce: 0,
  toldInVain: 0,
  strayEffects: 0,
})

/** plex.tv and the store fill up: every so many rounds they begin anew. */
const roundsAWorld = 50

/** Each process has opened the store for itself, and has queues of its own. */
async function onStore(kind: StoreKind, random: Random, rounds: number): Promise<Outcome> {
  const sum = none()
  await withStores(kind, async (fresh) => {
    for (let first = 0; first < rounds; first += roundsAWorld) {
      const open = await fresh()
      const shared = { plex: quietPlex(random.part(first)), actors: new Map() }
      const one = await reviewWorld(random.part(first), { ...shared, store: await open() })
      const two = await reviewWorld(random.part(first), { ...shared, store: await open() })
      for (let number = first; number < Math.min(rounds, first + roundsAWorld); number++) {
        await round(random.part(number), number, [one, two], sum)
      }
    }
  })
  return sum
}

/** Only the decision is looked at here: who carries it out is the affair of whoever holds the lease. */
async function inTwo(random: Random, rounds: number, compares: boolean): Promise<Outcome> {
  const sum = none()
  for (let number = 0; number < rounds; number++) {
    const shared = { plex: quietPlex(random.part(number)), disk: emptyDisk(), actors: new Map(), compares }
    const one = await reviewWorld(random, shared)
    await round(random.part(number), number, [one, await reviewWorld(random, shared)], sum)
  }
  return sum
}

async function round(
  random: Random,
  number: number,
  processes: readonly [ReviewWorld, ...ReviewWorld[]],
  sum: Outcome,
): Promise<void> {
  const [world] = processes
  const request = await world.waiting(world.somebody(`asker${number}`, 'member'), `p${number}@example.com`)
  const reviewers = [world.somebody('rob', 'reviewer'), world.somebody('rita', 'reviewer')] as const
  const told = await Promise.all(
    Array.from({ length: 50 }, async (_, at) => {
      // About one in ten is another one's second delivery, and reaches either process.
      const pressed = random.chance(0.1) ? random.below(50) : at
      const press = world.press(request, `press ${number} ${pressed}`)
      const reviewer = reviewers[pressed % 2] ?? reviewers[0]
      const { rules } = random.pick(processes)
      const isDenial = number % 2 === 0 && pressed % 3 === 0
      // An approval asks for more before it decides: a denial at the same moment would always be first.
      const late = random.below(isDenial ? 400 : 20)
      for (let turn = 0; turn < late; turn++) await undefined
      const outcome = isDenial
        ? await rules.denyRequest(reviewer, press)
        : await rules.approveRequest(reviewer, press)
      return outcome.outcome === 'decided' ? press.id : undefined
    }),
  )
  const then = await world.request(request.id)
  const entries = then.history.filter(({ what }) => what === 'approved' || what === 'denied')
  sum.presses += told.length
  sum.approved += then.state === 'approved' ? 1 : 0
  sum.denied += then.state === 'denied' ? 1 : 0
  sum.notOnce += then.decisions.length === 1 && entries.length === 1 ? 0 : 1
  sum.toldInVain += told.filter((id) => id !== undefined && id !== then.decisions[0]?.id).length
}

function finding(what: string, tries: number, outcome: Outcome, isControl: boolean): Finding {
  const violations = outcome.notOnce + outcome.toldInVain + outcome.strayEffects
  const holds = isControl ? violations > 0 : violations === 0 && outcome.approved > 0
  return { what, tries, seen: { ...outcome }, holds, ...(isControl ? { isControl } : {}) }
}
