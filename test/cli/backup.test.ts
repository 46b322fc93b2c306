import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { KeyvSqlite } from '@keyv/sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runBackup } from '../../src/cli/run-backup.ts'
import type { Environment } from '../../src/config.ts'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { StoreUnavailable } from '../../src/sharing/ports.ts'
import { backUp } from '../../src/storage/back-up.ts'
import { keyIdOf } from '../../src/storage/cipher.ts'
import type { FileDatabase } from '../../src/storage/rows.ts'
import { startChild } from '../storage/child.ts'
import {
  keys,
  newKey,
  parseCount,
  storeIn,
  temporaryFile,
  temporaryFolder,
} from '../storage/temporary-store.ts'
import { commandLine } from '../support/command-line.ts'

const guildId = id<GuildId>('100000000000000001')
const memberId = id<MemberId>('200000000000000001')
const canary = 'canary-alice@private.example'

async function filled(key?: string): Promise<{ file: string; environment: Environment }> {
  const file = await temporaryFile()
  const store = await storeIn(file, key === undefined ? undefined : keys(key))
  const who = { email: canary, username: 'canaryUsername' }
  await store.links.link({ guildId, memberId, who, linkedAt: new Date(), linkedBy: memberId })
  await store.close()
  const given = key === undefined ? {} : { ENCRYPTION_KEY: key }
  return { file, environment: { STORAGE_URL: `sqlite://${file}`, ...given } }
}

async function backup(args: readonly string[], environment: Environment, now = new Date()) {
  const lines: string[] = []
  const code = await runBackup(args, environment, (line) => lines.push(line), { now })
  return { code, out: lines.join('\n') }
}

const allIn = async (folder: string) => (existsSync(folder) ? (await readdir(folder)).sort() : [])
const steady = (out: string, file: string) =>
  out
    .replaceAll(dirname(file), '(folder)')
    .replace(/(?<=the key )[\w-]{8}/u, '(key id)')
    .replace(/\d{4}-\d\d-\d\dT\d{6}Z/u, '(time)')

describe('npm run backup', () => {
  test('as a person types it: a private copy, encrypted, that says which key it needs, and no word of anybody', async () => {
    const { file, environment } = await filled()
    const folder = dirname(file)
    const made = await commandLine('src/cli/backup.ts', [], environment, folder)
    expect([made.code, made.err]).toEqual([0, ''])
    expect(steady(made.out, file)).toMatchInlineSnapshot(`
      "Backed up to (folder)/backups/usherr-(time).sqlite: 1 Discord server, 0 people, 1 linked member, 0 requests; 6 rows. Every row was opened once.
      It needs the key (key id) (from (folder)/encryption.key). Keep a copy of the key elsewhere: without it the backup is lost, together they are readable.
      Deletions that come later stand in usherr.sqlite.forgotten beside the database: a restore needs its newest state.
      "
    `)
    const [name = '', ...more] = await allIn(join(folder, 'backups'))
    expect([name, more]).toEqual([expect.stringMatching(/^usherr-.*Z\.sqlite$/u), []])
    const copy = join(folder, 'backups', name)
    expect((await stat(copy)).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(copy))).mode & 0o777).toBe(0o700)

    const bytes = await readFile(copy)
    const key = (await readFile(join(folder, 'encryption.key'), 'utf8')).trim()
    expect(bytes.includes(memberId)).toBe(true)
    for (const secret of [canary, 'canaryUsername', key]) {
      expect([secret, bytes.includes(secret), made.out.includes(secret)]).toEqual([secret, false, false])
    }
    expect(made.out).toContain(keyIdOf(keys(key)[0]))
    const restored = await storeIn(copy, keys(key))
    expect((await restored.links.ofEmail(guildId, canary))?.memberId).toBe(memberId)
  })

  test('is of one moment in all tables, while another process goes on writing', async () => {
    const key = newKey()
    const { file, environment } = await filled(key)
    const writer = startChild('write-pairs.ts', [file, key])
    for (let round = 1; round <= 3; round++) {
      await writer.saidLines(writer.lines.length + 3)
      const copy = join(dirname(file), `copy-${round}.sqlite`)
      const before = Number(writer.lines.at(-1))
      expect(await backup([copy], environment)).toMatchObject({ code: 0 })
      const store = await storeIn(copy, keys(key))
      const first = (await store.collection('first', parseCount).get('n')) ?? 0
      const second = (await store.collection('second', parseCount).get('n')) ?? 0
      expect([first >= before, first - second === 0 || first - second === 1]).toEqual([true, true])
    }
  })

  test('never writes over anything, and says so', async () => {
    const { file, environment } = await filled()
    const taken = join(dirname(file), 'precious')
    await writeFile(taken, 'something else')
    const { code, out } = await backup([taken], environment)
    expect([code, out]).toEqual([1, expect.stringContaining('is there already')])
    expect(await readFile(taken, 'utf8')).toBe('something else')
    expect(await allIn(dirname(file))).toEqual(['encryption.key', 'precious', 'usherr.sqlite'])
  })

  test('a row that cannot be read: there is no backup that one could rely on', async () => {
    const key = newKey()
    const { file, environment } = await filled(key)
    const store = await storeIn(file, keys(key))
    const place = { namespace: 'people', key: `${guildId}:somebody` }
    for (const [text, why] of [
      ['v1.nonsense', 'changed since it was sealed'],
      [store.cipher.seal(place, '{"schema":1}'), 'not of the shape this version writes'],
    ] as const) {
      await store.database.rows('people').swap([{ key: place.key, from: undefined, to: text }])
      const { code, out } = await backup([], environment)
      expect([code, out]).toEqual([1, expect.stringContaining(`people: ${why}: 1`)])
      await store.database.rows('people').swap([{ key: place.key, from: text, to: undefined }])
    }
    expect(await allIn(join(dirname(file), 'backups'))).toEqual([])
  })

  test('a store that is locked is named, and nothing half is left behind', async () => {
    const { file, environment } = await filled()
    const other = new KeyvSqlite({ uri: `sqlite://${file}`, table: 'usherr_meta', busyTimeout: 500 })
    onTestFinished(() => other.close().catch(() => {}))
    await other.query('PRAGMA journal_mode = DELETE')
    await other.query('BEGIN EXCLUSIVE')
    const { code, out } = await backup([], environment)
    expect([code, out]).toEqual([1, expect.stringContaining('holds')])
    expect(out).toContain('Close whatever has it open')
    expect(await allIn(join(dirname(file), 'backups'))).toEqual([])
  })

  test('a folder that cannot be written is named', async () => {
    const { file, environment } = await filled()
    const folder = await temporaryFolder()
    // Root may write everywhere: then it runs as nobody, whose own only the database is.
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined
    if (nobody === undefined) await chmod(folder, 0o500)
    else {
      await chmod(folder, 0o755)
      for (const each of [dirname(file), file, join(dirname(file), 'encryption.key')]) {
        await chown(each, nobody, nobody)
      }
    }
    const to = join(folder, 'copy.sqlite')
    const { code, out } = await commandLine('src/cli/backup.ts', [to], environment, dirname(file), nobody)
    expect([code, out]).toEqual([1, expect.stringContaining('write access to that folder')])
    expect([await allIn(folder), await allIn(dirname(file))]).toEqual([
      [],
      ['encryption.key', 'usherr.sqlite'],
    ])
  })

  test('a name in a place that is no folder is named', async () => {
    const { file, environment } = await filled()
    const { code, out } = await backup([join(file, 'copy.sqlite')], environment)
    expect([code, out]).toEqual([1, expect.stringContaining('No backup was made')])
    expect(out).toContain('Check the name of the file')
  })

  test('no database, no key, a wrong key, nonsense: each is named, and nothing is made', async () => {
    const { file, environment } = await filled()
    const nowhere = { STORAGE_URL: `sqlite://${join(dirname(file), 'nowhere.sqlite')}` }
    expect((await backup([], nowhere)).out).toContain('There is no database')
    expect((await backup([], { ...environment, ENCRYPTION_KEY: newKey() })).out).toContain(
      'not the one that this database was written with',
    )
    for (const args of [['--keep', 'all'], ['--keep', '0'], ['a', 'b'], ['--nonsense']]) {
      const { code, out } = await backup(args, environment)
      expect([args, code, out]).toEqual([args, 2, expect.stringContaining('npm run backup')])
    }
    expect(await allIn(dirname(file))).toEqual(['encryption.key', 'usherr.sqlite'])
  })

  test('--keep takes away the oldest of its own, and nothing that has another name', async () => {
    const { file, environment } = await filled()
    const folder = join(dirname(file), 'backups')
    await mkdir(folder)
    await writeFile(join(folder, 'usherr-by-hand.sqlite'), 'mine')
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
    for (const minute of [1, 2, 3]) await backup([], environment, at(minute))
    const { out } = await backup(['--keep', '2'], environment, at(4))
    expect(out).toContain('Removed 2 older')
    expect(await allIn(folder)).toEqual([
      'usherr-2026-01-01T000300Z.sqlite',
      'usherr-2026-01-01T000400Z.sqlite',
      'usherr-by-hand.sqlite',
    ])
  })

  test('what a run that was killed left behind goes an hour later, and nobody else’s draft does', async () => {
    const { file, environment } = await filled()
    const folder = join(dirname(file), 'backups')
    await mkdir(folder)
    const drafts = [
      'usherr-2026-01-01T000000Z.sqlite.1-ab.part',
      'usherr-2026-01-01T000000Z.sqlite.2-cd.part',
      'mine.part',
    ]
    for (const name of drafts) await writeFile(join(folder, name), 'half')
    const [killed = '', , mine = ''] = drafts
    const longAgo = new Date(Date.now() - 2 * 3_600_000)
    for (const name of [killed, mine]) await utimes(join(folder, name), longAgo, longAgo)
    expect((await backup([], environment)).code).toBe(0)
    expect((await allIn(folder)).filter((name) => name.endsWith('.part'))).toEqual(['mine.part', drafts[1]])
  })

  test.each([
    'after a backup is copied, before it is checked',
    'after a backup is checked, before it has its name',
  ])('killed %s: nothing has the name of a backup', async (point) => {
    const { file, environment } = await filled()
    const copy = join(dirname(file), 'copy.sqlite')
    const args = ['backup', file, copy, point]
    expect(await commandLine('test/cli/die-at.ts', args, environment, dirname(file))).toMatchObject({
      code: 'SIGKILL',
    })
    expect(existsSync(copy)).toBe(false)
    expect(await backup([copy], environment)).toMatchObject({ code: 0 })
  })

  test('a full disk is named, and nothing half is left behind', async () => {
    const key = newKey()
    const { file } = await filled(key)
    const store = await storeIn(file, keys(key))
    const to = join(dirname(file), 'copy.sqlite')
    /** As SQLite says it: some of the copy is there, and the rest found no room. */
    const isFull: FileDatabase = {
      ...store.database,
      async copyTo(copy) {
        await writeFile(copy, 'half')
        const cause = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' })
        throw new StoreUnavailable('copy: the database failed (SQLITE_FULL)', { cause })
      },
    }
    const full = { ...store, database: isFull }
    const made = await backUp({ store: full, keys: keys(key), to, now: new Date() })
    expect(made).toMatchObject({
      ok: false,
      problem: { kind: 'full', next: expect.stringContaining('room') },
    })
    await store.close()
    expect(await allIn(dirname(file))).toEqual(['usherr.sqlite'])
  })

  test('a disk that is really full is no other', async ({ skip }) => {
    const { environment } = await filled()
    const disk = await temporaryFolder()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', disk])
    if (mounted.status !== 0) skip('only root may make a small disk')
    try {
      const { code, out } = await backup([join(disk, 'copy.sqlite')], environment)
      expect([code, out]).toEqual([1, expect.stringContaining('is full')])
      expect(await allIn(disk)).toEqual([])
    } finally {
      spawnSync('umount', [disk])
    }
  })
})
