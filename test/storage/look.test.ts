import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import sqlite3 from 'sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readKeys } from '../../src/storage/keys.ts'
import { type DatabaseLook, lookAt } from '../../src/storage/look.ts'
import { keys, newKey, parseNote, placeIn, storeIn, temporaryFile } from './temporary-store.ts'

async function looked(file: string): Promise<DatabaseLook | undefined> {
  const look = await lookAt(placeIn(file))
  if (!look.ok) throw new Error(look.problem.what)
  onTestFinished(() => look.value?.close())
  return look.value
}

async function rowsIn(file: string) {
  const key = await readKeys(`${dirname(file)}/encryption.key`)
  if (!key?.ok) throw new Error('there is no key')
  const store = await (await looked(file))?.openWith(key.value)
  if (!store?.ok || !store.value) throw new Error('there are no rows')
  return store.value
}

async function tablesOf(file: string): Promise<unknown[]> {
  const database = new sqlite3.Database(file)
  const rows = await new Promise<unknown[]>((resolve, reject) =>
    database.all('SELECT name FROM sqlite_master ORDER BY name', (error, found) =>
      error ? reject(error) : resolve(found),
    ),
  )
  await new Promise((resolve) => database.close(resolve))
  return rows
}

describe('a look at the store', () => {
  test('makes no file where there is none', async () => {
    const file = await temporaryFile()
    expect(await looked(file)).toBeUndefined()
    expect(await readdir(dirname(file))).toEqual([])
  })

  test('fills no file that is empty', async () => {
    const file = await temporaryFile()
    await writeFile(file, '')
    expect(await looked(file)).toBeUndefined()
    expect(await readFile(file)).toHaveLength(0)
  })

  test('makes no table in a database of somebody else, and finds no row of ours there', async () => {
    const file = await temporaryFile()
    const other = new sqlite3.Database(file)
    await new Promise((resolve) =>
      other.exec('CREATE TABLE theirs (it); INSERT INTO theirs VALUES (1)', resolve),
    )
    await new Promise((resolve) => other.close(resolve))
    const before = await readFile(file)
    const look = await looked(file)
    expect(await look?.hasRows()).toEqual({ ok: true, value: false })
    expect(await look?.openWith(keys(newKey()))).toEqual({ ok: true, value: undefined })
    await look?.close()
    expect(await readFile(file)).toEqual(before)
    expect(await tablesOf(file)).toEqual([{ name: 'theirs' }])
  })

  test('mends no mode and makes no table of a kind that was never used', async () => {
    const file = await temporaryFile()
    await (await storeIn(file)).close()
    await chmod(file, 0o644)
    const tables = await tablesOf(file)
    const store = await rowsIn(file)
    expect(await store.documents('notes', parseNote).list('')).toEqual([])
    expect((await looked(file))?.mode).toBe(0o644)
    expect((await stat(file)).mode & 0o777).toBe(0o644)
    expect(await tablesOf(file)).toEqual(tables)
  })

  test('sees what a bot wrote that is running, and does not keep it from writing', async () => {
    const file = await temporaryFile()
    const running = await storeIn(file)
    const notes = running.collection('notes', parseNote)
    await notes.update('a', () => ({ text: 'before' }))
    const store = await rowsIn(file)
    expect(await store.documents('notes', parseNote).get('a')).toEqual({ text: 'before' })
    expect(await (await looked(file))?.tryLock()).toEqual({ ok: true, value: undefined })
    await notes.update('b', () => ({ text: 'meanwhile' }))
    expect(await store.documents('notes', parseNote).list('')).toHaveLength(2)
    expect(await store.rowKeys()).toContainEqual({ namespace: 'notes', key: 'b' })
    expect((await store.keyUsage()).unreadable).toEqual(new Map())
  })

  test('with another key opens nothing', async () => {
    const file = await temporaryFile()
    await (await storeIn(file)).close()
    expect(await (await looked(file))?.openWith(keys(newKey()))).toMatchObject({
      ok: false,
      problem: { kind: 'wrongKey' },
    })
  })
})
