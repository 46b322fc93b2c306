import { z } from 'zod'

/**
 * The fields of plex.tv's answers as they really come: ids as numbers or digits, flags as `true`, `1`, `"1"` or
 * `"true"`, times as seconds, digits, ISO or `2026-01-02 03:04:05 UTC`, nothing as `null` or `""`.
 */

/** An id, as its digits: nothing is rounded, `007` stays. */
export const idText = z.union([
  // `int()` refuses what a JSON number can no longer say exactly.
  z.number().int().positive().transform(String),
  z.string().regex(/^\d+$/u),
])

/** An id where `null`, `""` and `0` all mean that there is none. */
export const maybeId = z
  .union([z.literal([0, '0', '', null]), idText])
  .optional()
  .transform((value) => (typeof value === 'string' && value !== '' && value !== '0' ? value : undefined))

/** `undefined` where it is absent or empty: not the same as false. */
export const flag = z
  .union([z.boolean(), z.number(), z.string(), z.null()])
  .optional()
  .transform((value) => {
    if (value === true || value === 1 || value === '1' || value === 'true') return true
    if (value === false || value === 0 || value === '0' || value === 'false') return false
    return undefined
  })

/** A text where `null` and `""` both mean that there is none. */
export const text = z
  .union([z.string(), z.number().transform(String), z.null()])
  .optional()
  .transform((value) => (value === '' || value === null ? undefined : value))

export const instant = z
  .union([z.number(), z.string(), z.null()])
  .optional()
  .transform((value) => {
    if (value === undefined || value === null || value === '') return undefined
    const seconds = typeof value === 'number' ? value : /^\d+$/u.test(value) ? Number(value) : undefined
    // 0 is v1's way to say "never".
    if (seconds === 0) return undefined
    const at = new Date(
      seconds === undefined ? String(value).replace(/^(\S+) (\S+) UTC$/u, '$1T$2Z') : seconds * 1_000,
    )
    return Number.isNaN(at.getTime()) ? undefined : at
  })

export const count = z
  .union([
    z.number(),
    z.string().regex(/^\d+$/u).transform(Number),
    z.literal('').transform(() => undefined),
    z.null(),
  ])
  .optional()
  .transform((value) => value ?? undefined)

/** An XML child that stands at most once, or the same as a JSON object; it may be missing. */
export const one = <T extends z.ZodType>(schema: T) =>
  z
    .preprocess((value) => (Array.isArray(value) && value.length <= 1 ? value[0] : value), schema.nullish())
    .optional()

/** Children of an element; XML has no empty lists, it has no children. */
export const children = <T extends z.ZodType>(schema: T) => z.array(schema).default([])

/** A JSON list, or the same in XML: a wrapper with the children in it. */
export const wrapped = <T extends z.ZodType>(child: string, schema: T) =>
  z.preprocess((value) => {
    const [wrapper, ...others] = Array.isArray(value) ? value : []
    if (others.length > 0 || !isElement(wrapper)) return value
    const names = Object.entries(wrapper)
      // Text beside the children may be one that was.
      .filter(([name, content]) => name !== '#text' || String(content).trim() !== '')
      .map(([name]) => name)
    if (names.length === 0) return []
    return names.length === 1 && names[0] === child ? wrapper[child] : value
  }, z.array(schema))

const isElement = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The root of an XML answer. Its name is in brackets, so that no JSON is ever taken for it. */
export const xmlRoot = <T extends z.ZodType>(name: string, schema: T) => {
  const key: `<${string}>` = `<${name}>`
  // The schema itself guarantees it; a computed key is more than the types follow.
  return z.object({ [key]: schema }).transform((document) => document[key] as z.output<T>)
}

/**
 * v1's envelope, as its rows. `size` counts something else in some answers and is plainly wrong in others, so it does
 * not say how many there are; but one that promises something where there is nothing means a shape that we do not know.
 */
export const container = <T extends z.ZodType>(row: string, schema: T) =>
  xmlRoot(
    'MediaContainer',
    z
      .looseObject({ size: count, [row]: children(schema) })
      // As in `xmlRoot`, the schema guarantees the rows.
      .transform((envelope) => ({ size: envelope.size, rows: envelope[row] as z.output<T>[] }))
      .refine(({ size, rows }) => rows.length > 0 || !size)
      .transform(({ rows }) => rows),
  )

/** The rows of a list, and how many more there must be that are not among them. */
export interface Listed {
  rows: unknown[]
  unread: number
}

/**
 * A list in which every row counts, v1's or v2's. What stands beside the rows (an element of another name, text), and
 * what `size` promises beyond them, is a row that could not be read. Where there is nothing else, it is no list.
 */
export const xmlListing = (root: string, row: string) =>
  xmlRoot(
    root,
    z
      .looseObject({ size: count, [row]: children(z.unknown()) })
      .transform((envelope): Listed => {
        const { [row]: content, size, ...others } = envelope
        // As in `xmlRoot`, the schema guarantees the rows.
        const rows = content as unknown[]
        const strangers = Object.entries(others).map(([name, value]) =>
          Array.isArray(value) ? value.length : Number(name === '#text' && String(value).trim() !== ''),
        )
        const promised = typeof size === 'number' ? size - rows.length : 0
        return { rows, unread: Math.max(promised, ...strangers, 0) }
      })
      .refine(({ rows, unread }) => rows.length > 0 || unread === 0),
  )

/** v2's lists in XML: the root holds the rows. */
export const xmlList = <T extends z.ZodType>(root: string, row: string, schema: T) =>
  xmlRoot(
    root,
    // As in `xmlRoot`, the schema guarantees the rows.
    z.object({ [row]: children(schema) }).transform((list) => list[row] as z.output<T>[]),
  )
