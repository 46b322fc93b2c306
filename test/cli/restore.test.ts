import { existsSync } from 'node:fs'
import { chown, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runBackup } from '../../src/cli/run-backup.ts'
import { runKeys } from '../../src/cli/run-keys.ts'
import { runRestore } from '../../src/cli/run-restore.ts'
import type { Environment } from '../../src/config.ts'
import type { CrashPoint } from '../../src/lib/crash-point.ts'
import { type GuildId, id, type MemberId } from '../../src/lib/ids.ts'
import { newRequest, requestKey } from '../../src/sharing/access-request.ts'
import { personKey } from '../../src/sharing/people.ts'
import { decide, newPerson } from '../../src/sharing/person.ts'
import { openDocuments } from '../../src/storage/open-documents.ts'
import { startChild } from '../storage/child.ts'
import {
  keys,
  newKey,
  parseNote,
  storeIn,
  temporaryFile,
  temporaryFolder,
} from '../storage/temporary-store.ts'
import { commandLine } from '../support/command-line.ts'

const guildId = id<GuildId>('100000000000000001')
const otherGuild = id<GuildId>('100000000000000002')
const alice = id<MemberId>('200000000000000001')
const bob = id<MemberId>('200000000000000002')
const past = new Date('2026-01-01T00:00:00Z')
const later = new Date('2026-01-02T00:00:00Z')
const now = new Date('2026-01-03T00:00:00Z')

interface Place {
  file: string
  folder: string
  copy: string
  environment: Environment
}

/** A store with a note, as it was at the backup and as it is since. */
async function place({ key }: { key?: string } = {}): Promise<Place> {
  const file = await temporaryFile()
  const folder = dirname(file)
  const given = key === undefined ? {} : { ENCRYPTION_KEY: key }
  const on = {
    file,
    folder,
    copy: join(folder, 'copy.sqlite'),
    environment: { STORAGE_URL: `sqlite://${file}`, ...given },
  }
  await noteIn(file, 'before', key)
  const store = await storeIn(file, key === undefined ? undefined : keys(key))
  expect(await store.deletions.begin()).toMatchObject({ ok: true })
  await store.close()
  return on
}

async function noteIn(file: string, text: string, key?: string): Promise<void> {
  const store = await storeIn(file, key === undefined ? undefined : keys(key))
  await store.collection('notes', parseNote).update('a', () => ({ text }))
  await store.close()
}

async function noteOf(file: string, key?: string): Promise<string | undefined> {
  const store = await storeIn(file, key === undefined ? undefined : keys(key))
  const note = await store.collection('notes', parseNote).get('a')
  await store.close()
  return note?.text
}

async function backedUp(on: Place): Promise<Place> {
  const lines: string[] = []
  const code = await runBackup([on.copy], on.environment, (line) => lines.push(line), { now: past })
  expect([code, lines]).toEqual([0, expect.anything()])
  return on
}

async function restores(
  { copy, environment }: Pick<Place, 'copy' | 'environment'>,
  { answer, crashPoint }: { answer?: string; crashPoint?: (point: CrashPoint) => void } = {},
) {
  const lines: string[] = []
  const asked: string[] = []
  const ask =
    answer === undefined
      ? undefined
      : async (question: string) => {
          asked.push(question)
          return answer
        }
  const args = answer === undefined ? [copy, '--yes'] : [copy]
  const terminal = { print: (line: string) => void lines.push(line), ask }
  const code = await runRestore(args, environment, terminal, { now, ...(crashPoint ? { crashPoint } : {}) })
  return { code, out: lines.join('\n'), asked }
}

const allIn = async (folder: string) => (await readdir(folder)).sort()
const steady = (out: string, { folder }: Place) =>
  out.replaceAll(folder, '(folder)').replace(/(?<=key {7})[\w-]{8}/u, '(key id)')

describe('npm run restore', () => {
  test('puts the backup in place, keeps the present database, and leaves a mark', async () => {
    const on = await backedUp(await place())
    await noteIn(on.file, 'since')
    const { code, out } = await restores(on)
    expect(code).toBe(0)
    expect(steady(out, on)).toMatchInlineSnapshot(`
      "(folder)/copy.sqlite
        made      2026-01-01T00:00:00.000Z
        holds     0 Discord servers, 0 people, 0 linked members, 0 requests; 5 rows; every row can be read
        key       (key id)
        deletions 0 since then, to be carried out again
      The present database is kept as (folder)/usherr.sqlite.before-restore-2026-01-03T000000Z.
      Restored: the backup is now (folder)/usherr.sqlite.
      Deletions since then: 0, carried out again; for 0 of them there was something to delete, and no trace of it is left.
      The former database is (folder)/usherr.sqlite.before-restore-2026-01-03T000000Z. Delete it when you no longer need it: later deletions do not reach it.
      Start the bot. It answers and looks on, and changes nothing at plex.tv, until an administrator of each Discord server presses Resume in /settings show."
    `)
    expect(await noteOf(on.file)).toBe('before')
    expect((await stat(on.file)).mode & 0o777).toBe(0o600)
    const kept = join(on.folder, 'usherr.sqlite.before-restore-2026-01-03T000000Z')
    expect(await noteOf(kept)).toBe('since')
    expect(await allIn(on.folder)).toEqual([
      'copy.sqlite',
      'encryption.key',
      'usherr.sqlite',
      'usherr.sqlite.before-restore-2026-01-03T000000Z',
      'usherr.sqlite.forgotten',
    ])
    const store = await storeIn(on.file)
    expect(store.restored).toEqual({ id: expect.any(String), at: now, backupAt: past, guildIds: [] })
  })

  test('done twice within a second it keeps both', async () => {
    const on = await backedUp(await place())
    await noteIn(on.file, 'since')
    expect([(await restores(on)).code, (await restores(on)).code]).toEqual([0, 0])
    const kept = (await allIn(on.folder)).filter((name) => name.includes('before-restore'))
    expect(await Promise.all(kept.map((name) => noteOf(join(on.folder, name))))).toEqual(['since', 'before'])
  })

  test('shows what it holds and asks; "no" and nobody there to ask change nothing', async () => {
    const on = await backedUp(await place())
    await noteIn(on.file, 'since')
    const no = await restores(on, { answer: 'no' })
    expect([no.code, no.asked, no.out]).toEqual([
      1,
      ['Restore this backup? (yes/no) '],
      expect.stringContaining('every row can be read'),
    ])
    const nobody = await commandLine('src/cli/restore.ts', [on.copy], on.environment, on.folder)
    expect([nobody.code, nobody.out]).toEqual([1, expect.stringContaining('Run it with --yes')])
    expect(await noteOf(on.file)).toBe('since')
    expect((await restores(on, { answer: 'yes' })).code).toBe(0)
    expect(await noteOf(on.file)).toBe('before')
  })

  test('refuses while another process has the database open, also one that stands still, and not after its death', async () => {
    const key = newKey()
    const on = await backedUp(await place({ key }))
    const bot = startChild('hold-open.ts', [on.file, key])
    await bot.saidLines(1)
    const refused = await restores(on)
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('is in use: the bot runs')])
    bot.freeze()
    expect((await restores(on)).out).toContain('is in use: the bot runs')
    expect(await allIn(on.folder)).toEqual(expect.arrayContaining(['usherr.sqlite-wal']))
    bot.kill()
    await bot.ended
    expect((await restores(on)).code).toBe(0)
    expect(await noteOf(on.file, key)).toBe('before')
  })

  test('keeps a bot from starting while it works, and lets it start afterwards', async () => {
    const key = newKey()
    const on = await backedUp(await place({ key }))
    let started: Promise<string> | undefined
    const whileHeld = async () => {
      const child = startChild('open-once.ts', [on.file, key])
      await child.ended
      return child.lines.join('')
    }
    const terminal = {
      print: () => {},
      ask: async () => {
        started = whileHeld()
        await started
        return 'yes'
      },
    }
    expect(await runRestore([on.copy], on.environment, terminal, { now })).toBe(0)
    expect(JSON.parse((await started) ?? '')).toMatchObject({ ok: false, problem: { kind: 'locked' } })
    expect(JSON.parse(await whileHeld())).toEqual({ ok: true })
  })

  test('what is no whole backup of this store is named, and the present database is not touched', async () => {
    const key = newKey()
    const on = await backedUp(await place({ key }))
    await noteIn(on.file, 'since', key)
    const refused = async (copy: string, environment: Environment = on.environment) => {
      const { code, out } = await restores({ copy, environment })
      expect([copy, code]).toEqual([copy, 1])
      return out
    }
    const foreign = join(on.folder, 'foreign')
    await writeFile(foreign, 'something else')
    expect(await refused(foreign)).toContain('is not a database of Usherr')
    await writeFile(foreign, '')
    expect(await refused(foreign)).toContain('is not a database of Usherr')
    expect(await refused(join(on.folder, 'nowhere'))).toContain('There is no')
    expect(await refused(on.folder)).toContain('Nothing was restored')
    expect(await refused(on.file)).toContain('is the database itself')
    expect(await refused(on.copy, { ...on.environment, ENCRYPTION_KEY: newKey() })).toMatch(
      /sealed with the key [\w-]{8}, which is not at hand/u,
    )
    const { STORAGE_URL } = on.environment
    expect(await refused(on.copy, { STORAGE_URL })).toContain('Put the key back first')

    const newer = join(on.folder, 'newer.sqlite')
    await copyFile(on.copy, newer)
    await sealInto(newer, key, 'meta', 'canary', '{"format":2}')
    expect(await refused(newer)).toContain('has format 2')
    const shapeless = join(on.folder, 'shapeless.sqlite')
    await copyFile(on.copy, shapeless)
    await sealInto(shapeless, key, 'people', `${guildId}:x`, '{"schema":9}')
    expect(await refused(shapeless)).toContain('people: not of the shape this version writes: 1')
    const cut = join(on.folder, 'cut.sqlite')
    const whole = await readFile(on.copy)
    await writeFile(cut, whole.subarray(0, whole.length - 4096))
    expect(await refused(cut)).toMatch(/damaged|cannot be read|not a database/u)

    expect(await noteOf(on.file, key)).toBe('since')
    const left = (await allIn(on.folder)).filter((name) => /restoring|before-restore/u.test(name))
    expect(left).toEqual([])
  })

  test('a backup from before a change of the key is sealed anew with the present one', async () => {
    const on = await backedUp(await place())
    expect(await runKeys(['rotate'], on.environment, () => {})).toBe(0)
    const kept = (await allIn(on.folder)).find((name) => /^encryption\.key\./u.test(name)) ?? ''
    const { code, out } = await restores(on)
    expect([code, out]).toEqual([0, expect.stringContaining('is sealed anew with')])
    await rm(join(on.folder, kept))
    expect(await noteOf(on.file)).toBe('before')
  })

  test('the database belongs to whoever it belonged to, whoever restores it', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root may give files away')
    const on = await backedUp(await place())
    await chown(on.file, 65_534, 65_534)
    expect((await restores(on)).code).toBe(0)
    expect((await stat(on.file)).uid).toBe(65_534)
  })

  test('a damaged database: it is kept with its log, and the backup takes its place', async () => {
    const on = await backedUp(await place())
    await writeFile(on.file, 'damaged beyond repair'.repeat(1_000))
    await writeFile(`${on.file}-wal`, 'a log of nobody')
    const { code, out } = await restores(on)
    expect([code, out]).toEqual([0, expect.stringContaining('I cannot see whether the bot still runs')])
    expect(await noteOf(on.file)).toBe('before')
    const kept = `${on.file}.before-restore-2026-01-03T000000Z`
    expect((await readFile(kept, 'utf8')).slice(0, 7)).toBe('damaged')
    expect(await readFile(`${kept}-wal`, 'utf8')).toBe('a log of nobody')
  })

  test('on another machine: with the key, the backup becomes the database', async () => {
    const on = await backedUp(await place())
    const folder = join(await temporaryFolder(), 'data')
    await mkdir(folder)
    await copyFile(join(on.folder, 'encryption.key'), join(folder, 'encryption.key'))
    const file = join(folder, 'usherr.sqlite')
    // A log of a database that is gone must not be taken for the new one's.
    await writeFile(`${file}-wal`, 'a log of nobody')
    const { code, out } = await restores({ copy: on.copy, environment: { STORAGE_URL: `sqlite://${file}` } })
    expect([code, out]).toEqual([0, expect.stringContaining('There is no database at')])
    expect(out).toContain('is not beside the database')
    expect(out).toContain('run /me forget once more')
    expect(await noteOf(file)).toBe('before')
    const store = await storeIn(file)
    expect(store.restored?.guildIds).toBeUndefined()
  })

  test('the files of a bot that was killed, copied by hand, are as good, the log too', async () => {
    const key = newKey()
    const on = await place({ key })
    const bot = startChild('hold-open.ts', [on.file, key])
    await bot.saidLines(1)
    bot.kill()
    await bot.ended
    expect((await stat(`${on.file}-wal`)).size).toBeGreaterThan(0)
    for (const more of ['', '-wal']) await copyFile(`${on.file}${more}`, `${on.copy}${more}`)
    await noteIn(on.file, 'since', key)
    expect((await restores(on)).code).toBe(0)
    expect(await noteOf(on.file, key)).toBe('held open')
  })

  test.each([
    ['after a backup is copied back, before it is prepared', 'since'],
    ['after the old deletions are carried out again', 'since'],
    ['before the present database is kept', 'since'],
    ['after the present database is kept, before the backup takes its place', 'since'],
    ['after the backup took its place', 'before'],
  ] satisfies [CrashPoint, string][])(
    'killed %s, the name stands for the one or the other, whole',
    async (point, holds) => {
      const on = await backedUp(await place())
      await noteIn(on.file, 'since')
      const dying = ['restore', on.file, on.copy, point]
      expect(await commandLine('test/cli/die-at.ts', dying, {}, on.folder)).toMatchObject({ code: 'SIGKILL' })
      expect(await runKeys(['check'], on.environment, () => {})).toBe(0)
      expect(await noteOf(on.file)).toBe(holds)

      // Run again, it goes through, and nothing half is left of the first run.
      expect((await restores(on)).code).toBe(0)
      expect(await noteOf(on.file)).toBe('before')
      expect((await allIn(on.folder)).filter((name) => name.includes('restoring'))).toEqual([])
      const kept = (await allIn(on.folder)).filter((name) => name.includes('before-restore'))
      const held = await Promise.all(kept.map((name) => noteOf(join(on.folder, name))))
      expect(held.sort()).toEqual(holds === 'since' ? ['since'] : ['before', 'since'])
    },
  )
})

/** A row as this key would seal it, whatever it says. */
async function sealInto(file: string, key: string, namespace: string, row: string, text: string) {
  const { openSqlite } = await import('../../src/storage/sqlite/open.ts')
  const { createCipher } = await import('../../src/storage/cipher.ts')
  const database = await openSqlite(file)
  const rows = database.rows(namespace)
  const to = createCipher(keys(key)).seal({ namespace, key: row }, text)
  await rows.swap([{ key: row, from: await rows.get(row), to }])
  await database.close()
}

describe('deletions survive a restore', () => {
  /** alice and bob with everything that is kept of members, in two guilds. */
  async function filled(on: Place): Promise<void> {
    const store = await storeIn(on.file)
    const ports = (await openDocuments(store)).documents
    for (const guild of [guildId, otherGuild]) {
      for (const memberId of [alice, bob]) {
        const who = { email: `${memberId}@private.example` }
        await store.links.link({ guildId: guild, memberId, who, linkedAt: past, linkedBy: memberId })
        const person = {
          ...newPerson({ id: id('a-person'), guildId: guild, serverId: id('s'), who }),
          memberId,
        }
        const key = personKey({ guildId: guild, id: id(`person-of-${memberId}`) })
        await ports.people.update(key, () => ({ ...person, id: id(`person-of-${memberId}`) }))
        const request = newRequest(
          {
            id: `request-of-${memberId}`,
            guildId: guild,
            serverId: id('s'),
            memberId,
            right: 'request',
            forMember: memberId,
            who,
            isLinked: true,
            wanted: { access: { kind: 'all' } },
          },
          past,
        )
        await ports.requests.update(requestKey(request), () => request)
        await ports.drafts.update(`${guild}:draft-${memberId}`, () => ({
          schema: 1,
          id: `draft-${memberId}`,
          guildId: guild,
          expiresAt: later,
          is: 'leave',
          memberId,
        }))
        const counter = `${guild}:requests:${memberId}`
        await ports.counters.update(counter, () => ({ schema: 1, key: counter, taken: [], expiresAt: later }))
      }
    }
    await store.close()
  }

  async function noting(on: Place, ...deleted: { guildId: GuildId; memberId?: MemberId; at?: Date }[]) {
    const store = await storeIn(on.file)
    for (const { at = later, ...each } of deleted) await store.deletions.note(each, at)
    await store.close()
  }

  const bytesOf = async ({ file }: Place) => {
    const names = [file, `${file}-wal`, `${file}-shm`].filter((each) => existsSync(each))
    return Buffer.concat(await Promise.all(names.map((name) => readFile(name))))
  }

  test('whoever was deleted since is deleted again, in his guild, to the last byte; nobody else is', async () => {
    const on = await place()
    await filled(on)
    await backedUp(on)
    await noting(
      on,
      { guildId, memberId: alice },
      { guildId: otherGuild, memberId: id('300000000000000003') },
    )
    const { code, out } = await restores(on)
    expect([code, out]).toEqual([0, expect.stringContaining('2, carried out again; for 1 of them')])
    const bytes = await bytesOf(on)
    for (const trace of [
      `${guildId}:${alice}`,
      `${guildId}:person-of-${alice}`,
      `${guildId}:request-of-${alice}`,
      `${guildId}:requests:${alice}`,
      `${guildId}:draft-${alice}`,
    ]) {
      expect([trace, bytes.includes(trace)]).toEqual([trace, false])
    }
    // The check can find something.
    for (const trace of [`${otherGuild}:${alice}`, `${guildId}:${bob}`, `${guildId}:requests:${bob}`]) {
      expect([trace, bytes.includes(trace)]).toEqual([trace, true])
    }
    const store = await storeIn(on.file)
    expect(await store.links.ofMember(guildId, alice)).toBeUndefined()
    expect(await store.links.ofEmail(guildId, `${alice}@private.example`)).toBeUndefined()
    expect(await store.links.ofMember(otherGuild, alice)).toBeDefined()
    expect(await store.links.ofMember(guildId, bob)).toBeDefined()
  })

  test('a guild that was deleted since is deleted again, with every kind of row', async () => {
    const on = await place()
    await filled(on)
    await backedUp(on)
    await noting(on, { guildId })
    expect((await restores(on)).out).toContain('1, carried out again; for 1 of them')
    const bytes = await bytesOf(on)
    expect([bytes.includes(guildId), bytes.includes(otherGuild)]).toEqual([false, true])
  })

  test('what was deleted before the backup, and came to be anew, stays', async () => {
    const on = await place()
    await noting(on, { guildId, memberId: alice, at: new Date('2025-12-31T00:00:00Z') })
    await filled(on)
    await backedUp(on)
    expect((await restores(on)).out).toContain('Deletions since then: 0')
    const store = await storeIn(on.file)
    expect(await store.links.ofMember(guildId, alice)).toBeDefined()
  })

  test('a file that was copied by hand is as old as the newest that it tells of', async () => {
    const on = await place()
    await filled(on)
    await copyFile(on.file, on.copy)
    await noting(on, { guildId, memberId: alice, at: new Date(past.getTime() + 1) })
    await noting(on, { guildId, memberId: bob, at: new Date(past.getTime() - 1) })
    expect((await restores(on)).out).toContain('1, carried out again; for 1 of them')
    const store = await storeIn(on.file)
    expect(await store.links.ofMember(guildId, alice)).toBeUndefined()
    expect(await store.links.ofMember(guildId, bob)).toBeDefined()
  })

  test('a missing file of deletions, and one of another database, are said before anything is changed', async () => {
    const on = await place()
    await filled(on)
    await backedUp(on)
    await rm(`${on.file}.forgotten`)
    const missing = await restores(on, { answer: 'no' })
    expect(missing.out).toContain('is not beside the database')
    expect(missing.out).toContain('nobody can tell who that is')
    await writeFile(`${on.file}.forgotten`, 'usherr deletions 1 AAAAAAAAAAAAAAAAAAAAAA\n')
    expect((await restores(on, { answer: 'no' })).out).toContain('belongs to another database')
  })

  test('what was on its way then is to be looked up, and whoever was missing then is not missing yet', async () => {
    const on = await place()
    const before = await storeIn(on.file)
    const ports = (await openDocuments(before)).documents
    const person = newPerson({ id: id('p'), guildId, serverId: id('s'), who: { username: 'mira' } })
    const wish = { id: 'press', want: { to: 'end' as const, mode: 'remove' as const }, by: bob }
    await ports.people.update(personKey(person), () => decide(person, wish, past, 120_000))
    await ports.drift.update(`${guildId}:s`, () => ({
      schema: 1,
      guildId,
      serverId: id('s'),
      nextAt: later,
      missing: [{ personId: id('p'), since: past }],
      ignored: ['left alone'],
    }))
    await before.collection('commands', (json) => String(json)).update('registered', () => 'fingerprint')
    await before.close()
    await backedUp(on)
    expect((await restores(on)).code).toBe(0)
    const after = await storeIn(on.file)
    const restored = (await openDocuments(after)).documents
    expect((await restored.people.get(personKey(person)))?.intent?.progress).toEqual({
      is: 'unclear',
      lookNotBefore: now,
      attempts: 0,
      absentReads: 0,
    })
    expect(await restored.drift.get(`${guildId}:s`)).toMatchObject({
      missing: [],
      ignored: ['left alone'],
      nextAt: now,
    })
    expect(await after.collection('commands', (json) => String(json)).get('registered')).toBeUndefined()
    expect(after.restored?.guildIds).toEqual([guildId])
  })
})
