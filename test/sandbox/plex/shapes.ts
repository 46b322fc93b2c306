import { readFileSync } from 'node:fs'

export const fixture = (file: string) =>
  readFileSync(new URL(`../../fixtures/plex/${file}`, import.meta.url), 'utf8')

/** Every element by its path, with the different rows of attribute names it comes with. */
export function xmlShape(xml: string): Record<string, string[]> {
  const shape: Record<string, Set<string>> = {}
  const path: string[] = []
  for (const [, closing, name = '', attributes = '', selfClosing] of xml.matchAll(
    /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w-]+="[^"]*")*)\s*(\/?)>/gu,
  )) {
    if (closing) {
      path.pop()
      continue
    }
    const at = [...path, name].join('/')
    const names = [...attributes.matchAll(/([\w-]+)="/gu)].map((match) => match[1]).join(' ')
    shape[at] = (shape[at] ?? new Set()).add(names)
    if (!selfClosing) path.push(name)
  }
  return Object.fromEntries(Object.entries(shape).map(([at, rows]) => [at, [...rows].sort()]))
}

/** Every key by its path with the kinds of values seen there; the items of a list are one path. */
export function jsonShape(
  value: unknown,
  at = '$',
  shape: Record<string, string[]> = {},
): Record<string, string[]> {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value
  shape[at] = [...new Set([...(shape[at] ?? []), kind])].sort()
  if (Array.isArray(value)) for (const item of value) jsonShape(item, `${at}[]`, shape)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) jsonShape(inner, `${at}.${key}`, shape)
  }
  return shape
}

/** The keys of the first object in the order they stand in. */
export function keysInOrder(value: unknown): string[] {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'object' && first !== null ? Object.keys(first) : []
}

export const withoutBlanks = (text: string) => text.replace(/>\s+</gu, '><').trim()
