import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/sandbox/discord/json.ts'
import { modalBreaches } from '../../../../src/sandbox/discord/rules/modal.ts'

const letters = (count: number) => 'x'.repeat(count)
const input = (fields: JsonObject = {}) => ({ type: 4, custom_id: 'a', style: 1, ...fields })
const label = (component: JsonObject, fields: JsonObject = {}) => ({
  type: 18,
  label: 'A',
  component,
  ...fields,
})
const modal = (fields: JsonObject = {}) => ({
  custom_id: 'm',
  title: 'T',
  components: [label(input())],
  ...fields,
})
const rules = (data: unknown) => modalBreaches(data).map((breach) => breach.rule)
const option = (value: string, fields: JsonObject = {}) => ({ label: value, value, ...fields })

describe('what Discord takes as a modal', () => {
  it.each<[string, JsonObject]>([
    ['labels', modal()],
    ['the older rows', modal({ components: [{ type: 1, components: [input({ label: 'A' })] }] })],
    ['text between', modal({ components: [{ type: 10, content: 'a' }, label(input())] })],
    [
      'an optional select of nothing',
      modal({ components: [label({ type: 5, custom_id: 'a', min_values: 0, required: false })] }),
    ],
    [
      'a radio group',
      modal({ components: [label({ type: 21, custom_id: 'a', options: [option('a'), option('b')] })] }),
    ],
    [
      'a checkbox group',
      modal({ components: [label({ type: 22, custom_id: 'a', options: [option('a')] })] }),
    ],
    ['a checkbox', modal({ components: [label({ type: 23, custom_id: 'a' })] })],
    ['an upload', modal({ components: [label({ type: 19, custom_id: 'a', max_values: 10 })] })],
  ])('%s', (_what, data) => {
    expect(rules(data)).toEqual([])
  })
})

describe('what Discord refuses in a modal', () => {
  it.each<[string, JsonObject]>([
    ['modal.title', modal({ title: letters(46) })],
    ['modal.title', modal({ title: '' })],
    ['modal.custom_id', modal({ custom_id: letters(101) })],
    ['modal.custom_id', modal({ custom_id: null })],
    ['modal.components', modal({ components: [] })],
    [
      'modal.components',
      modal({ components: ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => label(input({ custom_id: id }))) }),
    ],
    ['modal.component-place', modal({ components: [input()] })],
    ['modal.component-place', modal({ components: [{ type: 17, components: [] }] })],
    ['modal.unknown-key', modal({ tittle: 'a' })],
    ['component.custom_id-unique', modal({ components: [label(input()), label(input())] })],
    ['label.label', modal({ components: [label(input(), { label: letters(46) })] })],
    ['label.description', modal({ components: [label(input(), { description: letters(101) })] })],
    ['label.content', modal({ components: [label({ type: 2, style: 1, label: 'a', custom_id: 'a' })] })],
    ['text-input.value', modal({ components: [label(input({ value: letters(4001) }))] })],
    ['text-input.placeholder', modal({ components: [label(input({ placeholder: letters(101) }))] })],
    ['text-input.style', modal({ components: [label(input({ style: 3 }))] })],
    ['text-input.max_length', modal({ components: [label(input({ max_length: 4001 }))] })],
    ['text-input.min-max', modal({ components: [label(input({ min_length: 5, max_length: 4 }))] })],
    ['text-input.unknown-key', modal({ components: [label(input({ label: 'twice' }))] })],
    ['text-input.label', modal({ components: [{ type: 1, components: [input()] }] })],
    [
      'modal-row.content',
      modal({ components: [{ type: 1, components: [{ type: 3, custom_id: 'a', label: 'a' }] }] }),
    ],
    ['modal.min_values-required', modal({ components: [label({ type: 5, custom_id: 'a', min_values: 0 })] })],
    ['modal.disabled', modal({ components: [label({ type: 5, custom_id: 'a', disabled: true })] })],
    [
      'radio-group.options',
      modal({ components: [label({ type: 21, custom_id: 'a', options: [option('a')] })] }),
    ],
    [
      'radio-group.defaults',
      modal({
        components: [
          label({
            type: 21,
            custom_id: 'a',
            options: [option('a', { default: true }), option('b', { default: true })],
          }),
        ],
      }),
    ],
    [
      'group.values-unique',
      modal({ components: [label({ type: 22, custom_id: 'a', options: [option('a'), option('a')] })] }),
    ],
    [
      'checkbox-group.options',
      modal({
        components: [
          label({ type: 22, custom_id: 'a', options: [...'abcdefghijk'].map((one) => option(one)) }),
        ],
      }),
    ],
    ['file-upload.max_values', modal({ components: [label({ type: 19, custom_id: 'a', max_values: 11 })] })],
    [
      'select.min-max',
      modal({ components: [label({ type: 5, custom_id: 'a', min_values: 3, max_values: 2 })] }),
    ],
  ])('%s: %j', (rule, data) => {
    expect(rules(data)).toContain(rule)
  })
})
