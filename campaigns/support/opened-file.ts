import { silentLog } from '../../src/lib/log.ts'
import { openStore } from '../../src/storage/open.ts'
import { openDocuments, type StoredPorts } from '../../src/storage/open-documents.ts'

/** Works with what a SQLite file holds, beside the process that has it open, or before one has. */
export async function openedFile<T>(file: string, work: (documents: StoredPorts) => Promise<T>): Promise<T> {
  const store = await openStore({ url: `sqlite://${file}`, keys: undefined, log: silentLog })
  if (!store.ok) throw new Error(store.problem.what)
  try {
    return await work((await openDocuments(store.value)).documents)
  } finally {
    await store.value.close()
  }
}
