import type { Random } from './random.ts'

/** Changes so many places of the payload: takes out, puts junk in, cuts, doubles. */
export function mutated(payload: unknown, random: Random, times: number): unknown {
  for (let time = 0; time < times; time++) {
    const places = placesIn(payload)
    const place = places[random.below(places.length)]
    if (!place) return random.pick(junk)
    const { holder, key } = place
    switch (random.below(4)) {
      case 0:
        Reflect.deleteProperty(holder, key)
        break
      case 1:
        Reflect.set(holder, key, random.pick(junk))
        break
      case 2: {
        const value: unknown = Reflect.get(holder, key)
        const at = typeof value === 'string' ? random.below(value.length + 1) : 0
        if (typeof value === 'string') {
          Reflect.set(holder, key, `${value.slice(0, at)}${String(random.pick(junk))}${value.slice(at)}`)
        }
        break
      }
      default: {
        const other = places[random.below(places.length)]
        // A copy: a payload that contains itself cannot come over the wire.
        if (other) Reflect.set(holder, key, structuredClone(Reflect.get(other.holder, other.key)))
      }
    }
  }
  return payload
}

function placesIn(value: unknown): { holder: object; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [{ holder: value, key }, ...placesIn(inner)])
}

const junk: readonly [unknown, ...unknown[]] = [
  null,
  ...[true, false, 0, -1, 1e308, Number.NaN, '', 'x', '0', '1', '99999999999999999999', '-5', [], {}],
  ...['__proto__', 'constructor', '\u0000', '\ud800', 'x'.repeat(5_000), [[[[]]]], { a: { b: { c: [] } } }],
  ...['revoke-confirm:1:', ':::::', '%%%', 'a:1:%E0%A4%A', 'share:1', 'home:1', 'all', '#1, #2'],
]
