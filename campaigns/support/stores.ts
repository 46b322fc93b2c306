import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../src/lib/log.ts'
import { openStore, type Store } from '../../src/storage/open.ts'
import { keys, newKey } from '../../test/storage/keys-of-text.ts'
import { hasPostgres, startPostgres } from '../../test/support/servers/postgres.ts'
import { hasRedis, launchRedis } from '../../test/support/servers/redis.ts'
import type { Run } from '../campaign.ts'

const all = ['SQLite', 'PostgreSQL', 'Redis'] as const
export type StoreKind = (typeof all)[number]

/**
 * The stores that a campaign can try on this machine. At full size, and where `USHERR_TEST_STORES=all` asks for it, all
 * of them are tried: one whose server is missing fails then.
 */
export function storesFor(size: Run['size']): readonly StoreKind[] {
  if (size === 'full' || process.env.USHERR_TEST_STORES === 'all') return all
  return all.filter((kind) => (kind === 'PostgreSQL' ? hasPostgres : kind === 'Redis' ? hasRedis : true))
}

/** Opens the same store, any number of times, as one process after or beside another would. */
export type OpenStore = () => Promise<Store>

/**
 * Does the work with a way to make a real, empty store of this kind, one after another; they and their server are gone
 * afterwards.
 */
export async function withStores<T>(
  kind: StoreKind,
  work: (fresh: () => Promise<OpenStore>) => Promise<T>,
): Promise<T> {
  const opened: Store[] = []
  const close = () => Promise.allSettled(opened.splice(0).map((store) => store.close()))
  const ground = await groundOf(kind)
  try {
    return await work(async () => {
      await close()
      const [url, key] = [await ground.freshUrl(), newKey()]
      return async () => {
        const store = await openStore({ url, keys: keys(key), log: silentLog })
        if (!store.ok) throw new Error(`${store.problem.what} ${store.problem.next}`)
        opened.push(store.value)
        return store.value
      }
    })
  } finally {
    await close()
    await ground.remove()
  }
}

async function groundOf(kind: StoreKind): Promise<{ freshUrl(): Promise<string>; remove(): Promise<void> }> {
  switch (kind) {
    case 'SQLite': {
      const folder = await mkdtemp(join(tmpdir(), 'usherr-campaign-'))
      let stores = 0
      return {
        freshUrl: async () => `sqlite://${join(folder, String(++stores), 'usherr.sqlite')}`,
        remove: () => rm(folder, { recursive: true, force: true }),
      }
    }
    case 'PostgreSQL': {
      const server = await startPostgres()
      return { freshUrl: async () => server.url(await server.newDatabase()), remove: server.remove }
    }
    case 'Redis': {
      const server = await launchRedis({ appendfsync: 'always' })
      return {
        async freshUrl() {
          await server.ask('FLUSHALL')
          return server.url
        },
        remove: server.remove,
      }
    }
    default:
      return kind satisfies never
  }
}
