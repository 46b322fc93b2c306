import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, statSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { openStore, type Store } from '../../src/storage/open.ts'
import { openPostgres } from '../../src/storage/postgres/open.ts'
import { ServerFailed } from '../../src/storage/store-problem.ts'
import { describeWithPostgres, password, startPostgres } from '../support/servers/postgres.ts'
import { startChild } from './child.ts'
import { keys, newKey, parseCount, parseNote } from './temporary-store.ts'

/** Discord gives 3 seconds; the store's deadline is 2 and everything round it must fit into the rest. */
const mostMs = 2500
const guild = id<GuildId>('100000000000000001')
const member = id<MemberId>('200000000000000001')
const key = newKey()
/** Nobody but openssl makes certificates here. */
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

const tryOpen = async (url: string, given = key) => {
  const opened = await openStore({ url, keys: keys(given), log: silentLog })
  if (opened.ok) onTestFinished(() => opened.value.close())
  return opened
}

async function storeAt(url: string): Promise<Store> {
  const opened = await tryOpen(url)
  if (!opened.ok) throw new Error(`${opened.problem.kind}: ${opened.problem.what}`)
  return opened.value
}

async function storeWithNote(url: string): Promise<Store> {
  const store = await storeAt(url)
  await store.collection('notes', parseNote).update('a', () => ({ text: 'old' }))
  await store.links.ofMember(guild, member)
  return store
}

/** Neither "nothing there" nor "done", in time, and with no word of the address in it. */
async function expectUnavailable(work: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(performance.now() - began).toBeLessThan(mostMs)
  expect(error).toBeInstanceOf(StoreUnavailable)
  expectNoPassword(error)
}

function expectNoPassword(shown: unknown): void {
  const text = `${inspect(shown, { depth: 20, showHidden: true })} ${JSON.stringify(shown)} ${String(shown)}`
  for (const form of [password, encodeURIComponent(password), 'p4ss']) expect(text).not.toContain(form)
}

async function expectNothingWorks(store: Store): Promise<void> {
  const notes = store.collection('notes', parseNote)
  await Promise.all([
    expectUnavailable(() => notes.get('a')),
    expectUnavailable(() => notes.list('')),
    expectUnavailable(() => notes.update('a', () => ({ text: 'new' }))),
    expectUnavailable(() => notes.remove('a')),
    expectUnavailable(() => store.links.ofMember(guild, member)),
    expectUnavailable(() => store.check()),
    expectUnavailable(() => store.forget()),
  ])
}

async function expectProblem(url: string, kind: string, next: string | RegExp = /./u): Promise<void> {
  const began = performance.now()
  const opened = await tryOpen(url)
  expect(performance.now() - began).toBeLessThan(mostMs)
  expect(opened).toMatchObject({
    ok: false,
    problem: { kind, what: expect.any(String), next: expect.stringMatching(next) },
  })
  expectNoPassword(opened)
}

describeWithPostgres('a PostgreSQL that fails', (server) => {
  const newUrl = async () => server().url(await server().newDatabase())

  describe('a table that somebody else has locked', () => {
    it('refuses what waits for it in time, and recovers', async () => {
      const name = await server().newDatabase()
      const store = await storeWithNote(server().url(name))
      const notes = store.collection('notes', parseNote)
      const other = await server().session(name)
      await other.query('BEGIN; LOCK TABLE usherr_notes IN ACCESS EXCLUSIVE MODE')
      await Promise.all([
        expectUnavailable(() => notes.get('a')),
        expectUnavailable(() => notes.update('a', () => ({ text: 'new' }))),
        expectUnavailable(() => notes.remove('a')),
      ])
      await expectUnavailable(() => store.forget())
      await other.query('ROLLBACK')
      expect(await notes.update('a', (current) => ({ text: `${current?.text} and new` }))).toEqual({
        text: 'old and new',
      })
      await other.end()
    })

    it('keeps reading where only a row is locked', async () => {
      const name = await server().newDatabase()
      const store = await storeWithNote(server().url(name))
      const notes = store.collection('notes', parseNote)
      const other = await server().session(name)
      await other.query("BEGIN; SELECT * FROM usherr_notes WHERE key = 'a' FOR UPDATE")
      await expectUnavailable(() => notes.update('a', () => ({ text: 'new' })))
      expect(await notes.get('a')).toEqual({ text: 'old' })
      await other.query('ROLLBACK')
      await other.end()
      expect(await notes.get('a')).toEqual({ text: 'old' })
    })

    it('does not open, and says what to let finish', async () => {
      const name = await server().newDatabase()
      await (await storeWithNote(server().url(name))).close()
      const other = await server().session(name)
      await other.query('BEGIN; LOCK TABLE usherr_meta IN ACCESS EXCLUSIVE MODE')
      await expectProblem(server().url(name), 'locked', 'pg_stat_activity')
      await other.query('ROLLBACK')
      await other.end()
    })
  })

  describe('a server that is stopped', () => {
    it('at the start: the store does not open, and says where to look', async () => {
      const url = await newUrl()
      await server().stop()
      await expectProblem(url, 'outOfReach', 'PostgreSQL runs')
      await server().start()
      await storeWithNote(url)
    })

    it('while the store is open: nothing works in time, and everything works again with it', async () => {
      const store = await storeWithNote(await newUrl())
      await server().stop()
      await expectNothingWorks(store)
      await server().start()
      const notes = store.collection('notes', parseNote)
      await expect.poll(() => notes.get('a').catch(() => 'not yet')).toEqual({ text: 'old' })
      expect(await notes.update('a', () => ({ text: 'new' }))).toEqual({ text: 'new' })
      await store.check()
    })

    it('and comes back while nobody asks: the process lives, and the next question is answered', async () => {
      const url = await newUrl()
      const child = startChild('open-idle.ts', [url, key])
      await child.saidLines(1)
      await server().stop()
      await server().start()
      child.ask('again')
      await child.saidLines(2)
      expect(child.lines).toEqual(['open', 'answered'])
      child.kill()
      await child.ended
    })

    it('at the first use of a kind of document: its table is made once the server is back', async () => {
      const store = await storeWithNote(await newUrl())
      await server().stop()
      const fresh = store.collection('fresh', parseNote)
      await expectUnavailable(() => fresh.get('a'))
      await server().start()
      await expect.poll(() => fresh.get('a').catch(() => 'not yet')).toBeUndefined()
      expect(await fresh.update('a', () => ({ text: 'made' }))).toEqual({ text: 'made' })
    })
  })

  describe('a server that stands still', () => {
    it('is unavailable in time, also for who is closing, and answers again when it thaws', async () => {
      const store = await storeWithNote(await newUrl())
      const leaving = await storeAt(await newUrl())
      server().freeze()
      try {
        await expectNothingWorks(store)
        const began = performance.now()
        await leaving.close().catch(() => {})
        expect(performance.now() - began).toBeLessThan(mostMs)
        await expectProblem(server().url('postgres'), 'outOfReach')
      } finally {
        server().thaw()
      }
      const notes = store.collection('notes', parseNote)
      // What a frozen server was given may still take effect, once: nothing else may.
      await expect.poll(() => notes.list('').catch(() => 'not yet')).not.toBe('not yet')
      const found = (await notes.list('')).map(({ text }) => text)
      expect([['old'], ['new'], []]).toContainEqual(found)
      expect(await notes.update('b', () => ({ text: 'after' }))).toEqual({ text: 'after' })
    })
  })

  describe('a connection that breaks in the middle', () => {
    it('leaves a step of several rows whole or undone, wherever it breaks', async () => {
      const name = await server().newDatabase()
      const straight = await openPostgres(server().url(name))
      onTestFinished(() => straight.close())
      await straight.rows('one').swap([{ key: 'a', from: undefined, to: '0' }])
      const port = Number(new URL(server().url(name)).port)
      let torn = 0
      for (let answers = 1; answers <= 14; answers++) {
        const line = await lineThatBreaks(port, answers)
        const behind = await openPostgres(server().url(name, { port: line.port })).catch(() => undefined)
        line.arm()
        const from = await straight.rows('one').get('a')
        const to = `after ${answers}`
        const outcome = await behind
          ?.rows('one')
          .swap([
            { key: 'a', from, to },
            { key: `b${answers}`, from: undefined, to },
          ])
          .catch((error: unknown) => error)
        await behind?.close()
        line.close()
        const [a, b] = [await straight.rows('one').get('a'), await straight.rows('one').get(`b${answers}`)]
        expect([a === to, b === to]).toEqual(a === to ? [true, true] : [false, false])
        if (outcome === true) expect(a).toBe(to)
        else if (behind) {
          torn++
          expect(outcome).toBeInstanceOf(StoreUnavailable)
        }
      }
      expect(torn).toBeGreaterThan(3)
    })
  })

  describe('a database that takes no writes', () => {
    it('because it is set to read only: it does not open, and says so', async () => {
      const name = await server().newDatabase()
      await (await storeWithNote(server().url(name))).close()
      await server().ask('postgres', `ALTER DATABASE ${name} SET default_transaction_read_only = on`)
      await expectProblem(server().url(name), 'readOnly', 'primary')
    })

    it('or becomes so while it is open: writes are refused, reads go on, and it recovers', async () => {
      const name = await server().newDatabase()
      const store = await storeWithNote(server().url(name))
      const notes = store.collection('notes', parseNote)
      const setTo = async (value: string) => {
        await server().ask('postgres', `ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`)
        await server().ask(
          'postgres',
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'usherr'",
        )
      }
      await setTo('on')
      await expect.poll(() => notes.get('a').catch(() => 'not yet')).toEqual({ text: 'old' })
      await expectUnavailable(() => notes.update('a', () => ({ text: 'new' })))
      await expectUnavailable(() => store.check())
      expect(await notes.get('a')).toEqual({ text: 'old' })
      await setTo('off')
      await expect.poll(() => notes.get('a').catch(() => 'not yet')).toEqual({ text: 'old' })
      expect(await notes.update('a', () => ({ text: 'new' }))).toEqual({ text: 'new' })
    })
  })

  /** A stand-in: a trigger raises what PostgreSQL itself raises where the disk is full. */
  describe('a full disk', () => {
    it('refuses writes by its name, keeps what was there, and takes writes again once there is room', async () => {
      const name = await server().newDatabase()
      const store = await storeWithNote(server().url(name))
      const notes = store.collection('notes', parseNote)
      await server().ask(
        name,
        `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
         CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON usherr_notes FOR EACH ROW EXECUTE FUNCTION full_disk();
         CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON usherr_meta FOR EACH ROW EXECUTE FUNCTION full_disk()`,
      )
      await expect(notes.update('a', () => ({ text: 'new' }))).rejects.toMatchObject({
        name: 'StoreUnavailable',
        message: expect.stringContaining('53100'),
        cause: expect.objectContaining({ problem: expect.objectContaining({ kind: 'full' }) }),
      })
      expect(await notes.get('a')).toEqual({ text: 'old' })
      await notes.remove('a')
      await server().ask(name, 'DROP TRIGGER full_disk ON usherr_notes')
      expect(await notes.update('a', () => ({ text: 'room' }))).toEqual({ text: 'room' })
      // A first start finds it out as well.
      await server().ask(name, 'DELETE FROM usherr_meta; DELETE FROM usherr_notes')
      await expectProblem(server().url(name), 'full', 'room')
    })
  })

  describe('what is not let in', () => {
    it('is told of a wrong password, and of an unknown user, which sound the same', async () => {
      const name = await server().newDatabase()
      await expectProblem(server().url(name, { password: 'p4ssw0rd-wrong' }), 'notLetIn', 'password')
      await expectProblem(server().url(name, { user: 'nobody' }), 'notLetIn', 'password')
      const { host } = new URL(server().url(name))
      await expectProblem(`postgres://usherr@${host}/${name}`, 'notLetIn', 'password')
    })

    it('is told of a database that is not there', async () => {
      await expectProblem(server().url('nowhere'), 'noDatabase', 'CREATE DATABASE')
    })

    it('is told of the right that is missing, before anything is made', async () => {
      const name = await server().newDatabase()
      await server().ask('postgres', `ALTER DATABASE ${name} OWNER TO postgres`)
      await expectProblem(server().url(name), 'noRights', 'GRANT CREATE')
      await server().ask(name, 'GRANT CREATE, USAGE ON SCHEMA public TO usherr')
      await storeWithNote(server().url(name))
    })

    it('is told of tables that belong to somebody else', async () => {
      const name = await server().newDatabase()
      await (await storeWithNote(server().url(name))).close()
      await server().ask(name, 'ALTER TABLE usherr_meta OWNER TO postgres')
      await expectProblem(server().url(name), 'noRights')
    })

    it('is told of a server that is too old, where nobody listens, and that TLS is not offered', async () => {
      const url = await newUrl()
      await expect(openPostgres(url, { least: 99 })).rejects.toMatchObject({
        problem: { kind: 'tooOld', next: expect.stringContaining('Upgrade') },
      })
      await expectProblem(url.replace(/:\d+\//u, ':1/'), 'outOfReach')
      await expectProblem(url.replace('127.0.0.1', 'nowhere.invalid'), 'outOfReach')
      await expectProblem(`${url}?sslmode=verify-full`, 'insecure', 'ssl = on')
      await expectProblem(`${url}?sslmode=require`, 'insecure', 'ssl = on')
    })

    it.skipIf(!hasOpenssl)(
      'over TLS is let in where its certificate is vouched for, as sslmode asks',
      async () => {
        const folder = server().folder
        const [cert, stranger] = [join(folder, 'server.crt'), join(folder, 'stranger.crt')]
        certificate(stranger, 'localhost')
        certificate(cert, 'localhost')
        const url = await newUrl()
        await server().ask('postgres', 'ALTER SYSTEM SET ssl = on')
        await server().stop()
        await server().start()
        const byName = url.replace('127.0.0.1', 'localhost')
        await expectProblem(`${byName}?sslmode=verify-full`, 'insecure', 'sslrootcert')
        await expectProblem(`${byName}?sslmode=verify-full&sslrootcert=${stranger}`, 'insecure')
        // The certificate names localhost, and no address.
        await expectProblem(`${url}?sslmode=verify-full&sslrootcert=${cert}`, 'insecure')
        await expectProblem(
          `${byName}?sslmode=verify-full&sslrootcert=${folder}/none.crt`,
          'insecure',
          'sslrootcert',
        )
        for (const good of [
          `${byName}?sslmode=verify-full&sslrootcert=${cert}`,
          `${url}?sslmode=verify-ca&sslrootcert=${cert}`,
          `${url}?sslmode=require`,
        ]) {
          const database = await openPostgres(good)
          const [said] = await server().ask(
            'postgres',
            "SELECT bool_and(ssl) AS ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'usherr'",
          )
          expect(said).toEqual({ ssl: true })
          await database.close()
        }
        await server().ask('postgres', 'ALTER SYSTEM RESET ssl')
        await server().stop()
        await server().start()
      },
    )

    it.each([
      'postgres://usherr:p4ss#word@host:5432/db',
      'postgres://usherr:p4ss/word@host/db',
      'postgres://usherr:1/p4ss@host/db',
      'postgres://usherr:1?p4ss@host/db',
      'postgres://usherr:1#p4ss@host/db',
      'postgres://usherr:p4ss%@host/db',
      'postgres://usherr:p4ss@host',
      'postgres://usherr:p4ss@host/db/more',
      'postgres://usherr:p4ss@host/db?ssl_mode=require',
      'postgres://usherr:p4ss@host/db?sslmode=prefer',
      'postgres://usherr:p4ss@host/db?sslmode=require&sslmode=disable',
      'postgres://',
    ])('is told of an address that cannot be read, without a part of it: %s', async (url) => {
      const opened = await tryOpen(url)
      expect(opened).toMatchObject({ ok: false, problem: { kind: 'badAddress' } })
      expect(JSON.stringify(opened)).not.toMatch(/p4ss/u)
    })
  })

  describe('tables that something else has changed', () => {
    it('never seem empty when one is dropped under a store that is open', async () => {
      const name = await server().newDatabase()
      const store = await storeWithNote(server().url(name))
      const notes = store.collection('notes', parseNote)
      await server().ask(name, 'DROP TABLE usherr_notes')
      await expectUnavailable(() => notes.get('a'))
      await expectUnavailable(() => notes.list(''))
      await expectUnavailable(() => notes.update('a', () => ({ text: 'over it' })))
      await server().ask(name, 'DROP TABLE usherr_meta')
      await expectUnavailable(() => store.check())
    })

    it('do not open without the canary, where there are rows', async () => {
      const name = await server().newDatabase()
      await (await storeWithNote(server().url(name))).close()
      await server().ask(name, 'DROP TABLE usherr_meta')
      await expectProblem(server().url(name), 'damaged')
    })

    it('do not open with another key', async () => {
      const url = await newUrl()
      await (await storeWithNote(url)).close()
      expect(await tryOpen(url, newKey())).toMatchObject({ ok: false, problem: { kind: 'wrongKey' } })
    })

    it('say so of a row that is garbage or another one’s; the others stay readable', async () => {
      const name = await server().newDatabase()
      const store = await storeWithNote(server().url(name))
      const notes = store.collection('notes', parseNote)
      await notes.update('b', () => ({ text: 'mine' }))
      for (const value of ["'{}'", "'garbage'", "(SELECT value FROM usherr_notes WHERE key = 'b')", "''"]) {
        await server().ask(name, `UPDATE usherr_notes SET value = ${value} WHERE key = 'a'`)
        await expectUnavailable(() => notes.get('a'))
        await expectUnavailable(() => notes.list(''))
        await expectUnavailable(() => notes.update('a', () => ({ text: 'over it' })))
        expect(await notes.get('b')).toEqual({ text: 'mine' })
      }
    })

    it('are not taken where they are of another make', async () => {
      const name = await server().newDatabase()
      await server().ask(
        name,
        'CREATE TABLE usherr_meta (id int, value bytea); ALTER TABLE usherr_meta OWNER TO usherr',
      )
      await expectProblem(server().url(name), 'damaged')
    })
  })

  it('no failure holds the password, whichever way it is looked at', async () => {
    const url = await newUrl()
    const database = await openPostgres(url)
    await server().stop()
    const failed = await database
      .rows('one')
      .get('a')
      .catch((error: unknown) => error)
    expect(failed).toMatchObject({ cause: expect.any(ServerFailed) })
    expectNoPassword(failed)
    expectNoPassword(database)
    await database.close()
    await server().start()
  })
})

/** Signed by itself, readable for the server alone. */
function certificate(file: string, name: string): void {
  const key = file.replace(/crt$/u, 'key')
  const request = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'.split(' ')
  const more = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', file]
  expect(spawnSync('openssl', ['req', ...request, ...more]).status).toBe(0)
  chmodSync(key, 0o600)
  const { uid, gid } = statSync(dirname(file))
  for (const each of [file, key]) chownSync(each, uid, gid)
}

describeWithPostgres('a PostgreSQL that is killed while it writes', () => {
  it('has lost nothing that was acknowledged, 3 times of 3', { timeout: 120_000 }, async () => {
    const durable = await startPostgres({ fsync: true })
    try {
      const url = durable.url(await durable.newDatabase())
      let least = 0
      for (let round = 1; round <= 3; round++) {
        const child = startChild('write-many.ts', [url, key, 'killed', '100000'])
        await child.saidLines(round * 20)
        await durable.kill()
        await child.ended
        const acknowledged = Number(child.lines.at(-1))
        expect(acknowledged).toBeGreaterThan(least)
        await durable.start()
        const store = await storeAt(url)
        const stored = await store.collection('counts', parseCount).get('killed')
        await store.close()
        // One more may have been stored than the process was told.
        expect([acknowledged, acknowledged + 1]).toContain(stored)
        least = acknowledged
      }
    } finally {
      await durable.remove()
    }
  })
})

/** A line to the server that breaks both ways after so many answers, once it is armed. */
async function lineThatBreaks(port: number, answers: number) {
  let left = Number.POSITIVE_INFINITY
  const sockets = new Set<Socket>()
  const listening = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    near.on('data', (chunk) => far.write(chunk)).on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    far.on('data', (chunk) => {
      left--
      if (left < 0) near.destroy()
      else near.write(chunk)
    })
  })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const address = listening.address()
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return {
    port: address.port,
    arm: () => {
      left = answers - 1
    },
    close: () => {
      listening.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
