import type { Actor } from '../src/sharing/policy.ts'
import { StoreUnavailable } from '../src/sharing/ports.ts'
import { takePlace } from '../src/sharing/use-cases/count.ts'
import type { Ports } from '../src/sharing/use-cases/ports.ts'
import { parseCounter } from '../src/storage/shapes.ts'
import type { Campaign, Finding } from './campaign.ts'
import { type Random, randomFrom } from './support/random.ts'
import { quietPlex, reviewWorld } from './support/review-world.ts'
import { emptyDisk } from './support/small-bot.ts'
import { type StoreKind, storesFor, withStores } from './support/stores.ts'

export const p16: Campaign = {
  name: 'P16',
  promise: 'Limits hold however many come at once: of 200 attempts at a limit of 5 exactly 5 succeed.',
  async run({ seed, size }) {
    const rounds = size === 'full' ? 100 : 3
    const random = randomFrom(seed)
    const findings: Finding[] = []
    for (const kind of storesFor(size)) {
      findings.push(finding(`200 attempts at once, two processes on ${kind}`, await onStore(kind, rounds)))
    }
    return [
      ...findings,
      finding('200 attempts at once, two processes on rows in memory', await inTwo(random, rounds, true)),
      finding(
        'the same, and a write of the store does not compare',
        await inTwo(random, rounds, false),
        true,
      ),
      finding('200 invitations at once by a role with 5 a week', await invitations(random, rounds)),
      finding('200 approvals at once by a role with 5 a week', await approvals(random, rounds)),
    ]
  },
}

interface Outcome {
  rounds: number
  attempts: number
  succeeded: number
  /** Rounds in which more than five succeeded, and fewer. */
  tooMany: number
  tooFew: number
  /** Attempts that the store did not answer in time, and that were made again. */
  unavailable: number
}
const attempts = 200
const most = 5
const hour = 3_600_000

type Counting = Pick<Ports, 'counters' | 'clock'>

/** All at once by turns through these; then none while the time lasts, and as many again when it is over. */
async function race(processes: readonly [Counting, ...Counting[]], pass: (ms: number) => void, sum: Outcome) {
  const attempt = async (by: Counting, id: string) => {
    for (;;) {
      try {
        return await takePlace(by, 'guesses', id, { most, withinMs: hour })
      } catch (error) {
        // Whoever is told that the storage did not answer in time tries again.
        if (!(error instanceof StoreUnavailable)) throw error
        sum.unavailable++
      }
    }
  }
  const burst = async (name: string) => {
    const places = await Promise.all(
      Array.from({ length: attempts }, (_, at) =>
        attempt(processes[at % processes.length] ?? processes[0], `${name} ${at}`),
      ),
    )
    return places.filter(({ ok }) => ok).length
  }
  note(sum, await burst('first'), most)
  note(sum, await burst('second'), 0)
  pass(hour)
  note(sum, await burst('third'), most)
}

function note(sum: Outcome, succeeded: number, expected: number): void {
  sum.rounds++
  sum.attempts += attempts
  sum.succeeded += succeeded
  if (succeeded > expected) sum.tooMany++
  if (succeeded < expected) sum.tooFew++
}
const none = (): Outcome => ({ rounds: 0, attempts: 0, succeeded: 0, tooMany: 0, tooFew: 0, unavailable: 0 })

async function onStore(kind: StoreKind, rounds: number): Promise<Outcome> {
  const sum = none()
  await withStores(kind, async (fresh) => {
    const open = await fresh()
    const stores = [await open(), await open()] as const
    for (let number = 0; number < rounds; number++) {
      const { clock } = quietPlex(randomFrom(number))
      const counting = (at: 0 | 1): Counting => ({
        clock,
        counters: stores[at].collection('counters', parseCounter),
      })
      await race([counting(0), counting(1)], clock.pass, sum)
      await counting(0).counters.remove('guesses')
    }
  })
  return sum
}

async function inTwo(random: Random, rounds: number, compares: boolean): Promise<Outcome> {
  const sum = none()
  for (let number = 0; number < rounds; number++) {
    const shared = { plex: quietPlex(random.part(number)), disk: emptyDisk(), compares }
    const one = await reviewWorld(random, shared)
    const two = await reviewWorld(random, shared)
    await race([one.ports, two.ports], one.clock.pass, sum)
  }
  return sum
}

async function invitations(random: Random, rounds: number): Promise<Outcome> {
  const sum = none()
  for (let number = 0; number < rounds; number++) {
    const world = await reviewWorld(random.part(number))
    await world.limit('inviter', { grantsPerWeek: most })
    const ivo = world.somebody('ivo', 'inviter')
    await Promise.all(
      Array.from({ length: attempts }, (_, at) =>
        world.rules.invite(ivo, { id: `i${at}`, email: `p${at}@example.com`, libraries: 'Movies' }),
      ),
    )
    note(sum, world.created(), most)
  }
  return sum
}

async function approvals(random: Random, rounds: number): Promise<Outcome> {
  const sum = none()
  for (let number = 0; number < rounds; number++) {
    const world = await reviewWorld(random.part(number))
    await world.limit('reviewer', { grantsPerWeek: most })
    const rob: Actor = world.somebody('rob', 'reviewer')
    const requests = []
    for (let at = 0; at < attempts; at++) {
      const asker = world.somebody(`asker${at}`, 'member')
      requests.push(await world.waiting(asker, `p${at}@example.com`))
    }
    await Promise.all(
      requests.map((request, at) => world.rules.approveRequest(rob, world.press(request, `press ${at}`))),
    )
    note(sum, world.created(), most)
  }
  return sum
}

function finding(what: string, outcome: Outcome, isControl = false): Finding {
  const { rounds, ...seen } = outcome
  const violations = outcome.tooMany + outcome.tooFew
  return {
    what,
    tries: rounds,
    seen,
    holds: violations > 0 === isControl,
    ...(isControl ? { isControl } : {}),
  }
}
