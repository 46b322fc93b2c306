import { Cannot } from './cannot.ts'
import { valuesFor } from './component-input.ts'
import type { Modal } from './interaction.ts'
import type { Component, SelectOption } from './message.ts'
import { component } from './numbers.ts'
import type { PersonsFile, Resolved } from './resolved.ts'

/** What a person fills a modal with, by label or custom id. Lists for selects and groups, files for an upload. */
export type ModalValues = Readonly<
  Record<string, string | boolean | readonly string[] | readonly PersonsFile[]>
>

/** `data.components` of the modal's submit; fields not named keep what they were filled with beforehand. */
export function modalData(modal: Modal, values: ModalValues, resolved: Resolved): unknown[] {
  const used = new Set<string>()
  const sent = modal.components.map((one) => {
    if (one.type === component.textDisplay) return { type: one.type, id: one.id }
    const field = one.type === component.label ? one.component : one.components?.[0]
    if (field === undefined) throw new Cannot('the modal has an empty part')
    const label = one.label ?? field.label ?? ''
    const key = [field.custom_id ?? '', label].find((name) => Object.hasOwn(values, name))
    if (key !== undefined) used.add(key)
    const filled = {
      type: field.type,
      id: field.id,
      custom_id: field.custom_id,
      ...answerTo(field, label, key === undefined ? undefined : values[key], resolved),
    }
    return one.type === component.label
      ? { type: one.type, id: one.id, component: filled }
      : { type: one.type, id: one.id, components: [filled] }
  })
  const unknown = Object.keys(values).filter((name) => !used.has(name))
  if (unknown.length > 0)
    throw new Cannot(`the modal "${modal.title}" has no field "${unknown.join('", "')}"`)
  return sent
}

function answerTo(
  field: Component,
  label: string,
  value: ModalValues[string] | undefined,
  resolved: Resolved,
): Record<string, unknown> {
  switch (field.type) {
    case component.textInput:
      return { value: textFor(field, label, value ?? field.value ?? '') }
    case component.checkbox:
      return { value: value === undefined ? field.default === true : value === true || value === 'true' }
    case component.radioGroup: {
      const wanted = value ?? field.options?.find((one) => one.default === true)?.value
      if (wanted === undefined) {
        if (field.required !== false) throw new Cannot(`"${label}" must be answered`)
        return { value: null }
      }
      return { value: optionOf(field.options, String(wanted), label) }
    }
    case component.checkboxGroup: {
      const wanted = value === undefined ? beforehand(field) : listOf(value).map(String)
      return {
        values: within(
          field,
          label,
          wanted.map((one) => optionOf(field.options, one, label)),
        ),
      }
    }
    case component.fileUpload: {
      const files = value === undefined ? [] : listOf(value)
      const ids = files.map((file) => {
        if (typeof file !== 'object') throw new Cannot(`"${label}" takes files`)
        return resolved.file(file)
      })
      return { values: within(field, label, ids) }
    }
    default: {
      const wanted = value === undefined ? beforehand(field) : listOf(value).map(String)
      if (wanted.length === 0 && field.required !== false) throw new Cannot(`"${label}" must be answered`)
      return { values: valuesFor(field, wanted, resolved) }
    }
  }
}

function textFor(field: Component, label: string, value: ModalValues[string]): string {
  if (typeof value !== 'string') throw new Cannot(`"${label}" takes text`)
  const length = [...value].length
  if (length === 0 && field.required !== false) throw new Cannot(`"${label}" must be filled in`)
  if (length > 0 && length < (field.min_length ?? 0)) {
    throw new Cannot(`"${label}" takes at least ${field.min_length} characters`)
  }
  if (length > (field.max_length ?? 4000)) {
    throw new Cannot(`"${label}" takes at most ${field.max_length ?? 4000} characters`)
  }
  return value
}

function within(field: Component, label: string, values: string[]): string[] {
  const required = field.required !== false
  const fewest = field.min_values ?? (required ? 1 : 0)
  const most = field.max_values ?? field.options?.length ?? 1
  if (values.length === 0 && !required) return values
  if (values.length < fewest || values.length > most) {
    throw new Cannot(`"${label}" takes ${fewest} to ${most} values, was given ${values.length}`)
  }
  return values
}

function optionOf(options: readonly SelectOption[] | undefined, wanted: string, label: string): string {
  const found = options?.find((one) => one.value === wanted || one.label === wanted)
  if (found === undefined) throw new Cannot(`"${label}" does not offer "${wanted}"`)
  return found.value
}

const beforehand = (field: Component): string[] =>
  (field.options ?? []).filter((one) => one.default === true).map((one) => one.value)

const listOf = (value: NonNullable<ModalValues[string]>): readonly (string | boolean | PersonsFile)[] =>
  typeof value === 'object' ? value : [value]
