/** The value that a share of the values does not exceed: `percentile(values, 0.99)`. @throws RangeError for no values */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
  if (value === undefined) throw new RangeError('nothing was measured')
  return value
}

export const median = (values: readonly number[]) => percentile(values, 0.5)
export const longest = (values: readonly number[]) => percentile(values, 1)

export const ms = (value: number) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`
export const mb = (value: number) => `${value.toFixed(1)} MB`
export const times = (value: number) => `${value.toFixed(2)} x`
