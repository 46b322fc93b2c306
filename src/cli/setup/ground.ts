import type { Environment } from '../../config.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Asker, Say } from '../asker.ts'

/** What the set-up stands on. */
export interface SetupGround {
  /** As it was before `.env` was read. */
  environment: Environment
  /** Where `.env` lies, or shall lie. */
  folder: string
  asker: Asker
  say: Say
  clock: Clock
  /** Aborted where the process is told to end. */
  stopped: AbortSignal
}
