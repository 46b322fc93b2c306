/** One line of the table. */
export interface Line {
  what: string
  value: string
  /** What it may be at most, in words; nothing where the line only informs. */
  bar?: string
  isMet?: boolean
}

/** A line whose number has a bar that it must not exceed. */
export function atMost(what: string, value: number, bar: number, words: (value: number) => string): Line {
  return { what, value: words(value), bar: `<= ${words(bar)}`, isMet: value <= bar }
}

/** A line for the eyes: nothing is asked of it. */
export const informing = (what: string, value: string): Line => ({ what, value })

/** A Markdown table, in columns. */
export function tableOf(lines: readonly Line[]): string {
  const rows = [
    ['Measure', 'Value', 'Bar', 'Met'],
    ...lines.map(({ what, value, bar = '', isMet }) => [what, value, bar, wordFor(isMet)]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const [heading = '', ...others] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  )
  return [heading, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others].join('\n')
}

function wordFor(isMet: boolean | undefined): string {
  if (isMet === undefined) return ''
  return isMet ? 'yes' : 'NO'
}
