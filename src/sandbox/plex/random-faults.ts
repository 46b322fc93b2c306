import { type Fault, failing, failingAfterCommit } from './fault.ts'
import type { RequestEntry } from './request-entry.ts'

/** Rates from 0 to 1. Of the write rates at most one befalls a request, so their sum is at most 1. */
export interface RandomFaults {
  seed: number
  /** 500, and nothing done. */
  failBefore?: number
  /** Done, and the connection reset. */
  resetAfter?: number
  /** Done, and answered 502 with a page. */
  badGatewayAfter?: number
  /** The connection reset, and done later. */
  lateCommit?: number
  /** At most so much later; without it late commits wait to be flushed. */
  lateByAtMostMs?: number
  /** Of reads: 503, or a list from before the last deeds. */
  readFails?: number
  readLags?: number
  /** How many deeds a lagging list may be behind. */
  lagsByAtMost?: number
  /** Instead: how old a lagging list may be, by the pretence's clock. */
  lagsByAtMostMs?: number
}

/** The mix of the promise that no invitation is lost or doubled. */
export const harshMix: Omit<RandomFaults, 'seed'> = {
  failBefore: 0.1,
  resetAfter: 0.15,
  badGatewayAfter: 0.05,
  lateCommit: 0.1,
  readFails: 0.05,
  readLags: 0.1,
}

export type LaggingReads = { lagWrites: number } | { lagMs: number }

/** The same seed and the same requests in the same order give the same faults. */
export function randomFaults(of: RandomFaults): (entry: RequestEntry) => Fault | LaggingReads | undefined {
  const random = seeded(of.seed)
  return ({ method }) => {
    const draw = random()
    const second = random()
    if (method === 'GET') {
      const fails = of.readFails ?? 0
      if (draw < fails) return failing(503)
      if (draw >= fails + (of.readLags ?? 0)) return undefined
      return of.lagsByAtMostMs === undefined
        ? { lagWrites: 1 + Math.floor(second * (of.lagsByAtMost ?? 1)) }
        : { lagMs: Math.ceil(second * of.lagsByAtMostMs) }
    }
    let bound = of.failBefore ?? 0
    if (draw < bound) return failing(500)
    bound += of.resetAfter ?? 0
    if (draw < bound) return { fault: 'reset after commit' }
    bound += of.badGatewayAfter ?? 0
    if (draw < bound) return failingAfterCommit(502)
    bound += of.lateCommit ?? 0
    if (draw < bound) {
      return of.lateByAtMostMs === undefined
        ? { fault: 'late commit' }
        : { fault: 'late commit', afterMs: Math.ceil(second * of.lateByAtMostMs) }
    }
    return undefined
  }
}

/** mulberry32: small, quick, and good enough to choose faults. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
