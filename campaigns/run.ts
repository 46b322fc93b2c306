/** `npm run campaign -- <name> [--seed N] [--small]`: runs a campaign and prints its table; 1 where it did not hold. */
import { parseArgs } from 'node:util'
import { campaigns } from './all.ts'
import { tableOf } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, small: { type: 'boolean', default: false } },
})
const wanted = positionals.map((name) => name.toUpperCase())
const chosen = campaigns.filter(({ name }) => wanted.includes(name))
const seed = Number(values.seed)
if (chosen.length !== wanted.length || chosen.length === 0 || !Number.isSafeInteger(seed)) {
  const names = campaigns.map(({ name }) => name).join(', ')
  process.stderr.write(`Name a campaign (${names}), with --seed and a whole number if you like.\n`)
  process.exit(2)
}

let allHold = true
for (const campaign of chosen) {
  const size = values.small ? 'small' : 'full'
  const began = performance.now()
  const findings = await campaign.run({ seed, size })
  const seconds = Math.round((performance.now() - began) / 1_000)
  process.stdout.write(`${tableOf(campaign, { seed, size }, findings, seconds)}\n`)
  if (findings.some(({ holds }) => !holds)) allHold = false
}
process.exit(allHold ? 0 : 1)
