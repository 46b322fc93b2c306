import { readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import type pg from 'pg'
import { systemClock } from '../../lib/clock.ts'
import { errorCode, ServerFailed } from '../store-problem.ts'
import type { PostgresAddress, Tls } from './address.ts'
import { postgresFailure } from './problem.ts'

export type Query = (sql: string, values?: readonly unknown[]) => Promise<Answered>

export interface Answered {
  rows: readonly unknown[]
  /** How many rows were found, made, changed or deleted. */
  count: number
}

/** The connections to one server. Whatever fails is a `ServerFailed`, and what the client says itself goes no further. */
export interface PostgresConnections {
  query: Query
  /** All of it, or nothing where the work returns `undefined` or throws. */
  inTransaction<T>(work: (query: Query) => Promise<T | undefined>): Promise<T | undefined>
  /** A connection that nobody else uses, with settings of its own. */
  ofItsOwn(settings: { statementMs: number; onLost?: () => void }): Promise<OwnConnection>
  close(): Promise<void>
}

export interface OwnConnection {
  query: Query
  close(): Promise<void>
}

/** All of these lie within the store's deadline of 2 seconds. */
const connectMs = 1500
const statementMs = 1500
/** Of a dozen writes at once the last waits for three others: all of them within the deadline. */
const lockMs = 500
/** The server's own time-outs come first; these are for one that says nothing at all. */
const silenceMs = 300
/** More would not be faster: a bot has a few questions at a time. */
const mostConnections = 5
const closeMs = 1000

export async function connectPostgres(
  address: PostgresAddress,
  { isReadOnly = false }: { isReadOnly?: boolean } = {},
): Promise<PostgresConnections> {
  // Here and not above: who keeps to SQLite does not wait for it.
  const { default: postgres } = await import('pg')
  const sockets = new Set<Socket>()
  const ssl = await tlsOptions(address.tls).catch((error: unknown) => {
    throw unreadable(address.name, errorCode(error) ?? 'no reason given')
  })
  const config = (statement: number): pg.PoolConfig => ({
    host: address.host,
    port: address.port,
    database: address.database,
    ...(address.user === undefined ? {} : { user: address.user }),
    ...(address.password === undefined ? {} : { password: address.password.reveal() }),
    ssl,
    application_name: 'usherr',
    options: sessionOptions,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statement,
    query_timeout: statement + silenceMs,
    lock_timeout: lockMs,
    idle_in_transaction_session_timeout: statement,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // So that one to a frozen server can be ended without its answer.
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
  })
  const pool = new postgres.Pool({ ...config(statementMs), max: mostConnections, idleTimeoutMillis: 300_000 })
  // Without these listeners a connection that breaks, idle or in use, would end the process. Whoever waits is told.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const failed = (error: unknown) => postgresFailure(error, address.name)
  const queryOn =
    (client: Pick<pg.ClientBase, 'query'>): Query =>
    async (sql, values = []) => {
      const { rows, rowCount } = await client
        .query<Record<string, unknown>>(sql, [...values])
        .catch((error) => {
          throw failed(error)
        })
      return { rows, count: rowCount ?? 0 }
    }

  return {
    query: async (sql, values = []) => {
      const client = await pool.connect().catch((error) => {
        throw failed(error)
      })
      const query = queryOn(client)
      return usedOnce(client, async () => {
        if (!isReadOnly) return query(sql, values)
        await query('BEGIN READ ONLY')
        const found = await query(sql, values)
        await query('ROLLBACK')
        return found
      })
    },

    async inTransaction(work) {
      const client = await pool.connect().catch((error) => {
        throw failed(error)
      })
      const query = queryOn(client)
      return usedOnce(client, async () => {
        await query('BEGIN')
        const done = await work(query)
        await query(done === undefined ? 'ROLLBACK' : 'COMMIT')
        return done
      })
    },

    async ofItsOwn({ statementMs: longest, onLost = () => {} }) {
      const client = new postgres.Client(config(longest))
      client.on('error', onLost)
      client.on('end', onLost)
      await client.connect().catch((error) => {
        throw failed(error)
      })
      return {
        query: queryOn(client),
        close: () => client.end().catch(() => {}),
      }
    },

    async close() {
      const isDone = new AbortController()
      const ended = pool
        .end()
        .catch(() => {})
        .finally(() => isDone.abort())
      await Promise.race([ended, systemClock.wait(closeMs, isDone.signal)])
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** A connection on which anything failed is closed: the server then takes back what was not complete. */
async function usedOnce<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  let broken = true
  try {
    const done = await work()
    broken = false
    return done
  } finally {
    client.release(broken)
  }
}

/** Whatever the server or the database is set to: what is acknowledged is on the disk. */
const sessionOptions = '-c synchronous_commit=on -c default_transaction_isolation=read\\ committed'

const unreadable = (name: string, code: string) =>
  new ServerFailed(
    {
      kind: 'insecure',
      what: `A certificate or key for ${name} cannot be read (${code}).`,
      next: 'Check the files behind sslrootcert, sslcert and sslkey in STORAGE_URL, and who may read them.',
    },
    code,
  )

async function tlsOptions({ mode, rootCertificate, certificate, key }: Tls): Promise<pg.PoolConfig['ssl']> {
  if (mode === 'disable') return false
  const textOf = async (file: string | undefined) => (file === undefined ? undefined : readFile(file, 'utf8'))
  const [ca, cert, ownKey] = await Promise.all([rootCertificate, certificate, key].map(textOf))
  return {
    rejectUnauthorized: mode !== 'require',
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(ownKey === undefined ? {} : { key: ownKey }),
  }
}
