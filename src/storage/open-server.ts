import type { Log } from '../lib/log.ts'
import type { ServerPlace } from './place.ts'
import type { ServerDatabase } from './rows.ts'

/** The client of each kind of server is loaded only where it is asked for: nobody else waits for it at the start. */
export async function openServer({ is, url }: ServerPlace, log: Log): Promise<ServerDatabase> {
  switch (is) {
    case 'postgres':
      return (await import('./postgres/open.ts')).openPostgres(url)
    case 'redis':
      return (await import('./redis/open.ts')).openRedis(url, { log })
    default:
      return is satisfies never
  }
}
