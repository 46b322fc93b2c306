import { randomUUID } from 'node:crypto'
import type { Documents } from '../sharing/ports.ts'

/**
 * The name by which plex.tv knows this installation (`X-Plex-Client-Identifier`), made once: with a new one at every
 * start the owner's list of devices would grow by one each time. `first` is stored where there is none yet.
 */
export async function openClientIdentifier(meta: Documents<string>, first: string): Promise<string> {
  const stored = await meta.update('client-identifier', (current) => current ?? first)
  if (stored === undefined) throw new Error('a client identifier was given and none was stored')
  return stored
}

export const newClientIdentifier = () => `usherr-${randomUUID()}`
