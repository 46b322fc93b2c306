/** Reads a value that came over the wire, without believing anything about it. */
export type JsonObject = { readonly [key: string]: unknown }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const objectIn = (value: unknown): JsonObject => (isObject(value) ? value : {})
export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const objectsIn = (value: unknown): JsonObject[] => listIn(value).filter(isObject)
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
export const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined
