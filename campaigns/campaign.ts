/** An experiment that tries to break a promise many times over, the same way for the same seed. */
export interface Campaign {
  /** `P1`, as `npm run campaign -- P1` asks for it. */
  name: string
  promise: string
  run(of: Run): Promise<Finding[]>
}

export interface Run {
  seed: number
  /** `small` runs inside `npm test`. */
  size: 'full' | 'small'
}

/** One line of a campaign's table. */
export interface Finding {
  what: string
  /** How often it was tried. */
  tries: number
  /** What was seen, by name: `lost: 0`. */
  seen: Readonly<Record<string, number | string>>
  /** Whether it came out as it must: no violation, or, of a control, at least one. */
  holds: boolean
  /** A guard was taken out on purpose: the checks have to notice. */
  isControl?: boolean
}
