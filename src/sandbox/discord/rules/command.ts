import { isObject, type JsonObject, listIn, numberIn, objectIn, objectsIn, textIn } from '../json.ts'
import { channelType, commandType, option } from '../numbers.ts'
import { type At, type Breach, below, report, start } from './breach.ts'
import { choiceFor, localized } from './choices.ts'
import { amount, anything, type Check, listOf, oneOf, text, thing, truth, whole } from './shape.ts'

/**
 * One application command. `isGuildCommand` because contexts and integration types are for global ones only.
 * @see https://docs.discord.com/developers/interactions/application-commands#application-command-object
 */
export function commandBreaches(command: unknown, isGuildCommand: boolean, path = ''): Breach[] {
  const at = start('command', path)
  commandShape(command, at)
  if (!isObject(command)) return at.breaches
  const type = numberIn(command.type) ?? commandType.chatInput
  if (type === commandType.chatInput) {
    slashName(command.name, below(at, 'name', 'command.name'))
    localizedNames(command, at)
    described(command, at)
    options(command.options, 0, below(at, 'options'))
  } else {
    if (textIn(command.description))
      report(below(at, 'description'), 'only slash commands have one', 'command.menu-description')
    if (listIn(command.options).length > 0)
      report(below(at, 'options'), 'only slash commands have options', 'command.menu-options')
  }
  if (isGuildCommand) {
    for (const field of ['contexts', 'integration_types']) {
      if (command[field] !== undefined && command[field] !== null) {
        report(below(at, field), 'global commands only', 'command.global-only')
      }
    }
  }
  const characters = charactersOf(command)
  if (characters > 8000) report(at, `may have 8000 characters, has ${characters}`, 'command.characters')
  return at.breaches
}

/** What holds for all commands of a scope together: 100 slash, 15 user, 15 message, names once per type. */
export function commandsTogether(commands: readonly unknown[]): Breach[] {
  const at = start('commands')
  const most: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15, 4: 1 }
  for (const [type, limit] of Object.entries(most)) {
    const names = objectsIn(commands)
      .filter((one) => (numberIn(one.type) ?? 1) === Number(type))
      .map((one) => one.name)
    if (names.length > limit) {
      report(at, `${names.length} commands of type ${type}, ${limit} allowed`, 'commands.count')
    }
    if (new Set(names).size < names.length)
      report(at, 'command names must be unique', 'commands.names-unique')
  }
  return at.breaches
}

const commandShape = thing({
  noun: 'command',
  fields: {
    id: anything,
    type: oneOf(...Object.values(commandType)),
    name: text(32, 1),
    name_localizations: localized(text(32, 1)),
    description: text(100),
    description_localizations: localized(text(100, 1)),
    options: anything,
    default_member_permissions: (value, at) => {
      if (!/^\d+$/.test(String(value))) report(at, 'must be a permission number, as digits')
    },
    default_permission: anything,
    dm_permission: truth,
    contexts: listOf(oneOf(0, 1, 2), 3, 1),
    integration_types: listOf(oneOf(0, 1), 2, 1),
    nsfw: truth,
    handler: oneOf(1, 2),
  },
  required: ['name'],
})

const optionFields = {
  type: oneOf(...Object.values(option)),
  name: text(32, 1),
  name_localizations: localized(text(32, 1)),
  description: text(100, 1),
  description_localizations: localized(text(100, 1)),
  required: truth,
}
const chosen = { choices: anything, autocomplete: truth }

/** Which further fields an option of each type has. */
const fieldsByType: Readonly<Record<number, Readonly<Record<string, Check>>>> = {
  [option.subcommand]: { options: anything },
  [option.group]: { options: anything },
  [option.string]: { ...chosen, min_length: whole(0, 6000), max_length: whole(1, 6000) },
  [option.integer]: {
    ...chosen,
    min_value: whole(-(2 ** 53), 2 ** 53),
    max_value: whole(-(2 ** 53), 2 ** 53),
  },
  [option.number]: { ...chosen, min_value: amount, max_value: amount },
  [option.channel]: {
    channel_types: listOf(oneOf(...Object.values(channelType), 3, 5, 10, 11, 12, 13, 14, 15, 16), 25),
  },
}
const optionShapes = new Map<number, Check>(
  Object.values(option).map((type) => [
    type,
    // discord.js' builders send `options: []`, `choices: undefined` and the like only where they belong.
    thing({
      noun: 'option',
      fields: { ...optionFields, ...fieldsByType[type] },
      required: ['type', 'name', 'description'],
      also: (value, at) => {
        slashName(value.name, below(at, 'name', 'option.name'))
        localizedNames(value, at)
        if (textIn(value.description) === '') report(at, 'a description is required', 'option.description')
        choices(value, at)
        ordered(value, 'min_value', 'max_value', at)
        ordered(value, 'min_length', 'max_length', at)
      },
    }),
  ]),
)

function options(value: unknown, depth: number, at: At): void {
  if (value === undefined || value === null) return
  listOf(anything, 25)(value, { ...at, rule: 'options.count' })
  const all = objectsIn(value)
  const names = all.map((one) => one.name)
  if (new Set(names).size < names.length) report(at, 'option names must be unique', 'options.names-unique')
  uniqueInEveryLanguage(all, at)
  let optionalSeen = false
  let nested = 0
  for (const [index, one] of all.entries()) {
    const here = below(at, index, 'option')
    const shape = optionShapes.get(numberIn(one.type) ?? -1)
    if (shape === undefined) {
      report(below(here, 'type'), 'is no type of option', 'option.type')
      continue
    }
    shape(one, here)
    if (one.type === option.subcommand || one.type === option.group) {
      nested += 1
      if (depth > (one.type === option.group ? 0 : 1)) {
        report(here, 'may not be nested here', 'option.nesting')
      }
      options(one.options, depth + (one.type === option.group ? 1 : 2), below(here, 'options'))
      if (one.type === option.group && listIn(one.options).length === 0) {
        report(here, 'a group holds subcommands', 'option.group-empty')
      }
      continue
    }
    if (depth === 1) report(here, 'a group holds subcommands only', 'option.nesting')
    if (one.required === true && optionalSeen) {
      report(here, 'required options come before optional ones', 'options.required-first')
    }
    if (one.required !== true) optionalSeen = true
  }
  if (nested > 0 && nested < all.length) {
    report(at, 'subcommands and other options cannot stand side by side', 'options.mixed')
  }
}

function choices(value: JsonObject, at: At): void {
  const given = listIn(value.choices)
  if (value.choices !== undefined && value.choices !== null) {
    listOf(choiceFor(value.type), 25)(value.choices, below(at, 'choices', 'option.choices'))
  }
  const names = objectsIn(given).map((one) => one.name)
  if (new Set(names).size < names.length) {
    report(below(at, 'choices'), 'choice names must be unique', 'choices.names-unique')
  }
  if (given.length > 0 && value.autocomplete === true) {
    report(at, 'an option has choices or autocomplete', 'option.autocomplete-choices')
  }
}

function ordered(value: JsonObject, least: string, most: string, at: At): void {
  const [low, high] = [numberIn(value[least]), numberIn(value[most])]
  if (low !== undefined && high !== undefined && low > high) {
    report(below(at, least), `${least} is above ${most}`, 'option.min-max')
  }
}

const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u

function slashName(name: unknown, at: At): void {
  if (typeof name !== 'string' || name === '') return
  if (!namePattern.test(name)) report(at, `"${name}" has characters that a name may not have`)
  else if (name !== name.toLowerCase()) report(at, `"${name}" must be lower case`)
}

function localizedNames(value: JsonObject, at: At): void {
  for (const [locale, name] of Object.entries(objectIn(value.name_localizations))) {
    slashName(name, below(below(at, 'name_localizations'), locale, `${at.rule}.name_localizations`))
  }
}

function uniqueInEveryLanguage(all: readonly JsonObject[], at: At): void {
  const languages = new Set(all.flatMap((one) => Object.keys(objectIn(one.name_localizations))))
  for (const language of languages) {
    const names = all.map((one) => objectIn(one.name_localizations)[language] ?? one.name)
    if (new Set(names).size < names.length) {
      report(at, `option names must be unique in ${language} too`, 'options.names-unique')
    }
  }
}

function described(command: JsonObject, at: At): void {
  if (!textIn(command.description)) {
    report(below(at, 'description'), 'a slash command needs one', 'command.description')
  }
}

/** Name, description and value of the command, its options and choices; of translations the longest counts. */
function charactersOf(one: JsonObject): number {
  const longest = (field: string) =>
    Math.max(
      [...(textIn(one[field]) ?? '')].length,
      ...Object.values(objectIn(one[`${field}_localizations`])).map((words) => [...String(words)].length),
    )
  const own = longest('name') + longest('description') + (textIn(one.value)?.length ?? 0)
  const inside = [...objectsIn(one.options), ...objectsIn(one.choices)]
  return inside.reduce((sum, each) => sum + charactersOf(each), own)
}
