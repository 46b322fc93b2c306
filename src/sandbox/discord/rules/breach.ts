/** One thing in a request that Discord does not allow. */
export interface Breach {
  /** Which rule, as `noun.what`: `button.label`, `row.buttons`, `message.unknown-key`. */
  rule: string
  /** Where in the body, steps joined by dots: `components.0.components.1.custom_id`. */
  path: string
  says: string
  /** Discord's own code where it is not 50035. */
  code?: number
}

/** Where a check stands, and what it has found so far. */
export interface At {
  readonly rule: string
  readonly path: string
  readonly breaches: Breach[]
}

export const start = (rule: string, path = ''): At => ({ rule, path, breaches: [] })

export const below = (at: At, step: string | number, rule = at.rule): At => ({
  rule,
  path: at.path === '' ? String(step) : `${at.path}.${step}`,
  breaches: at.breaches,
})

export function report(at: At, says: string, rule = at.rule, code?: number): void {
  at.breaches.push({ rule, path: at.path, says, ...(code === undefined ? {} : { code }) })
}
