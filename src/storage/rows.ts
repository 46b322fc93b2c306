import type { Result } from '../lib/result.ts'
import type { StoreProblem } from './store-problem.ts'

/**
 * What the store asks of a database: one namespace's rows of text under ASCII keys. Every write is a `swap`, which
 * compares and sets; there is no other, because a plain `set` loses writes as soon as two processes write.
 * Each method throws `StoreUnavailable` where the database fails.
 */
export interface Rows {
  /** The text stored under this key now, or `undefined` where there is none. */
  get(key: string): Promise<string | undefined>
  /** Every row whose key begins so, in the order of the keys, as it was at one moment. */
  range(prefix: string): Promise<readonly Row[]>
  /** At most `limit` rows with keys after this one, in the order of the keys. */
  after(key: string, limit: number): Promise<readonly Row[]>
  /** Carries out all the changes in one atomic step, or none (`false`) where a row is not as `from` says. */
  swap(changes: readonly Change[]): Promise<boolean>
}

export interface Row {
  key: string
  text: string
}

export interface Change {
  key: string
  /** What must be stored now; `undefined`: nothing. */
  from: string | undefined
  /** What shall be stored; `undefined`: the row goes. */
  to: string | undefined
}

/** One database: namespaces of rows that cannot touch each other. */
export interface Database {
  rows(namespace: string): Rows
  /** The namespaces that have been used so far, also by an earlier run. */
  namespaces(): Promise<readonly string[]>
  /** Throws where what is written would not be found at the next start. */
  assertInPlace(): Promise<void>
  /** Leaves no trace of what was removed or replaced in the database's own files, as far as it has power over them. */
  scrub(): Promise<void>
  close(): Promise<void>
}

/** A database that is a file of ours. */
export interface FileDatabase extends Database {
  /** Writes everything as of one moment into a new file (0600). Others may go on writing meanwhile. */
  copyTo(file: string): Promise<void>
  /** Whether SQLite finds no damage anywhere in the file; reads all of it. */
  isSound(): Promise<boolean>
}

/**
 * A database that a server keeps. Its errors may repeat the address, the password or a value, so each becomes a
 * `ServerFailed` at once: that is what opening throws, and the `cause` of every `StoreUnavailable`.
 */
export interface ServerDatabase extends Database {
  /**
   * Lets no other bot work on the same rows until this is closed, or says that one does already. Where the server
   * loses it meanwhile it is taken again before the next write; while another one has it, nothing is written.
   * Who only reads, or writes beside a bot, does not ask for it.
   */
  holdAlone(): Promise<Result<void, StoreProblem>>
}

/** Keys are printable ASCII, so that their order is the same in every database and in JavaScript. */
export function assertKey(key: string): void {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw new RangeError('A key is 1 to 200 printable ASCII characters')
}

/** Lower-case letters only: a database's wildcards and foldings (`_`, `%`, case) would let one reach another. */
export function assertNamespace(namespace: string): void {
  if (!/^[a-z]{1,30}$/.test(namespace))
    throw new RangeError(`"${namespace}" is not 1 to 30 lower-case letters`)
}
