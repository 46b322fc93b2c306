/** A small registry of numbers in Prometheus' text form. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export interface Metrics {
  /** A number that only grows. The same name gives the same counter. */
  counter(name: string, help: string): Counter
  /** A number as it is now; `read` is asked at every scrape. */
  gauge(name: string, help: string, read: () => number): void
  render(): string
}

export interface Counter {
  /** Labels have few possible values: never an id, never a text that a person wrote. */
  add(labels?: Labels, by?: number): void
}
export type Labels = Readonly<Record<string, string>>

export function createMetrics(): Metrics {
  const counters = new Map<string, { help: string; values: Map<string, number> }>()
  const gauges = new Map<string, { help: string; read: () => number }>()

  function assertFree(name: string, others: ReadonlyMap<string, unknown>) {
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) throw new RangeError(`"${name}" is no name of a metric`)
    if (others.has(name)) throw new RangeError(`"${name}" is a metric of another kind already`)
  }

  return {
    counter(name, help) {
      assertFree(name, gauges)
      const { values } = counters.get(name) ?? { values: new Map<string, number>() }
      counters.set(name, { help, values })
      return {
        add(labels = {}, by = 1) {
          if (!(by >= 0)) throw new RangeError('A counter only grows')
          const series = `${name}${labelText(labels)}`
          values.set(series, (values.get(series) ?? 0) + by)
        },
      }
    },

    gauge(name, help, read) {
      assertFree(name, counters)
      gauges.set(name, { help, read })
    },

    render() {
      const parts: string[] = []
      for (const [name, { help, values }] of counters) {
        parts.push(...heading(name, help, 'counter'))
        for (const [series, value] of values) parts.push(`${series} ${value}`)
      }
      for (const [name, { help, read }] of gauges) {
        parts.push(...heading(name, help, 'gauge'), `${name} ${numberText(read())}`)
      }
      return `${parts.join('\n')}\n`
    },
  }
}

const heading = (name: string, help: string, type: string) => [
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  `# TYPE ${name} ${type}`,
]

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
