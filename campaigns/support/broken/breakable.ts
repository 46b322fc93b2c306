import type { StoreKind } from '../stores.ts'
import type { Surroundings, WholeBot } from '../whole-bot.ts'

/** Real stores of one kind that can be broken. */
export interface BreakableStore {
  kind: StoreKind
  faults: readonly Fault[]
  starts: readonly BrokenStart[]
  /** Surroundings with an empty store. */
  surroundings(): Promise<Surroundings>
  remove(): Promise<void>
}

export interface Fault {
  name: string
  /** Whether reading may go on, with the same answer as before. */
  mayRead: boolean
  /** The bot starts anew before, so that nothing of the store is in its memory. */
  needsFreshBot?: boolean
  /** Breaks the store, and gives what mends it; the bot that answers then. */
  breaks(on: Surroundings, bot: WholeBot): Promise<() => Promise<WholeBot>>
}

/** A store in which something is stored, and that cannot be used when the bot starts. */
export interface BrokenStart {
  name: string
  /** Breaks it and gives what mends it; `uid`: as whom the bot starts. */
  breaks(on: Surroundings): Promise<{ uid?: number | undefined; mend(): Promise<void> }>
}
