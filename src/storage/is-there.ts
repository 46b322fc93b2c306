import { stat } from 'node:fs/promises'
import { ok, problem, type Result } from '../lib/result.ts'
import { withinDeadline } from './deadline.ts'
import type { StorePlace } from './place.ts'
import { describeError, errorCode, type StoreProblem } from './store-problem.ts'

/** Whether there is a store at this place. Opening one that is not there would make a new one. */
export async function isStoreThere(place: StorePlace): Promise<Result<boolean, StoreProblem>> {
  if (place.is !== 'file') return ok(true)
  const { file } = place
  try {
    await withinDeadline('look', () => stat(file))
    return ok(true)
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? ok(false) : problem(describeError(error, file))
  }
}
