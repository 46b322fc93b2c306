/**
 * Measures the built bot, in a process of its own, against a pretend Discord and a pretend plex.tv in this one, and
 * prints one table. A bar that is missed is said, and is no error: times depend on the machine, so nothing is gated by
 * them. `--only name` takes one group, `--quick` fewer rounds.
 */
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { acknowledgement } from './measures/acknowledgement.ts'
import { autocomplete } from './measures/autocomplete.ts'
import { crowd } from './measures/crowd.ts'
import { doctor } from './measures/doctor.ts'
import { finalAnswer } from './measures/final-answer.ts'
import { footprint } from './measures/footprint.ts'
import { refresh } from './measures/refresh.ts'
import { requests } from './measures/requests.ts'
import { steady } from './measures/steady.ts'
import { type Line, tableOf } from './table.ts'

const groups: Readonly<Record<string, (how: { isQuick: boolean }) => Promise<Line[]>>> = {
  requests,
  acknowledgement,
  'final-answer': finalAnswer,
  crowd,
  steady,
  autocomplete,
  refresh,
  footprint,
  doctor,
}

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean', default: false } },
})
const wanted = values.only ?? Object.keys(groups)
const unknown = wanted.filter((name) => !(name in groups))
if (unknown.length > 0) {
  console.error(`No measure is called ${unknown.join(', ')}. There are: ${Object.keys(groups).join(', ')}.`)
  process.exit(2)
}

const startedAt = performance.now()
const busyBefore = busy()
const lines: Line[] = []
for (const [name, measure] of Object.entries(groups)) {
  if (!wanted.includes(name)) continue
  console.error(`measuring: ${name}`)
  lines.push(...(await measure({ isQuick: values.quick })))
}

const [cpu] = cpus()
const tookS = ((performance.now() - startedAt) / 1000).toFixed(0)
console.log(
  `\nNode ${process.versions.node}; ${cpus().length} x ${cpu?.model.trim() ?? 'an unknown CPU'}; ${tookS} s.`,
)
console.log(
  `Load of the machine before and after: ${busyBefore}, ${busy()}; much more than 1 means that others were at work.\n`,
)
console.log(tableOf(lines))
const missed = lines.filter(({ isMet }) => isMet === false).length
console.log(missed === 0 ? '\nEvery bar is met.' : `\nBars missed: ${missed}.`)

/** How many processes wanted to run in the last minute, on average. */
function busy(): string {
  return (loadavg()[0] ?? 0).toFixed(1)
}
