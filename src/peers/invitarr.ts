import { problem } from '../lib/result.ts'
import { readClients } from './clients-table.ts'
import type { Peer } from './peer.ts'
import { readSqlite, unknownVersion } from './read-sqlite.ts'

/** @see docs/migration/invitarr.md */
export const invitarr: Peer = {
  title: 'Invitarr',
  file: 'app/config/app.db',
  read: (file) =>
    readSqlite(file, 'invitarr', async (tables) => {
      const table = tables.columns.has('clients') ? 'clients' : 'USERS'
      const columns = tables.columns.get(table)
      const needed = ['id', 'discord_username', 'email']
      const lacks = columns ? needed.filter((name) => !columns.includes(name)) : ['the table clients']
      if (lacks.length > 0) return problem(unknownVersion(file, 'Invitarr', lacks))
      const read = await readClients(tables, { file, title: 'Invitarr', table, hasJellyfin: false })
      const since = table === 'clients' ? 'since 17 June 2020' : 'in its first days of June 2020'
      return read.ok
        ? { ok: true, value: { writtenBy: `Invitarr, whose list had this form ${since}`, ...read.value } }
        : read
    }),
}
