import { styleText } from 'node:util'
import type { Finding } from './check.ts'
import type { CheckReport, State } from './examine.ts'

export type Counts = Readonly<Record<State, number>>

export function countsOf(reports: readonly CheckReport[]): Counts {
  const count = (state: State) => reports.filter(({ is }) => is === state).length
  return { fine: count('fine'), note: count('note'), problem: count('problem'), unknown: count('unknown') }
}

/** The reports as a person reads them, what is to be done under each, the counts last. */
export function reportAsText(reports: readonly CheckReport[], isColoured: boolean): string {
  const width = Math.max(...reports.map(({ title }) => title.length))
  const indent = ' '.repeat(markWidth + width + 4)
  const lines = reports.flatMap(({ title, findings }) =>
    findings.flatMap((finding, index) => {
      const name = (index === 0 ? title : '').padEnd(width)
      const line = `${marked(finding.is, isColoured)}  ${name}  ${finding.what}${reasonOf(finding, reports)}`
      const next = 'next' in finding && finding.next !== undefined ? [`${indent}→ ${finding.next}`] : []
      return [line, ...next]
    }),
  )
  const { fine, note, problem, unknown } = countsOf(reports)
  const counts = [
    `${fine} fine`,
    counted(note, 'note'),
    counted(problem, 'problem'),
    `${unknown} could not be found out`,
  ]
  return [...lines, '', counts.join(', ')].join('\n')
}

/** Which line of the list to read instead. */
function reasonOf(finding: Finding, reports: readonly CheckReport[]): string {
  if (finding.is !== 'unknown' || finding.because === undefined) return ''
  const cause = reports.find(({ check }) => check === finding.because)
  return `, because of: ${cause?.title ?? finding.because}`
}

/** The same for programs; docs/doctor.md describes the shape. */
export function reportAsJson(reports: readonly CheckReport[], at: Date): string {
  return JSON.stringify({ schema: 1, at, counts: countsOf(reports), checks: reports })
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

const words: Readonly<Record<State, string>> = {
  fine: 'fine',
  note: 'note',
  problem: 'PROBLEM',
  unknown: 'unknown',
}
const colours = { fine: 'green', note: 'cyan', problem: 'red', unknown: 'yellow' } as const
const markWidth = Math.max(...Object.values(words).map((word) => word.length))

function marked(state: State, isColoured: boolean): string {
  const word = words[state].padEnd(markWidth)
  return isColoured ? styleText(colours[state], word) : word
}
