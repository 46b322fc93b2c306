import { Cannot } from './cannot.ts'
import { commandType, context, option, permission } from './numbers.ts'
import { may, permissionsOf } from './permissions.ts'
import { type PersonsFile, Resolved } from './resolved.ts'
import type { RegisteredCommand, RegisteredOption, State } from './state.ts'
import type { Place } from './where.ts'

/** What a person fills an option with; people, roles and channels by name. */
export type OptionValue =
  | string
  | number
  | boolean
  | { user: string }
  | { role: string }
  | { channel: string }
  | { file: PersonsFile }

export type OptionValues = Readonly<Record<string, OptionValue>>

/** The command a person finds in the menu here, or why he does not. */
export function commandFor(state: State, name: string, type: number, place: Place): RegisteredCommand {
  const own = place.kind === 'guild' ? (state.commands.get(place.guild.id) ?? []) : []
  const found = [...own, ...(state.commands.get('') ?? [])].find(
    (one) => one.name === name && one.type === type,
  )
  if (found === undefined) {
    const known = [...own, ...(state.commands.get('') ?? [])].map((one) => one.name).join(', ')
    throw new Cannot(`there is no command "${name}" here; registered are: ${known || 'none'}`)
  }
  if (place.kind === 'dm' && !(found.contexts?.includes(context.botDm) ?? found.dm_permission)) {
    throw new Cannot(`the command "${name}" is not offered in DMs`)
  }
  if (place.kind === 'guild') {
    if (found.contexts !== null && !found.contexts.includes(context.guild)) {
      throw new Cannot(`the command "${name}" is not offered in guilds`)
    }
    const wanted = found.default_member_permissions
    // "0" is for administrators only: they come with every bit.
    const bits = wanted === '0' ? permission.administrator : BigInt(wanted ?? 0)
    if (!may(permissionsOf(place.guild, place.member), bits)) {
      throw new Cannot(`the menu does not show "${name}" to ${place.member.user.username}`)
    }
  }
  return found
}

/**
 * `data` of a slash command's interaction, as Discord's client makes it of `settings roles` and the values. With
 * `focused` for an autocomplete: nothing is required yet and the typed text is sent as it is.
 */
export function commandData(
  state: State,
  words: string,
  values: OptionValues,
  place: Place,
  focused?: string,
): { data: Record<string, unknown>; focusedType: number | undefined } {
  const [name = '', ...path] = words.trim().replace(/^\//, '').split(/\s+/)
  const command = commandFor(state, name, commandType.chatInput, place)
  const resolved = new Resolved(state, place.kind === 'guild' ? place.guild : undefined)
  let level: readonly RegisteredOption[] = command.options
  const steps: RegisteredOption[] = []
  for (const word of path) {
    const step = level.find((one) => one.name === word && one.type <= option.group)
    if (step === undefined) throw new Cannot(`"/${name}" has no subcommand "${word}"`)
    steps.push(step)
    level = step.options ?? []
  }
  if (level.some((one) => one.type <= option.group)) {
    throw new Cannot(`"/${words}" needs a subcommand: ${level.map((one) => one.name).join(', ')}`)
  }
  const filled = fill(level, values, resolved, words, focused)
  const nested = steps.reduceRight<unknown[]>(
    (inside, step) => [{ type: step.type, name: step.name, options: inside }],
    filled,
  )
  return {
    data: {
      id: command.id,
      name: command.name,
      type: command.type,
      options: nested,
      ...(command.guild_id === undefined ? {} : { guild_id: command.guild_id }),
      ...resolved.field(),
    },
    focusedType: level.find((one) => one.name === focused)?.type,
  }
}

function fill(
  level: readonly RegisteredOption[],
  values: OptionValues,
  resolved: Resolved,
  words: string,
  focused: string | undefined,
): Record<string, unknown>[] {
  for (const name of Object.keys(values)) {
    if (!level.some((one) => one.name === name)) throw new Cannot(`"/${words}" has no option "${name}"`)
  }
  if (focused !== undefined) {
    const typed = level.find((one) => one.name === focused)
    if (typed === undefined) throw new Cannot(`"/${words}" has no option "${focused}"`)
    if (typed.autocomplete !== true) throw new Cannot(`"${focused}" of "/${words}" has no autocomplete`)
  }
  const filled: Record<string, unknown>[] = []
  for (const one of level) {
    const value = values[one.name]
    if (one.name === focused) {
      filled.push({ type: one.type, name: one.name, value: String(value ?? ''), focused: true })
    } else if (value !== undefined) {
      filled.push({ type: one.type, name: one.name, value: taken(one, value, resolved) })
    } else if (one.required === true && focused === undefined) {
      throw new Cannot(`"/${words}" needs the option "${one.name}"`)
    }
  }
  // In the order in which the person gave them, as Discord sends them.
  const order = Object.keys(values)
  return filled.sort((a, b) => order.indexOf(String(a.name)) - order.indexOf(String(b.name)))
}

/** The value as it is sent, refused where Discord's client would not take it. */
function taken(one: RegisteredOption, value: OptionValue, resolved: Resolved): unknown {
  const refuse = (why: string) =>
    new Cannot(`the option "${one.name}" ${why}, was given ${JSON.stringify(value)}`)
  const known = (id: string | undefined) => {
    if (id === undefined) throw refuse('finds nobody and nothing of that name')
    return id
  }
  switch (one.type) {
    case option.string: {
      if (typeof value !== 'string') throw refuse('takes text')
      if (value === '') throw refuse('is not left empty')
      const length = [...value].length
      if (length < (one.min_length ?? 0)) throw refuse(`takes at least ${one.min_length} characters`)
      if (length > (one.max_length ?? 6000))
        throw refuse(`takes at most ${one.max_length ?? 6000} characters`)
      return chosen(one, value, refuse)
    }
    case option.integer:
    case option.number: {
      if (typeof value !== 'number') throw refuse('takes a number')
      if (one.type === option.integer && !Number.isInteger(value)) throw refuse('takes a whole number')
      if (value < (one.min_value ?? Number.NEGATIVE_INFINITY)) throw refuse(`takes ${one.min_value} or more`)
      if (value > (one.max_value ?? Number.POSITIVE_INFINITY)) throw refuse(`takes ${one.max_value} or less`)
      return chosen(one, value, refuse)
    }
    case option.boolean:
      if (typeof value !== 'boolean') throw refuse('takes true or false')
      return value
    case option.user:
      if (typeof value !== 'object' || !('user' in value)) throw refuse('takes a { user }')
      return known(resolved.user(value.user))
    case option.role:
      if (typeof value !== 'object' || !('role' in value)) throw refuse('takes a { role }')
      return known(resolved.role(value.role))
    case option.channel:
      if (typeof value !== 'object' || !('channel' in value)) throw refuse('takes a { channel }')
      return known(resolved.channel(value.channel, one.channel_types))
    case option.mentionable:
      if (typeof value === 'object' && 'user' in value) return known(resolved.user(value.user))
      if (typeof value === 'object' && 'role' in value) return known(resolved.role(value.role))
      throw refuse('takes a { user } or { role }')
    case option.attachment:
      if (typeof value !== 'object' || !('file' in value)) throw refuse('takes a { file }')
      return resolved.file(value.file)
    default:
      throw refuse('is of a type that the pretend Discord does not know')
  }
}

/** Choices bind; autocomplete does not. A choice may be given by its value or by the name a person sees. */
function chosen(
  one: RegisteredOption,
  value: string | number,
  refuse: (why: string) => Cannot,
): string | number {
  if (one.choices === undefined || one.choices === null || one.choices.length === 0) return value
  const choice = one.choices.find((each) => each.value === value || each.name === value)
  if (choice === undefined) throw refuse(`offers ${one.choices.map((each) => each.name).join(', ')}`)
  return choice.value
}
