import { routes } from '../../src/discord/routes.ts'
import type { Random } from './random.ts'

const kinds = Object.values(routes).map(({ kind }) => kind)
const junk = [
  '1',
  '',
  '-1',
  '0',
  '99999999999999999999',
  '__proto__',
  '%',
  '%00',
  '%2e%2e',
  ':',
  'a:b',
  '\u{1f600}',
] as const

/** One of the bot's own as it is, or with a part put in, taken out, cut or exchanged; or made up as a whole. */
export function spoilt(random: Random, own: readonly [string, ...string[]]): string {
  const [kind = '', ...parts] = random.pick(own).split(':')
  const at = random.below(parts.length + 1)
  switch (random.below(7)) {
    case 0:
      return [kind, ...parts].join(':')
    case 1:
      return [kind, ...parts.slice(0, at), noise(random), ...parts.slice(at)].join(':')
    case 2:
      return [kind, ...parts.slice(0, at), ...parts.slice(at + 1)].join(':')
    case 3:
      return [kind, ...parts.map((part, index) => (index === at ? noise(random) : part))].join(':')
    case 4:
      return [kind, ...parts.map((part) => part.slice(0, 1 + random.below(part.length + 1)))].join(':')
    case 5:
      return [kinds[random.below(kinds.length)], ...parts].join(':')
    default:
      return [kinds[random.below(kinds.length)], '1', ...parts.slice(1).map(() => noise(random))].join(':')
  }
}

function noise(random: Random): string {
  if (random.chance(0.4)) return random.pick(junk)
  const units = Array.from({ length: random.below(20) }, () => random.below(0x10000))
  return random.chance(0.5) ? String.fromCharCode(...units) : units.map((unit) => unit.toString(36)).join('')
}

/** Whether it leads to the same: parts are percent-encoded, and one that names the same thing was not spoilt. */
export function isSameId(one: string, other: string): boolean {
  const named = (customId: string) => customId.split(':').slice(2).join(':')
  const thing = named(one).split(':')[0] ?? ''
  return one === other || (thing.length > 5 && decoded(named(other)).includes(decoded(thing)))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
