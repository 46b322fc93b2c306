import { StoreUnavailable } from '../sharing/ports.ts'
import { errorCode } from './store-problem.ts'

/**
 * What went wrong with Redis, by its code alone: the first word of its answer, Node's code of a connection, or one of
 * `RedisTrouble`. The client's own errors go no further, for Redis repeats the arguments of a command that it does not
 * know, and a password is one.
 */
export class RedisError extends Error {
  override name = 'RedisError'
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
  | 'BADURL'
  | 'TOOOLD'
  | 'REPLICA'
  | 'NOTDURABLE'
  | 'EVICTS'
  /** Another data set, or an empty one, lies where ours was. */
  | 'NOTOURS'
  /** A namespace's rows and their order do not belong together. */
  | 'DAMAGED'
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
  // "-READONLY You can't write against a read only replica." Only the word is ours to repeat.
  const word = /^([A-Z]{3,})\b/.exec(message)?.[1]
  return new RedisError(word ?? 'LOST')
}

/** What every failure of Redis becomes for whoever reads and writes rows. */
export function unavailable(what: string, error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error
  const cause = toRedisError(error)
  return new StoreUnavailable(`${what}: Redis failed (${cause.message})`, { cause })
}
