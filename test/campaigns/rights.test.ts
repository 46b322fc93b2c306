import { expect, test } from 'vitest'
import { p2 } from '../../campaigns/p2-one-click.ts'
import { p5 } from '../../campaigns/p5-no-abuse.ts'
import { p6 } from '../../campaigns/p6-default-deny.ts'
import { p7 } from '../../campaigns/p7-options.ts'
import { p16 } from '../../campaigns/p16-limits.ts'

test.each([p2, p5, p6, p7, p16])('$name: $promise', { timeout: 240_000 }, async (campaign) => {
  const findings = await campaign.run({ seed: 1, size: 'small' })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  expect(findings.filter(({ isControl }) => isControl).length).toBeGreaterThan(0)
})
