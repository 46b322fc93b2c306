import { describe } from 'vitest'

/**
 * A suite over a real server: run where the server's programs are on this machine, otherwise skipped, and the list of
 * tests says why. With `USHERR_TEST_STORES=all` nothing is skipped: what is missing then fails.
 */
export function describeWith(server: string, isHere: boolean, title: string, tests: () => void): void {
  if (isHere || process.env.USHERR_TEST_STORES === 'all') describe(title, tests)
  else describe.skip(`${title} (skipped: ${server} is not on this machine)`, tests)
}
