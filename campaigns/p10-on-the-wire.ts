import { setTimeout as wait } from 'node:timers/promises'
import { systemClock } from '../src/lib/clock.ts'
import { type GuildId, id, type MemberId } from '../src/lib/ids.ts'
import { silentLog } from '../src/lib/log.ts'
import { createLibrarySharing } from '../src/plex/library-sharing.ts'
import { crowdedWorld } from '../src/sandbox/plex/crowded-world.ts'
import { cloudflarePage, emptyBody, type Fault, failing } from '../src/sandbox/plex/fault.ts'
import { isActive } from '../src/sandbox/plex/look-up.ts'
import { harborId, ownerToken } from '../src/sandbox/plex/world.ts'
import { mostRemovals } from '../src/sharing/brake.ts'
import { adopted } from '../src/sharing/note.ts'
import { personKey } from '../src/sharing/people.ts'
import { newPerson, type Person } from '../src/sharing/person.ts'
import { compareEveryMs } from '../src/sharing/use-cases/compare.ts'
import { openStore } from '../src/storage/open.ts'
import { openDocuments } from '../src/storage/open-documents.ts'
import type { Finding } from './campaign.ts'
import { type Random, randomFrom } from './support/random.ts'
import { type Stored, storedIn } from './support/store-beside.ts'
import type { TakenOut } from './support/taken-out.ts'
import { bindManagers, type Surroundings, surroundings, type WholeBot } from './support/whole-bot.ts'

/**
 * The same with the whole bot as a process of its own, whose jobs run by themselves as time passes: what plex.tv says of
 * its list is changed on the wire. Judged by plex.tv's ledger, the SQLite file, and what hangs in Discord's log channel.
 */
export async function onTheWire(
  seed: number,
  size: { histories: number; steps: number; forControl: number },
): Promise<Finding[]> {
  const { histories, forControl } = size
  const real = await runHistories(randomFrom(seed), histories, size.steps)
  const unbraked = await runHistories(randomFrom(seed), forControl, size.steps, 'brake')
  const { tooMany, untimely, otherWrites, silent, untold, died } = real
  return [
    {
      what: 'random histories with the whole bot, over sockets and on SQLite',
      tries: histories,
      seen: { ...real },
      holds: tooMany + untimely + otherWrites + silent + untold + died === 0 && real.alerts > 0,
    },
    {
      what: 'the same with the brake taken out',
      tries: forControl,
      seen: { ...unbraked },
      holds: unbraked.tooMany > 0,
      isControl: true,
    },
  ]
}

interface Outcome {
  runs: number
  /** Runs in which plex.tv said something else than what is, or nothing. */
  lies: number
  ended: number
  believedGone: number
  deleted: number
  /** Runs in which more went than the promise allows. */
  tooMany: number
  /** Deeds at plex.tv about somebody whose end date had not come, or that are no end. */
  untimely: number
  /** Requests to plex.tv that could change something, and are no end. */
  otherWrites: number
  alerts: number
  /** Runs after which more ends than allowed had come, none was carried out, and nothing was held for a human. */
  silent: number
  /** Alerts that never hung in the log channel. */
  untold: number
  died: number
}

async function runHistories(
  random: Random,
  histories: number,
  steps: number,
  takenOut?: TakenOut,
): Promise<Outcome> {
  const sum: Outcome = {
    ...{ runs: 0, lies: 0, ended: 0, believedGone: 0, deleted: 0, tooMany: 0, untimely: 0 },
    ...{ otherWrites: 0, alerts: 0, silent: 0, untold: 0, died: 0 },
  }
  for (let number = 0; number < histories; number++) {
    const own = random.part(number)
    const people = 5 + own.below(56)
    const on = await surroundings({
      plex: crowdedWorld({ people, libraries: 2 }),
      guild: { channels: [{ name: 'general' }, { name: 'log' }] },
      ...(takenOut === undefined ? {} : { takenOut }),
    })
    try {
      await history(on, own, steps, sum)
    } finally {
      await on.close()
    }
  }
  return sum
}

const day = 24 * 60 * 60_000
const waits = [compareEveryMs + 1, compareEveryMs + 1, compareEveryMs + 1, day, 31 * day] as const
const lists = [
  ...(['whole', 'whole', 'empty', 'halved', 'shrunk', 'a few less', 'one too many', 'fails'] as const),
] as const
const troubles: readonly [Fault, ...Fault[]] = [
  failing(500),
  failing(404),
  emptyBody,
  cloudflarePage,
  { fault: 'truncated', keep: (length) => length - 2 },
  { fault: 'truncated', keep: (length) => length / 2, breaksOff: true },
]

async function history(on: Surroundings, random: Random, steps: number, sum: Outcome): Promise<void> {
  const endsAt = await everybodyKnown(on, random)
  const bot = await on.start()
  await bindManagers(on)
  await (await on.discord.person('olive').slash('settings channels', { log: { channel: 'log' } })).answered()
  let aheadMs = 0
  let latestMs = Date.now()
  const pass = async (ms: number) => {
    aheadMs += ms
    const nowMs = Date.now() + aheadMs
    await bot.turn({ turn: 'pass', ms })
    latestMs = Math.max(latestMs, Date.now() + aheadMs)
    return nowMs
  }
  // The round of the start itself is over then.
  await pass(61_000)
  let before = await storedIn(on.storeFile)
  const began = { ledger: on.plex.ledger.length, requests: on.plex.requests.length }
  let deletedBefore = 0

  for (let step = 0; step < steps; step++) {
    const isLie = lie(on, random)
    const jump = random.chance(0.15) ? (random.chance(0.7) ? 3650 : -3650) * day : undefined
    const turns = [
      ...(jump === undefined ? [] : [jump]),
      ...Array.from({ length: 3 }, () => random.pick(waits)),
    ]
    for (const ms of turns) {
      const nowMs = await pass(ms)
      await on.plex.settled()
      const after = await storedIn(on.storeFile)
      const deleted = on.plex.ledger.filter(({ did }) => did === 'share-deleted').length
      sum.runs++
      if (isLie) sum.lies++
      judge(before, after, nowMs, sum)
      sum.deleted += deleted - deletedBefore
      deletedBefore = deleted
      before = after
    }
  }

  sum.untimely += on.plex.ledger
    .slice(began.ledger)
    .filter(
      ({ did, details }) =>
        did !== 'share-deleted' ||
        (endsAt.get(Number(details.invitedId)) ?? Number.POSITIVE_INFINITY) > latestMs,
    ).length
  sum.otherWrites += on.plex.requests
    .slice(began.requests)
    .filter(({ method }) => method !== 'GET' && method !== 'DELETE').length
  const isEnd = await stops(bot)
  if (!isEnd) sum.died++
  for (const { line, card } of alerts) {
    const logged = bot.output().split(line).length - 1
    const hung = on.discord.requests.filter(({ body }) =>
      String(Object(body).content ?? '').match(card),
    ).length
    sum.alerts += logged
    sum.untold += Math.max(0, logged - hung)
  }
}

/** What the log says once of each, and what hangs in the log channel then. */
const alerts = [
  { line: 'plex.tv shows far fewer people than before', card: /^⚠️ plex\.tv shows \d+ p/u },
  { line: 'too many end dates have come at once', card: /^⚠️ \d+ end dates? ha/u },
] as const

/** What one round of jobs did, by the records before and after it. */
function judge(before: Stored, after: Stored, nowMs: number, sum: Outcome): void {
  const ended = newEvents(before, after, 'decided')
  const gone = newEvents(before, after, 'vanished')
  // Who was ended is no longer there when the list is looked at.
  const left = present(after.people).length + gone
  sum.ended += ended
  sum.believedGone += gone
  if (ended > mostRemovals(present(before.people).length) || gone > mostRemovals(left)) sum.tooMany++
  const due = present(after.people).filter(
    ({ endsAt, intent }) => endsAt !== undefined && endsAt.getTime() <= nowMs && !intent,
  )
  const isHeld = after.drift.some(({ endsHeld }) => endsHeld)
  if (due.length > mostRemovals(present(after.people).length) && !isHeld) sum.silent++
}

const present = (people: readonly Person[]) => people.filter(({ seen }) => seen.is === 'active')
/** Old ones may be gone: after ten years nothing is kept of whoever lost his access. */
function newEvents(before: Stored, after: Stored, of: 'decided' | 'vanished'): number {
  const events = ({ people }: Stored) =>
    people.flatMap(({ id, history }) =>
      history.filter(({ what }) => what === of).map(({ at }) => `${id} ${at.toISOString()}`),
    )
  const old = new Set(events(before))
  return events(after).filter((each) => !old.has(each)).length
}

/** From now on plex.tv tells something else of its list, tells nothing, or the truth. Says whether it is not the truth. */
function lie({ plex }: Surroundings, random: Random): boolean {
  const list = random.pick(lists)
  plex.faults.clear()
  if (list === 'whole') return false
  if (list === 'fails') {
    plex.faults.always({ method: 'GET' }, random.pick(troubles))
    return true
  }
  const keeps = (all: number) =>
    ({
      empty: 0,
      halved: all / 2,
      shrunk: 10,
      'a few less': all - 2,
      'one too many': all - mostRemovals(all) - 1,
    })[list]
  plex.faults.always(
    { method: 'GET' },
    {
      fault: 'shows',
      world(world) {
        const all = world.shares.filter(isActive)
        const hidden = new Set(all.slice(Math.max(0, Math.floor(keeps(all.length)))))
        return { ...world, shares: world.shares.filter((share) => !hidden.has(share)) }
      },
    },
  )
  return true
}

async function stops(bot: WholeBot): Promise<boolean> {
  if (bot.child.exitCode !== null) return false
  bot.kill('SIGTERM')
  const code = await Promise.race([bot.ends(), wait(20_000, 'late' as const)])
  return code === 0
}

/** Everybody whom plex.tv shows is in the records before the bot starts; about half of them have an end date. */
async function everybodyKnown(
  { plex, discord, storeFile }: Surroundings,
  random: Random,
): Promise<ReadonlyMap<number, number>> {
  const store = await openStore({ url: `sqlite://${storeFile}`, keys: undefined, log: silentLog })
  if (!store.ok) throw new Error(store.problem.what)
  const sharing = await createLibrarySharing({
    token: ownerToken,
    clientIdentifier: store.value.clientIdentifier,
    baseUrl: plex.url,
    server: harborId,
    clock: systemClock,
  })
  if (!sharing.ok) throw new Error(`not connected: ${sharing.problem.kind}`)
  try {
    const shares = await sharing.value.shares('active')
    if (!shares.ok) throw new Error('plex.tv could not be read')
    const { people } = (await openDocuments(store.value)).documents
    const guildId = id<GuildId>(discord.world.guilds[0]?.id ?? '')
    const by = id<MemberId>(discord.person('dora').id)
    const now = new Date()
    // Crowds of end dates: some come on the same few days.
    const crowded = random.chance(0.5)
    const endsAt = new Map<number, number>()
    for (const share of shares.value.value) {
      const { who } = share
      const { serverId } = sharing.value
      const personId = people.idFor(guildId, serverId, who)
      const known = adopted(
        newPerson({ id: personId, guildId, serverId, who }),
        share,
        { id: share.id, by },
        now,
      )
      const days = crowded ? 20 * random.below(3) : random.below(400)
      const end = random.chance(0.5) ? { endsAt: new Date(now.getTime() + days * day + 3_600_000) } : {}
      if (end.endsAt) endsAt.set(Number(who.accountId), end.endsAt.getTime())
      await people.update(personKey(known), () => ({ ...known, ...end }))
    }
    return endsAt
  } finally {
    sharing.value.close()
    await store.value.close()
  }
}
