import type { Owner, PlexIdentity } from './ports.ts'

export type RecipientProblem = 'empty' | 'malformedEmail' | 'malformedUsername'

/**
 * Reads what somebody typed as an e-mail address or a Plex user name.
 * An address is what has an `@`. It is trimmed and lowered, and no cleverer than that: dots and plus signs matter.
 */
export function readRecipient(
  typed: string,
): { ok: true; who: { email: string } | { username: string } } | { ok: false; problem: RecipientProblem } {
  const text = typed.trim()
  if (text === '') return { ok: false, problem: 'empty' }
  if (text.includes('@')) {
    return plausibleEmail.test(text)
      ? { ok: true, who: { email: text.toLowerCase() } }
      : { ok: false, problem: 'malformedEmail' }
  }
  return plausibleUsername.test(text)
    ? { ok: true, who: { username: text } }
    : { ok: false, problem: 'malformedUsername' }
}

/**
 * One `@`, no blanks, a dot in the domain, RFC 5321's lengths. Whether the address exists only plex.tv can say.
 */
const plausibleEmail = /^(?=.{6,254}$)[^\s@<>",;:()[\]\\]{1,64}@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u
/** Plex user names carry no blanks; those with an `@` are addresses to us. */
const plausibleUsername = /^[^\s@<>",;:()[\]\\]{1,64}$/u

/** Whether somebody is the owner himself, whom plex.tv answers as if he had a share already. */
export function isOwner(who: PlexIdentity, owner: Owner): boolean {
  return (
    (who.accountId !== undefined && who.accountId === owner.accountId) ||
    (who.email !== undefined && who.email.toLowerCase() === owner.email.toLowerCase()) ||
    (who.username !== undefined && who.username.toLowerCase() === owner.username.toLowerCase())
  )
}
