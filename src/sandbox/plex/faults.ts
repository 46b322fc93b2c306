import type { Fault } from './fault.ts'
import { harshMix, type LaggingReads, type RandomFaults, randomFaults } from './random-faults.ts'
import { isMeant, type RequestEntry, type WhichRequests } from './request-entry.ts'
import { isRetired, type Retirement } from './retirement.ts'
import type { PlexState } from './state.ts'
import type { DeadToken, PlexWorld } from './world.ts'

/** A fault that was ordered. Released, it befalls nobody more, and what hangs by it goes on. */
export interface ActiveFault {
  /** How many requests it has befallen. */
  readonly hits: number
  release(): void
}

type Ordered = ActiveFault & {
  fault: Fault
  which: WhichRequests
  left: number
  hits: number
  released: Promise<void>
  isReleased: boolean
}

/** What goes wrong, on demand. Nothing of it waits for time to pass, but slowness itself. */
export class Faults {
  /** Every answer takes so long. */
  latencyMs: number | ((entry: RequestEntry) => number) = 0
  readonly down: () => Promise<void>
  readonly up: () => Promise<void>
  readonly #state: PlexState
  #ordered: Ordered[] = []
  #retired: Retirement[] = []
  #random: ((entry: RequestEntry) => Fault | LaggingReads | undefined) | undefined
  #lag: { writes: number } | { ms: number } | { frozen: PlexWorld } | undefined
  #late: { dueAt: number | undefined; commit: () => void }[] = []

  constructor(state: PlexState, socket: { down: () => Promise<void>; up: () => Promise<void> }) {
    this.#state = state
    this.down = socket.down
    this.up = socket.up
  }

  once(which: WhichRequests, fault: Fault): ActiveFault {
    return this.times(1, which, fault)
  }

  always(which: WhichRequests, fault: Fault): ActiveFault {
    return this.times(Number.POSITIVE_INFINITY, which, fault)
  }

  /** Befalls the next `times` requests that are meant, after the faults that were ordered earlier. */
  times(times: number, which: WhichRequests, fault: Fault): ActiveFault {
    let letGo = () => {}
    const released = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const ordered: Ordered = {
      fault,
      which,
      left: times,
      hits: 0,
      released,
      isReleased: false,
      release: () => {
        ordered.left = 0
        ordered.isReleased = true
        letGo()
      },
    }
    this.#ordered.push(ordered)
    return ordered
  }

  /** Takes a route away for good, or a group of them. */
  retire(what: Retirement['what'], as: Retirement['as'] = 410): void {
    this.#retired.push({ what, as })
  }

  /** Reads show the world before the last deeds, or as it was some time ago, until released. */
  readLag(by: { writes: number } | { ms: number }): { release(): void } {
    this.#lag = by
    return { release: () => this.#unlag(by) }
  }

  /** Reads show the world as it is now, whatever is done, until released. */
  freezeReads(): { release(): void } {
    const by = { frozen: this.#state.world }
    this.#lag = by
    return { release: () => this.#unlag(by) }
  }

  #unlag(by: unknown): void {
    if (this.#lag === by) this.#lag = undefined
  }

  /** From now on faults are drawn; rates that are not given are those of the harsh mix. */
  random(of: RandomFaults): { release(): void } {
    const drawn = randomFaults({ ...harshMix, ...of })
    this.#random = drawn
    return {
      release: () => {
        if (this.#random === drawn) this.#random = undefined
      },
    }
  }

  /** Does now what was to be done late. Returns how many there were. */
  flushLate(): number {
    const late = this.#late
    this.#late = []
    for (const { commit } of late) commit()
    return late.length
  }

  get lateWaiting(): number {
    return this.#late.length
  }

  /** A token dies, and is answered accordingly from now on. */
  revoke(token: string, how: DeadToken = 'revoked'): void {
    this.#state.commit({
      ...this.#state.world,
      tokens: this.#state.world.tokens.map((record) =>
        record.token === token ? { ...record, dead: how } : record,
      ),
    })
  }

  /** Nothing more goes wrong; what hangs goes on, what is late stays late. */
  clear(): void {
    for (const ordered of this.#ordered) ordered.release()
    this.#ordered = []
    this.#retired = []
    this.#random = undefined
    this.#lag = undefined
    this.latencyMs = 0
  }

  /** @internal What befalls this request: any slowness, and at most one other fault. */
  befalling(entry: RequestEntry): {
    ms: number
    slowness: string[]
    fault?: Fault
    released?: Promise<void>
  } {
    let ms = typeof this.latencyMs === 'function' ? this.latencyMs(entry) : this.latencyMs
    const slowness: string[] = []
    let chosen: Ordered | undefined
    for (const ordered of this.#ordered) {
      const { fault } = ordered
      if (ordered.left <= 0 || !isMeant(ordered.which, entry)) continue
      if (fault.fault === 'slow') {
        ms += typeof fault.ms === 'function' ? fault.ms(entry) : fault.ms
        slowness.push('slow')
      } else if (chosen === undefined) chosen = ordered
      else continue
      ordered.left--
      ordered.hits++
    }
    // What hangs by a fault is let go with it, so that one stays until it is released.
    this.#ordered = this.#ordered.filter(
      (ordered) => ordered.left > 0 || (ordered.fault.fault === 'hangs' && !ordered.isReleased),
    )
    if (chosen) return { ms, slowness, fault: chosen.fault, released: chosen.released }
    const drawn = this.#random?.(entry)
    if (!drawn) return { ms, slowness }
    if ('fault' in drawn) return { ms, slowness, fault: drawn }
    const world = () =>
      'lagMs' in drawn
        ? this.#state.asOf(this.#state.now().getTime() - drawn.lagMs)
        : this.#state.before(drawn.lagWrites)
    return { ms, slowness, fault: { fault: 'shows', world } }
  }

  /** @internal */
  retirementOf(method: string, route: string): Retirement | undefined {
    return this.#retired.find((retirement) => isRetired(retirement, method, route))
  }

  /** @internal The world that a read is shown. */
  get shown(): PlexWorld {
    const lag = this.#lag
    if (lag === undefined) return this.#state.world
    if ('frozen' in lag) return lag.frozen
    if ('writes' in lag) return this.#state.before(lag.writes)
    return this.#state.asOf(this.#state.now().getTime() - lag.ms)
  }

  /** @internal */
  doLater(commit: () => void, afterMs: number | undefined): void {
    this.#late.push({
      dueAt: afterMs === undefined ? undefined : this.#state.now().getTime() + afterMs,
      commit,
    })
  }

  /** @internal The state is only ever looked at through the pretence, so what is due is done just before. */
  doWhatIsDue(): void {
    const now = this.#state.now().getTime()
    const due = this.#late.filter(({ dueAt }) => dueAt !== undefined && dueAt <= now)
    if (due.length === 0) return
    this.#late = this.#late.filter((late) => !due.includes(late))
    for (const { commit } of due.sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))) commit()
  }
}
