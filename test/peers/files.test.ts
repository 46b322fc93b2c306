import { createHash } from 'node:crypto'
import { readdir, readFile, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ok } from '../../src/lib/result.ts'
import { peers } from '../../src/peers/all.ts'
import { fileProblem, withQuietCopy } from '../../src/peers/quiet-copy.ts'
import { storeIn, temporaryFile, temporaryFolder } from '../storage/temporary-store.ts'
import {
  alma,
  boris,
  closeDatabase,
  inDatabase,
  invitarrClients,
  membarrFile,
  openDatabase,
  plexfriendsFiles,
  run,
  wizarrNewRest,
  wizarrUser,
} from './peer-files.ts'

const { membarr, invitarr, wizarr } = peers
const mira = { member: alma, email: 'mira@example.com' }

/** Everything in a folder: names, bytes and times. */
async function picture(folder: string) {
  const names = (await readdir(folder)).sort()
  return Promise.all(
    names.map(async (name) => {
      const file = join(folder, name)
      const { mtimeMs, mode, size } = await stat(file)
      return {
        name,
        mtimeMs,
        mode,
        size,
        hash: createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      }
    }),
  )
}

/** Gives this test a place of its own for private copies, and tells what is left there. */
async function placeForCopies(): Promise<() => Promise<string[]>> {
  const { TMPDIR: before } = process.env
  const folder = await temporaryFolder()
  process.env.TMPDIR = folder
  onTestFinished(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  })
  return () => readdir(folder)
}

/** What is told, without the path. */
async function told(file: string, peer = membarr) {
  const read = await peer.read(file, {})
  if (read.ok) return read
  const { kind, what, next } = read.problem
  return { kind, what: what.replaceAll(file, '(file)'), next: next.replaceAll(file, '(file)') }
}

/** Overwrites the page where the index of member ids begins. */
async function damageIndex(file: string): Promise<void> {
  const database = await openDatabase(file)
  const page = await new Promise<number>((resolve, reject) => {
    database.get(
      "SELECT rootpage FROM sqlite_master WHERE type = 'index' ORDER BY rootpage DESC",
      (error, row: { rootpage: number }) => (error ? reject(error) : resolve(row.rootpage)),
    )
  })
  await closeDatabase(database)
  const bytes = await readFile(file)
  await writeFile(file, bytes.fill(0xff, (page - 1) * 4096, page * 4096))
}

describe('another program’s database', () => {
  test('is only read: not a byte, not a time, not a file beside it is another afterwards', async () => {
    const folder = await temporaryFolder()
    const file = await membarrFile(folder, [mira])
    const copiesLeft = await placeForCopies()
    await utimes(file, new Date('2024-01-01'), new Date('2024-01-01'))
    const before = await picture(folder)
    expect(await membarr.read(file, {})).toMatchObject({ ok: true })
    expect(await picture(folder)).toEqual(before)
    expect(await copiesLeft()).toEqual([])
  })

  test('is read with what is still in its log, while the other program runs; the log stays as it was', async () => {
    const file = join(await temporaryFolder(), 'database.db')
    const running = await openDatabase(file)
    onTestFinished(() => closeDatabase(running))
    await run(
      running,
      'PRAGMA journal_mode = WAL',
      'PRAGMA wal_autocheckpoint = 0',
      wizarrUser['2026.7'],
      ...wizarrNewRest,
      "INSERT INTO user (token, username, email, code) VALUES ('None', 'Mira', 'mira@example.com', 'None')",
    )
    const before = await picture(dirname(file))
    expect(before.map(({ name }) => name)).toContain('database.db-wal')
    expect(await wizarr.read(file, {})).toMatchObject({
      value: { rows: [{ who: { email: 'mira@example.com' } }] },
    })
    const link = join(await temporaryFolder(), 'link.db')
    await symlink(file, link)
    expect(await wizarr.read(link, {})).toMatchObject({ ok: true })
    expect(await picture(dirname(file))).toEqual(before)
  })

  test('is read as it was before the step that the other program is in the middle of', async () => {
    const folder = await temporaryFolder()
    const file = await membarrFile(folder, [mira])
    const running = await openDatabase(file)
    onTestFinished(() => closeDatabase(running))
    // With one page in memory the step is written to the file before it is complete.
    await run(running, 'PRAGMA cache_size = 1', 'PRAGMA cache_spill = 1', 'BEGIN EXCLUSIVE')
    for (let row = 0; row < 200; row++) {
      await run(
        running,
        `INSERT INTO clients (discord_username, email) VALUES ('${row}', '${'x'.repeat(500)}@example.com')`,
      )
    }
    const before = await picture(folder)
    expect(before.map(({ name }) => name)).toEqual(['app.db', 'app.db-journal'])
    expect(await membarr.read(file, {})).toMatchObject({
      value: { rows: [{ memberId: alma }], unreadable: [] },
    })
    expect(await picture(folder)).toEqual(before)
    await run(running, 'ROLLBACK')
  })

  test('that is written while it is copied is copied anew', async () => {
    const file = await membarrFile(await temporaryFolder(), [mira])
    let copies = 0
    const read = await withQuietCopy(file, async () => ok(copies), {
      afterCopy: async () => {
        copies++
        if (copies < 3) await inDatabase(file, `INSERT INTO clients (discord_username) VALUES ('${copies}')`)
      },
    })
    expect(read).toEqual({ ok: true, value: 3 })
  })

  test('that is written all the time is a named problem, and no half of it is believed', async () => {
    const file = await membarrFile(await temporaryFolder(), [mira])
    const copiesLeft = await placeForCopies()
    let copies = 0
    const read = await withQuietCopy(file, async () => ok('never'), {
      afterCopy: () => inDatabase(file, `INSERT INTO clients (discord_username) VALUES ('${copies++}')`),
    })
    expect(read).toMatchObject({
      ok: false,
      problem: { kind: 'beingWritten', next: expect.stringContaining('Stop the other program') },
    })
    expect(await copiesLeft()).toEqual([])
  })

  test('that is not there, or is a folder, or may not be read', async () => {
    const folder = await temporaryFolder()
    expect(await told(join(folder, 'app.db'))).toMatchInlineSnapshot(`
      {
        "kind": "missing",
        "next": "Check the path. In a container the file has to be mounted: the page says how.",
        "what": "There is no file (file).",
      }
    `)
    expect(await told(folder)).toMatchObject({ kind: 'notReadable', what: '(file) is a folder.' })
    const refused = (code: string) => fileProblem(Object.assign(new Error(code), { code }), 'app.db')
    expect(refused('EACCES')).toMatchInlineSnapshot(`
      {
        "kind": "notReadable",
        "next": "Make it readable for the user who runs this, or make a copy that is.",
        "what": "app.db cannot be read (EACCES).",
      }
    `)
    expect(refused('ENOSPC')).toMatchObject({ kind: 'noRoom', next: expect.stringContaining('TMPDIR') })
    for (const code of ['EBUSY', 'SQLITE_BUSY', 'SQLITE_LOCKED']) {
      expect(refused(code)).toMatchObject({
        kind: 'locked',
        next: expect.stringContaining('Stop the other program'),
      })
    }
  })

  test('that has no bytes, or is something else', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'app.db')
    await writeFile(file, '')
    expect(await told(file)).toMatchObject({ kind: 'empty' })
    await writeFile(file, 'hello')
    expect(await told(file)).toMatchObject({ kind: 'notADatabase', what: '(file) is no SQLite database.' })
    const members = await plexfriendsFiles(folder, { members: { [alma]: 'mira@example.com' } })
    expect(await told(members)).toMatchObject({
      kind: 'notADatabase',
      next: expect.stringContaining('npm run import -- plexfriends (file) --preview'),
    })
  })

  test.each([
    ['cut off', (file: string) => truncate(file, 6_000)],
    [
      'overwritten in the middle',
      async (file: string) => {
        const bytes = await readFile(file)
        await writeFile(file, bytes.fill(0xff, 4096, 4600))
      },
    ],
    // The list itself could be read to its end: only a look at the whole file finds this.
    ['damaged in an index', damageIndex],
    ['with nothing but its header', (file: string) => truncate(file, 100)],
  ])('that is %s is a named problem, and nothing of it is taken', async (_, harm) => {
    const file = await membarrFile(
      await temporaryFolder(),
      Array.from({ length: 200 }, (_, row) => ({ member: `${row}`, email: `person${row}@example.com` })),
    )
    await harm(file)
    expect(await told(file)).toMatchInlineSnapshot(`
      {
        "kind": "damaged",
        "next": "Stop the other program and copy the file anew, or use a backup of it.",
        "what": "(file) is damaged or only half there. Nothing was taken from it.",
      }
    `)
  })

  test('of another program is told by name, with the command for it', async () => {
    const folder = await temporaryFolder()
    const ofMembarr = await membarrFile(folder, [mira])
    const ofInvitarr = join(folder, 'invitarr.db')
    await inDatabase(ofInvitarr, invitarrClients())
    const ofWizarr = join(folder, 'wizarr.db')
    await inDatabase(ofWizarr, wizarrUser['2026.7'], ...wizarrNewRest)
    expect(await told(ofWizarr, membarr)).toMatchInlineSnapshot(`
      {
        "kind": "otherProgram",
        "next": "Use: npm run import -- wizarr (file) --preview",
        "what": "(file) looks like Wizarr's database.",
      }
    `)
    expect(await told(ofInvitarr, membarr)).toMatchObject({
      next: 'Use: npm run import -- invitarr (file) --preview',
    })
    expect(await told(ofMembarr, invitarr)).toMatchObject({
      next: 'Use: npm run import -- membarr (file) --preview',
    })
    expect(await told(ofMembarr, wizarr)).toMatchObject({ kind: 'otherProgram' })
    const own = await temporaryFile()
    await storeIn(own)
    expect(await told(own, wizarr)).toMatchObject({
      kind: 'otherProgram',
      what: "(file) is Usherr's own database.",
    })
  })

  test('with values that its columns cannot hold is of an unknown version', async () => {
    const file = join(await temporaryFolder(), 'app.db')
    await inDatabase(
      file,
      'CREATE TABLE clients (id TEXT, discord_username TEXT, email TEXT, jellyfin_username TEXT)',
      `INSERT INTO clients VALUES ('one', '${boris}', 'mira@example.com', NULL)`,
    )
    expect(await told(file)).toMatchObject({ kind: 'unknownVersion' })
  })
})
