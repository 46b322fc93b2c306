import type { CrashPoint, PassCrashPoint } from '../../src/lib/crash-point.ts'

/** A process that only pretends to be one, so that ten thousand can die within a minute. */
export interface Mortal {
  isAlive: boolean
  /** Throws `Died` where it is dead: nothing that a dead process would have done may happen. */
  assertAlive(): void
  crashPoint: PassCrashPoint
  diedAt?: CrashPoint
}

export class Died extends Error {
  override name = 'Died'
}

/** Dies when it has passed so many crash points, or comes to this one; 0: lives on. */
export function mortal(dies: number | CrashPoint, passed?: Set<CrashPoint>): Mortal {
  let left = dies
  const self: Mortal = {
    isAlive: true,
    assertAlive() {
      if (!self.isAlive) throw new Died()
    },
    crashPoint(point) {
      self.assertAlive()
      passed?.add(point)
      if (typeof left === 'number' ? --left !== 0 : point !== left) return
      self.isAlive = false
      self.diedAt = point
      throw new Died()
    },
  }
  return self
}
