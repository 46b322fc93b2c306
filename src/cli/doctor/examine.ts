import { systemClock } from '../../lib/clock.ts'
import { type Check, type Finding, unknown } from './check.ts'
import type { Examination } from './examination.ts'

export type State = Finding['is']

export interface CheckReport {
  check: string
  title: string
  /** The worst of its findings. */
  is: State
  findings: readonly Finding[]
}

/** From bad to good: what a check with several findings is. */
const fromWorst: readonly State[] = ['problem', 'unknown', 'note', 'fine']

/**
 * Runs all checks side by side. One that has not found anything out in its time is given up; the others are reported
 * all the same.
 */
export function examine(
  checks: readonly { name: string; check: Check }[],
  examined: Examination,
): Promise<readonly CheckReport[]> {
  return Promise.all(
    checks.map(async ({ name, check }) => {
      const findings = await inTime(check, examined)
      const is = fromWorst.find((state) => findings.some((finding) => finding.is === state)) ?? 'unknown'
      return { check: name, title: check.title, is, findings }
    }),
  )
}

async function inTime(check: Check, examined: Examination): Promise<readonly Finding[]> {
  const isDone = new AbortController()
  const { checkWithinMs } = examined
  const tooLate = systemClock
    .wait(checkWithinMs, isDone.signal)
    .then((): readonly Finding[] => [unknown(`no result within ${checkWithinMs / 1000} s`)])
  try {
    return await Promise.race([check.run(examined), tooLate])
  } catch (error) {
    // A mistake of ours in one check is no reason to keep silent about the others.
    const why = error instanceof Error ? `${error.name}: ${error.message}` : 'no reason given'
    return [unknown(`this check itself broke (${why}); please report it`)]
  } finally {
    isDone.abort()
  }
}
