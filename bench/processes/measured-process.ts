import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process of its own that tells how it is: the bench and the pretend services are in another one. */
export interface MeasuredProcess {
  /** From the start of the process to the line that says that it is ready. */
  readonly readyMs: number
  rssMb(): Promise<number>
  /** What it has computed since its start, on all its threads: other programs of the machine change it little. */
  cpuMs(): Promise<number>
  /** Begins to look how long the event loop is held up. */
  watchDelay(): Promise<void>
  /** The longest time, in ms, in which the event loop did nothing else, since `watchDelay`; ends the looking. */
  longestDelayMs(): Promise<number>
  /** It is so much later there: what is kept for a minute has grown old. */
  pass(ms: number): Promise<void>
  /** Asks it to end, and waits for that. */
  stop(): Promise<void>
}

export interface ProcessOptions {
  /** Below the project's folder. */
  script: string
  flags: readonly string[]
  env: Readonly<Record<string, string>>
  /** A part of the line of standard output that says that it is ready. */
  readyLine: string
}

const project = fileURLToPath(new URL('../../', import.meta.url))
const probe = new URL('./probe.mjs', import.meta.url).href
const readyWithinMs = 20_000
const stopWithinMs = 5_000

/** Starts it and resolves once it is ready. @throws where it ends before, or is not ready in 20 seconds */
export async function startMeasured(options: ProcessOptions): Promise<MeasuredProcess> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...options.flags, '--import', probe, options.script], {
    cwd: project,
    // Only what is named: settings of whoever measures must not reach the bot.
    env: { PATH: process.env.PATH ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const readyMs = await untilReady(child, options).then((at) => at - startedAt)
  const ask = asking(child)

  return {
    readyMs,
    rssMb: async () => (await ask('rss')) / 2 ** 20,
    cpuMs: async () => (await ask('cpu')) / 1_000,
    watchDelay: async () => void (await ask('watchDelay')),
    longestDelayMs: () => ask('longestDelay'),
    pass: async (ms) => void (await ask('pass', ms)),
    stop: () => stop(child),
  }
}

async function untilReady(child: ChildProcess, { script, readyLine }: ProcessOptions): Promise<number> {
  const said: string[] = []
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      child.kill('SIGKILL')
      reject(new Error(`${script} ${why}:\n${said.join('\n')}`))
    }
    const late = setTimeout(() => fail('was not ready in time'), readyWithinMs)
    child.once('exit', () => fail('ended before it was ready'))
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        // Read to the end of the process: nobody else empties the pipe.
        if (said.length < 50) said.push(line)
        if (!line.includes(readyLine)) return
        const at = performance.now()
        clearTimeout(late)
        child.removeAllListeners('exit')
        resolve(at)
      })
    }
  })
}

/** One question at a time has one answer, told apart by a number. */
function asking(child: ChildProcess): (ask: string, value?: number) => Promise<number> {
  const waiting = new Map<number, (answer: number) => void>()
  let last = 0
  child.on('message', (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('id' in message) || !('answer' in message))
      return
    const { id, answer } = message
    if (typeof id !== 'number' || typeof answer !== 'number') return
    waiting.get(id)?.(answer)
    waiting.delete(id)
  })
  return (ask, value) =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, resolve)
      child.send({ id, ask, value }, (error) => error && reject(error))
    })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  await ended
  clearTimeout(late)
}
