/** Why the store cannot be opened, for the person who starts the bot. */
export interface StoreProblem {
  kind: StoreProblemKind
  /** What is wrong, without secrets. */
  what: string
  /** What to do about it. */
  next: string
}

export type StoreProblemKind =
  | 'unsupported'
  | 'cannotOpen'
  | 'notADatabase'
  | 'readOnly'
  | 'locked'
  | 'full'
  | 'keyMissing'
  | 'badKey'
  | 'wrongKey'
  | 'newer'
  | 'damaged'
  // Of servers only.
  | 'badAddress'
  | 'outOfReach'
  | 'notLetIn'
  | 'noDatabase'
  | 'noRights'
  | 'tooOld'
  | 'losesWrites'
  | 'insecure'
  | 'inUse'
  // Of what only a file can do.
  | 'noFile'

/**
 * What the error of a database server becomes, at the one place where the server is asked: in our words, and nothing of
 * the error itself, which may hold the address with its password, or values.
 */
export class ServerFailed extends Error {
  override readonly name = 'ServerFailed'
  readonly problem: StoreProblem
  /** The server's or the system's own word for it, such as `28P01` or `ECONNREFUSED`. */
  readonly code: string

  constructor(problem: StoreProblem, code: string) {
    super(problem.what)
    this.problem = problem
    this.code = code
  }
}

/** Says of a file's or SQLite's error what it means; a server's has its words. `file` is the database's path. */
export function describeError(error: unknown, file: string): StoreProblem {
  if (error instanceof ServerFailed) return error.problem
  const code = errorCode(error)
  switch (code) {
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return {
        kind: 'notADatabase',
        what: `${file} is damaged or not a SQLite database (${code}).`,
        next: 'Stop the bot, keep a copy of the file, and put a backup in its place. Do not delete encryption.key.',
      }
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return {
        kind: 'readOnly',
        what: `${file} cannot be written (${code}).`,
        next: 'Give the user who runs the bot write access to the file and to its folder, and mount the volume writable.',
      }
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return {
        kind: 'locked',
        what: `Another program holds ${file} locked (${code}).`,
        next: 'Close whatever has it open (a database browser, a backup, a second bot), then start again.',
      }
    case 'SQLITE_FULL':
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        kind: 'full',
        what: `The disk of ${file} is full (${code}).`,
        next: 'Make room, then start again.',
      }
    default:
      return {
        kind: 'cannotOpen',
        what: `${file} cannot be opened (${code ?? (error instanceof Error ? error.message : 'no reason given')}).`,
        next: 'Check that STORAGE_URL names a file, that its folder exists or can be made, and who may write there.',
      }
  }
}

export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
