import { isObject, type JsonObject, listIn, numberIn, objectsIn, textIn } from '../json.ts'
import { buttonStyle, channelType, component } from '../numbers.ts'
import { type At, below, report } from './breach.ts'
import {
  address,
  anything,
  type Check,
  listOf,
  oneOf,
  snowflake,
  text,
  thing,
  truth,
  whole,
} from './shape.ts'

/**
 * The components of a message. Without the V2 flag: up to 5 rows of 5 buttons or one select. With it: 40
 * components in all counting nested ones, 4,000 characters over all text displays.
 * @see https://docs.discord.com/developers/components/reference
 */
export function messageComponents(components: unknown, usesV2: boolean, at: At): void {
  if (!Array.isArray(components)) {
    report(at, 'must be a list', 'message.components')
    return
  }
  if (!usesV2 && components.length > 5) {
    report(at, `may have 5 rows, has ${components.length}`, 'message.rows')
  }
  for (const [index, one] of components.entries()) {
    const here = below(at, index)
    const allowed = usesV2 ? topLevelV2 : topLevel
    const type = isObject(one) ? numberIn(one.type) : undefined
    if (type === undefined || !allowed.has(type)) {
      const hint =
        !usesV2 && type !== undefined && topLevelV2.has(type) ? ' without the flag IS_COMPONENTS_V2' : ''
      report(here, `a component of type ${type} may not stand here${hint}`, 'message.component-place')
    } else inMessage(one, here)
  }
  uniqueAmong(everyComponent(components), at)
  if (!usesV2) return
  const all = everyComponent(components)
  if (all.length > 40)
    report(at, `may have 40 components in all, has ${all.length}`, 'message.components-total')
  const characters = all.reduce(
    (sum, { value }) =>
      value.type === component.textDisplay ? sum + [...(textIn(value.content) ?? '')].length : sum,
    0,
  )
  if (characters > 4000) {
    report(
      at,
      `all text displays together may have 4000 characters, have ${characters}`,
      'message.text-total',
    )
  }
}

/** Every component with its place, nested ones too, in reading order. */
export function everyComponent(components: unknown, path = ''): { value: JsonObject; path: string }[] {
  const found: { value: JsonObject; path: string }[] = []
  const walk = (value: unknown, here: string) => {
    if (!isObject(value)) return
    found.push({ value, path: here })
    for (const [index, child] of listIn(value.components).entries())
      walk(child, `${here}.components.${index}`)
    if (isObject(value.accessory)) walk(value.accessory, `${here}.accessory`)
    if (isObject(value.component)) walk(value.component, `${here}.component`)
  }
  for (const [index, one] of listIn(components).entries())
    walk(one, path === '' ? `${index}` : `${path}.${index}`)
  return found
}

/** A custom id, and a component's own number, may be used once in a message or modal. */
export function uniqueAmong(all: readonly { value: JsonObject; path: string }[], at: At): void {
  for (const field of ['custom_id', 'id'] as const) {
    const seen = new Set<unknown>()
    for (const { value, path } of all) {
      const own = value[field]
      // Number 0 means "give it one yourself".
      if (own === undefined || own === null || (field === 'id' && own === 0)) continue
      if (seen.has(own))
        report(below(at, `${path}.${field}`), `${field} ${own} is used twice`, `component.${field}-unique`)
      seen.add(own)
    }
  }
}

const topLevel: ReadonlySet<number> = new Set([component.row])
const topLevelV2: ReadonlySet<number> = new Set([
  component.row,
  component.section,
  component.textDisplay,
  component.mediaGallery,
  component.file,
  component.separator,
  component.container,
])

const selectTypes: ReadonlySet<unknown> = new Set([
  component.stringSelect,
  component.userSelect,
  component.roleSelect,
  component.mentionableSelect,
  component.channelSelect,
])
export const isSelect = (type: unknown): boolean => selectTypes.has(type)

const common = { type: anything, id: whole(0, 2 ** 31 - 1) }
const customId = text(100, 1)

export const emoji = thing({
  noun: 'emoji',
  fields: { id: snowflake, name: text(32), animated: truth },
})

const button = thing({
  noun: 'button',
  fields: {
    ...common,
    style: oneOf(...Object.values(buttonStyle)),
    label: text(80),
    emoji,
    custom_id: customId,
    sku_id: snowflake,
    url: address(512, ['http:', 'https:', 'discord:']),
    disabled: truth,
  },
  required: ['style'],
  also: (value, at) => {
    const has = (field: string) => value[field] !== undefined && value[field] !== null && value[field] !== ''
    if (value.style === buttonStyle.link) {
      if (!has('url')) report(at, 'a link button needs a url', 'button.link')
      if (has('custom_id')) report(at, 'a link button has no custom_id', 'button.link')
    } else if (value.style === buttonStyle.premium) {
      if (!has('sku_id')) report(at, 'a premium button needs a sku_id', 'button.premium')
      if (has('custom_id') || has('label') || has('url') || has('emoji')) {
        report(at, 'a premium button has neither custom_id, label, url nor emoji', 'button.premium')
      }
      return
    } else {
      if (!has('custom_id')) report(at, 'a button needs a custom_id', 'button.custom_id')
      if (has('url')) report(at, 'only a link button has a url', 'button.url')
    }
    if (!has('label') && !has('emoji')) report(at, 'a button needs a label or an emoji', 'button.face')
  },
})

export const selectOption = thing({
  noun: 'select-option',
  fields: {
    label: text(100, 1),
    value: text(100, 1),
    description: text(100),
    emoji,
    default: truth,
  },
  required: ['label', 'value'],
})

const selectFields = {
  ...common,
  custom_id: customId,
  placeholder: text(150),
  min_values: whole(0, 25),
  max_values: whole(1, 25),
  disabled: truth,
  required: truth,
}

const defaultsOf = (...types: string[]): Check =>
  listOf(
    thing({
      noun: 'default-value',
      fields: { id: snowflake, type: oneOf(...types) },
      required: ['id', 'type'],
    }),
    25,
  )

/** The five kinds of select, for messages and modals alike. */
export const select = (value: JsonObject, at: At): void => {
  const kind = numberIn(value.type)
  const shape = kind === undefined ? undefined : selectShapes[kind]
  shape?.(value, at)
}

const selectShapes: Readonly<Record<number, Check>> = {
  [component.stringSelect]: thing({
    noun: 'select',
    fields: { ...selectFields, options: listOf(selectOption, 25, 1) },
    required: ['custom_id', 'options'],
    also: (value, at) => {
      fewestToMost(value, at)
      const options = objectsIn(value.options)
      const values = options.map((one) => one.value)
      if (new Set(values).size < values.length) {
        report(below(at, 'options'), 'the specified option value is already used', 'select.values-unique')
      }
      // Discord refuses this one although its description does not say so: Rapptz/discord.py issue 6984.
      if ((numberIn(value.max_values) ?? 1) > options.length && options.length > 0) {
        report(below(at, 'max_values'), `only ${options.length} options to choose from`, 'select.max_values')
      }
      chosenWithin(options.filter((one) => one.default === true).length, value, at)
    },
  }),
  [component.userSelect]: ofDiscord({ default_values: defaultsOf('user') }),
  [component.roleSelect]: ofDiscord({ default_values: defaultsOf('role') }),
  [component.mentionableSelect]: ofDiscord({ default_values: defaultsOf('user', 'role') }),
  [component.channelSelect]: ofDiscord({
    default_values: defaultsOf('channel'),
    channel_types: listOf(oneOf(...Object.values(channelType), 3, 5, 10, 11, 12, 13, 14, 15, 16), 25),
  }),
}

function ofDiscord(fields: Readonly<Record<string, Check>>): Check {
  return thing({
    noun: 'select',
    fields: { ...selectFields, ...fields },
    required: ['custom_id'],
    also: (value, at) => {
      fewestToMost(value, at)
      const chosen = listIn(value.default_values).length
      if (chosen > 0) chosenWithin(chosen, value, at)
    },
  })
}

export function fewestToMost(value: JsonObject, at: At): void {
  const fewest = numberIn(value.min_values) ?? 1
  const most = numberIn(value.max_values) ?? 1
  // Both left out is 1 to 1; a minimum alone is held against the default maximum (discord-api-docs issue 3202).
  if (fewest > most)
    report(below(at, 'min_values'), `min_values ${fewest} is above max_values ${most}`, 'select.min-max')
}

function chosenWithin(chosen: number, value: JsonObject, at: At): void {
  const most = numberIn(value.max_values) ?? 1
  if (chosen > most) report(at, `${chosen} are chosen beforehand, at most ${most} may be`, 'select.defaults')
}

const row = thing({
  noun: 'row',
  fields: {
    ...common,
    components: (value, at) => {
      const inside = listIn(value)
      const buttons = inside.filter((one) => isObject(one) && one.type === component.button).length
      if (inside.length === 0) report(at, 'a row is not empty', 'row.empty')
      if (buttons > 5) report(at, `a row has up to 5 buttons, has ${buttons}`, 'row.buttons')
      if (buttons < inside.length && inside.length > 1) {
        report(at, 'a row has buttons, or one select alone', 'row.select-alone')
      }
      for (const [index, one] of inside.entries()) {
        const here = below(at, index)
        if (isObject(one) && one.type === component.button) button(one, here)
        else if (isObject(one) && isSelect(one.type)) select(one, here)
        else report(here, 'a row holds buttons or a select', 'row.content')
      }
    },
  },
  required: ['components'],
})

export const textDisplay = thing({
  noun: 'text-display',
  fields: { ...common, content: text(4000, 1) },
  required: ['content'],
})

const media = thing({ noun: 'media', fields: { url: address(2048) }, required: ['url'] })

const thumbnail = thing({
  noun: 'thumbnail',
  fields: { ...common, media, description: text(1024, 1), spoiler: truth },
  required: ['media'],
})

const section = thing({
  noun: 'section',
  fields: {
    ...common,
    components: listOf(
      (value, at) => {
        if (isObject(value) && value.type === component.textDisplay) textDisplay(value, at)
        else report(at, 'a section holds text displays', 'section.content')
      },
      3,
      1,
    ),
    accessory: (value, at) => {
      if (isObject(value) && value.type === component.button) button(value, at)
      else if (isObject(value) && value.type === component.thumbnail) thumbnail(value, at)
      else report(at, 'beside a section stands a button or a thumbnail')
    },
  },
  required: ['components', 'accessory'],
})

const separator = thing({
  noun: 'separator',
  fields: { ...common, divider: truth, spacing: oneOf(1, 2) },
})

const file = thing({
  noun: 'file',
  fields: {
    ...common,
    file: thing({ noun: 'file', fields: { url: address(2048, ['attachment:']) }, required: ['url'] }),
    spoiler: truth,
  },
  required: ['file'],
})

const gallery = thing({
  noun: 'gallery',
  fields: {
    ...common,
    items: listOf(
      thing({
        noun: 'gallery-item',
        fields: { media, description: text(1024, 1), spoiler: truth },
        required: ['media'],
      }),
      10,
      1,
    ),
  },
  required: ['items'],
})

const container = thing({
  noun: 'container',
  fields: {
    ...common,
    accent_color: whole(0, 0xffffff),
    spoiler: truth,
    components: listOf(
      (value, at) => {
        if (!isObject(value) || value.type === component.container || !topLevelV2.has(Number(value.type))) {
          report(at, 'this component may not stand in a container', 'container.content')
        } else inMessage(value, at)
      },
      40,
      1,
    ),
  },
  required: ['components'],
})

const messageShapes: Readonly<Record<number, Check>> = {
  [component.row]: row,
  [component.section]: section,
  [component.textDisplay]: textDisplay,
  [component.mediaGallery]: gallery,
  [component.file]: file,
  [component.separator]: separator,
  [component.container]: container,
}

function inMessage(value: unknown, at: At): void {
  const type = isObject(value) ? numberIn(value.type) : undefined
  if (type !== undefined) messageShapes[type]?.(value, at)
}
