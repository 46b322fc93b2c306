import type { Ports } from '../sharing/use-cases/ports.ts'

/** Takes away counts that are too old to count. */
export async function pruneCounters({ counters, clock }: Pick<Ports, 'counters' | 'clock'>): Promise<void> {
  const now = clock.now()
  for (const { key, expiresAt } of await counters.list('')) {
    if (expiresAt <= now) await counters.remove(key)
  }
}
