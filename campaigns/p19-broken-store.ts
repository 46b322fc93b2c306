import { setTimeout as wait } from 'node:timers/promises'
import type { InteractionHandle, OptionValues } from '../src/sandbox/discord/index.ts'
import { timeless } from '../test/support/timeless.ts'
import type { Campaign, Finding } from './campaign.ts'
import type { BreakableStore, Fault } from './support/broken/breakable.ts'
import { breakablePostgres } from './support/broken/postgres.ts'
import { breakableRedis } from './support/broken/redis.ts'
import { breakableSqlite, readsAsEmpty } from './support/broken/sqlite.ts'
import { type Random, randomFrom } from './support/random.ts'
import { type StoreKind, storesFor } from './support/stores.ts'
import { bindManagers, type Surroundings, type WholeBot } from './support/whole-bot.ts'

export const p19: Campaign = {
  name: 'P19',
  promise:
    'A broken store stops writes, never permissions: whoever asks is told within 2.5 s that it does not answer, nobody is given or loses access, and it recovers or ends with another code than 0.',
  async run({ seed, size }) {
    const findings: Finding[] = []
    for (const kind of storesFor(size)) {
      const store = await breakable[kind]()
      try {
        findings.push(...(await broken(store, randomFrom(seed).part(findings.length), size === 'full')))
      } finally {
        await store.remove()
      }
    }
    const control = nothingYet()
    await during(await breakableSqlite(), readsAsEmpty, randomFrom(seed).part(1_000), control)
    findings.push({
      ...finding('SQLite: failing, and what fails reads as if nothing were stored', 1, control),
      holds: control.otherwise > 0,
      isControl: true,
    })
    return findings
  },
}

const breakable: Record<StoreKind, () => Promise<BreakableStore>> = {
  SQLite: breakableSqlite,
  PostgreSQL: breakablePostgres,
  Redis: breakableRedis,
}

/** In every way, or in the one or two that stand for the others. */
async function broken(store: BreakableStore, random: Random, isFull: boolean): Promise<Finding[]> {
  const findings: Finding[] = []
  const rounds = isFull ? 2 : 1
  const chosen = isFull ? store.faults : store.faults.filter(({ name }) => inSmall[store.kind].includes(name))
  for (const [index, fault] of chosen.entries()) {
    const sum = nothingYet()
    for (let round = 0; round < rounds; round++) {
      await during(store, fault, random.part(index * 100 + round), sum)
    }
    findings.push(finding(`${store.kind}: ${fault.name}, while the bot runs`, rounds, sum))
  }
  if (isFull || store.kind === 'SQLite') findings.push(await killed(store, random, rounds))
  if (isFull) findings.push(await atTheStart(store))
  return findings
}

const inSmall: Record<StoreKind, readonly string[]> = {
  SQLite: ['missing', 'failing'],
  PostgreSQL: ['killed'],
  Redis: ['frozen'],
}

const unavailable = 'My storage does not answer'

/** Discord gives 3 seconds, and the way there and back takes a part of them. */
const mostMs = 2_500

interface Ask {
  words: string
  by?: 'olive'
  options?: OptionValues
  /** Where it changes something it cannot do so now, whatever can still be read. */
  changes: boolean
}

const asks: readonly Ask[] = [
  { words: 'users', changes: false },
  { words: 'libraries', changes: false },
  { words: 'settings show', by: 'olive', changes: false },
  { words: 'audit', changes: false },
  { words: 'access', options: { member: { user: 'alice' } }, changes: false },
  { words: 'me status', changes: false },
  { words: 'revoke', options: { who: 'mira@example.com' }, changes: true },
  { words: 'invite', options: { email: 'during@example.com', libraries: 'Movies' }, changes: true },
  { words: 'invite', options: { email: 'also@example.com', libraries: 'Music' }, changes: true },
  { words: 'settings sets', by: 'olive', options: { name: 'Family', libraries: 'Movies' }, changes: true },
]

const nothingYet = () => ({
  unavailable: 0,
  readOn: 0,
  otherwise: 0,
  late: 0,
  slowestMs: 0,
  deeds: 0,
  notRecovered: 0,
})
type Sum = ReturnType<typeof nothingYet>

async function during(store: BreakableStore, fault: Fault, random: Random, sum: Sum): Promise<void> {
  const on = await store.surroundings()
  try {
    let bot = await on.start()
    await bindManagers(on)
    const dora = on.discord.person('dora')
    const asked = ({ by, words, options }: Ask) => on.discord.person(by ?? 'dora').slash(words, options)
    const textOf = async (handle: InteractionHandle) => timeless(on.discord.textOf(await handle.answered()))
    // It ends while the store is broken: nothing may be taken away for that either.
    await textOf(
      await dora.slash('invite', { email: 'ends@example.com', libraries: 'Movies', duration: '1h' }),
    )
    const before = new Map<string, string>()
    for (const ask of asks) if (!ask.changes) before.set(ask.words, await textOf(await asked(ask)))
    const question = await (await dora.slash('revoke', { who: 'mira@example.com' })).answered()
    if (fault.needsFreshBot) {
      bot.kill('SIGTERM')
      await bot.ends()
      bot = await on.start()
    }

    const mend = await fault.breaks(on, bot)
    const deedsBefore = on.plex.ledger.length
    const doing = asks.map((ask) => ({ ask, act: () => asked(ask) }))
    const confirm = { words: 'revoke-confirm', changes: true }
    doing.push({ ask: confirm, act: () => dora.press(question, 'End access') })
    // All at once, in an order of its own each time: they share the database's few threads.
    doing.sort(() => random.fraction() - 0.5)
    await Promise.all(
      doing.map(async ({ ask, act }) => {
        const began = performance.now()
        const text = await act().then(textOf, (error: unknown) => `(no answer: ${String(error)})`)
        const ms = Math.round(performance.now() - began)
        sum.slowestMs = Math.max(sum.slowestMs, ms)
        if (ms > mostMs) sum.late++
        if (text.includes(unavailable)) sum.unavailable++
        else if (fault.mayRead && !ask.changes && text === before.get(ask.words)) sum.readOn++
        else sum.otherwise++
      }),
    )
    await bot.turn({ turn: 'pass', ms: 2 * 3_600_000 })
    await bot.turn({ turn: 'pass', ms: 61_000 })
    sum.deeds += on.plex.ledger.length - deedsBefore

    if (!(await recovers(on, await mend()))) sum.notRecovered++
  } finally {
    await on.close()
  }
}

/** Gives access, takes access away, and does what was to happen meanwhile. */
async function recovers(on: Surroundings, bot: WholeBot): Promise<boolean> {
  const dora = on.discord.person('dora')
  if (!(await answersAgain(on))) return false
  await (await dora.slash('invite', { email: 'after@example.com', libraries: 'Movies' })).answered()
  const question = await (await dora.slash('revoke', { who: 'mira@example.com' })).answered()
  await (await dora.press(question, 'End access')).answered()
  // A bot that was started anew has the true time again: two hours and the settle window pass for it too.
  for (let round = 0; round < 4; round++) await bot.turn({ turn: 'pass', ms: 3_700_000 })
  const did = on.plex.ledger.map((deed) => deed.did)
  const isGone = (email: string) =>
    on.plex.world.shares.every((share) => share.invitedEmail?.toLowerCase() !== email)
  return on.given('after@example.com') === 1 && did.includes('share-deleted') && isGone('ends@example.com')
}

/** A connection that was lost is tried again every so often, at most every two seconds. */
async function answersAgain({ discord }: Surroundings): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const said = discord.textOf(await (await discord.person('dora').slash('users')).answered())
    if (!said.includes(unavailable)) return true
    await wait(200)
  }
  return false
}

/** `kill -9` with invitations under way, and a next process on the same file: whatever was decided happens once. */
async function killed(store: BreakableStore, random: Random, rounds: number): Promise<Finding> {
  const sum = { invites: 0, doubled: 0, takenAway: 0, notRecovered: 0 }
  for (let round = 0; round < rounds; round++) {
    const on = await store.surroundings()
    try {
      const bot = await on.start()
      await bindManagers(on)
      const dora = on.discord.person('dora')
      on.plex.faults.latencyMs = 30
      const emails = Array.from({ length: 10 }, (_, n) => `killed${n}@example.com`)
      for (const email of emails) await dora.slash('invite', { email, libraries: 'Movies' })
      await on.plex.arrival({ method: 'POST' }, 1 + random.part(round).below(5))
      bot.kill('SIGKILL')
      await bot.ends()
      sum.takenAway += on.plex.ledger.filter(({ did }) => did === 'share-deleted').length
      const next = await on.start()
      await on.discord.until(() => (on.discord.connections() > 0 ? true : undefined), 'it is back')
      for (let minute = 0; minute < 6; minute++) await next.turn({ turn: 'pass', ms: 61_000 })
      sum.invites += emails.length
      sum.doubled += emails.filter((email) => on.given(email) > 1).length
      await (await dora.slash('invite', { email: 'after@example.com', libraries: 'Movies' })).answered()
      if (on.given('after@example.com') !== 1) sum.notRecovered++
    } finally {
      await on.close()
    }
  }
  const holds = sum.doubled + sum.takenAway + sum.notRecovered === 0
  return {
    what: `${store.kind}: the bot killed with ten invitations under way`,
    tries: rounds,
    seen: sum,
    holds,
  }
}

/** A store that cannot be used when the process starts: it ends, not with 0, and plex.tv is left alone. */
async function atTheStart(store: BreakableStore): Promise<Finding> {
  const on = await store.surroundings()
  const sum = { endedWith0: 0, stayed: 0, deeds: 0, notRecovered: 0 }
  try {
    const first = await on.start()
    await bindManagers(on)
    first.kill('SIGTERM')
    await first.ends()
    for (const start of store.starts) {
      const { uid, mend } = await start.breaks(on)
      const bot = on.tryStart(uid)
      const code = await Promise.race([
        bot.ends(),
        bot.prints('Usherr answers').then(
          () => 'stayed',
          () => bot.ends(),
        ),
      ])
      if (code === 0) sum.endedWith0++
      if (code === 'stayed') sum.stayed++
      await mend()
    }
    sum.deeds = on.plex.ledger.length
    await on.start()
    const dora = on.discord.person('dora')
    await (await dora.slash('invite', { email: 'after@example.com', libraries: 'Movies' })).answered()
    if (on.given('after@example.com') !== 1) sum.notRecovered++
  } finally {
    await on.close()
  }
  const holds = sum.endedWith0 + sum.stayed + sum.deeds + sum.notRecovered === 0
  const ways = store.starts.map(({ name }) => name).join(', ')
  return { what: `${store.kind} at the start: ${ways}`, tries: store.starts.length, seen: sum, holds }
}

function finding(what: string, rounds: number, sum: Sum): Finding {
  const { otherwise, late, deeds, notRecovered, unavailable, readOn } = sum
  return {
    what,
    tries: unavailable + readOn + otherwise,
    seen: { rounds, ...sum },
    holds: otherwise + late + deeds + notRecovered === 0 && unavailable > 0,
  }
}
