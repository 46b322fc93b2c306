import type { ServerPlace } from './place.ts'
import type { ServerDatabase } from './rows.ts'
import { ServerFailed } from './store-problem.ts'

/** The client of each kind of server is loaded only where it is asked for: nobody else waits for it at the start. */
export async function openServer({ is, url }: ServerPlace): Promise<ServerDatabase> {
  switch (is) {
    case 'postgres':
      return (await import('./postgres.ts')).openPostgres(url)
    case 'redis':
      throw new ServerFailed(notYet, 'unsupported')
    default:
      return is satisfies never
  }
}

const notYet = {
  kind: 'unsupported',
  what: 'STORAGE_URL asks for redis://, which this version cannot use yet.',
  next: 'Use sqlite:// or postgres://, for example sqlite://data/usherr.sqlite.',
} as const
