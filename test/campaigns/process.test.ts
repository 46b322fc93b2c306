import { expect, test } from 'vitest'
import { p9 } from '../../campaigns/p9-any-payload.ts'
import { p12 } from '../../campaigns/p12-masked-addresses.ts'
import { p13 } from '../../campaigns/p13-inert-text.ts'
import { p19 } from '../../campaigns/p19-broken-store.ts'
import { p20 } from '../../campaigns/p20-clean-stop.ts'
import { p20Soak } from '../../campaigns/p20-soak.ts'

test.each([p9, p12, p13, p19, p20, p20Soak])('$name: $promise', { timeout: 90_000 }, async (campaign) => {
  const findings = await campaign.run({ seed: 1, size: 'small' })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  expect(findings.filter(({ isControl }) => isControl).length).toBeGreaterThan(0)
})
