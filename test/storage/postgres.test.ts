import { onTestFinished } from 'vitest'
import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { documentsContract, parseDoc } from '../contracts/documents.ts'
import { describeWithPostgres } from '../support/servers/postgres.ts'
import { keys, newKey } from './temporary-store.ts'

describeWithPostgres('PostgreSQL', (server) => {
  documentsContract('PostgreSQL', async () => {
    const url = server().url(await server().newDatabase())
    const key = newKey()
    const open = async () => {
      const opened = await openStore({ url, keys: keys(key), log: silentLog })
      if (!opened.ok) throw new Error(opened.problem.what)
      onTestFinished(() => opened.value.close())
      return opened.value.collection('docs', parseDoc)
    }
    return { docs: await open(), again: await open() }
  })
})
