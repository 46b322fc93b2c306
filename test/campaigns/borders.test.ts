import { expect, test } from 'vitest'
import { p8 } from '../../campaigns/p8-guilds-apart.ts'
import { p10 } from '../../campaigns/p10-no-mass-removal.ts'

test.each([p8, p10])('$name: $promise', { timeout: 240_000 }, async (campaign) => {
  const findings = await campaign.run({ seed: 1, size: 'small' })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  expect(findings.filter(({ isControl }) => isControl).length).toBeGreaterThan(0)
})
