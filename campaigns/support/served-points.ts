import { type CrashPoint, crashPoints } from '../../src/lib/crash-point.ts'

/** The crash points of a bot that serves; the others are those of changing the key, of backups and of restores. */
export const pointsOfServing: readonly CrashPoint[] = crashPoints.slice(
  0,
  crashPoints.indexOf('before a row gets the new key'),
)

const begin = crashPoints.indexOf('before a request is stored')
const [first, ...others] = crashPoints.slice(
  begin,
  crashPoints.indexOf('during a store write, before the row'),
)
/** Those of requests, of cards, and of telling people. */
export const pointsOfRequests: readonly [CrashPoint, ...CrashPoint[]] = [
  first ?? 'before a request is stored',
  ...others,
]

/** Which of them nobody died at: the table says it, so that nobody believes more than what ran. */
export function neverDiedAt(diedAt: ReadonlyMap<CrashPoint, number>): string {
  const never = pointsOfServing.filter((point) => !diedAt.has(point))
  return never.length === 0 ? 'none' : never.map((point) => `“${point}”`).join('; ')
}
