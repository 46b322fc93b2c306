import { isObject, type JsonObject, listIn, textIn } from '../json.ts'
import { type At, below, report } from './breach.ts'
import { everyComponent } from './components.ts'
import { type Check, listOf, oneOf, snowflake, thing, truth } from './shape.ts'

/** Who a message would ring for. */
export interface Pings {
  everyone: boolean
  users: readonly string[]
  roles: readonly string[]
}

export const nobody: Pings = { everyone: false, users: [], roles: [] }

export const allowedMentions: Check = thing({
  noun: 'allowed-mentions',
  fields: {
    parse: listOf(oneOf('roles', 'users', 'everyone'), 3),
    users: listOf(snowflake, 100),
    roles: listOf(snowflake, 100),
    replied_user: truth,
  },
  also: (value, at) => {
    for (const kind of ['users', 'roles'] as const) {
      if (listIn(value.parse).includes(kind) && listIn(value[kind]).length > 0) {
        notBoth(kind, below(at, kind))
      }
    }
  },
})

const notBoth = (kind: string, at: At) =>
  report(at, `parse: ["${kind}"] and ${kind}: [ids...] are mutually exclusive`, 'allowed-mentions.conflict')

/**
 * Whom a body would ring for. Left out, a channel message parses everything and an interaction's answer only
 * users. Embeds never ring; text displays do. @see https://docs.discord.com/developers/resources/message#allowed-mentions-object
 */
export function pingsOf(body: JsonObject, isInteraction: boolean, mayMentionEveryone: boolean): Pings {
  const written = everyTextOf(body)
  if (!written.includes('@')) return nobody
  const allowed = isObject(body.allowed_mentions) ? body.allowed_mentions : undefined
  const parse = allowed ? listIn(allowed.parse) : isInteraction ? ['users'] : ['users', 'roles', 'everyone']
  const these = (kind: 'users' | 'roles', found: string[]) => {
    if (parse.includes(kind)) return found
    const named = listIn(allowed?.[kind])
    return found.filter((id) => named.includes(id))
  }
  return {
    everyone: mayMentionEveryone && parse.includes('everyone') && /@(everyone|here)\b/.test(written),
    users: these('users', idsIn(written, /<@!?(\d+)>/g)),
    roles: these('roles', idsIn(written, /<@&(\d+)>/g)),
  }
}

export const wouldPing = (pings: Pings): boolean =>
  pings.everyone || pings.users.length > 0 || pings.roles.length > 0

function everyTextOf(body: JsonObject): string {
  const parts = [textIn(body.content) ?? '']
  for (const { value } of everyComponent(body.components)) {
    if (value.type === 10) parts.push(textIn(value.content) ?? '')
  }
  return parts.join('\n')
}

const idsIn = (written: string, pattern: RegExp): string[] => [
  ...new Set([...written.matchAll(pattern)].map((match) => match[1] ?? '')),
]
