import { createHmac, randomBytes } from 'node:crypto'
import type { Documents } from '../sharing/ports.ts'

/** 22 base64url characters (132 bits) that stand for `value` within `scope` and tell nothing about it. */
export type KeyedHash = (scope: string, value: string) => string

/**
 * Hashes with a random key that is made once and kept sealed in the store: it outlives a rotation of the master key,
 * so no row has to move then. Without the key nobody can try out e-mail addresses against the hashes.
 */
export async function openIndexKey(meta: Documents<string>): Promise<KeyedHash> {
  const stored = await meta.update('index-key', (current) => current ?? randomBytes(32).toString('base64'))
  if (stored === undefined) throw new Error('an index key was given and none was stored')
  const key = Buffer.from(stored, 'base64')
  // JSON keeps scope and value apart.
  return (scope, value) =>
    createHmac('sha256', key)
      .update(JSON.stringify([scope, value]))
      .digest('base64url')
      .slice(0, 22)
}
