import { element } from './xml.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/**
 * The XML that plex.tv's v2 gives for the same facts as the JSON: scalars become attributes and objects children,
 * null becomes "", true and false "1" and "0", instants lose the T and the Z, lists are wrapped.
 */
export function v2Xml(name: string, value: JsonObject): string {
  const attributes: Record<string, string | number | boolean | null> = {}
  const children: string[] = []
  for (const [key, inner] of Object.entries(value)) {
    if (isList(inner)) children.push(wrapped(key, inner))
    else if (typeof inner === 'object' && inner !== null) children.push(v2Xml(key, inner))
    else if (inner !== null || !objectsWhenThere.has(key)) attributes[key] = asText(inner)
  }
  return element(name, attributes, children)
}

export function wrapped(name: string, items: readonly Json[]): string {
  const one = singular[name] ?? name.replace(/s$/u, '')
  return element(
    name,
    {},
    items.map((item) =>
      typeof item === 'object' && item !== null && !isList(item)
        ? v2Xml(one, item)
        : element(one, { id: String(item) }),
    ),
  )
}

const singular: Record<string, string> = { libraries: 'library', entitlements: 'entitlement' }
/** What is an object where it is there at all, and so no attribute where it is not. */
const objectsWhenThere = new Set(['invited', 'owner', 'sharingSettings'])

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

const asText = (value: string | number | boolean | null) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u.test(value)
    ? `${value.slice(0, 10)} ${value.slice(11, 19)} UTC`
    : value
