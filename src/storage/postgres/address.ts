import { ok, problem, type Result } from '../../lib/result.ts'
import { Secret } from '../../lib/secret.ts'
import type { StoreProblem } from '../store-problem.ts'

/** Where a PostgreSQL server is, and who asks it. */
export interface PostgresAddress {
  /** For people: without user and password. */
  name: string
  /** A path where it begins with a slash: the folder of a Unix socket. */
  host: string
  port: number
  user: string | undefined
  password: Secret | undefined
  database: string
  tls: Tls
}

/** As `sslmode` means it for PostgreSQL's own tools; `prefer` and `allow` would fall back without a word. */
export interface Tls {
  mode: 'disable' | 'require' | 'verify-ca' | 'verify-full'
  /** Files in PEM. */
  rootCertificate: string | undefined
  certificate: string | undefined
  key: string | undefined
}

const modes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
const known = new Set(['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'host'])

/** @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
export function postgresAddress(url: string): Result<PostgresAddress, StoreProblem> {
  if (!URL.canParse(url)) return problem(bad('cannot be read', example))
  const parsed = new URL(url)
  const asked = parsed.searchParams
  // A misspelt one would be passed over in silence, and with it the encryption that it asks for.
  if ([...asked.keys()].some((name) => !known.has(name) || asked.getAll(name).length > 1)) {
    return problem(bad('has a parameter that Usherr does not know, or one of them twice', parameters))
  }
  const mode = modes.find((each) => each === (asked.get('sslmode') ?? 'disable'))
  if (!mode) return problem(bad('asks for an sslmode that Usherr does not know', parameters))
  const host = asked.get('host') ?? parsed.hostname.replace(/^\[|\]$/gu, '')
  const [user, password, database] = [parsed.username, parsed.password, parsed.pathname.slice(1)].map(decoded)
  if (user === undefined || password === undefined || database === undefined) {
    return problem(bad('has a % that begins no escape', 'Write %25 for a % in the user or the password.'))
  }
  if (host === '' || database === '' || database.includes('/')) {
    return problem(bad('has to name a host and one database', example))
  }
  return ok({
    name: `postgres://${parsed.host === '' ? host : parsed.host}/${database}`,
    host,
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    user: user === '' ? undefined : user,
    password: password === '' ? undefined : new Secret(password),
    database,
    tls: {
      mode: mode === 'require' && asked.has('sslrootcert') ? 'verify-ca' : mode,
      rootCertificate: asked.get('sslrootcert') ?? undefined,
      certificate: asked.get('sslcert') ?? undefined,
      key: asked.get('sslkey') ?? undefined,
    },
  })
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const example = 'Write it as postgres://user:password@host:5432/database.'
const parameters =
  'Known are sslmode=disable, require, verify-ca or verify-full; sslrootcert, sslcert and sslkey with a file each; host with the folder of a Unix socket.'

const bad = (what: string, next: string): StoreProblem => ({
  kind: 'badAddress',
  what: `STORAGE_URL ${what}.`,
  next,
})
