const store = new WeakMap<object, Map<string, { parts: readonly object[]; text: string }>>()

/** What was written for exactly these parts of a world, none of which is ever changed in place. */
export function remembered(name: string, parts: readonly [object, ...object[]], write: () => string): string {
  const [first] = parts
  const ofFirst = store.get(first) ?? new Map<string, { parts: readonly object[]; text: string }>()
  store.set(first, ofFirst)
  const known = ofFirst.get(name)
  if (known?.parts.every((part, at) => part === parts[at])) return known.text
  const text = write()
  ofFirst.set(name, { parts, text })
  return text
}
