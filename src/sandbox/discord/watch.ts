/** Lets people wait for something to become so: looked at again at every change, never in between. */
export class Watch {
  readonly #waiting = new Set<Waiting>()
  #closed = false

  /** Call after every change. */
  changed(): void {
    for (const one of [...this.#waiting]) one.look()
  }

  /**
   * Resolves with the first defined answer of `look`. Rejects when `look` throws, after `timeoutMs`, or when the
   * pretend Discord stops; the error then says `missing()`.
   */
  until<T>(look: () => T | undefined, timeoutMs: number, missing: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer)
        this.#waiting.delete(waiting)
        end()
      }
      const waiting: Waiting = {
        look: () => {
          try {
            const found = look()
            if (found !== undefined) settle(() => resolve(found))
          } catch (error) {
            settle(() => reject(error))
          }
        },
        giveUp: (why) => settle(() => reject(new Error(`${missing()} (${why})`))),
      }
      const timer = setTimeout(() => {
        waiting.look()
        if (this.#waiting.has(waiting)) waiting.giveUp(`waited ${timeoutMs} ms`)
      }, timeoutMs)
      this.#waiting.add(waiting)
      if (this.#closed) waiting.giveUp('the pretend Discord has stopped')
      else waiting.look()
    })
  }

  close(): void {
    this.#closed = true
    for (const one of [...this.#waiting]) one.giveUp('the pretend Discord has stopped')
  }
}

interface Waiting {
  look(): void
  giveUp(why: string): void
}
