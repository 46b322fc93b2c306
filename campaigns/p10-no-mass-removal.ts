import { deliverOwed } from '../src/jobs/deliver-owed.ts'
import { expire } from '../src/jobs/expire.ts'
import { reconcileAll } from '../src/jobs/reconcile.ts'
import { type GuildId, id, type MemberId } from '../src/lib/ids.ts'
import { ok, problem } from '../src/lib/result.ts'
import { crowdedWorld } from '../src/sandbox/plex/crowded-world.ts'
import type { Guards } from '../src/sharing/deliver.ts'
import { adopted } from '../src/sharing/note.ts'
import { personKey, personKeysOf } from '../src/sharing/people.ts'
import { newPerson } from '../src/sharing/person.ts'
import { compareEveryMs } from '../src/sharing/use-cases/compare.ts'
import type { Campaign, Finding } from './campaign.ts'
import { onTheWire } from './p10-on-the-wire.ts'
import { sharesIn } from './support/port-plex.ts'
import { type Random, randomFrom } from './support/random.ts'
import { smallWorld } from './support/small-world.ts'

export const p10: Campaign = {
  name: 'P10',
  promise:
    'Automation cannot take away many at once: whatever the lists or the clock do, one run of it ends or believes gone at most a tenth, and three in any case.',
  async run({ seed, size }) {
    const histories = size === 'full' ? 2_000 : 20
    const forControl = Math.min(histories, 50)
    return [
      finding(
        'random histories at the level of the port',
        histories,
        await runHistories(seed, histories, {}),
        false,
      ),
      finding(
        'the same with the brake off',
        forControl,
        await runHistories(seed, forControl, { brake: 'off' }),
        true,
      ),
      ...(await onTheWire(
        seed,
        size === 'full'
          ? { histories: 100, steps: 8, forControl: 10 }
          : { histories: 1, steps: 8, forControl: 1 },
      )),
    ]
  },
}

interface Outcome {
  runs: number
  ended: number
  believedGone: number
  /** Runs in which more went than the promise allows. */
  tooMany: number
  /** Deeds at plex.tv about somebody whose end date had not come, or that are no end. */
  untimely: number
  alerts: number
  /** More ends than allowed had come, none was carried out, and nobody had been told. */
  silent: number
}

const guildId = id<GuildId>('1')
const dora = id<MemberId>('4')
const day = 24 * 60 * 60_000
const lists = ['whole', 'whole', 'empty', 'halved', 'shrunk', 'a few less', 'fails'] as const
const waits = [compareEveryMs + 1, compareEveryMs + 1, compareEveryMs + 1, day, 31 * day] as const

async function runHistories(seed: number, histories: number, guards: Guards): Promise<Outcome> {
  const sum = { runs: 0, ended: 0, believedGone: 0, tooMany: 0, untimely: 0, alerts: 0, silent: 0 }
  for (let number = 0; number < histories; number++) await history(randomFrom(seed).part(number), guards, sum)
  return sum
}

async function history(random: Random, guards: Guards, sum: Outcome): Promise<void> {
  const size = 5 + random.below(60)
  const world = crowdedWorld({ people: size, libraries: 2 })
  const { bot, clock, state } = await smallWorld(random, { world })
  let alerts = 0
  const log = { ...bot.ports.log, error: () => void alerts++ }
  const ports = { ...bot.ports, log, guards }
  const connection = await ports.connections.of(guildId)
  if (!connection.ok) throw new Error('not connected')
  const sharing = connection.value
  const endsAt = new Map<number, Date>()
  for (const share of sharesIn(state.world, 'active')) {
    const personId = ports.people.idFor(guildId, sharing.serverId, share.who)
    const begin = newPerson({ id: personId, guildId, serverId: sharing.serverId, who: share.who })
    const known = adopted(begin, share, { id: share.id, by: dora }, clock.now())
    const end = random.chance(0.5) ? new Date(clock.now().getTime() + random.below(400) * day + 1) : undefined
    if (end) endsAt.set(Number(share.who.accountId), end)
    await ports.people.update(personKey(known), () => ({ ...known, ...(end ? { endsAt: end } : {}) }))
  }

  let list: (typeof lists)[number] = 'whole'
  sharing.shares = async (status) => {
    if (list === 'fails') return problem({ kind: 'serverError', mayHaveHappened: false })
    const all = sharesIn(state.world, status)
    const keeps = {
      whole: all.length,
      empty: 0,
      halved: all.length / 2,
      shrunk: 10,
      'a few less': all.length - 2,
    }
    return ok({ value: all.slice(0, keeps[list]), untold: [], readAt: clock.now() })
  }
  const everybody = () => ports.people.list(personKeysOf(guildId))
  const present = async () => (await everybody()).filter(({ seen }) => seen.is === 'active').length
  const events = async (of: 'vanished' | 'decided') =>
    (await everybody()).flatMap(({ history }) => history).filter(({ what }) => what === of).length
  const most = (people: number) => Math.max(3, Math.floor(people / 10))
  let latest = clock.now()
  clock.pass(60_000)

  for (let step = 0; step < 8; step++) {
    list = random.pick(lists)
    if (random.chance(0.1)) clock.pass(random.chance(0.7) ? 3650 * day : -3650 * day)
    for (let turn = 0; turn < 3; turn++) {
      if (clock.now() > latest) latest = clock.now()
      const before = await present()
      const ends = await events('decided')
      await expire(ports)
      const ended = (await events('decided')) - ends
      await deliverOwed(ports)
      const left = await present()
      const vanished = await events('vanished')
      await reconcileAll(ports)
      const gone = (await events('vanished')) - vanished
      sum.runs++
      sum.ended += ended
      sum.believedGone += gone
      if (ended > most(before) || gone > most(left)) sum.tooMany++
      const due = (await everybody()).filter(
        (person) => isOver(person.endsAt, clock.now()) && person.seen.is === 'active' && !person.intent,
      )
      if (due.length > most(left) && alerts === 0) sum.silent++
      clock.pass(random.pick(waits))
    }
  }
  sum.alerts += alerts
  sum.untimely += state.ledger.filter(
    ({ did, details }) => did !== 'share-deleted' || !isOver(endsAt.get(Number(details.invitedId)), latest),
  ).length
}

const isOver = (endsAt: Date | undefined, now: Date) => endsAt !== undefined && endsAt <= now

function finding(what: string, tries: number, outcome: Outcome, isControl: boolean): Finding {
  const violations = outcome.tooMany + outcome.untimely + outcome.silent
  const holds = isControl ? outcome.tooMany > 0 : violations === 0 && outcome.alerts > 0
  return { what, tries, seen: { ...outcome }, holds, ...(isControl ? { isControl } : {}) }
}
