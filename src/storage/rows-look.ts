import { StoreUnavailable } from '../sharing/ports.ts'
import type { Database, Rows } from './rows.ts'

/** What can be asked of a database that is only looked at. */
export interface RowsLook {
  database: Pick<Database, 'namespaces' | 'rows' | 'close'>
  /** Finds out whether it could be written, and leaves everything as it is. Throws the database's error. */
  assertWritable(): Promise<void>
}

export const refuseToWrite = async (): Promise<never> => {
  throw new StoreUnavailable('the store is only looked at')
}

/** A namespace that was never used. */
export const noRows: Rows = {
  get: async () => undefined,
  range: async () => [],
  after: async () => [],
  swap: refuseToWrite,
}
