/** Chance that can be repeated: the same seed gives the same draws. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  fraction(): number
  /** A whole number from 0 up to, but not including, `bound`. */
  below(bound: number): number
  chance(probability: number): boolean
  pick<T>(of: readonly [T, ...T[]]): T
  /** Chance of its own for the part of this number: it does not depend on what was drawn before. */
  part(number: number): Random
}

/** mulberry32. @see https://github.com/cprosche/mulberry32 */
export function randomFrom(seed: number): Random {
  let state = mixed(seed)
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let each = Math.imul(state ^ (state >>> 15), state | 1)
    each ^= each + Math.imul(each ^ (each >>> 7), each | 61)
    return ((each ^ (each >>> 14)) >>> 0) / 4294967296
  }
  const below = (bound: number) => Math.floor(fraction() * bound)
  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    pick: (of) => of[below(of.length)] ?? of[0],
    part: (number) => randomFrom(mixed(seed) ^ mixed(number + 0x9e3779b9)),
  }
}

/** Neighbouring seeds shall have nothing in common. */
function mixed(seed: number): number {
  let each = seed >>> 0
  each = Math.imul(each ^ (each >>> 16), 0x85ebca6b)
  each = Math.imul(each ^ (each >>> 13), 0xc2b2ae35)
  return (each ^ (each >>> 16)) >>> 0
}
