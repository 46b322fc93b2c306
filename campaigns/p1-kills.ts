import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type GuildId, id } from '../src/lib/ids.ts'
import { silentLog } from '../src/lib/log.ts'
import { isLive } from '../src/sandbox/plex/look-up.ts'
import { type PretendPlex, startPretendPlex } from '../src/sandbox/plex/start.ts'
import { plexWorld } from '../src/sandbox/plex/world.ts'
import { personKeysOf } from '../src/sharing/people.ts'
import type { Person } from '../src/sharing/person.ts'
import { openStore } from '../src/storage/open.ts'
import { parsePerson } from '../src/storage/shapes.ts'
import type { Outcome } from './p1-schedules.ts'
import type { BotProcessOptions, InviteLine, SaidLine } from './support/bot-process.ts'
import { fastClock } from './support/clocks.ts'
import { type Random, randomFrom } from './support/random.ts'

export interface Kills {
  seed: number
  rounds: number
  invitesARound: number
  settleMs?: number
}
export type KillsOutcome = Outcome & { requests: number; faults: number }

/** A minute passes in a second: the settle window of 120 s is 2 s, a late commit comes within 0.5 s. */
const times = 60
const lateByAtMostMs = 30_000
const lagsByAtMostMs = 20_000
const guildId = id<GuildId>('1')

/**
 * In every round a process of the bot starts on what the last one left, is given invites, and is killed with
 * `kill -9`: at a crash point, when a request of its has come in at plex.tv, or at any moment. At the end one lives on.
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
  const plex = await startPretendPlex({
    now: fastClock(times, clock.startMs).now,
    world: plexWorld({ rules: { secondShare: 'allowed', sharingLimit: Number.MAX_SAFE_INTEGER } }),
  })
  plex.faults.random({ seed, lateByAtMostMs, lagsByAtMostMs })
  const file = join(folder, 'usherr.sqlite')
  const start = (diesAfter: number) =>
    startBot({ file, plexUrl: plex.url, guildId, clock, settleMs, diesAfter })

  const diedAt: KillsOutcome['diedAt'] = new Map()
  const emails: string[] = []
  const waiting = new Map<string, InviteLine>()
  const acknowledged = new Set<string>()
  const take = (said: SaidLine) => {
    if ('dying' in said) diedAt.set(said.dying, (diedAt.get(said.dying) ?? 0) + 1)
    if (!('answered' in said)) return
    // plex.tv could not be read at all: nothing was decided, and he is asked to try again.
    if (said.outcome === 'plexTrouble' || said.outcome === 'noConnection') return
    waiting.delete(said.answered.email)
    acknowledged.add(said.answered.email)
  }
  try {
    for (let round = 0; round < rounds; round++) {
      for (let n = 0; n < invitesARound; n++) {
        const email = `round${round}.invite${n}@example.com`
        emails.push(email)
        waiting.set(email, { id: `press for ${email}`, email })
      }
      const how = random.pick(['at a crash point', 'when a request came in', 'at any moment'])
      const bot = start(how === 'at a crash point' ? 1 + random.below(30) : 0)
      bot.onSaid(take)
      await bot.ready
      bot.invite([...waiting.values()])
      await Promise.race([bot.ended, wait(100 + random.below(500)), ...comesIn(plex, how, random)])
      await bot.kill()
    }
    const last = start(0)
    last.onSaid(take)
    await last.ready
    plex.faults.clear()
    const persons = await settledIn(file, last, waiting, plex, settleMs)
    return { ...judge(plex, emails, persons, acknowledged), deaths: rounds, diedAt }
  } finally {
    await plex.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function comesIn(plex: PretendPlex, how: string, random: Random): Promise<unknown>[] {
  if (how !== 'when a request came in') return []
  const creating = { method: 'POST' }
  return [plex.arrival(creating, plex.count(creating) + 1 + random.below(3))]
}

/** Lets the last process work until nothing is open any more, at most two minutes, and reads what is stored then. */
async function settledIn(
  file: string,
  bot: Bot,
  waiting: ReadonlyMap<string, InviteLine>,
  plex: PretendPlex,
  settleMs: number,
): Promise<readonly Person[]> {
  for (let second = 0; second < 120; second++) {
    if (waiting.size > 0) bot.invite([...waiting.values()])
    await wait(1_000)
    if (waiting.size === 0 && plex.faults.lateWaiting === 0 && (await open(file)).every(isDone)) break
  }
  // Whatever would still come would come within the window.
  await wait((settleMs + lateByAtMostMs) / times)
  const persons = await open(file)
  await bot.kill()
  return persons
}

const isDone = ({ intent }: Person) => intent === undefined || intent.progress.is === 'parked'

async function open(file: string): Promise<readonly Person[]> {
  const store = await openStore({ url: `sqlite://${file}`, keys: undefined, log: silentLog })
  if (!store.ok) throw new Error(store.problem.what)
  const persons = await store.value.collection('people', parsePerson).list(personKeysOf(guildId))
  await store.value.close()
  return persons
}

function judge(
  plex: PretendPlex,
  emails: readonly string[],
  persons: readonly Person[],
  acknowledged: ReadonlySet<string>,
): Omit<KillsOutcome, 'deaths' | 'diedAt'> {
  const sum = { invites: emails.length, lost: 0, doubled: 0, forgotten: 0, parked: 0, unsettled: 0 }
  const byEmail = new Map(persons.map((person) => [person.who.email, person]))
  const created = new Map<string | null, number>()
  for (const entry of plex.ledger) {
    if (entry.did !== 'share-created') continue
    const { invitedEmail } = entry.details
    created.set(invitedEmail, (created.get(invitedEmail) ?? 0) + 1)
  }
  const live = new Set(plex.world.shares.filter(isLive).map((share) => share.invitedEmail))
  for (const email of emails) {
    const person = byEmail.get(email)
    const isApproved = person?.history.some(({ what }) => what === 'decided') ?? false
    if (acknowledged.has(email) && !isApproved) sum.forgotten++
    if ((created.get(email) ?? 0) > 1) sum.doubled++
    if (person?.intent?.progress.is === 'parked') sum.parked++
    else if (!person || person.intent) sum.unsettled++
    if (isApproved && !live.has(email)) sum.lost++
  }
  const faults = plex.requests.filter((entry) => entry.faults.length > 0).length
  return { ...sum, requests: plex.requests.length, faults }
}

interface Bot {
  ready: Promise<void>
  ended: Promise<void>
  invite(invites: readonly InviteLine[]): void
  onSaid(listen: (said: SaidLine) => void): void
  /** `kill -9`. Resolves when it is dead. */
  kill(): Promise<void>
}

function startBot(options: BotProcessOptions): Bot {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'support', 'bot-process.ts'), JSON.stringify(options)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  // It may be dead before it has read what it was told.
  child.stdin.on('error', () => {})
  const listeners: ((said: SaidLine) => void)[] = []
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said: SaidLine = JSON.parse(line)
      if ('ready' in said) resolve()
      for (const listen of listeners) listen(said)
    })
    void ended.then(() => resolve())
  })
  return {
    ready,
    ended,
    invite: (invites) => child.stdin.write(invites.map((each) => `${JSON.stringify(each)}\n`).join('')),
    onSaid: (listen) => listeners.push(listen),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
