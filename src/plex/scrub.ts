/**
 * A piece of plex.tv's text that may stand in a log: one line, short, no token, PIN, address or other secret.
 * It takes out too much rather than too little; it is for a person who looks for the cause, not for a program.
 */
export function scrub(text: string, maxLength = 160): string {
  // Cut first: a hostile answer may be 4 MB, and what follows is linear but not free.
  const piece = text.slice(0, maxLength * 4)
  const clean = piece
    .replace(namedSecret, '$1[…]')
    .replace(/[^\s<>"'=&;,]+@[^\s<>"'=&;,]+/gu, '[address]')
    .replace(/\bclaim-[\w-]+/gu, '[…]')
    // Tokens have 20 characters, sessions and the JWT form more; words of plex.tv's texts have fewer.
    .replace(/[\w.-]{18,}/gu, '[…]')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean
}

/** `name="value"`, `"name": "value"`, `name=value` and `<name>value` of everything that is a secret at plex.tv. */
const namedSecret =
  /((?:[\w-]*token|secret|password|verificationcode|pin|code(?="\s*:\s*")|cookie|session\w*)["']?\s*[:=>]\s*["']?)[^"'\s<>&,]+/giu
