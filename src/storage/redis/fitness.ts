import type { Log } from '../../lib/log.ts'
import type { RedisConnection } from './connection.ts'
import { codeOf, RedisError } from './error.ts'

/** What this was tested with. Before it, Redis hides the reason of a failure inside a script. */
const oldestMajor = 7

/**
 * Whether this Redis keeps what it has acknowledged: it writes to a file, throws nothing away for room, and is no
 * copy of another. Throws `StoreUnavailable`, with what is missing as its cause.
 */
export async function assertFit(connection: RedisConnection): Promise<void> {
  const facts = await infoOf(connection)
  const refuse = (error: RedisError): never => {
    throw connection.unavailable('database', error)
  }
  const version = facts.get('redis_version') ?? 'unknown'
  if (!(Number.parseInt(version, 10) >= oldestMajor)) refuse(new RedisError('TOOOLD', version))
  if (facts.get('loading') !== '0') refuse(new RedisError('LOADING'))
  if (facts.get('role') !== 'master') refuse(new RedisError('REPLICA'))
  if (facts.get('aof_enabled') !== '1') refuse(new RedisError('NOTDURABLE'))
  if (facts.get('aof_last_write_status') !== 'ok') refuse(new RedisError('MISCONF'))
  const policy = facts.get('maxmemory_policy') ?? 'unknown'
  // A volatile- policy takes only what has an expiry, and no row has one.
  if (policy !== 'noeviction' && !policy.startsWith('volatile-')) refuse(new RedisError('EVICTS', policy))
}

/** Says once, at the start, what a power cut may take. */
export async function warnOfGaps(connection: RedisConnection, log: Log): Promise<void> {
  const settings = await settingsOf(connection)
  const appendfsync = settings?.get('appendfsync')
  if (appendfsync === undefined) {
    log.warn(
      {},
      'Redis does not tell how often it writes to the disk: make sure that redis.conf says "appendfsync always", or the last second or more may be lost in a power cut',
    )
  } else if (appendfsync !== 'always') {
    log.warn(
      { appendfsync },
      appendfsync === 'everysec'
        ? 'Redis writes to the disk once a second: a power cut may lose up to a second of what was acknowledged. "appendfsync always" in redis.conf loses nothing'
        : 'Redis leaves it to the system when to write to the disk: a power cut may lose half a minute of what was acknowledged. "appendfsync always" in redis.conf loses nothing',
    )
  }
  if (settings?.get('no-appendfsync-on-rewrite') === 'yes') {
    log.warn(
      {},
      'Redis does not write to the disk while it rewrites its file: a power cut then may lose what was acknowledged. Set "no-appendfsync-on-rewrite no" in redis.conf',
    )
  }
}

/** What `INFO` says, by its names. */
export async function infoOf(connection: RedisConnection): Promise<ReadonlyMap<string, string>> {
  const text = await connection.ask('info', 'INFO')
  if (typeof text !== 'string') throw connection.unavailable('info', new RedisError('UNEXPECTED'))
  const facts = text.split('\r\n').flatMap((line): [string, string][] => {
    const at = line.indexOf(':')
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
  })
  return new Map(facts)
}

/** `undefined` where `CONFIG` is forbidden, as at most who rent out a Redis. */
async function settingsOf(connection: RedisConnection): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const answered = await connection.ask(
      'config',
      'CONFIG',
      'GET',
      'appendfsync',
      'no-appendfsync-on-rewrite',
    )
    if (!Array.isArray(answered)) return undefined
    const settings = new Map<string, string>()
    for (let at = 0; at + 1 < answered.length; at += 2)
      settings.set(String(answered[at]), String(answered[at + 1]))
    return settings
  } catch (error) {
    const code = codeOf(error)
    if (code === 'NOPERM' || code === 'UNKNOWN') return undefined
    throw error
  }
}
