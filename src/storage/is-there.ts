import { stat } from 'node:fs/promises'
import { ok, problem, type Result } from '../lib/result.ts'
import { StoreUnavailable } from '../sharing/ports.ts'
import { withinDeadline } from './deadline.ts'
import { lookAt } from './look.ts'
import type { ServerPlace, StorePlace } from './place.ts'
import { describeError, errorCode, type StoreProblem } from './store-problem.ts'

/** Whether there is a store at this place. Opening one that is not there would make a new one. */
export async function isStoreThere(place: StorePlace): Promise<Result<boolean, StoreProblem>> {
  if (place.is !== 'file') return isOnServer(place)
  const { file } = place
  try {
    await withinDeadline('look', () => stat(file))
    return ok(true)
  } catch (error) {
    // ENOTDIR: what should be a folder on the way is a file, so nothing can lie below it.
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')
    return isMissing ? ok(false) : problem(describeError(error, file))
  }
}

async function isOnServer(place: ServerPlace): Promise<Result<boolean, StoreProblem>> {
  try {
    const look = await lookAt(place)
    if (!look.ok) return look
    const rows = await look.value?.hasRows()
    await look.value?.close()
    return rows ?? ok(false)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    return problem(silent(place))
  }
}

const silent = ({ name }: ServerPlace): StoreProblem => ({
  kind: 'outOfReach',
  what: `${name} gave no answer in time.`,
  next: 'Look whether it runs and is not overloaded, then run this again.',
})
