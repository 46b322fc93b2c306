import { randomBytes } from 'node:crypto'
import { chown, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseEnv } from 'node:util'
import { ok, problem, type Result } from '../../lib/result.ts'

/** A `.env` as it lies there. */
export interface EnvFile {
  /** Where it really is: `.env` may be a link. */
  path: string
  /** `undefined` where there is none. */
  text: string | undefined
  values: Readonly<Record<string, string>>
}

/** `code` is the system's, such as `EACCES`. */
export type EnvFileProblem =
  | { problem: 'unreadable' | 'unwritable'; code: string }
  /** Somebody else wrote it since it was read. */
  | { problem: 'changedMeanwhile' }
  /** Its lines could not be changed without changing others: the file is of a form that only a person understands. */
  | { problem: 'notUnderstood' }

export async function readEnvFile(path: string): Promise<Result<EnvFile, EnvFileProblem>> {
  try {
    const real = await realpath(path)
    const text = await readFile(real, 'utf8')
    return ok({ path: real, text, values: valuesIn(text) })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ok({ path, text: undefined, values: {} })
    return problem({ problem: 'unreadable', code: codeOf(error) })
  }
}

/**
 * Sets these names in the file and leaves every other line, comments too. It is written beside it and moved into its
 * place, so that after a crash there is the old one or the new one; only its owner can read it then. No copy of the
 * old one is kept: it would be a second file with living tokens that nobody looks after.
 */
export async function writeEnvFile(
  before: EnvFile,
  changes: Readonly<Record<string, string>>,
): Promise<Result<void, EnvFileProblem>> {
  const now = await readEnvFile(before.path)
  if (!now.ok) return now
  if (now.value.text !== before.text) return problem({ problem: 'changedMeanwhile' })
  const text = withValues(before.text ?? '', changes)
  if (text === undefined) return problem({ problem: 'notUnderstood' })
  try {
    await replace(before.path, text)
    return ok(undefined)
  } catch (error) {
    return problem({ problem: 'unwritable', code: codeOf(error) })
  }
}

/**
 * The text with these values, or nothing where that cannot be done: what comes out is read again as the bot will read
 * it, and has to hold what it held before and the new values, no more and no less.
 */
export function withValues(before: string, changes: Readonly<Record<string, string>>): string | undefined {
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n'
  let lines = before === '' ? [] : before.split(lineEnd)
  if (lines.at(-1) === '') lines.pop()
  for (const [name, value] of Object.entries(changes)) lines = withLine(lines, name, lineOf(name, value))
  const after = `${lines.join(lineEnd)}${lineEnd}`
  return isSame(valuesIn(after), { ...valuesIn(before), ...changes }) ? after : undefined
}

/** In the place of the line that counts, which is the last one; else below its comment; else at the end. */
function withLine(lines: readonly string[], name: string, line: string): string[] {
  const given = lines.findLastIndex((each) => new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`, 'u').test(each))
  if (given >= 0) return lines.with(given, line)
  const comment = lines.findLastIndex((each) => new RegExp(`^\\s*#\\s*${name}\\s*=`, 'u').test(each))
  return comment >= 0 ? lines.toSpliced(comment + 1, 0, line) : [...lines, line]
}

/** What is more than a plain word is quoted: a `#` would begin a comment. */
const lineOf = (name: string, value: string) =>
  /^[\w.,:/@%+=-]*$/u.test(value) ? `${name}=${value}` : `${name}='${value}'`

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

/** As Node reads the file for the bot. Its type knows of values that are missing; none is. */
function valuesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parseEnv(text)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

async function replace(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await giveToOwnerOf(path, draft)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  // It is in its place; that the folder is on the disk as well is asked for, and no reason to call it unwritten.
  const folder = await open(dirname(path), 'r')
  await folder.sync().catch(() => {})
  await folder.close()
}

/** Where root changes the file of somebody else, who runs the bot, it stays that person's. */
async function giveToOwnerOf(path: string, draft: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const before = await stat(path).catch(() => undefined)
  if (before) await chown(draft, before.uid, before.gid)
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
