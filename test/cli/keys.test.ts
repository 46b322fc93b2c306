import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runKeys } from '../../src/cli/run-keys.ts'
import type { Environment } from '../../src/config.ts'
import { keys, newKey, parseNote, storeIn, temporaryFile, tryStoreIn } from '../storage/temporary-store.ts'
import { commandLine } from '../support/command-line.ts'

async function keysTool(args: readonly string[], environment: Environment) {
  const lines: string[] = []
  const code = await runKeys(args, environment, (line) => lines.push(line))
  return { code, out: lines.join('\n') }
}

async function filled(key?: string): Promise<{ file: string; environment: Environment }> {
  const file = await temporaryFile()
  const store = await storeIn(file, key === undefined ? undefined : keys(key))
  for (const name of ['a', 'b', 'c']) {
    await store.collection('notes', parseNote).update(name, () => ({ text: name }))
  }
  await store.close()
  return { file, environment: { STORAGE_URL: `sqlite://${file}` } }
}

const keyFileOf = (file: string) => join(dirname(file), 'encryption.key')
/** Key ids and folders differ from run to run. */
const steady = (out: string, file: string) =>
  out.replaceAll(dirname(file), '(folder)').replace(/(?<=key[ .]|^ {2})[\w-]{8}(?=[.: ])/gmu, '(key id)')

describe('npm run keys', () => {
  test('as a person types it: lists, rotates, checks; and what is stored is still there', async () => {
    const { file, environment } = await filled()
    const folder = dirname(file)
    const list = await commandLine('src/cli/keys.ts', ['list'], environment, folder)
    expect([list.code, list.err]).toEqual([0, ''])
    expect(steady(list.out, file)).toMatchInlineSnapshot(`
      "The keys come from (folder)/encryption.key.
        (key id)  seals and opens  6 rows
      "
    `)
    const old = await readFile(keyFileOf(file), 'utf8')
    const rotated = await commandLine('src/cli/keys.ts', ['rotate'], environment, folder)
    expect([rotated.code, rotated.err]).toEqual([0, ''])
    expect(steady(rotated.out, file)).toMatchInlineSnapshot(`
      "The bot must not run meanwhile: it would go on writing with the old key.
      Sealing every row with key (key id). It may be stopped at any moment and run again.
      Done: 6 rows sealed anew, 0 were already.
      (folder)/encryption.key now holds the new key (key id). Back it up, not beside the database's backups.
      The old key is kept as (folder)/encryption.key.(key id): older backups need it. Move it away from here.
      "
    `)
    const current = await readFile(keyFileOf(file), 'utf8')
    expect(current).not.toBe(old)
    for (const secret of [old.trim(), current.trim()]) expect(rotated.out + list.out).not.toContain(secret)
    expect((await stat(keyFileOf(file))).mode & 0o777).toBe(0o600)
    const kept = (await readdir(folder)).find((name) => name.startsWith('encryption.key.'))
    expect(await readFile(join(folder, kept ?? ''), 'utf8')).toBe(old)

    expect(await keysTool(['check'], environment)).toMatchObject({ code: 0 })
    const store = await storeIn(file)
    expect(await store.collection('notes', parseNote).list('')).toHaveLength(3)
    await store.close()
    expect(await tryStoreIn(file, keys(old.trim()))).toMatchObject({
      ok: false,
      problem: { kind: 'wrongKey' },
    })
  })

  test('a rotation that was stopped half-way is gone on with', async () => {
    const { file, environment } = await filled()
    const old = await readFile(keyFileOf(file), 'utf8')
    const next = `${newKey()}\n`
    await writeFile(keyFileOf(file), next + old)
    const store = await storeIn(file)
    await store.collection('notes', parseNote).update('d', () => ({ text: 'under the new key' }))
    await store.close()
    const { code, out } = await keysTool(['rotate'], environment)
    expect(code).toBe(0)
    expect(out).toContain('An earlier rotation did not finish')
    expect(await readFile(keyFileOf(file), 'utf8')).toBe(next)
    expect(await keysTool(['check'], environment)).toMatchObject({
      code: 0,
      out: 'All 7 rows can be read; the key fits.',
    })
  })

  test('keys from the environment: one is too few, two are rotated, and the old one may go', async () => {
    const [old, current] = [newKey(), newKey()]
    const { environment } = await filled(old)
    const one = await keysTool(['rotate'], { ...environment, ENCRYPTION_KEY: old })
    expect(one).toMatchInlineSnapshot(`
      {
        "code": 1,
        "out": "ENCRYPTION_KEY holds one key, so there is none to change to. Nothing was changed.
      1. Make a key: openssl rand -base64 32
      2. Put it before the present one: ENCRYPTION_KEY=new,old
      3. Run this again.",
      }
    `)
    const two = await keysTool(['rotate'], { ...environment, ENCRYPTION_KEY: `${current},${old}` })
    expect(two.code).toBe(0)
    expect(two.out).toContain('6 rows sealed anew')
    expect(await keysTool(['check'], { ...environment, ENCRYPTION_KEY: current })).toMatchObject({ code: 0 })
    expect(await keysTool(['list'], { ...environment, ENCRYPTION_KEY: `${current},${old}` })).toMatchObject({
      out: expect.stringMatching(/seals and opens {2}6 rows\n.*only opens {2}0 rows$/u),
    })
  })

  test('a wrong key changes nothing, and says what to do', async () => {
    const { file, environment } = await filled()
    const right = await readFile(keyFileOf(file), 'utf8')
    await writeFile(keyFileOf(file), `${newKey()}\n`)
    const before = await readFile(keyFileOf(file), 'utf8')
    for (const what of ['list', 'check', 'rotate']) {
      const { code, out } = await keysTool([what], environment)
      expect([what, code]).toEqual([what, 1])
      expect(out).toContain('The encryption key is not the one that this database was written with.')
    }
    expect(await readFile(keyFileOf(file), 'utf8')).toBe(before)
    await writeFile(keyFileOf(file), right)
    expect(await keysTool(['check'], environment)).toMatchObject({ code: 0 })
  })

  test('a row that was changed is found', async () => {
    const { file, environment } = await filled()
    const store = await storeIn(file)
    const rows = store.database.rows('notes')
    const from = await rows.get('b')
    if (from === undefined) throw new Error('there is no row b')
    const other = from.at(-1) === 'A' ? 'Q' : 'A'
    await rows.swap([{ key: 'b', from, to: `${from.slice(0, -5)}${other}${from.slice(-4)}` }])
    await store.close()
    const { code, out } = await keysTool(['check'], environment)
    expect(code).toBe(1)
    expect(out).toContain('notes: changed since it was sealed: 1')
  })

  test('no database: none is made', async () => {
    const file = await temporaryFile()
    const { code, out } = await keysTool(['rotate'], { STORAGE_URL: `sqlite://${file}` })
    expect([code, out.split('\n')[0]]).toEqual([1, `There is no database at ${file}.`])
    expect(await readdir(dirname(file))).toEqual([])
  })

  test('anything else shows how it is used', async () => {
    expect(await keysTool(['burn'], {})).toMatchInlineSnapshot(`
      {
        "code": 2,
        "out": "npm run keys -- <what>

        list     which keys there are, and how many rows are sealed with each
        check    opens every row once and says whether all can be read
        rotate   seals every row with a new key; stop the bot first

      Keys are shown by their ids, never themselves. All settings: docs/configuration.md",
      }
    `)
  })
})

test('the bot refuses to start with the wrong key, and says what to do', async () => {
  const { file, environment } = await filled(newKey())
  const started = await commandLine(
    'src/main.ts',
    [],
    { ...environment, DISCORD_TOKEN: 'canary.discord.token', ENCRYPTION_KEY: newKey() },
    dirname(file),
  )
  expect(started.code).toBe(1)
  expect(started.err).toMatchInlineSnapshot(`
    "The encryption key is not the one that this database was written with.
    Give the right key in ENCRYPTION_KEY or in encryption.key. After a rotation that did not finish give both, the new one first: "new,old".
    "
  `)
  expect(started.out).not.toContain('canary')
})
