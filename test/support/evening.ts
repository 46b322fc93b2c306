import { expect, onTestFinished } from 'vitest'
import { type Differences, type Evening, openEvening } from './open-evening.ts'

export { type Differences, deeds, type Evening, type Said } from './open-evening.ts'
export { timeless } from './timeless.ts'

/** An evening that ends with the test. Whatever Discord would have refused, or would have rung somebody for, fails it. */
export async function evening(differences: Differences = {}): Promise<Evening> {
  const on = await openEvening(differences)
  onTestFinished(() => on.end())
  onTestFinished(() => {
    expect(on.discord.problems).toEqual([])
    expect(on.discord.pings).toEqual([])
  })
  return on
}
