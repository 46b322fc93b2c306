import { StoreUnavailable } from '../../sharing/ports.ts'
import { errorCode, ServerFailed } from '../store-problem.ts'
import { describeRedis } from './problem.ts'

/**
 * What went wrong with Redis, by its code alone: the first word of its answer, Node's code of a connection, or one of
 * `RedisTrouble`. The client's own errors go no further, for Redis repeats the arguments of a command that it does not
 * know, and a password is one.
 */
export class RedisError extends Error {
  override readonly name = 'RedisError'
  readonly code: string
  /** A version, a setting: something of Redis' own that the message to a person names. */
  readonly detail: string | undefined

  constructor(code: RedisTrouble | (string & {}), detail?: string) {
    super(detail === undefined ? code : `${code} ${detail}`)
    this.code = code
    this.detail = detail
  }
}

export type RedisTrouble =
  | 'BADADDRESS'
  | 'TOOOLD'
  | 'REPLICA'
  | 'NOTDURABLE'
  | 'EVICTS'
  | 'NODATABASE'
  /** Redis knows no such command: most who rent one out take some away. */
  | 'UNKNOWN'
  | 'REWRITING'
  /** A password was given, and Redis asks for none. */
  | 'NOPASSWORD'
  /** Another data set, or an empty one, lies where ours was. */
  | 'NOTOURS'
  /** A namespace's rows and their order do not belong together. */
  | 'DAMAGED'
  | 'INUSE'
  /** Redis answered something else than was asked. */
  | 'UNEXPECTED'
  /** No answer in time. */
  | 'SILENT'
  | 'CLOSED'
  | 'LOST'

/** Says of whatever was thrown what is safe to be said. */
export function toRedisError(error: unknown): RedisError {
  if (error instanceof RedisError) return error
  const code = errorCode(error)
  if (code !== undefined && /^[A-Z][A-Z0-9_]*$/.test(code)) return new RedisError(code)
  const message = error instanceof Error ? error.message : ''
  if (message.startsWith('ERR DB index is out of range')) return new RedisError('NODATABASE')
  if (message.startsWith('ERR unknown command')) return new RedisError('UNKNOWN')
  if (message.startsWith('ERR Background append only file rewriting already'))
    return new RedisError('REWRITING')
  if (message.startsWith('ERR AUTH <password> called without')) return new RedisError('NOPASSWORD')
  // Of what a script may not do 7.0 says the one and 7.2 the other; neither says NOPERM.
  if (/^ERR (?:The user executing the script|ACL failure in script)/.test(message))
    return new RedisError('NOPERM')
  // "READONLY You can't write against a read only replica." Only the word is ours to repeat.
  const word = /^([A-Z]{3,})\b/.exec(message)?.[1]
  return new RedisError(word ?? 'LOST')
}

/** `server` is its address without account and password. */
export function serverFailed(error: unknown, server: string): ServerFailed {
  if (error instanceof ServerFailed) return error
  const trouble = toRedisError(error)
  return new ServerFailed(describeRedis(trouble, server), trouble.code)
}

/** What every failure of Redis becomes for whoever reads and writes rows. */
export function unavailable(what: string, error: unknown, server: string): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error
  const { code } = error instanceof ServerFailed ? error : toRedisError(error)
  return new StoreUnavailable(`${what}: Redis failed (${code})`, { cause: serverFailed(error, server) })
}

/** What opening throws, of what `unavailable` made of it. */
export function causeOf(error: unknown): unknown {
  return error instanceof StoreUnavailable && error.cause instanceof ServerFailed ? error.cause : error
}

/** Redis' word for why it failed, of what `unavailable` made of it. */
export function codeOf(error: unknown): string | undefined {
  const cause = causeOf(error)
  return cause instanceof ServerFailed ? cause.code : undefined
}
