import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Environment } from '../config.ts'
import type { PassCrashPoint } from '../lib/crash-point.ts'
import { silentLog } from '../lib/log.ts'
import { ok } from '../lib/result.ts'
import { backUp } from '../storage/back-up.ts'
import { openFileStore } from '../storage/open.ts'
import type { FilePlace } from '../storage/place.ts'
import type { Survey } from '../storage/survey.ts'
import { keysIn, presentFile } from './database.ts'
import { storedWords } from './stored-words.ts'

type Print = (line: string) => void

const usage = `npm run backup [-- <file>] [-- --keep <N>]

  <file>      where the copy shall lie; without it, backups/usherr-<time>.sqlite beside the database
  --keep <N>  afterwards, of the backups with such a name only the N newest stay

The bot may run meanwhile. The copy is encrypted as the database is. To put it back: npm run restore -- <file>`

/** Returns the exit code: 0 where there is a backup now that can be relied on. */
export async function runBackup(
  args: readonly string[],
  environment: Environment,
  print: Print,
  { now = new Date(), crashPoint }: { now?: Date; crashPoint?: PassCrashPoint } = {},
): Promise<number> {
  const asked = readArguments(args)
  if (!asked) {
    print(usage)
    return 2
  }
  if (asked === 'help') {
    print(usage)
    return 0
  }
  const database = await presentFile(environment, 'backup')
  if (!database.ok) return refuse(print, database.problem)
  const { place, given } = database.value
  const found = given ? ok(given) : await keysIn(place.keyFile)
  if (!found.ok) return refuse(print, found.problem)
  const keys = found.value
  const opened = await openFileStore(place, { keys, log: silentLog })
  if (!opened.ok) return refuse(print, `${opened.problem.what}\n${opened.problem.next}`)

  const folder = join(dirname(place.file), 'backups')
  const to = asked.file ?? join(folder, nameAt(now))
  try {
    const made = await backUp({ store: opened.value, keys, to, now, crashPoint })
    if (!made.ok) return refuse(print, `No backup was made. ${made.problem.what}\n${made.problem.next}`)
    for (const line of said(made.value, to, place, given !== undefined)) print(line)
  } finally {
    await opened.value.close()
  }
  await removeOldDrafts(folder)
  if (asked.keep !== undefined) await keepNewest(folder, asked.keep, print)
  return 0
}

function said(
  found: Survey,
  to: string,
  { keyFile, deletionsFile }: FilePlace,
  isKeyGiven: boolean,
): string[] {
  const ids = [...found.rowsOf.keys()]
  const where = isKeyGiven ? 'ENCRYPTION_KEY' : keyFile
  return [
    `Backed up to ${to}: ${storedWords(found)}. Every row was opened once.`,
    `It needs the key ${ids.join(' and ')} (from ${where}). Keep a copy of the key elsewhere: without it the backup is lost, together they are readable.`,
    `Deletions that come later stand in ${basename(deletionsFile)} beside the database: a restore needs its newest state.`,
  ]
}

const nameAt = (now: Date) => `usherr-${now.toISOString().slice(0, 19).replaceAll(':', '')}Z.sqlite`
/** Only what this tool itself has named so is ever taken away. */
const isOwnName = (name: string) => /^usherr-\d{4}-\d\d-\d\dT\d{6}Z\.sqlite$/u.test(name)
/** What a run that was killed has left behind. */
const isOwnDraft = (name: string) => /^usherr-\d{4}-\d\d-\d\dT\d{6}Z\.sqlite\.[\w-]+\.part/u.test(name)
const draftLifeMs = 3_600_000

async function removeOldDrafts(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  for (const name of (await readdir(folder)).filter(isOwnDraft)) {
    const { mtimeMs } = await stat(join(folder, name))
    if (Date.now() - mtimeMs > draftLifeMs) await rm(join(folder, name), { force: true })
  }
}

async function keepNewest(folder: string, keep: number, print: Print): Promise<void> {
  if (!existsSync(folder)) return
  const names = await readdir(folder)
  // The names are times, and their order is that of the times.
  const old = names.filter(isOwnName).sort().reverse().slice(keep)
  for (const name of old) await rm(join(folder, name), { force: true })
  if (old.length > 0) print(`Removed ${old.length} older, so that ${keep} are left.`)
}

function readArguments(args: readonly string[]): { file?: string; keep?: number } | 'help' | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { keep: { type: 'string' }, help: { type: 'boolean' } },
    })
    const [file, ...more] = positionals
    if (values.help || file === 'help') return 'help'
    const { keep } = values
    if (more.length > 0 || (keep !== undefined && !/^[1-9]\d{0,3}$/u.test(keep))) return undefined
    return {
      ...(file === undefined ? {} : { file }),
      ...(keep === undefined ? {} : { keep: Number(keep) }),
    }
  } catch {
    return undefined
  }
}

function refuse(print: Print, text: string): number {
  print(text)
  return 1
}
