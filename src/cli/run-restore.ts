import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Environment } from '../config.ts'
import type { PassCrashPoint } from '../lib/crash-point.ts'
import type { GuildId } from '../lib/ids.ts'
import { ok } from '../lib/result.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import { keptForMs } from '../sharing/retention.ts'
import { type CarriedOut, carryOutDeletions } from '../storage/carry-out-deletions.ts'
import { type CopiedBack, copyBack } from '../storage/copy-back.ts'
import { type DeletionFile, openDeletions } from '../storage/deletions.ts'
import type { MasterKeys } from '../storage/keys.ts'
import { syncFile } from '../storage/on-disk.ts'
import { type FilePlace, fileAt } from '../storage/place.ts'
import { prepareRestored } from '../storage/prepare-restored.ts'
import { putInPlace, removeSecondNames } from '../storage/put-in-place.ts'
import { type HeldAlone, holdAlone } from '../storage/sqlite/hold-alone.ts'
import { describeError, type StoreProblem } from '../storage/store-problem.ts'
import { keysIn, namedDatabase } from './database.ts'
import { storedWords } from './stored-words.ts'

export interface Terminal {
  print(line: string): void
  /** Nothing where nobody sits there. */
  ask: ((question: string) => Promise<string>) | undefined
}

const usage = `npm run restore -- <file> [--yes]

  <file>  what npm run backup made
  --yes   does not ask

Stop the bot first. The present database is kept under another name. What was deleted for privacy since the backup
is deleted again. Afterwards the bot only looks on, until an administrator of each Discord server confirms.`

const keyIsNeeded = 'Put the key back first: without it a backup cannot be read.'

/** Returns the exit code: 0 where the backup is in its place. Until the last step nothing of the present one is changed. */
export async function runRestore(
  args: readonly string[],
  environment: Environment,
  terminal: Terminal,
  { now = new Date(), crashPoint }: { now?: Date; crashPoint?: PassCrashPoint } = {},
): Promise<number> {
  const { print } = terminal
  const asked = readArguments(args)
  if (asked === undefined || asked === 'help') {
    print(usage)
    return asked === 'help' ? 0 : 2
  }
  const named = namedDatabase(environment)
  if (!named.ok) return refuse(print, named.problem)
  const at = fileAt(named.value.place, 'restore')
  if (!at.ok) return refuseFor(print, at.problem)
  const { file, keyFile } = at.value
  const { backup } = asked
  if (!existsSync(backup))
    return refuse(print, `There is no ${backup}.\nGive the file that npm run backup made.`)
  if (await isSameFile(backup, file)) {
    return refuse(print, `${backup} is the database itself.\nGive the file that npm run backup made.`)
  }
  const { given } = named.value
  const found = given ? ok(given) : await keysIn(keyFile, keyIsNeeded)
  if (!found.ok) return refuse(print, found.problem)
  const keys = found.value

  const place: Place = { ...at.value, keys, now, crashPoint }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const present = await holdPresent(file)
  if (!present.ok) return refuseFor(print, present.problem)
  try {
    return await restoreInto(place, present.value, asked, terminal)
  } catch (error) {
    const isExpected = error instanceof StoreUnavailable || (error instanceof Error && 'code' in error)
    if (!isExpected) throw error
    const { what, next } = describeError(
      (error instanceof StoreUnavailable && error.cause) || error,
      place.file,
    )
    return refuse(print, `Nothing was restored; the present database is as it was. ${what}\n${next}`)
  } finally {
    await present.value.held?.release()
    await removeDrafts(place.file)
  }
}

/** Under whatever name: reading a file that is held would lose the hold. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  if (!existsSync(b)) return false
  const [one, other] = [await stat(a), await stat(b)]
  return one.ino === other.ino && one.dev === other.dev
}

interface Place extends FilePlace {
  keys: MasterKeys
  now: Date
  crashPoint: PassCrashPoint | undefined
}

interface Present {
  is: 'held' | 'damaged' | 'absent'
  held?: HeldAlone
}

/** A damaged database can be locked by nobody, but neither can a bot do anything with it. */
async function holdPresent(
  file: string,
): Promise<{ ok: true; value: Present } | { ok: false; problem: StoreProblem }> {
  if (!existsSync(file)) return { ok: true, value: { is: 'absent' } }
  const held = await holdAlone(file)
  if (held.ok) return { ok: true, value: { is: 'held', held: held.value } }
  return held.problem.kind === 'notADatabase' ? { ok: true, value: { is: 'damaged' } } : held
}

async function restoreInto(
  place: Place,
  present: Present,
  { backup, isSure }: Asked,
  { print, ask }: Terminal,
): Promise<number> {
  const { file, now, crashPoint } = place
  await removeDrafts(file)
  const draft = `${file}${draftMark}${process.pid}`
  const copied = await copyBack(backup, draft, place)
  if (!copied.ok) return refuse(print, `Nothing was restored. ${copied.problem.what}\n${copied.problem.next}`)
  crashPoint?.('after a backup is copied back, before it is prepared')
  const { store, found, asOf } = copied.value
  const deletions = openDeletions(place.deletionsFile, store.keyedHash)
  let isClosed = false
  try {
    for (const line of await shown(copied.value, backup, deletions, now)) print(line)
    const isThere = present.is !== 'absent'
    const keptAs = freeName(`${file}${keptMark}${stampOf(now)}`)
    print(
      isThere
        ? `The present database is kept as ${keptAs}.`
        : `There is no database at ${file} yet; it becomes this one.`,
    )
    if (present.is === 'damaged') {
      print(
        'The present database is damaged, so I cannot see whether the bot still runs: make sure that it does not.',
      )
    }
    if (!isSure && (ask === undefined || !isYes(await ask('Restore this backup? (yes/no) ')))) {
      print(
        ask === undefined
          ? 'There is nobody to ask here, so nothing was changed. Run it with --yes.'
          : 'Nothing was changed.',
      )
      return 1
    }

    const guildIds = present.held && [...new Set<GuildId>([...found.guildIds, ...present.held.guildIds])]
    const carriedOut = await carryOutDeletions(store, deletions, asOf ?? new Date(0))
    crashPoint?.('after the old deletions are carried out again')
    await prepareRestored(store, {
      id: randomUUID(),
      at: now,
      backupAt: asOf ?? now,
      ...(guildIds ? { guildIds } : {}),
    })
    isClosed = true
    await store.close()
    if (existsSync(`${draft}-wal`)) throw new StoreUnavailable('restore: the log of the copy was not emptied')
    await syncFile(draft)
    if (isThere) {
      await ownedAs(file, draft)
      await removeSecondNames(file, `${file}${keptMark}`)
    }
    await putInPlace(draft, file, { isThere, keptAs }, crashPoint)
    for (const line of done(file, isThere ? keptAs : undefined, carriedOut)) print(line)
    return 0
  } finally {
    if (!isClosed) await store.close()
  }
}

const keptMark = '.before-restore-'
const draftMark = '.restoring-'
const stampOf = (now: Date) => `${now.toISOString().slice(0, 19).replaceAll(':', '')}Z`
/** Two restores within a second keep two databases. */
function freeName(wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    if (!existsSync(name) && !existsSync(`${name}-wal`)) return name
  }
}
const isYes = (answer: string) => /^y(es)?$/iu.test(answer.trim())

/** Root may run this, and the bot as somebody else, who has to be able to read what he could read before. */
async function ownedAs(file: string, draft: string): Promise<void> {
  const { uid, gid } = await stat(file)
  const own = await stat(draft)
  if (uid !== own.uid || gid !== own.gid) await chown(draft, uid, gid)
}

/** What a run that was killed left behind goes as well; nobody else can be at it, for the database is held. */
async function removeDrafts(file: string): Promise<void> {
  for (const name of await readdir(dirname(file))) {
    if (name.startsWith(`${basename(file)}${draftMark}`)) await rm(join(dirname(file), name), { force: true })
  }
}

async function shown(
  { store, found, asOf }: CopiedBack,
  backup: string,
  deletions: DeletionFile,
  now: Date,
): Promise<string[]> {
  const later = await deletions.after(asOf ?? new Date(0))
  return [
    `${backup}`,
    `  made      ${asOf?.toISOString() ?? 'before anything happened'}`,
    `  holds     ${storedWords(found)}; every row can be read`,
    `  key       ${[...found.rowsOf.keys()].join(' and ')}${
      found.rowsOf.has(store.cipher.currentKeyId) && found.rowsOf.size === 1
        ? ''
        : `, and is sealed anew with ${store.cipher.currentKeyId}`
    }`,
    `  deletions ${later.are === 'known' ? `${later.deleted.size} since then, to be carried out again` : 'not known'}`,
    ...(later.are === 'known' ? [] : unknownDeletions(later.are)),
    ...(asOf && now.getTime() - asOf.getTime() > keptForMs
      ? [
          'It is older than 400 days, and deletions are noted for 400 days: older ones cannot be carried out again.',
        ]
      : []),
  ]
}

function unknownDeletions(why: 'missing' | 'foreign'): string[] {
  return [
    why === 'missing'
      ? 'The file of deletions (…sqlite.forgotten) is not beside the database.'
      : 'The file of deletions (…sqlite.forgotten) beside the database belongs to another database.',
    'Whoever had his data deleted after this backup was made is in it again, and nobody can tell who that is.',
    'If you still have that file, put it there and run this again; otherwise ask your members to run /me forget once more.',
  ]
}

function done(file: string, keptAs: string | undefined, carriedOut: CarriedOut): string[] {
  return [
    `Restored: the backup is now ${file}.`,
    carriedOut.is === 'done'
      ? `Deletions since then: ${carriedOut.noted}, carried out again; for ${carriedOut.found} of them there was something to delete, and no trace of it is left.`
      : 'Deletions since then could not be carried out again, because they are not known.',
    ...(keptAs === undefined
      ? []
      : [
          `The former database is ${keptAs}. Delete it when you no longer need it: later deletions do not reach it.`,
        ]),
    'Start the bot. It answers and looks on, and changes nothing at plex.tv, until an administrator of each Discord server presses Resume in /settings show.',
  ]
}

interface Asked {
  backup: string
  isSure: boolean
}

function readArguments(args: readonly string[]): Asked | 'help' | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { yes: { type: 'boolean' }, help: { type: 'boolean' } },
    })
    const [backup, ...more] = positionals
    if (values.help || backup === 'help') return 'help'
    return backup === undefined || more.length > 0 ? undefined : { backup, isSure: values.yes === true }
  } catch {
    return undefined
  }
}

function refuse(print: Terminal['print'], text: string): number {
  print(text)
  return 1
}

const refuseFor = (print: Terminal['print'], { what, next }: StoreProblem) =>
  refuse(print, `Nothing was restored. ${what}\n${next}`)
