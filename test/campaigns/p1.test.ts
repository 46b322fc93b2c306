import { expect, test } from 'vitest'
import { p1 } from '../../campaigns/p1-exactly-once.ts'

test('no invite and no request is lost or doubled, whenever the process dies; without the window, the look or the job, that is noticed', {
  timeout: 180_000,
}, async () => {
  const findings = await p1.run({ seed: 1, size: 'small' })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  expect(findings.filter(({ isControl }) => isControl)).toHaveLength(3)
})
