import { expect, test } from 'vitest'
import { p4 } from '../../campaigns/p4-opposing-decisions.ts'

test('the last decision about a person wins, also after kill -9, and nobody else is touched; without turns or comparing, that is noticed', {
  timeout: 180_000,
}, async () => {
  const findings = await p4.run({ seed: 1, size: 'small' })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  expect(findings.filter(({ isControl }) => isControl)).toHaveLength(2)
})
