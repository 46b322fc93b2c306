import type { Modal } from './interaction.ts'
import { type JsonObject, objectIn, objectsIn, textIn } from './json.ts'
import type { Component, Message } from './message.ts'
import { buttonStyle, component } from './numbers.ts'

/** Turns an id in a mention into what a person reads, for instance `@max`; `undefined` leaves it. */
export type Names = (kind: 'user' | 'role' | 'channel', id: string) => string | undefined

/**
 * A message as a person reads it, one line after another:
 *
 *     (only you can see this)
 *     Who may watch?
 *     | Embed title
 *     | text
 *     {Libraries: [x] Movies [ ] Shows}
 *     [Save] [Delete (disabled)] [Open -> https://example.org]
 */
export function textOf(message: Message, names?: Names): string {
  const lines = [
    ...(message.ephemeral ? ['(only you can see this)'] : []),
    ...(message.isLoading ? ['(thinking…)'] : []),
    ...(message.content === '' ? [] : [message.content]),
    ...message.embeds.flatMap((embed) => embedLines(embed).map((line) => `| ${line}`.trimEnd())),
    ...componentLines(message.components, names),
    ...message.attachments.map((file) => `(file ${file.filename}, ${file.size} bytes)`),
  ]
  return readable(lines.join('\n'), names)
}

/** A modal as a person reads it: title, then each field with what it holds. `*` marks what must be filled in. */
export function textOfModal(modal: Modal, names?: Names): string {
  const lines = [`# ${modal.title}`]
  for (const part of modal.components) {
    if (part.type === component.textDisplay) {
      lines.push(part.content ?? '')
      continue
    }
    const field = part.type === component.label ? part.component : part.components?.[0]
    if (field === undefined) continue
    const star = field.required === false || field.type === component.checkbox ? '' : '*'
    lines.push(`${part.label ?? field.label ?? ''}${star}: ${fieldText(field, names)}`)
    if (part.description !== undefined) lines.push(`  (${part.description})`)
  }
  return readable(lines.join('\n'), names)
}

function fieldText(field: Component, names: Names | undefined): string {
  switch (field.type) {
    case component.textInput:
      return field.value ? `"${field.value}"` : `____${field.placeholder ? ` (${field.placeholder})` : ''}`
    case component.checkbox:
      return field.default === true ? '[x]' : '[ ]'
    case component.fileUpload:
      return '(drop files here)'
    case component.radioGroup:
    case component.checkboxGroup:
      return optionTexts(field).join(' ')
    default:
      return selectText(field, names)
  }
}

function componentLines(components: readonly Component[], names: Names | undefined): string[] {
  return components.flatMap((one): string[] => {
    switch (one.type) {
      case component.row:
        return [(one.components ?? []).map((inside) => inRow(inside, names)).join(' ')]
      case component.textDisplay:
        return [one.content ?? '']
      case component.separator:
        return one.divider === false ? [''] : ['---']
      case component.section: {
        const lines = componentLines(one.components ?? [], names)
        return one.accessory === undefined ? lines : [...lines, inRow(one.accessory, names)]
      }
      case component.container:
        return componentLines(one.components ?? [], names).flatMap((text) =>
          text.split('\n').map((line) => `▌ ${line}`.trimEnd()),
        )
      case component.mediaGallery:
        return (one.items ?? []).map((item) => `(picture ${item.description ?? item.media.url})`)
      case component.file:
        return [`(file ${one.file?.url ?? ''})`]
      default:
        return [`(component ${one.type})`]
    }
  })
}

function inRow(one: Component, names: Names | undefined): string {
  if (one.type === component.button) return buttonText(one)
  if (one.type === component.thumbnail) return `(picture ${one.description ?? one.media?.url ?? ''})`
  return selectText(one, names)
}

function buttonText(one: Component): string {
  const face = [one.emoji?.name, one.label].filter((part) => part !== undefined && part !== '').join(' ')
  const link = one.style === buttonStyle.link ? ` -> ${one.url}` : ''
  return `[${face}${link}${one.disabled === true ? ' (disabled)' : ''}]`
}

function selectText(one: Component, names: Names | undefined): string {
  const called = one.placeholder ?? selectKinds[one.type] ?? 'Make a selection'
  const inside =
    one.type === component.stringSelect
      ? optionTexts(one)
      : (one.default_values ?? []).map((value) => `[x] ${namedDefault(value, names)}`)
  return `{${[`${called}:`, ...inside].join(' ')}${one.disabled === true ? ' (disabled)' : ''}}`
}

const selectKinds: Readonly<Record<number, string>> = {
  [component.userSelect]: 'Choose people',
  [component.roleSelect]: 'Choose roles',
  [component.mentionableSelect]: 'Choose people or roles',
  [component.channelSelect]: 'Choose channels',
}

const optionTexts = (one: Component): string[] =>
  (one.options ?? []).map(
    (each) =>
      `[${each.default === true ? 'x' : ' '}] ${each.label}${each.description ? ` (${each.description})` : ''}`,
  )

function namedDefault(value: { id: string; type: string }, names: Names | undefined): string {
  const kind = value.type === 'role' ? 'role' : value.type === 'channel' ? 'channel' : 'user'
  return names?.(kind, value.id) ?? value.id
}

function embedLines(embed: JsonObject): string[] {
  const author = textIn(objectIn(embed.author).name)
  const title = textIn(embed.title)
  const url = textIn(embed.url)
  const description = textIn(embed.description)
  const footer = textIn(objectIn(embed.footer).text)
  return [
    ...(author === undefined ? [] : [author]),
    ...(title === undefined ? [] : [`**${title}**${url === undefined ? '' : ` -> ${url}`}`]),
    ...(description === undefined ? [] : description.split('\n')),
    ...objectsIn(embed.fields).flatMap((field) => {
      const [first = '', ...rest] = String(field.value).split('\n')
      return [`${String(field.name)}: ${first}`, ...rest]
    }),
    ...(footer === undefined ? [] : [`(${footer})`]),
  ]
}

/** Mentions by name, times as instants in UTC: what is on the wire changes with ids, what is read does not. */
function readable(text: string, names: Names | undefined): string {
  return text
    .replace(/<@!?(\d+)>/g, (whole, id: string) => names?.('user', id) ?? whole)
    .replace(/<@&(\d+)>/g, (whole, id: string) => names?.('role', id) ?? whole)
    .replace(/<#(\d+)>/g, (whole, id: string) => names?.('channel', id) ?? whole)
    .replace(/<\/([^:>]+):\d+>/g, (_whole, command: string) => `/${command}`)
    .replace(/<t:(-?\d+)(?::[tTdDfFRsS])?>/g, (_whole, seconds: string) =>
      new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace('T', ' '),
    )
}
