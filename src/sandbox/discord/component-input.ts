import { Cannot } from './cannot.ts'
import { type Component, componentsIn, type Message } from './message.ts'
import { buttonStyle, component } from './numbers.ts'
import type { Resolved } from './resolved.ts'
import { isSelect } from './rules/components.ts'
import type { State } from './state.ts'
import type { WorldUser } from './world.ts'

/** The message as this person sees it now. */
export function seenBy(state: State, user: WorldUser, message: { readonly id: string }): Message {
  const now = state.messages.get(message.id)
  if (now === undefined) throw new Cannot('the message is gone')
  if (now.onlyFor !== undefined && now.onlyFor !== user.id) {
    throw new Cannot(`${user.username} does not see a message that is only for somebody else`)
  }
  return now
}

export function buttonOn(message: Message, wanted: string): Component {
  const button = theOne(message, wanted, 'button', (one) => one.type === component.button)
  if (button.style === buttonStyle.link) throw new Cannot(`"${wanted}" is a link to ${button.url}`)
  if (button.style === buttonStyle.premium) throw new Cannot(`"${wanted}" opens the shop`)
  if (button.disabled === true) throw new Cannot(`the button "${wanted}" is disabled`)
  return button
}

export function selectOn(message: Message, wanted: string): Component {
  const select = theOne(message, wanted, 'select', (one) => isSelect(one.type))
  if (select.disabled === true) throw new Cannot(`the select "${wanted}" is disabled`)
  return select
}

/** The values of a select as they are sent, from what the person calls them. */
export function valuesFor(select: Component, wanted: readonly string[], resolved: Resolved): string[] {
  const called = select.placeholder ?? select.custom_id ?? ''
  const values = wanted.map((one) => {
    const value = valueFor(select, one, resolved)
    if (value === undefined) throw new Cannot(`"${called}" does not offer "${one}"`)
    return value
  })
  if (new Set(values).size < values.length) throw new Cannot(`"${called}" takes each value once`)
  const fewest = select.min_values ?? 1
  const most = select.max_values ?? 1
  // Nothing at all can be sent where nothing is required.
  const mayBeEmpty = values.length === 0 && select.required === false
  if ((values.length < fewest && !mayBeEmpty) || values.length > most) {
    throw new Cannot(`"${called}" takes ${fewest} to ${most} values, was given ${values.length}`)
  }
  return values
}

function valueFor(select: Component, wanted: string, resolved: Resolved): string | undefined {
  switch (select.type) {
    case component.userSelect:
      return resolved.user(wanted)
    case component.roleSelect:
      return resolved.role(wanted)
    case component.mentionableSelect:
      return resolved.user(wanted) ?? resolved.role(wanted)
    case component.channelSelect:
      return resolved.channel(wanted, select.channel_types)
    default:
      return select.options?.find((one) => one.value === wanted || one.label === wanted)?.value
  }
}

function theOne(
  message: Message,
  wanted: string,
  kind: string,
  fits: (one: Component) => boolean,
): Component {
  const all = [...componentsIn(message.components)].filter(fits)
  const byId = all.filter((one) => one.custom_id === wanted)
  const found = byId.length > 0 ? byId : all.filter((one) => nameOf(one) === wanted)
  const [first, second] = found
  if (first === undefined) {
    throw new Cannot(`there is no ${kind} "${wanted}" here, only: ${all.map(nameOf).join(', ') || 'none'}`)
  }
  if (second !== undefined) throw new Cannot(`two ${kind}s are called "${wanted}"`)
  return first
}

const nameOf = (one: Component): string =>
  one.label ?? one.placeholder ?? one.emoji?.name ?? one.custom_id ?? ''
