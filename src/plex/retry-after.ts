/** No limit of plex.tv's is waited out longer than this at a stretch; then it is asked again. */
const longestMs = 10 * 60_000
/** No capture of a `Retry-After` from plex.tv is known: without a readable one, our own pace. */
const firstBackoffMs = 2_000
const longestBackoffMs = 60_000

/**
 * When to ask again after a 429. The header may be seconds, a date, nonsense or absent.
 * @param before how many 429 came in a row before this one
 * @param random 0 to 1; up to a half is added to our own pace, so that not everybody comes back at once
 */
export function askAgainAt(header: unknown, before: number, now: Date, random = Math.random()): Date {
  const told = toldMs(header, now)
  const backoff = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(before, 10)) * (1 + random / 2)
  return new Date(now.getTime() + Math.min(longestMs, told ?? backoff))
}

function toldMs(header: unknown, now: Date): number | undefined {
  if (typeof header !== 'string') return undefined
  const text = header.trim()
  if (/^\d{1,9}$/u.test(text)) return Number(text) * 1_000
  // Only the form that HTTP prescribes: `Date.parse` finds a date in "-5, soon" as well.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/u.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime())
}
