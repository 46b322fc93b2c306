/**
 * A value that nothing prints by accident: as text, as JSON and in a console it shows `[secret]`.
 * `reveal()` is the one way to it, so a search for that word finds every place that uses one.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  /** What `console.log` and `util.inspect` ask. @see https://nodejs.org/api/util.html#utilinspectcustom */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}
