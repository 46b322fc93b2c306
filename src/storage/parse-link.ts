import { type AccountId, type GuildId, id, type MemberId } from '../lib/ids.ts'
import type { Link, PlexIdentity } from '../sharing/ports.ts'

/** A link from its stored JSON, where the date is ISO text. Throws where it is not one. */
export function parseLink(json: unknown): Link {
  const record = object(json)
  const linkedAt = new Date(text(record.linkedAt))
  if (Number.isNaN(linkedAt.getTime())) throw new TypeError('linkedAt is no date')
  return {
    guildId: id<GuildId>(text(record.guildId)),
    memberId: id<MemberId>(text(record.memberId)),
    who: identity(object(record.who)),
    linkedAt,
    linkedBy: record.linkedBy === 'import' ? 'import' : id<MemberId>(text(record.linkedBy)),
  }
}

function identity(who: Record<string, unknown>): PlexIdentity {
  return {
    ...(who.accountId === undefined ? {} : { accountId: id<AccountId>(text(who.accountId)) }),
    ...(who.username === undefined ? {} : { username: text(who.username) }),
    ...(who.email === undefined ? {} : { email: text(who.email) }),
  }
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('not an object')
  return { ...value }
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new TypeError('not a text')
  return value
}
