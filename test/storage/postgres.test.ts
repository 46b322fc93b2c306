import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { openPostgres } from '../../src/storage/postgres/open.ts'
import type { ServerDatabase } from '../../src/storage/rows.ts'
import { documentsContract, parseDoc } from '../contracts/documents.ts'
import { rowsContract } from '../contracts/rows.ts'
import { describeWithPostgres } from '../support/servers/postgres.ts'
import { startChild } from './child.ts'
import { keys, newKey, parseCount, parseNote } from './temporary-store.ts'

describeWithPostgres('PostgreSQL', (server) => {
  const openDatabase = async (url: string): Promise<ServerDatabase> => {
    const database = await openPostgres(url)
    onTestFinished(() => database.close())
    return database
  }
  const openAt = async (url: string, key: string) => {
    const opened = await openStore({ url, keys: keys(key), log: silentLog })
    if (!opened.ok) throw new Error(opened.problem.what)
    onTestFinished(() => opened.value.close())
    return opened.value
  }
  const newUrl = async () => server().url(await server().newDatabase())

  documentsContract('PostgreSQL', async () => {
    const [url, key] = [await newUrl(), newKey()]
    const open = async () => (await openAt(url, key)).collection('docs', parseDoc)
    return { docs: await open(), again: await open() }
  })

  rowsContract('PostgreSQL', async () => {
    const url = await newUrl()
    return { database: await openDatabase(url), again: await openDatabase(url) }
  })

  describe('a database of PostgreSQL', () => {
    it('is the same store for two that open it at the same moment', async () => {
      const [url, key] = [await newUrl(), newKey()]
      const stores = await Promise.all([openAt(url, key), openAt(url, key), openAt(url, key)])
      expect(new Set(stores.map((store) => store.clientIdentifier)).size).toBe(1)
    })

    it('orders by bytes also where its own language would not', async () => {
      const name = `t${newKey().replace(/\W/gu, '').slice(0, 10).toLowerCase()}`
      const icu = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'"
      await server().ask('postgres', `CREATE DATABASE ${name} OWNER usherr ${icu}`)
      const rows = (await openDatabase(server().url(name))).rows('one')
      for (const key of ['b', 'B', 'a', 'A', '_', '%']) await rows.swap([{ key, from: undefined, to: key }])
      expect((await rows.range('')).map(({ key }) => key)).toEqual(['%', 'A', 'B', '_', 'a', 'b'])
    })

    it('keeps what is acknowledged on the disk, whatever the server is set to', async () => {
      const name = await server().newDatabase()
      await server().ask('postgres', `ALTER DATABASE ${name} SET synchronous_commit = off`)
      await server().ask(
        'postgres',
        `ALTER DATABASE ${name} SET default_transaction_isolation = serializable`,
      )
      const database = await openDatabase(server().url(name))
      await server().ask(
        name,
        `CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           NEW.value := current_setting('synchronous_commit') || ', ' || current_setting('transaction_isolation');
           RETURN NEW; END $$`,
      )
      await database.rows('one').get('a')
      await server().ask(
        name,
        'CREATE TRIGGER tell BEFORE INSERT ON usherr_one FOR EACH ROW EXECUTE FUNCTION tell()',
      )
      await database.rows('one').swap([{ key: 'a', from: undefined, to: 'x' }])
      expect(await database.rows('one').get('a')).toBe('on, read committed')
    })

    it('loses none of 2 x 200 changes that two processes make to one document', async () => {
      const [url, key] = [await newUrl(), newKey()]
      const children = [1, 2].map(() => startChild('write-many.ts', [url, key, 'shared', '200']))
      expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0])
      const store = await openAt(url, key)
      expect(await store.collection('counts', parseCount).get('shared')).toBe(400)
      expect(new Set(children.flatMap((child) => child.lines)).size).toBe(400)
    })

    it('has no byte of a removed row in its tables after a deletion for privacy', async () => {
      const name = await server().newDatabase()
      const store = await openAt(server().url(name), newKey())
      const notes = store.collection('notes', parseNote)
      // In this order VACUUM alone would leave the bytes where they are: nothing moves over them.
      for (const key of ['kept', 'gone']) await notes.update(key, () => ({ text: key }))
      const rows = store.database.rows('notes')
      const [gone = '', kept = ''] = await Promise.all([rows.get('gone'), rows.get('kept')])
      const inTables = async () => {
        await server().ask(name, 'CHECKPOINT')
        const [database] = await server().ask(name, 'SELECT oid FROM pg_database WHERE datname = $1', [name])
        const folder = join(server().folder, 'base', String(database?.oid))
        const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))))
        return [gone, kept].map((text) => files.some((file) => file.includes(text)))
      }
      expect(await inTables()).toEqual([true, true])
      await notes.remove('gone')
      expect(await inTables()).toEqual([true, true])
      await store.forget()
      expect(await inTables()).toEqual([false, true])
      expect(await notes.get('kept')).toEqual({ text: 'kept' })
    })
  })

  describe('one bot at a time', () => {
    it('holds a database; another is told so, and who only reads or writes beside it is not kept out', async () => {
      const url = await newUrl()
      const [first, second, tool] = [
        await openDatabase(url),
        await openDatabase(url),
        await openDatabase(url),
      ]
      expect(await first.holdAlone()).toEqual({ ok: true, value: undefined })
      expect(await second.holdAlone()).toMatchObject({ ok: false, problem: { kind: 'inUse' } })
      expect(await tool.rows('one').swap([{ key: 'a', from: undefined, to: 'x' }])).toBe(true)
      expect(await first.rows('one').get('a')).toBe('x')
      // The one that was refused is no bot: nothing of it may write.
      await expect(second.rows('one').swap([{ key: 'b', from: undefined, to: 'x' }])).rejects.toMatchObject({
        name: 'StoreUnavailable',
      })
      await first.close()
      expect(await second.holdAlone()).toMatchObject({ ok: true })
    })

    it('holds only its own database', async () => {
      const [one, other] = [await openDatabase(await newUrl()), await openDatabase(await newUrl())]
      expect(await one.holdAlone()).toMatchObject({ ok: true })
      expect(await other.holdAlone()).toMatchObject({ ok: true })
    })

    it('lets go when its process dies', async () => {
      const url = await newUrl()
      const holder = startChild('hold-server.ts', [url])
      await holder.saidLines(1)
      const next = await openDatabase(url)
      expect(await next.holdAlone()).toMatchObject({ ok: false, problem: { kind: 'inUse' } })
      holder.kill()
      await holder.ended
      await expect.poll(() => next.holdAlone()).toMatchObject({ ok: true })
    })

    it('takes it again where the server has ended its connection, and writes nothing while another has it', async () => {
      const name = await server().newDatabase()
      const url = server().url(name)
      const [first, second] = [await openDatabase(url), await openDatabase(url)]
      const put = (key: string) => first.rows('one').swap([{ key, from: undefined, to: 'x' }])
      const endHolder = () =>
        server().ask(
          name,
          `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
           AND database = (SELECT oid FROM pg_database WHERE datname = $1)`,
          [name],
        )
      await first.holdAlone()
      expect(await put('a')).toBe(true)
      expect(await endHolder()).toHaveLength(1)
      await expect.poll(() => second.holdAlone()).toMatchObject({ ok: true })
      await expect.poll(() => put('b').catch((error: Error) => error.message)).toContain('in use')
      await expect(first.assertInPlace()).rejects.toMatchObject({ name: 'StoreUnavailable' })
      expect(await first.rows('one').get('a')).toBe('x')
      await second.close()
      expect(await put('c')).toBe(true)
      const third = await openDatabase(url)
      expect(await third.holdAlone()).toMatchObject({ ok: false, problem: { kind: 'inUse' } })
    })
  })
})
