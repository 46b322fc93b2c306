import { expect, test } from 'vitest'
import { p14 } from '../../campaigns/p14-no-secret-anywhere.ts'

test('no secret and no address leaves by a log, an error, a file or a message; unfiltered or planted, it is found', {
  timeout: 90_000,
}, async () => {
  const findings = await p14.run({ seed: 1, size: 'small' })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  expect(findings.filter(({ isControl }) => isControl)).toHaveLength(2)
})
