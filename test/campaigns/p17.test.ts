import { expect, test } from 'vitest'
import { p17 } from '../../campaigns/p17-data-at-rest.ts'

test('what lies on the disk is unreadable, unchangeable and deletable; without sealing, place, one step, cleaning or the file of deletions, that is noticed', {
  timeout: 180_000,
}, async () => {
  const findings = await p17.run({ seed: 1, size: 'small' })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  expect(findings.filter(({ isControl }) => isControl)).toHaveLength(5)
})
