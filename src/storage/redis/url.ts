import { Secret } from '../../lib/secret.ts'
import { RedisError } from './error.ts'

/** Where a Redis is and how one signs in there. */
export interface RedisAddress {
  host: string
  port: number
  isEncrypted: boolean
  /** `undefined`: the account `default`. */
  account: string | undefined
  password: Secret | undefined
  database: number
}

/**
 * Reads `redis://account:password@host:6379/0`; `rediss://` is the same by TLS. Node's own error for a URL that it
 * cannot read holds the URL, and with it the password: this throws `BADADDRESS` and nothing of it.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const read = URL.canParse(url) ? new URL(url) : undefined
  if (!read || !['redis:', 'rediss:'].includes(read.protocol) || read.hostname === '') throw bad()
  // Whatever stands there would be left out in silence; it may also be the rest of a password with a # in it.
  if (read.search !== '' || read.hash !== '') throw bad()
  const [, database = '0'] = /^\/?(\d{1,4})?$/.exec(read.pathname) ?? [undefined, 'none']
  if (database === 'none') throw bad()
  const account = decoded(read.username)
  const password = decoded(read.password)
  return {
    host: read.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: read.port === '' ? 6379 : Number(read.port),
    isEncrypted: read.protocol === 'rediss:',
    account: account === '' ? undefined : account,
    password: password === '' ? undefined : new Secret(password),
    database: Number(database),
  }
}

/** How a message names the server: without account and password. */
export function shownAddress({ host, port, isEncrypted, database }: RedisAddress): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${isEncrypted ? 'rediss' : 'redis'}://${name}:${port}/${database}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw bad()
  }
}

const bad = () => new RedisError('BADADDRESS')
