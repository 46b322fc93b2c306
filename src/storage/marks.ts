import { type GuildId, id } from '../lib/ids.ts'
import type { Restored } from '../sharing/observation.ts'
import type { Documents } from '../sharing/ports.ts'
import { createCollection } from './collection.ts'
import type { Usable } from './key-usage.ts'

/** What a copy says of itself: when it was made. Only copies have it. */
export interface BackedUp {
  at: Date
}
export const backedUpKey = 'backup'
export const backedUpMark = (of: Usable): Documents<BackedUp> => markOf(of, parseBackedUp)

/** What a restored database says of itself, until another one is restored. */
export const restoredKey = 'restored'
export const restoredMark = (of: Usable): Documents<Restored> => markOf(of, parseRestored)

const markOf = <T>({ database, cipher }: Usable, parse: (json: unknown) => T) =>
  createCollection({ name: 'meta', parse, rows: database.rows('meta'), cipher })

const parseBackedUp = (json: unknown): BackedUp => ({ at: date(object(json).at) })

function parseRestored(json: unknown): Restored {
  const { id: restoreId, at, backupAt, guildIds } = object(json)
  if (typeof restoreId !== 'string' || restoreId === '') throw new TypeError('no id')
  const known = Array.isArray(guildIds) ? guildIds.map((each) => id<GuildId>(String(each))) : undefined
  return {
    id: restoreId,
    at: date(at),
    backupAt: date(backupAt),
    ...(known === undefined ? {} : { guildIds: known }),
  }
}

function object(json: unknown): Record<string, unknown> {
  if (typeof json !== 'object' || json === null) throw new TypeError('no mark')
  return { ...json }
}

function date(text: unknown): Date {
  const at = new Date(typeof text === 'string' ? text : Number.NaN)
  if (Number.isNaN(at.getTime())) throw new TypeError('no date')
  return at
}
