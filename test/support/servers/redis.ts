import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { RedisClient } from '@redis/client'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { Log, LogFields } from '../../../src/lib/log.ts'
import { freePort } from '../free-port.ts'
import { describeWith } from './on-this-machine.ts'

/** A real Redis of its own for one test: its folder, its port on the loopback, its settings. */
export interface RedisServer {
  /** Without an account and a password. */
  readonly url: string
  readonly folder: string
  /** Again, on the same data and the same port. Resolves when it takes commands. */
  start(): Promise<void>
  /** As an administrator stops it. */
  stop(): Promise<void>
  /** `kill -9`. */
  kill(): Promise<void>
  /** It stands still, and its connections stay open. */
  freeze(): void
  thaw(): void
  /** Asks it beside the bot, as an administrator would. */
  ask(...command: string[]): Promise<unknown>
  /** The same with a password. */
  as(password: string): (...command: string[]) => Promise<unknown>
  /** `CONFIG SET`: only until the next start. */
  configure(name: string, value: string): Promise<void>
}

/** Built once: it takes longer than most that is asked. */
const createClient = RedisClient.factory({ RESP: 2 })

const binary = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'redis-server'))
  .find((path) => existsSync(path))

/** Whether its program is on this machine. */
export const hasRedis = binary !== undefined

export function describeWithRedis(title: string, tests: () => void): void {
  describeWith('redis-server', hasRedis, title, tests)
}

/**
 * One Redis for all tests of a suite, each in a database of its own: `newDatabase` gives the URL of one in which
 * nothing is. For tests that leave the server itself alone.
 */
export function describeWithOneRedis(title: string, tests: (newDatabase: () => string) => void): void {
  describeWithRedis(title, () => {
    let server: RunningRedis | undefined
    let used = 0
    beforeAll(async () => {
      server = await launchRedis({ databases: '1000' })
    })
    afterAll(() => server?.remove())
    tests(() => {
      if (!server) throw new Error('Redis is not running')
      return `${server.url}/${used++}`
    })
  })
}

/** As docs/storage.md recommends it, but that it need not wait for the disk, unless the test is about what survives. */
const usual = {
  appendonly: 'yes',
  appendfsync: 'everysec',
  'maxmemory-policy': 'noeviction',
  save: '""',
}

/** Starts a Redis that ends with the test. `settings` are lines of its redis.conf beside the usual ones. */
export async function startRedis(settings: Settings = {}): Promise<RedisServer> {
  const server = await launchRedis(settings)
  onTestFinished(() => server.remove())
  return server
}

type Settings = Readonly<Record<string, string>>

interface RunningRedis extends RedisServer {
  /** Ends it and takes its folder away. */
  remove(): Promise<void>
}

/** The same, and whoever starts it takes it away. */
export async function launchRedis(settings: Settings): Promise<RunningRedis> {
  if (binary === undefined) throw new Error('Redis is not on this machine: there is no redis-server in PATH')
  const program = binary
  const folder = await mkdtemp(join(tmpdir(), 'usherr-redis-'))
  const port = await freePort()
  const conf = join(folder, 'redis.conf')
  const lines = { bind: '127.0.0.1', port: String(port), dir: folder, ...usual, ...settings }
  await writeFile(
    conf,
    Object.entries(lines)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  )
  let running: ChildProcess | undefined
  const ended = async (signal: NodeJS.Signals) => {
    const child = running
    running = undefined
    if (!child) return
    const exit = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child.kill(signal)
    if (signal === 'SIGTERM') child.kill('SIGCONT')
    await exit
  }
  async function askOnce(signIn: { password?: string }, command: readonly string[]): Promise<unknown> {
    const options = {
      socket: { host: '127.0.0.1', port, reconnectStrategy: false },
      RESP: 2,
      ...signIn,
    } as const
    const client = createClient(options)
    client.on('error', () => {})
    await client.connect()
    try {
      return await client.sendCommand(command)
    } finally {
      client.destroy()
    }
  }
  const server: RunningRedis = {
    url: `redis://127.0.0.1:${port}`,
    folder,
    async start() {
      running = await startProcess(program, conf)
    },
    stop: () => ended('SIGTERM'),
    kill: () => ended('SIGKILL'),
    freeze: () => {
      running?.kill('SIGSTOP')
    },
    thaw: () => {
      running?.kill('SIGCONT')
    },
    ask: (...command) => askOnce({}, command),
    as:
      (password) =>
      (...command) =>
        askOnce({ password }, command),
    async configure(name, value) {
      await server.ask('CONFIG', 'SET', name, value)
    },
    async remove() {
      await server.kill()
      // A child that was rewriting a file may outlive it by a moment.
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
  await server.start()
  return server
}

async function startProcess(program: string, conf: string): Promise<ChildProcess> {
  const child = spawn(program, [conf], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const exit = once(child, 'exit').then(() => {
    throw new Error(`redis-server ended before it took commands:\n${said}`)
  })
  exit.catch(() => {})
  while (!said.includes('Ready to accept connections')) await Promise.race([once(child.stdout, 'data'), exit])
  return child
}

/** Stands between a client and a Redis, and may change what Redis says or cut the line. */
export interface Proxy {
  readonly url: string
  /** From now on: what Redis answered, as text; `undefined` cuts the line instead of answering. */
  answer: (text: string) => string | undefined
}

export async function startProxy(server: RedisServer): Promise<Proxy> {
  const target = Number(new URL(server.url).port)
  const open = new Set<Socket>()
  const proxy = { url: '', answer: (text: string): string | undefined => text }
  const listener = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.on('error', () => {}).on('close', () => other.destroy())
    }
    near.on('data', (data) => far.write(data))
    far.on('data', (data) => {
      const answer = proxy.answer(data.toString('latin1'))
      if (answer === undefined) near.destroy()
      else near.write(Buffer.from(answer, 'latin1'))
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve))
  proxy.url = `redis://127.0.0.1:${port}`
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    listener.close()
  })
  return proxy
}

/** A log that can be waited for. */
export interface WatchedLog extends Log {
  readonly lines: readonly { level: string; fields: LogFields; message: string }[]
  /** Resolves when this has been logged since the last call that waited for the same. */
  logged(message: string): Promise<void>
}

export function watchedLog(): WatchedLog {
  const lines: { level: string; fields: LogFields; message: string }[] = []
  const seen = new Map<string, number>()
  let wake = () => {}
  const at = (level: string) => (fields: LogFields, message: string) => {
    lines.push({ level, fields, message })
    wake()
  }
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    async logged(message) {
      const before = seen.get(message) ?? 0
      const count = () => lines.filter((line) => line.message === message).length
      while (count() <= before) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      seen.set(message, before + 1)
    },
  }
}
