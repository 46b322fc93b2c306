import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '../../../test/support/servers/postgres.ts'
import { type Surroundings, surroundings, type WholeBot } from '../whole-bot.ts'
import type { BreakableStore, BrokenStart, Fault } from './breakable.ts'

export async function breakablePostgres(): Promise<BreakableStore> {
  const server = await startPostgres()
  return {
    kind: 'PostgreSQL',
    faults: faultsOf(server),
    starts: startsOf(server),
    surroundings: async () => surroundings({ storageUrl: server.url(await server.newDatabase()) }),
    remove: server.remove,
  }
}

const databaseOf = ({ storageUrl }: Surroundings) => new URL(storageUrl).pathname.slice(1)

function faultsOf(server: PostgresServer): readonly Fault[] {
  const tablesOf = async (database: string) =>
    (await server.ask(database, "SELECT tablename FROM pg_tables WHERE tablename LIKE 'usherr%'")).map(
      ({ tablename }) => String(tablename),
    )
  const inEach = async (database: string, sql: (table: string) => string) => {
    for (const table of await tablesOf(database)) await server.ask(database, sql(table))
  }
  /** Who is connected has the old settings, and whoever connects anew has the new ones. */
  const disconnect = (database: string) =>
    server.ask(
      'postgres',
      'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()',
      [database],
    )
  /** Breaks by the first, mends by the second, both about the store's database; the bot lives on. */
  const fault = (
    name: string,
    mayRead: boolean,
    doIt: (database: string) => Promise<unknown> | unknown,
    undoIt: (database: string) => Promise<unknown> | unknown,
  ): Fault => ({
    name,
    mayRead,
    async breaks(on, bot) {
      await doIt(databaseOf(on))
      return async () => {
        await undoIt(databaseOf(on))
        return bot
      }
    },
  })

  return [
    {
      name: 'locked by another program',
      mayRead: true,
      async breaks(on, bot) {
        const database = databaseOf(on)
        const other = await server.session(database)
        await other.query('BEGIN')
        await other.query(`LOCK TABLE ${(await tablesOf(database)).join(', ')} IN EXCLUSIVE MODE`)
        return async () => {
          await other.end()
          return bot
        }
      },
    },
    {
      name: 'damaged',
      mayRead: true,
      needsFreshBot: true,
      async breaks(on, bot: WholeBot) {
        const database = databaseOf(on)
        await inEach(
          database,
          (table) =>
            `CREATE TABLE whole_${table} AS SELECT * FROM ${table}; UPDATE ${table} SET value = reverse(value)`,
        )
        return async () => {
          bot.kill('SIGKILL')
          await bot.ends()
          await inEach(
            database,
            (table) => `DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM whole_${table}`,
          )
          return on.start()
        }
      },
    },
    // A disk to fill needs rights that nobody has here: the error of a full one, in the place of each write.
    fault(
      'full',
      true,
      async (database) => {
        await server.ask(
          database,
          `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$`,
        )
        await inEach(
          database,
          (table) =>
            `CREATE TRIGGER no_room BEFORE INSERT OR UPDATE OR DELETE ON ${table} EXECUTE FUNCTION no_room()`,
        )
      },
      (database) => inEach(database, (table) => `DROP TRIGGER no_room ON ${table}`),
    ),
    fault(
      'read-only',
      true,
      async (database) => {
        await server.ask('postgres', `ALTER DATABASE ${database} SET default_transaction_read_only = on`)
        await disconnect(database)
      },
      async (database) => {
        await server.ask('postgres', `ALTER DATABASE ${database} RESET default_transaction_read_only`)
        await disconnect(database)
      },
    ),
    fault(
      'missing',
      false,
      async (database) => {
        await server.ask('postgres', `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
        await disconnect(database)
        await server.ask('postgres', `ALTER DATABASE ${database} RENAME TO ${database}_away`)
      },
      async (database) => {
        await server.ask('postgres', `ALTER DATABASE ${database}_away RENAME TO ${database}`)
        await server.ask('postgres', `ALTER DATABASE ${database} ALLOW_CONNECTIONS true`)
      },
    ),
    fault('stopped', false, server.stop, server.start),
    fault('killed', false, server.kill, server.start),
    fault('frozen', false, server.freeze, server.thaw),
  ]
}

function startsOf(server: PostgresServer): readonly BrokenStart[] {
  return [
    {
      name: 'stopped',
      async breaks() {
        await server.stop()
        return { mend: server.start }
      },
    },
    {
      name: 'not letting it in',
      async breaks() {
        await server.ask('postgres', 'ALTER ROLE usherr NOLOGIN')
        return { mend: async () => void (await server.ask('postgres', 'ALTER ROLE usherr LOGIN')) }
      },
    },
    {
      name: 'read-only',
      async breaks(on) {
        const alter = `ALTER DATABASE ${databaseOf(on)}`
        await server.ask('postgres', `${alter} SET default_transaction_read_only = on`)
        return {
          mend: async () =>
            void (await server.ask('postgres', `${alter} RESET default_transaction_read_only`)),
        }
      },
    },
    withoutItsKey,
  ]
}

export const withoutItsKey: BrokenStart = {
  name: 'without its key',
  async breaks({ folder }) {
    const file = join(folder, 'data', 'encryption.key')
    await rename(file, `${file}.away`)
    return { mend: () => rename(`${file}.away`, file) }
  },
}
