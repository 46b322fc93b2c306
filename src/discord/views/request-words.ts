import type { AccessRequest, Grant } from '../../sharing/access-request.ts'
import type { Library, PlexIdentity } from '../../sharing/ports.ts'
import { count, plain } from '../text.ts'
import { accessWords } from './describe.ts'

/** What is given: "**Movies**, for 30 days". */
export function grantWords({ access, durationMs, downloads }: Grant, libraries: readonly Library[]): string {
  const lasting = durationMs === undefined ? '' : `, for ${durationWords(durationMs)}`
  const loading = downloads === undefined ? '' : downloads ? ', with downloads' : ', without downloads'
  return `${accessWords(access, libraries)}${lasting}${loading}`
}

const hourMs = 3_600_000

export function durationWords(ms: number): string {
  const hours = Math.round(ms / hourMs)
  return hours % 24 === 0 ? count(hours / 24, 'day', 'days') : count(hours, 'hour', 'hours')
}

/** Whom it is for, as everybody in a channel may read it: never by address. */
export function publicSubject({ forMember, who }: Pick<AccessRequest, 'forMember' | 'who'>): string {
  if (forMember !== undefined) return `<@${forMember}>`
  const name = publicName(who)
  return name === undefined ? 'an e-mail address' : `**${name}**`
}

/** A user name, where it is not an address itself; plex.tv allows that. */
export function publicName({ username }: PlexIdentity): string | undefined {
  return username === undefined || username.includes('@') ? undefined : plain(username, 60)
}

/** What somebody wrote himself, for a channel: addresses in it are left out. */
export function publicText(text: string, most = 300): string {
  return plain(text.replace(/[^\s@]+@[^\s@]+/gu, '‹address left out›'), most)
}
