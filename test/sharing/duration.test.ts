import { expect, test } from 'vitest'
import { readDuration } from '../../src/sharing/duration.ts'

const hours = 3_600_000
test.each([
  ['12h', 12 * hours],
  ['30d', 30 * 24 * hours],
  ['2 weeks', 14 * 24 * hours],
  ['3m', 90 * 24 * hours],
  ['1Y', 365 * 24 * hours],
  ['0d', undefined],
  ['-1d', undefined],
  ['soon', undefined],
  ['10', undefined],
  ['1e9d', undefined],
])('a duration of %j is %s ms', (typed, ms) => {
  expect(readDuration(typed)).toBe(ms)
})
