import { isObject, type JsonObject } from '../json.ts'
import { type At, below, report } from './breach.ts'

/** Looks at one value of a request's body and reports what is wrong with it. */
export type Check = (value: unknown, at: At) => void

/** A string of `min` to `max` characters, counted as Discord counts them: a smiley is one. */
export const text =
  (max: number, min = 0): Check =>
  (value, at) => {
    if (typeof value !== 'string') return report(at, 'must be a string')
    const length = value.length <= max && value.length > min * 2 ? value.length : [...value].length
    if (length > max) report(at, `must be ${max} or fewer in length, is ${length}`)
    if (length < min) report(at, min === 1 ? 'must not be empty' : `must be ${min} or more in length`)
  }

export const whole =
  (min: number, max: number): Check =>
  (value, at) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return report(at, 'must be a whole number')
    if (value < min || value > max) report(at, `must be from ${min} to ${max}, is ${value}`)
  }

export const amount: Check = (value, at) => {
  if (typeof value !== 'number') report(at, 'must be a number')
}

export const truth: Check = (value, at) => {
  if (typeof value !== 'boolean') report(at, 'must be true or false')
}

export const snowflake: Check = (value, at) => {
  if (typeof value !== 'string' || !/^(0|[1-9]\d*)$/.test(value)) report(at, 'must be an id')
}

export const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value, at) => {
    if (!allowed.includes(value)) report(at, `must be one of ${allowed.join(', ')}`)
  }

/** An address; Discord takes these schemes in buttons, embeds and media. */
export const address =
  (max: number, schemes: readonly string[] = ['http:', 'https:', 'attachment:']): Check =>
  (value, at) => {
    text(max, 1)(value, at)
    if (typeof value !== 'string' || value === '') return
    if (!URL.canParse(value) || !schemes.includes(new URL(value).protocol)) report(at, 'must be an address')
  }

export const listOf =
  (item: Check, max: number, min = 0): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return report(at, 'must be a list')
    if (value.length > max || value.length < min) {
      report(at, `must have from ${min} to ${max} entries, has ${value.length}`)
    }
    for (const [index, entry] of value.entries()) item(entry, below(at, index))
  }

export const anything: Check = () => {}

interface Shape {
  /** What it is called in the names of its rules. */
  noun: string
  fields: Readonly<Record<string, Check>>
  required?: readonly string[]
  /** What no single field can tell. Runs only when the value is an object at all. */
  also?: (value: JsonObject, at: At) => void
}

/**
 * An object with these fields and no others: Discord ignores a misspelt field without a word, which is how a
 * limit or an option quietly does not apply, so here it is a breach. `null` stands for "left out".
 */
export const thing =
  ({ noun, fields, required = [], also }: Shape): Check =>
  (value, at) => {
    if (!isObject(value)) return report(at, 'must be an object', noun)
    for (const key in value) {
      const check = Object.hasOwn(fields, key) ? fields[key] : undefined
      if (check === undefined) report(below(at, key), `${noun} has no such field`, `${noun}.unknown-key`)
      else if (value[key] !== null && value[key] !== undefined) {
        check(value[key], below(at, key, `${noun}.${key}`))
      }
    }
    for (const key of required) {
      if (value[key] === null || value[key] === undefined) {
        report(below(at, key), 'is required', `${noun}.${key}`)
      }
    }
    also?.(value, { ...at, rule: noun })
  }
