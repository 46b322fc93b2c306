import type { Ports } from '../sharing/use-cases/ports.ts'

/** Reads once what autocomplete offers, so that the first keystroke after a start finds something. */
export async function warmUp({ connections }: Pick<Ports, 'connections'>): Promise<void> {
  for (const guildId of connections.guildIds()) {
    if (connections.connected(guildId).length > 0) continue
    for (const connection of await connections.all(guildId)) {
      if (!connection.ok) continue
      const sharing = connection.value
      await Promise.all([
        sharing.libraries(),
        sharing.shares('pending'),
        sharing.shares('active'),
        sharing.home(),
      ])
    }
  }
}
