import { StoreUnavailable } from '../sharing/ports.ts'
import { errorCode } from './store-problem.ts'

/** What the database's failures become. */
export async function answer<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    const why = errorCode(cause) ?? (cause instanceof Error ? cause.message : 'unknown')
    throw new StoreUnavailable(`${what}: the database failed (${why})`, { cause })
  }
}
