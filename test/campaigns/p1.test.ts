import { expect, test } from 'vitest'
import { p1 } from '../../campaigns/p1-exactly-once.ts'

test('no invite is lost or doubled, whenever the process dies; without the window or the look, doubles are found', {
  timeout: 60_000,
}, async () => {
  const findings = await p1.run({ seed: 1, size: 'small' })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  expect(findings.filter(({ isControl }) => isControl)).toHaveLength(2)
})
