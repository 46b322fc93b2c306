import { isObject, type JsonObject, listIn, numberIn, objectsIn } from '../json.ts'
import { component } from '../numbers.ts'
import { type At, type Breach, below, report, start } from './breach.ts'
import { everyComponent, fewestToMost, isSelect, select, textDisplay, uniqueAmong } from './components.ts'
import { anything, type Check, listOf, oneOf, text, thing, truth, whole } from './shape.ts'

/**
 * A modal: title 45, custom id 100, 1 to 5 components. (The machine-readable description says 40; the documents say 5.)
 * @see https://docs.discord.com/developers/components/reference#label
 */
export function modalBreaches(data: unknown): Breach[] {
  const at = start('modal', 'data')
  modal(data, at)
  return at.breaches
}

const modal = thing({
  noun: 'modal',
  fields: {
    custom_id: text(100, 1),
    title: text(45, 1),
    components: (value, at) => {
      listOf(anything, 5, 1)(value, at)
      for (const [index, one] of listIn(value).entries()) part(one, below(at, index))
      uniqueAmong(everyComponent(value), at)
    },
  },
  required: ['custom_id', 'title', 'components'],
})

function part(value: unknown, at: At): void {
  const type = isObject(value) ? value.type : undefined
  if (type === component.label) label(value, at)
  else if (type === component.textDisplay) textDisplay(value, at)
  else if (type === component.row) row(value, at)
  else report(at, `a component of type ${type} may not stand in a modal`, 'modal.component-place')
}

const common = { type: anything, id: whole(0, 2 ** 31 - 1) }
const customId = text(100, 1)

const textInputFields = {
  ...common,
  custom_id: customId,
  style: oneOf(1, 2),
  min_length: whole(0, 4000),
  max_length: whole(1, 4000),
  required: truth,
  value: text(4000),
  placeholder: text(100),
}

function lengthsInOrder(value: JsonObject, at: At): void {
  const least = numberIn(value.min_length) ?? 0
  const most = numberIn(value.max_length) ?? 4000
  if (least > most) report(below(at, 'min_length'), 'min_length is above max_length', 'text-input.min-max')
}

const textInput = thing({
  noun: 'text-input',
  fields: textInputFields,
  required: ['custom_id', 'style'],
  also: lengthsInOrder,
})

/** The older form: a text input with its own label in a row. Deprecated, still taken. */
const row = thing({
  noun: 'modal-row',
  fields: {
    ...common,
    components: listOf(
      thing({
        noun: 'text-input',
        fields: { ...textInputFields, label: text(45, 1) },
        required: ['custom_id', 'style', 'label'],
        also: (value, at) => {
          if (value.type !== component.textInput) {
            report(at, 'a row of a modal holds a text input', 'modal-row.content')
          }
          lengthsInOrder(value, at)
        },
      }),
      1,
      1,
    ),
  },
  required: ['components'],
})

const groupOption = thing({
  noun: 'group-option',
  fields: { label: text(100, 1), value: text(100, 1), description: text(100), default: truth },
  required: ['label', 'value'],
})

const valuesOnce = (value: JsonObject, at: At): void => {
  const values = objectsIn(value.options).map((one) => one.value)
  if (new Set(values).size < values.length) {
    report(below(at, 'options'), 'the specified option value is already used', 'group.values-unique')
  }
}

/** Nothing chosen is only possible where nothing is required. */
const noneOnlyIfOptional = (value: JsonObject, at: At): void => {
  if (value.min_values === 0 && value.required !== false) {
    report(below(at, 'min_values'), 'min_values 0 needs required: false', 'modal.min_values-required')
  }
}

const inLabel: Readonly<Record<number, Check>> = {
  [component.textInput]: textInput,
  [component.fileUpload]: thing({
    noun: 'file-upload',
    fields: {
      ...common,
      custom_id: customId,
      min_values: whole(0, 10),
      max_values: whole(1, 10),
      required: truth,
    },
    required: ['custom_id'],
    also: (value, at) => {
      fewestToMost(value, at)
      noneOnlyIfOptional(value, at)
    },
  }),
  [component.radioGroup]: thing({
    noun: 'radio-group',
    fields: { ...common, custom_id: customId, required: truth, options: listOf(groupOption, 10, 2) },
    required: ['custom_id', 'options'],
    also: (value, at) => {
      valuesOnce(value, at)
      if (objectsIn(value.options).filter((one) => one.default === true).length > 1) {
        report(at, 'one option at most is chosen beforehand', 'radio-group.defaults')
      }
    },
  }),
  [component.checkboxGroup]: thing({
    noun: 'checkbox-group',
    fields: {
      ...common,
      custom_id: customId,
      min_values: whole(0, 10),
      max_values: whole(1, 10),
      required: truth,
      options: listOf(groupOption, 10, 1),
    },
    required: ['custom_id', 'options'],
    also: (value, at) => {
      valuesOnce(value, at)
      noneOnlyIfOptional(value, at)
    },
  }),
  [component.checkbox]: thing({
    noun: 'checkbox',
    fields: { ...common, custom_id: customId, default: truth },
    required: ['custom_id'],
  }),
}

const label = thing({
  noun: 'label',
  fields: {
    ...common,
    label: text(45, 1),
    description: text(100, 1),
    component: (value, at) => {
      const type = isObject(value) ? numberIn(value.type) : undefined
      if (isObject(value) && isSelect(type)) {
        select(value, at)
        noneOnlyIfOptional(value, at)
        if (value.disabled === true) report(at, 'nothing in a modal is disabled', 'modal.disabled')
        return
      }
      const check = type === undefined ? undefined : inLabel[type]
      if (check === undefined)
        report(at, `a component of type ${type} may not stand in a label`, 'label.content')
      else check(value, at)
    },
  },
  required: ['label', 'component'],
})
