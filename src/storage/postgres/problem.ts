import { errorCode, ServerFailed, type StoreProblem } from '../store-problem.ts'

/** The oldest PostgreSQL that is not refused: its own makers keep none that is older. */
export const leastVersion = 13

/** What an error of the client, the system or the server means, in our words and without a word of its own. */
export function postgresFailure(error: unknown, name: string): ServerFailed {
  if (error instanceof ServerFailed) return error
  const code = errorCode(error) ?? spoken(error)
  return new ServerFailed(problemFor(code, name), code)
}

/** Where the client has no code for it, only a sentence. */
function spoken(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  if (/timeout|timed out/iu.test(message)) return 'time-out'
  if (/Connection terminated|after calling end/iu.test(message)) return 'connection lost'
  if (/SSL/u.test(message)) return 'no TLS'
  if (/^SASL|password/iu.test(message)) return 'no password'
  return 'no reason given'
}

/** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
function problemFor(code: string, name: string): StoreProblem {
  switch (code) {
    case '28P01':
    case '28000':
    case 'no password':
      return {
        kind: 'notLetIn',
        what: `${name} does not let Usherr in: wrong user or password, or no line for it in pg_hba.conf (${code}).`,
        next: 'Check the user and the password in STORAGE_URL. Where the server wants TLS, add ?sslmode=verify-full.',
      }
    case '3D000':
      return {
        kind: 'noDatabase',
        what: `The server answers, and has no database of this name: ${name} (${code}).`,
        next: 'Make it, owned by the user of STORAGE_URL: CREATE DATABASE usherr OWNER usherr;',
      }
    case '42501':
    case '3F000':
      return noRights(name, code)
    case '25006':
      return readOnly(name, code)
    case '53100':
      return {
        kind: 'full',
        what: `The disk of ${name} is full (${code}).`,
        next: 'Make room there, then start again.',
      }
    case '55P03':
    case '57014':
    case '40P01':
    case '40001':
      return {
        kind: 'locked',
        what: `Somebody else holds tables of ${name} locked (${code}).`,
        next: 'Let whatever locks them finish (a migration, VACUUM FULL, an open transaction; pg_stat_activity shows it), then start again.',
      }
    case '42P01':
    case '42703':
    case '42804':
    case 'XX001':
    case 'XX002':
      return {
        kind: 'damaged',
        what: `A table of ${name} is gone, damaged or not what Usherr has made (${code}).`,
        next: 'Something else has changed the database. Stop the bot and put a backup in its place.',
      }
    case '08P01':
      return {
        kind: 'unsupported',
        what: `${name} does not take what Usherr asks of a connection; a pooler such as PgBouncer is in between (${code}).`,
        next: 'Name the server itself in STORAGE_URL: the pooler would lose the lock by which only one bot works.',
      }
    case 'no TLS':
      return {
        kind: 'insecure',
        what: `${name} offers no TLS, and STORAGE_URL asks for it.`,
        next: 'Turn it on at the server (ssl = on). Only where nobody else can listen: take sslmode out of STORAGE_URL.',
      }
    default:
      return isOfCertificate(code)
        ? untrusted(name, code)
        : isOfWay(code)
          ? outOfReach(name, code)
          : other(name, code)
  }
}

/** The certificate's own words, as OpenSSL and Node have them. */
const isOfCertificate = (code: string) =>
  /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|ERR_OSSL|HOSTNAME_MISMATCH)/u.test(code)

/** Of the system (`ECONNREFUSED`), or the server's own that it starts, stops or has no connection left. */
const isOfWay = (code: string) =>
  /^(E[A-Z]+|EAI_[A-Z]+|08\d\d\d|57P0\d|53300|time-out|connection lost)$/u.test(code)

const outOfReach = (name: string, code: string): StoreProblem => ({
  kind: 'outOfReach',
  what: `${name} does not answer (${code}).`,
  next: 'Check that PostgreSQL runs, that host and port in STORAGE_URL are right, and that it listens there for others (listen_addresses).',
})

const untrusted = (name: string, code: string): StoreProblem => ({
  kind: 'insecure',
  what: `The certificate of ${name} is not one that Usherr can trust (${code}).`,
  next: 'Give the certificate of its issuer with sslrootcert=<file> in STORAGE_URL, and the host by the name that stands in it.',
})

const other = (name: string, code: string): StoreProblem => ({
  kind: 'cannotOpen',
  what: `${name} cannot be used (${code}).`,
  next: "Look into PostgreSQL's own log: it says more about it.",
})

export const noRights = (name: string, code: string): StoreProblem => ({
  kind: 'noRights',
  what: `The user of STORAGE_URL may not make or use tables in ${name} (${code}).`,
  next: 'Give him the database: ALTER DATABASE usherr OWNER TO usherr; or in it: GRANT CREATE, USAGE ON SCHEMA public TO usherr;',
})

export const readOnly = (name: string, code: string): StoreProblem => ({
  kind: 'readOnly',
  what: `${name} takes no writes: it is a standby, or set to read only (${code}).`,
  next: 'Name the primary in STORAGE_URL, or take default_transaction_read_only away.',
})

export const tooOld = (name: string, version: number, least: number): StoreProblem => ({
  kind: 'tooOld',
  what: `${name} is PostgreSQL ${version}; Usherr needs ${least} or newer.`,
  next: 'Upgrade the server, or name a newer one in STORAGE_URL.',
})

export const losesWrites = (name: string): StoreProblem => ({
  kind: 'losesWrites',
  what: `${name} does not keep to synchronous_commit = on: what it acknowledges may be gone after a crash.`,
  next: 'Let the user of STORAGE_URL set it, or set it for the database.',
})

export const inUse = (name: string): StoreProblem => ({
  kind: 'inUse',
  what: `Another bot works with ${name} already.`,
  next: 'Stop the other one, or give this one a database of its own. One that died with its machine is let go within a minute.',
})
