import { onTestFinished } from 'vitest'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { rowsContract } from '../contracts/rows.ts'
import { temporaryFile } from './temporary-store.ts'

rowsContract('SQLite', async () => {
  const file = await temporaryFile()
  const open = async () => {
    const database = await openSqlite(file)
    onTestFinished(() => database.close())
    return database
  }
  return { database: await open(), again: await open() }
})
