/**
 * Loaded into the bot's process before `src/main.ts`, which stays as it is: asked over the IPC channel, it lets time pass,
 * breaks the store, plants a leak, takes a guard out, or tells what the process holds.
 */
import { openSync } from 'node:fs'
import { register } from 'node:module'
import { KeyvSqlite } from '@keyv/sqlite'
import { systemClock } from '../../src/lib/clock.ts'
import { type Held, lookWhatIsHeld } from './held.ts'

export type Switch =
  | { turn: 'frozen' | 'thawed' | 'readOnly' | 'writable' | 'failing' | 'working' }
  /** A guard taken out: what fails at the database reads as if nothing were stored. */
  | { turn: 'failingAsEmpty' }
  /** A guard taken out: a stop does not wait for what is under way. */
  | { turn: 'impatient' }
  | { turn: 'leaking' }
  /** It is so much later, or the clock is set back; answered when the next round of jobs has run. */
  | { turn: 'pass'; ms: number }
  | { turn: 'look' }

if (process.env.TAKEN_OUT) register('./taken-out.ts', import.meta.url)

let ahead = 0
let isImpatient = false
let isLeaking = false
let isFailing = false
let readsAsEmpty = false
let isReadOnly = false
let thawed: Promise<void> = Promise.resolve()
let thaw = () => {}
const early = new Set<{ ms: number; dueMs: number; wake(): void }>()
const leaked: unknown[] = []
let roundIsOver = () => {}

const everyMinuteMs = 60_000
const stopPatienceMs = 10_000
const realWait = systemClock.wait
systemClock.now = () => new Date(Date.now() + ahead)
systemClock.wait = async (ms, signal) => {
  if (isImpatient && ms === stopPatienceMs) return
  const soon = new AbortController()
  const entry = { ms, dueMs: Date.now() + ahead + ms, wake: () => soon.abort() }
  early.add(entry)
  if (ms === everyMinuteMs) roundIsOver()
  const either = signal ? AbortSignal.any([signal, soon.signal]) : soon.signal
  await realWait(ms, either)
  early.delete(entry)
}

/** discord.js forgets the queue of each interaction at a sweep once a minute: in a soak of seconds it comes every second. */
const realSetInterval = globalThis.setInterval
if (process.env.SWEEPS_EVERY_MS) {
  const sweepMs = Number(process.env.SWEEPS_EVERY_MS)
  const quicker = (work: () => void, ms?: number) => realSetInterval(work, ms === 60_000 ? sweepMs : ms)
  globalThis.setInterval = Object.assign(quicker, realSetInterval) as typeof setInterval // Without further arguments: nobody here gives any.
}

type Query = KeyvSqlite['query']
const plainQueryOf = new Map<KeyvSqlite, Query>()
const obeyReadOnly = async (plain: Query) =>
  void (await plain(`PRAGMA query_only = ${isReadOnly ? 'ON' : 'OFF'}`))

// Every adapter makes its own `query`, which its other methods go through; listening to it is the first thing that is done.
const { on } = KeyvSqlite.prototype
KeyvSqlite.prototype.on = function (...given) {
  if (!plainQueryOf.has(this)) {
    const plain = this.query
    plainQueryOf.set(this, plain)
    const ready = isReadOnly ? obeyReadOnly(plain) : undefined
    this.query = async (...asked) => {
      await ready
      await thawed
      if (isLeaking) leak()
      try {
        if (isFailing) throw ioError()
        return await plain(...asked)
      } catch (error) {
        if (readsAsEmpty) return []
        throw error
      }
    }
  }
  return on.apply(this, given)
}

/** As the database words it when the disk fails. */
const ioError = () => Object.assign(new Error('SQLITE_IOERR: disk I/O error'), { code: 'SQLITE_IOERR' })

function leak() {
  leaked.push(new Array(200).fill(Math.random()))
  if (leaked.length % 40 === 0)
    leaked.push(
      openSync('/dev/null', 'r'),
      setInterval(() => {}, 3_600_000),
    )
}

async function turn(asked: Switch): Promise<Held | undefined> {
  switch (asked.turn) {
    case 'frozen':
      thawed = new Promise((resolve) => {
        thaw = resolve
      })
      return undefined
    case 'thawed':
      thaw()
      thawed = Promise.resolve()
      return undefined
    case 'readOnly':
    case 'writable':
      isReadOnly = asked.turn === 'readOnly'
      await Promise.all([...plainQueryOf.values()].map(obeyReadOnly))
      return undefined
    case 'failing':
    case 'failingAsEmpty':
    case 'working':
      isFailing = asked.turn !== 'working'
      readsAsEmpty = asked.turn === 'failingAsEmpty'
      return undefined
    case 'impatient':
      isImpatient = true
      return undefined
    case 'leaking':
      isLeaking = true
      return undefined
    case 'pass': {
      ahead += asked.ms
      const over = new Promise<void>((resolve) => {
        roundIsOver = resolve
      })
      // A clock that is set back moves no timer: the next round of jobs comes all the same.
      const isOver = ({ ms, dueMs }: { ms: number; dueMs: number }) =>
        dueMs <= Date.now() + ahead || (asked.ms < 0 && ms === everyMinuteMs)
      for (const entry of [...early]) if (isOver(entry)) entry.wake()
      await over
      return undefined
    }
    case 'look':
      return lookWhatIsHeld()
    default:
      return asked satisfies never
  }
}

process.on('message', (message) => {
  // The campaign's process is the only one at the other end of the channel; it sends nothing else.
  const { number, asked } = message as { number: number; asked: Switch }
  void turn(asked).then((answer) => process.send?.({ number, answer }))
})
process.channel?.unref()
process.once('disconnect', () => process.exit(1))
