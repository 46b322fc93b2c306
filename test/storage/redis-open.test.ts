import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { openRedis } from '../../src/storage/redis/open.ts'
import { parseRedisUrl } from '../../src/storage/redis/url.ts'
import { ServerFailed } from '../../src/storage/store-problem.ts'
import {
  describeWithRedis,
  type RedisServer,
  startProxy,
  startRedis,
  watchedLog,
} from '../support/servers/redis.ts'
import { temporaryFolder } from './temporary-store.ts'

const password = 'p4ss w0rd/of#canary?'

/** The URL of this server with an account and a password. */
function signedIn(url: string, account: string, secret: string): string {
  return url.replace('redis://', `redis://${account}:${encodeURIComponent(secret)}@`)
}

/** It does not open, and says why and what to do, without any part of a password. */
async function refusal(url: string): Promise<ServerFailed> {
  const log = watchedLog()
  const thrown: unknown = await openRedis(url, { log }).then(
    (database) => database.close(),
    (error: unknown) => error,
  )
  if (!(thrown instanceof ServerFailed)) throw new Error(`it opened, or threw ${inspect(thrown)}`)
  const all = inspect([thrown, thrown.stack, log.lines], { depth: null, showHidden: true })
  expect(all).not.toMatch(/p4ss|w0rd|canary/)
  expect(thrown.problem.next).not.toBe('')
  return thrown
}

async function open(url: string, log = watchedLog()) {
  const database = await openRedis(url, { log })
  onTestFinished(() => database.close())
  return { database, rows: database.rows('notes'), log }
}

describe('the address of a Redis', () => {
  it('is read with account, password, port and number', () => {
    const address = parseRedisUrl('rediss://me:%2Fa%40b@redis.example:7000/3')
    expect({ ...address, password: address.password?.reveal() }).toEqual({
      host: 'redis.example',
      port: 7000,
      isEncrypted: true,
      account: 'me',
      password: '/a@b',
      database: 3,
    })
    expect(parseRedisUrl('redis://[::1]')).toEqual({
      host: '::1',
      port: 6379,
      isEncrypted: false,
      account: undefined,
      password: undefined,
      database: 0,
    })
  })

  it.each([
    'redis://',
    'redis:///0',
    'http://host',
    'redis://host/name',
    'redis://host/0/1',
    'redis://host?password=p4ss',
    'redis://host#canary',
    'redis://:p4ss/w0rd@host',
    'redis://:p4ss#w0rd@host',
    'redis://me:p4ss?w0rd@host',
    'redis://:12/canary@host',
    'redis://:p4ss%zzw0rd@host',
    'redis://host:99999',
  ])('is refused where it is %s, and not repeated', async (url) => {
    const { problem, code } = await refusal(url)
    expect(problem.kind).toBe('badAddress')
    expect(code).toBe('BADADDRESS')
  })
})

describeWithRedis('opening Redis', () => {
  it('says that nothing is there', async () => {
    const server = await startRedis()
    await server.stop()
    const { problem } = await refusal(server.url)
    expect(problem).toEqual({
      kind: 'outOfReach',
      what: `The Redis at ${server.url}/0 cannot be reached (ECONNREFUSED).`,
      next: 'Check that it runs, that STORAGE_URL has its host and port (rediss:// where it wants TLS), and that no firewall is between.',
    })
  })

  it('says so of one that does not answer', async () => {
    const server = await startRedis()
    server.freeze()
    expect(await refusal(server.url)).toMatchObject({ code: 'SILENT', problem: { kind: 'outOfReach' } })
  })

  it('says that nobody has the name', async () => {
    expect((await refusal('redis://nobody.invalid')).problem.kind).toBe('outOfReach')
  })

  it('takes the right password, and none of the wrong ones', async () => {
    const server = await startRedis({ requirepass: `"${password}"` })
    const { database } = await open(signedIn(server.url, '', password))
    await database.assertInPlace()
    expect(await refusal(server.url)).toMatchObject({ code: 'NOAUTH', problem: { kind: 'notLetIn' } })
    for (const account of ['', 'default', 'somebody']) {
      const wrong = await refusal(signedIn(server.url, account, `${password} is wrong`))
      expect(wrong).toMatchObject({ code: 'WRONGPASS', problem: { kind: 'notLetIn' } })
    }
  })

  it('says that a password was given where Redis has none', async () => {
    const server = await startRedis()
    const { problem } = await refusal(signedIn(server.url, '', password))
    expect(problem.kind).toBe('notLetIn')
    expect(problem.next).toContain('requirepass')
  })

  it('repeats nothing of what Redis says of a command that it does not know', async () => {
    const server = await startRedis({ 'rename-command': 'AUTH ""' })
    expect((await refusal(signedIn(server.url, '', password))).code).toBe('UNKNOWN')
  })

  it('repeats no password while it tries to come back to a Redis that has another one now', async () => {
    const server = await startRedis({ requirepass: `"${password}"` })
    const { rows, log } = await open(signedIn(server.url, '', password))
    await server.as(password)('CONFIG', 'SET', 'requirepass', 'another one')
    // Redis lets those stay who came in by the old one.
    await server.as('another one')('CLIENT', 'KILL', 'TYPE', 'normal')
    await log.logged('Redis does not answer')
    const thrown: unknown = await rows.get('a').catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(StoreUnavailable)
    expect(inspect([thrown, log.lines], { depth: null, showHidden: true })).not.toMatch(/p4ss|w0rd|canary/)
    await server.as('another one')('CONFIG', 'SET', 'requirepass', password)
    await log.logged('Redis answers again')
    expect(await rows.get('a')).toBeUndefined()
  })

  it('refuses one that keeps no file, with the lines that it needs', async () => {
    const { problem } = await refusal((await startRedis({ appendonly: 'no' })).url)
    expect(problem).toMatchObject({ kind: 'losesWrites', next: expect.stringContaining('"appendonly yes"') })
    expect(problem.next).toContain('"appendfsync always"')
  })

  it.each(['allkeys-lru', 'allkeys-lfu', 'allkeys-random'])(
    'refuses one that throws rows away by %s, with the line that it needs',
    async (policy) => {
      const { problem } = await refusal((await startRedis({ 'maxmemory-policy': policy })).url)
      expect(problem).toMatchObject({ kind: 'losesWrites', what: expect.stringContaining(policy) })
      expect(problem.next).toContain('"maxmemory-policy noeviction"')
    },
  )

  it('takes one that only throws away what has an expiry', async () => {
    const server = await startRedis({ 'maxmemory-policy': 'volatile-lru' })
    await (await open(server.url)).database.assertInPlace()
  })

  it.each([
    ['always', 'no', 0],
    ['everysec', 'no', 1],
    ['no', 'no', 1],
    ['always', 'yes', 1],
  ])(
    'warns of what a power cut may take: appendfsync %s, no-appendfsync-on-rewrite %s',
    async (fsync, rewrite, warnings) => {
      const server = await startRedis({ appendfsync: fsync, 'no-appendfsync-on-rewrite': rewrite })
      const { log } = await open(server.url)
      expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(warnings)
    },
  )

  it('warns where Redis does not tell its settings, and still finds out what must be', async () => {
    const server = await startRedis({ 'rename-command': 'CONFIG ""' })
    const { log, database } = await open(server.url)
    expect(log.lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('appendfsync always') },
    ])
    await database.assertInPlace()
    const loose = await startRedis({ 'rename-command': 'CONFIG ""', appendonly: 'no' })
    expect((await refusal(loose.url)).problem.kind).toBe('losesWrites')
  })

  it('refuses a copy of another Redis, and one that waits for copies', async () => {
    const server = await startRedis()
    await server.ask('REPLICAOF', '127.0.0.1', '1')
    expect(await refusal(server.url)).toMatchObject({ code: 'REPLICA', problem: { kind: 'readOnly' } })
    await server.ask('REPLICAOF', 'NO', 'ONE')
    await server.configure('min-replicas-to-write', '1')
    expect(await refusal(server.url)).toMatchObject({ code: 'NOREPLICAS', problem: { kind: 'readOnly' } })
  })

  it('refuses one whose memory is full', async () => {
    const server = await startRedis()
    await server.configure('maxmemory', '1')
    expect(await refusal(server.url)).toMatchObject({ code: 'OOM', problem: { kind: 'full' } })
  })

  it('refuses an old one', async () => {
    const proxy = await startProxy(await startRedis())
    proxy.answer = (text) => text.replace(/redis_version:\d\.\d\.(\d+)/u, 'redis_version:6.2.$1')
    const { problem } = await refusal(proxy.url)
    expect(problem).toMatchObject({ kind: 'tooOld', what: expect.stringContaining('6.2.') })
  })

  it('refuses a number that Redis does not have', async () => {
    const { problem } = await refusal(`${(await startRedis()).url}/99`)
    expect(problem.kind).toBe('noDatabase')
  })

  it('refuses where something else lies under its names', async () => {
    for (const key of ['{usherr}:id', '{usherr}:namespaces']) {
      const server = await startRedis()
      await server.ask('HSET', key, 'a', 'b')
      expect(await refusal(server.url)).toMatchObject({ code: 'WRONGTYPE', problem: { kind: 'damaged' } })
    }
  })

  it('refuses a node of a cluster that has not its place, and takes one that has', async () => {
    const server = await startRedis({ 'cluster-enabled': 'yes' })
    expect(await refusal(server.url)).toMatchObject({ code: 'CLUSTERDOWN', problem: { kind: 'unsupported' } })
    await server.ask('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    while (!String(await server.ask('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    const { rows } = await open(server.url)
    expect(await rows.swap([{ key: 'a', from: undefined, to: '1' }])).toBe(true)
    expect(await rows.range('')).toEqual([{ key: 'a', text: '1' }])
  })

  it('leaves nothing behind but its id, and keeps that', async () => {
    const server = await startRedis()
    await (await open(server.url)).database.close()
    expect(await server.ask('KEYS', '*')).toEqual(['{usherr}:id'])
    const id = await server.ask('GET', '{usherr}:id')
    await Promise.all([open(server.url), open(server.url)])
    expect(await server.ask('GET', '{usherr}:id')).toBe(id)
  })
})

describeWithRedis('the rights of an account', () => {
  /** As the message to a person has it. */
  const enough = '~{usherr}:* +@read +@write +@scripting +@connection +info +bgrewriteaof +config|get'.split(
    ' ',
  )

  async function withRights(server: RedisServer, rights: readonly string[]): Promise<string> {
    await server.ask('ACL', 'SETUSER', 'usherr', 'reset', 'on', `>${password}`, ...rights)
    return signedIn(server.url, 'usherr', password)
  }

  it('are enough where they are those that the refusal names', async () => {
    const server = await startRedis()
    expect((await refusal(await withRights(server, []))).problem).toMatchObject({
      kind: 'noRights',
      next: expect.stringContaining(enough.join(' ')),
    })
    const { database, rows, log } = await open(await withRights(server, enough))
    expect(await rows.swap([{ key: 'a', from: undefined, to: '1' }])).toBe(true)
    expect(await database.holdAlone()).toEqual({ ok: true, value: undefined })
    expect(await rows.swap([{ key: 'a', from: '1', to: undefined }])).toBe(true)
    await database.assertInPlace()
    await database.scrub()
    expect(await database.namespaces()).toEqual(['notes'])
    expect(log.lines.filter(({ message }) => !message.includes('once a second'))).toEqual([])
  })

  it('are refused at the start, and not half-way through a change, where one of them is missing', async () => {
    const server = await startRedis()
    const commands =
      '-hset -hget -hmget -hlen -hdel -zadd -zcard -zrangebylex -zrem -sadd -sismember -smembers -set -setnx -get -del -pttl -evalsha -eval -info'
    const lacking = [
      ...commands.split(' ').map((each) => [each]),
      ['resetkeys'],
      ['resetkeys', '%R~{usherr}:*'],
    ]
    for (const rights of lacking) {
      // What Redis knows by its name it would not ask the text of.
      await server.ask('SCRIPT', 'FLUSH')
      const { problem } = await refusal(await withRights(server, [...enough, ...rights]))
      expect([rights, problem.kind]).toEqual([rights, 'noRights'])
    }
  })
})

/** Nobody but openssl makes certificates here. */
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

describeWithRedis('a Redis by TLS', () => {
  it.skipIf(!hasOpenssl)(
    'is refused where nobody vouches for it, and opened where somebody does',
    async () => {
      const folder = await temporaryFolder()
      const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
      const made = spawnSync('openssl', [
        ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost'.split(
          ' ',
        ),
        ...'-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout'.split(' '),
        ...[key, '-out', cert],
      ])
      expect(made.status).toBe(0)
      const server = await startRedis({
        'tls-cert-file': cert,
        'tls-key-file': key,
        'tls-ca-cert-file': cert,
        'tls-auth-clients': 'no',
      })
      const port = String(Number(new URL(server.url).port) + 20_000)
      await server.configure('tls-port', port)
      const url = `rediss://:${encodeURIComponent(password)}@127.0.0.1:${port}`
      await server.configure('requirepass', password)

      const refused = await refusal(url)
      expect(refused).toMatchObject({
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
        problem: { kind: 'notLetIn', next: expect.stringContaining('NODE_EXTRA_CA_CERTS') },
      })
      // It speaks TLS on the one port only: asking for none there finds nobody who answers.
      expect((await refusal(url.replace('rediss:', 'redis:'))).problem.kind).toBe('outOfReach')
      expect(await openInChild(url, cert)).toBe('kept')
    },
  )
})

/** Node reads whom it trusts at its start, so this needs a process of its own. */
async function openInChild(url: string, trusted: string): Promise<string> {
  const module = new URL('../../src/storage/redis/open.ts', import.meta.url).href
  const script = `
    const { openRedis } = await import(process.env.REDIS_MODULE)
    const database = await openRedis(process.env.REDIS_URL)
    const rows = database.rows('notes')
    await rows.swap([{ key: 'a', from: undefined, to: 'kept' }])
    process.stdout.write(await rows.get('a'))
    await database.close()`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: trusted, REDIS_MODULE: module, REDIS_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await once(child, 'close')
  return said
}
