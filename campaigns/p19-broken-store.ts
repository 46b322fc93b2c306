import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, copyFile, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KeyvSqlite } from '@keyv/sqlite'
import type { InteractionHandle, OptionValues } from '../src/sandbox/discord/index.ts'
import { timeless } from '../test/support/timeless.ts'
import type { Campaign, Finding } from './campaign.ts'
import { type Random, randomFrom } from './support/random.ts'
import { bindManagers, type Surroundings, surroundings, type WholeBot } from './support/whole-bot.ts'

export const p19: Campaign = {
  name: 'P19',
  promise:
    'A broken store stops writes, never permissions: whoever asks is told within 2.5 s that it does not answer, nobody is given or loses access, and it recovers or ends with another code than 0. (SQLite.)',
  async run({ seed, size }) {
    const random = randomFrom(seed)
    const findings: Finding[] = []
    const rounds = 1
    const chosen = size === 'full' ? faults : faults.filter(({ name }) => inSmall.includes(name))
    for (const [index, fault] of chosen.entries()) {
      const sum = nothingYet()
      for (let round = 0; round < rounds; round++) await during(fault, random.part(index * 100 + round), sum)
      findings.push(finding(`${fault.name}, while it runs`, rounds, sum))
    }
    findings.push(await killed(random, rounds))
    if (size === 'full') findings.push(await atTheStart())
    const control = nothingYet()
    await during(readsAsEmpty, random.part(1_000), control)
    findings.push({
      ...finding('failing, and what fails reads as if nothing were stored', 1, control),
      holds: control.otherwise > 0,
      isControl: true,
    })
    return findings
  },
}

/** Discord gives 3 seconds, and the way there and back takes a part of them. */
const mostMs = 2_500

interface Fault {
  name: string
  /** Whether reading may go on, with the same answer as before. */
  mayRead: boolean
  /** The bot starts anew before, so that nothing of the store is in its memory. */
  needsFreshBot?: boolean
  /** Breaks the store, and gives what mends it; the bot that answers then. */
  breaks(on: Surroundings, bot: WholeBot): Promise<() => Promise<WholeBot>>
}

const damaged: Fault = {
  name: 'damaged',
  mayRead: true,
  needsFreshBot: true,
  async breaks(on, bot) {
    const files = (await readdir(on.folder)).filter((name) => /\.sqlite(-wal)?$/u.test(name))
    for (const name of files) await copyFile(join(on.folder, name), join(on.folder, `${name}.copy`))
    for (const name of files) {
      const { size } = await stat(join(on.folder, name))
      await writeFile(join(on.folder, name), randomBytes(size), { flag: 'r+' })
    }
    return async () => {
      bot.kill('SIGKILL')
      await bot.ends()
      for (const name of files) await rename(join(on.folder, `${name}.copy`), join(on.folder, name))
      return on.start()
    }
  },
}

const faults: readonly Fault[] = [
  {
    name: 'locked by another program',
    mayRead: true,
    async breaks({ storeFile }, bot) {
      const other = new KeyvSqlite({ uri: `sqlite://${storeFile}`, table: 'other', busyTimeout: 1_000 })
      await other.query('BEGIN IMMEDIATE')
      return async () => {
        await other.query('ROLLBACK')
        await other.close()
        return bot
      }
    },
  },
  damaged,
  {
    // As far as the kernel can be asked for it without a disk to fill: not one byte more may be written to any file.
    name: 'full',
    mayRead: true,
    async breaks(_, bot) {
      const limit = (bytes: string) =>
        execFileSync('prlimit', ['--pid', String(bot.child.pid), `--fsize=${bytes}`])
      limit('0:')
      return async () => {
        limit('unlimited:')
        return bot
      }
    },
  },
  {
    name: 'read-only',
    mayRead: true,
    async breaks(_, bot) {
      await bot.turn({ turn: 'readOnly' })
      return async () => {
        await bot.turn({ turn: 'writable' })
        return bot
      }
    },
  },
  {
    name: 'missing',
    mayRead: true,
    async breaks({ storeFile }, bot) {
      await rename(storeFile, `${storeFile}.away`)
      return async () => {
        await rename(`${storeFile}.away`, storeFile)
        return bot
      }
    },
  },
  {
    name: 'failing',
    mayRead: false,
    async breaks(_, bot) {
      await bot.turn({ turn: 'failing' })
      return async () => {
        await bot.turn({ turn: 'working' })
        return bot
      }
    },
  },
  {
    name: 'frozen',
    mayRead: false,
    async breaks(_, bot) {
      await bot.turn({ turn: 'frozen' })
      return async () => {
        await bot.turn({ turn: 'thawed' })
        return bot
      }
    },
  },
]
/** The guard taken out: the same failing store, but nobody is told that it fails. */
const readsAsEmpty: Fault = {
  name: 'failing, unnoticed',
  mayRead: false,
  async breaks(_, bot) {
    await bot.turn({ turn: 'failingAsEmpty' })
    return async () => {
      await bot.turn({ turn: 'working' })
      return bot
    }
  },
}
const inSmall = ['missing', 'failing']

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

async function during(fault: Fault, random: Random, sum: Sum): Promise<void> {
  const on = await surroundings()
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
        if (text.includes('My storage does not answer')) sum.unavailable++
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

/** `kill -9` with invitations under way, and a next process on the same file: whatever was decided happens once. */
async function killed(random: Random, rounds: number): Promise<Finding> {
  const sum = { invites: 0, doubled: 0, takenAway: 0, notRecovered: 0 }
  for (let round = 0; round < rounds; round++) {
    const on = await surroundings()
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
  return { what: 'killed with ten invitations under way', tries: rounds, seen: sum, holds }
}

/** A store that cannot be used when the process starts: it ends, not with 0, and plex.tv is left alone. */
async function atTheStart(): Promise<Finding> {
  const on = await surroundings()
  const sum = { endedWith0: 0, stayed: 0, deeds: 0, notRecovered: 0 }
  let tries = 0
  try {
    const first = await on.start()
    await bindManagers(on)
    first.kill('SIGTERM')
    await first.ends()
    const whole = await readFile(on.storeFile)
    const refuses = async (uid?: number) => {
      tries++
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
    }
    for (const content of [randomBytes(whole.length), whole.subarray(0, 5_000), randomBytes(100)]) {
      await writeFile(on.storeFile, content)
      await refuses()
    }
    await writeFile(on.storeFile, whole)
    const other = new KeyvSqlite({ uri: `sqlite://${on.storeFile}`, table: 'other', busyTimeout: 1_000 })
    await other.query('BEGIN IMMEDIATE')
    await refuses()
    await other.query('ROLLBACK')
    await other.close()
    await rename(join(on.folder, 'encryption.key'), join(on.folder, 'encryption.key.away'))
    await refuses()
    await rename(join(on.folder, 'encryption.key.away'), join(on.folder, 'encryption.key'))
    // Rights do not bind root: there the bot runs as nobody.
    const isRoot = process.getuid?.() === 0
    if (isRoot) await Promise.all([on.folder, on.storeFile].map((path) => chown(path, 65_534, 65_534)))
    await chmod(on.storeFile, 0o400)
    await chmod(on.folder, 0o500)
    await refuses(isRoot ? 65_534 : undefined)
    await chmod(on.folder, 0o700)
    await chmod(on.storeFile, 0o600)
    if (isRoot) await Promise.all([on.folder, on.storeFile].map((path) => chown(path, 0, 0)))

    sum.deeds = on.plex.ledger.length
    await on.start()
    const dora = on.discord.person('dora')
    await (await dora.slash('invite', { email: 'after@example.com', libraries: 'Movies' })).answered()
    if (on.given('after@example.com') !== 1) sum.notRecovered++
  } finally {
    await on.close()
  }
  const holds = sum.endedWith0 + sum.stayed + sum.deeds + sum.notRecovered === 0
  return {
    what: 'garbage, cut short, locked, without its key, or read-only at the start',
    tries,
    seen: sum,
    holds,
  }
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
