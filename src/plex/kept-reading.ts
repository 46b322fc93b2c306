import type { Clock } from '../lib/clock.ts'

export interface Kept<T> {
  value: T
  /** When it was asked for: what plex.tv did later may be missing in it. */
  readAt: Date
}

/**
 * A reading that is kept for a while. Everybody who asks at the same time shares one request. A reading that was
 * already under way when something was written is given to those who waited for it, but not kept: it may be older.
 */
export class KeptReading<T> {
  readonly #ask: () => Promise<T>
  readonly #clock: Clock
  readonly #keepMs: number
  #kept: Kept<T> | undefined
  #isStale = false
  #writes = 0
  #underWay: { answer: Promise<Kept<T>>; writes: number } | undefined

  constructor(ask: () => Promise<T>, clock: Clock, keepMs: number) {
    this.#ask = ask
    this.#clock = clock
    this.#keepMs = keepMs
  }

  /** Rejects as the question does; what was kept before stays. */
  read(fresh = false): Promise<Kept<T>> {
    const kept = this.#kept
    if (!fresh && kept && !this.#isStale && this.#age(kept) < this.#keepMs) return Promise.resolve(kept)
    if (this.#underWay?.writes === this.#writes) return this.#underWay.answer
    const mine = { answer: this.#readNow(this.#writes), writes: this.#writes }
    this.#underWay = mine
    const over = () => {
      if (this.#underWay === mine) this.#underWay = undefined
    }
    mine.answer.then(over, over)
    return mine.answer
  }

  /** What was read last, however old. */
  last(): Kept<T> | undefined {
    return this.#kept
  }

  /** plex.tv's answer to a write says how the value is now. */
  edit(change: (value: T) => T): void {
    this.#writes += 1
    if (this.#kept) this.#kept = { ...this.#kept, value: change(this.#kept.value) }
  }

  /** Something was written and its outcome is not known: the next one asks. */
  outdate(): void {
    this.#writes += 1
    this.#isStale = true
  }

  async #readNow(writes: number): Promise<Kept<T>> {
    const readAt = this.#clock.now()
    const reading = { value: await this.#ask(), readAt }
    if (this.#writes === writes) {
      this.#kept = reading
      this.#isStale = false
    }
    return reading
  }

  /** A clock that was set back makes a reading old, not young for ever. */
  #age(kept: Kept<T>): number {
    const age = this.#clock.now().getTime() - kept.readAt.getTime()
    return age < 0 ? Number.POSITIVE_INFINITY : age
  }
}
