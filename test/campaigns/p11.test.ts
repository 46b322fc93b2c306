import { expect, test } from 'vitest'
import { p11 } from '../../campaigns/p11-incomplete-answers.ts'

test(`${p11.name}: ${p11.promise}`, { timeout: 180_000 }, async () => {
  const findings = await p11.run({ seed: 1, size: 'small' })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  expect(findings.filter(({ isControl }) => isControl)).toHaveLength(2)
})
