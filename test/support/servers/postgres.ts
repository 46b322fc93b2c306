import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { freePort } from '../free-port.ts'
import { describeWith } from './on-this-machine.ts'

/** A real PostgreSQL of its own: a cluster in a folder that goes afterwards, on a port of 127.0.0.1 that was free. */
export interface PostgresServer {
  readonly folder: string
  /** A new, empty database of the role `usherr`. */
  newDatabase(): Promise<string>
  /** What STORAGE_URL would say. */
  url(database: string, as?: { user?: string; password?: string; port?: number }): string
  /** Asks as the superuser. */
  ask(database: string, sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** A session of the superuser, for locks; it ends with `end()`. */
  session(database: string): Promise<pg.Client>
  start(): Promise<void>
  /** In order, but without waiting for those who are connected. */
  stop(): Promise<void>
  /** `kill -9` of the postmaster; its children find out by themselves. */
  kill(): Promise<void>
  /** Every process of it stands still: connections are taken, and nobody answers. */
  freeze(): void
  thaw(): void
  /** Ends it and takes its folder away. */
  remove(): Promise<void>
}

/** With every character that has to be escaped in an address; no output of ours may hold it. */
export const password = 'p4ss/w0rd#with?all@of:it%'

/** Whether its programs are on this machine. */
export const hasPostgres = binaries() !== undefined

export function describeWithPostgres(title: string, tests: (server: () => PostgresServer) => void): void {
  describeWith('PostgreSQL', hasPostgres, title, () => {
    let running: PostgresServer | undefined
    beforeAll(async () => {
      running = await startPostgres()
    })
    afterAll(() => running?.remove())
    tests(() => {
      if (!running) throw new Error('the server is not running')
      return running
    })
  })
}

/** `fsync` off unless the test is about what survives: a cluster is made and started in a second then. */
export async function startPostgres({ fsync = false }: { fsync?: boolean } = {}): Promise<PostgresServer> {
  const bin = binaries()
  if (bin === undefined) throw new Error('PostgreSQL is not on this machine: there is no initdb')
  const home = await mkdtemp(join(tmpdir(), 'usherr-postgres-'))
  const folder = join(home, 'cluster')
  // PostgreSQL refuses to run as root.
  const owner = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  if ('uid' in owner) await chown(home, 65534, 65534)
  await writeFile(join(home, 'password'), password)
  const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  const made = spawnSync(
    join(bin, 'initdb'),
    [
      '-D',
      folder,
      '-U',
      'postgres',
      '--auth=scram-sha-256',
      `--pwfile=${join(home, 'password')}`,
      '--no-sync',
      '-E',
      'UTF8',
    ],
    { ...owner, cwd: home, env: environment, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const port = await freePort()
  let child: ChildProcess | undefined
  let ended: Promise<unknown> = Promise.resolve()

  async function startOnce(): Promise<boolean> {
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: fsync ? 'on' : 'off',
      max_connections: 60,
      shared_buffers: '16MB',
      log_min_messages: 'warning',
      autovacuum: 'off',
    }
    const started = spawn(
      join(bin ?? '', 'postgres'),
      ['-D', folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...owner, cwd: home, env: environment, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    child = started
    ended = new Promise((resolve) => started.once('close', resolve))
    const lines = createInterface({ input: started.stderr })
    return new Promise((resolve) => {
      lines.on('line', (line) => {
        if (line.includes('ready to accept connections')) resolve(true)
      })
      started.once('close', () => resolve(false))
    })
  }
  async function start() {
    // After a kill the old children may hold the shared memory for a moment; every try takes some of it.
    for (let attempt = 1; !(await startOnce()); attempt++) {
      if (attempt === 50) throw new Error('PostgreSQL does not start')
    }
  }
  async function endBy(signal: NodeJS.Signals) {
    child?.kill(signal)
    await ended
    child = undefined
  }
  async function session(database: string) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  async function ask(database: string, sql: string, values: unknown[] = []) {
    const client = await session(database)
    try {
      return (await client.query<Record<string, unknown>>(sql, values)).rows
    } finally {
      await client.end()
    }
  }
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of [child?.pid, ...childrenOf(child?.pid)])
      if (pid !== undefined) process.kill(pid, signal)
  }
  const lastResort = () => child?.kill('SIGQUIT')
  process.once('exit', lastResort)

  await start()
  await ask('postgres', `CREATE ROLE usherr LOGIN PASSWORD '${password}'`)
  return {
    folder,
    async newDatabase() {
      const name = `t${randomBytes(5).toString('hex')}`
      await ask('postgres', `CREATE DATABASE ${name} OWNER usherr`)
      return name
    },
    url: (database, as = {}) =>
      `postgres://${as.user ?? 'usherr'}:${encodeURIComponent(as.password ?? password)}@127.0.0.1:${as.port ?? port}/${database}`,
    ask,
    session,
    start,
    stop: () => endBy('SIGINT'),
    async remove() {
      signalAll('SIGCONT')
      await endBy('SIGINT')
      process.off('exit', lastResort)
      await rm(home, { recursive: true, force: true })
    },
    kill: () => endBy('SIGKILL'),
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
  }
}

/** As Linux tells it; elsewhere only the first process stands still. */
function childrenOf(parent: number | undefined): number[] {
  if (parent === undefined || !existsSync('/proc/self/stat')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => parentOf(pid) === parent)
    .map(Number)
}

function parentOf(pid: string): number | undefined {
  try {
    // After the name, which stands in parentheses: the state, then the parent.
    const [, parent] = /^.*\) \S (\d+)/su.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return Number(parent)
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}

/** Where Debian and others keep them: beside each other by version, and not on the path. */
function binaries(): string | undefined {
  const ofDebian = '/usr/lib/postgresql'
  const versions = existsSync(ofDebian) ? readdirSync(ofDebian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(ofDebian, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}
