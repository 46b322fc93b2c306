import { dirname, join } from 'node:path'
import { ok, problem, type Result } from '../lib/result.ts'
import { Secret } from '../lib/secret.ts'
import { postgresAddress } from './postgres/address.ts'
import { parseRedisUrl, shownAddress } from './redis/url.ts'
import type { StoreProblem } from './store-problem.ts'

/** Where a store lies, and what belongs to it outside of the database. The one reading of `STORAGE_URL`. */
export type StorePlace = FilePlace | ServerPlace

interface Beside {
  /** Where the keys lie that do not come from the environment. */
  keyFile: string
  deletionsFile: string
}

export interface FilePlace extends Beside {
  is: 'file'
  file: string
}

export interface ServerPlace extends Beside {
  is: 'postgres' | 'redis'
  /** Secret: it may hold a password. */
  url: string
  /** For people: which server is meant, without user and password. */
  name: string
}

export function placeOf(url: string): Result<StorePlace, StoreProblem> {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.*)$/su.exec(url) ?? []
  switch (scheme) {
    case 'sqlite':
      if (rest === '' || rest === ':memory:') return problem(noFileNamed)
      return ok({ is: 'file', file: rest, ...beside(dirname(rest), rest) })
    case 'postgres':
    case 'postgresql':
      return onServer('postgres', url)
    case 'redis':
    case 'rediss':
      return onServer('redis', url)
    default:
      return problem({
        kind: 'unsupported',
        what: 'STORAGE_URL is not a URL this version knows.',
        next: 'Use sqlite://, postgres:// or redis://, for example sqlite://data/usherr.sqlite.',
      })
  }
}

/**
 * An unescaped character in a password ends the host's name early, and the rest of the password would be taken for a
 * path, a query or a host: what looks like that is refused before any part of it can be shown.
 */
function onServer(is: ServerPlace['is'], url: string): Result<ServerPlace, StoreProblem> {
  if (!URL.canParse(url)) return problem(badAddress)
  const { pathname, search, hash } = new URL(url)
  if (hash !== '' || /@|%40/u.test(pathname + search)) return problem(badAddress)
  const name = is === 'postgres' ? postgresName(url) : redisName(url)
  return name.ok ? ok({ is, url, name: name.value, ...ofServer }) : name
}

function postgresName(url: string): Result<string, StoreProblem> {
  const address = postgresAddress(url)
  return address.ok ? ok(address.value.name) : address
}

function redisName(url: string): Result<string, StoreProblem> {
  try {
    return ok(shownAddress(parseRedisUrl(url)))
  } catch {
    return problem(badAddress)
  }
}

/** What of an address must never be shown, in each form in which it may be written. */
export function secretsIn(url: string): readonly Secret[] {
  if (!/^(postgres|postgresql|redis|rediss):/u.test(url)) return []
  if (!URL.canParse(url)) return [new Secret(url)]
  const written = new URL(url).password
  // Without a password it may be shown whole, and has to be, where a message names the server.
  if (written === '') return []
  return [...new Set([url, written, safelyDecoded(written)])].map((form) => new Secret(form))
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const badAddress: StoreProblem = {
  kind: 'badAddress',
  what: 'STORAGE_URL cannot be read as the address of a server.',
  next: 'Write it as postgres://user:password@host:5432/database or redis://user:password@host:6379/0. In the password write %23 for #, %2F for /, %3F for ?, %40 for @, %3A for : and %25 for %.',
}

/** The place, where it is a file; what else can be done, where it is a server's. */
export function fileAt(place: StorePlace, tool: 'backup' | 'restore'): Result<FilePlace, StoreProblem> {
  if (place.is === 'file') return ok(place)
  return problem({
    kind: 'noFile',
    what: `STORAGE_URL names ${serverNames[place.is]}, and npm run ${tool} works on a SQLite file only.`,
    next: `${insteadOf[tool][place.is]} ${place.keyFile} and ${place.deletionsFile} belong to it (docs/storage.md).`,
  })
}

/** For people: the file, or which server. */
export const nameOf = (place: StorePlace) => (place.is === 'file' ? place.file : place.name)

export const serverNames = { postgres: 'a PostgreSQL server', redis: 'a Redis server' } as const

const insteadOf = {
  backup: {
    postgres: "Use PostgreSQL's own pg_dump, while the bot runs or not.",
    redis: "Use Redis' own persistence: copy its append-only files or a snapshot.",
  },
  restore: {
    postgres: "Stop the bot and use PostgreSQL's own pg_restore or psql.",
    redis: 'Stop the bot and Redis, put its files back, and start Redis first.',
  },
} as const

const beside = (folder: string, database: string): Beside => ({
  keyFile: join(folder, 'encryption.key'),
  deletionsFile: `${database}.forgotten`,
})

/** What must not lie on the server itself lies where the default file would. */
const ofServer = beside('data', join('data', 'usherr'))

const noFileNamed: StoreProblem = {
  kind: 'unsupported',
  what: 'STORAGE_URL names no file, and a store in memory would forget everything at the next start.',
  next: 'Give a file, for example sqlite://data/usherr.sqlite.',
}
