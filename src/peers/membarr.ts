import { problem } from '../lib/result.ts'
import { readClients } from './clients-table.ts'
import type { Peer } from './peer.ts'
import { readSqlite, unknownVersion } from './read-sqlite.ts'

/** @see docs/migration/membarr.md */
export const membarr: Peer = {
  title: 'Membarr',
  file: 'app/config/app.db',
  read: (file) =>
    readSqlite(file, 'membarr', async (tables) => {
      const columns = tables.columns.get('clients')
      const needed = ['id', 'discord_username', 'email', 'jellyfin_username']
      const lacks = columns ? needed.filter((name) => !columns.includes(name)) : ['the table clients']
      if (lacks.length > 0) return problem(unknownVersion(file, 'Membarr', lacks))
      const read = await readClients(tables, { file, title: 'Membarr', table: 'clients', hasJellyfin: true })
      return read.ok
        ? {
            ok: true,
            value: { writtenBy: 'Membarr, whose list has had this form since July 2022', ...read.value },
          }
        : read
    }),
}
