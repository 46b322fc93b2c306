import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/sandbox/discord/json.ts'
import { callbackMisfit } from '../../../../src/sandbox/discord/rules/callback.ts'
import { choicesBreaches } from '../../../../src/sandbox/discord/rules/choices.ts'
import { commandBreaches, commandsTogether } from '../../../../src/sandbox/discord/rules/command.ts'

const letters = (count: number) => 'x'.repeat(count)
const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const command = (fields: JsonObject = {}) => ({ name: 'invite', description: 'Invites', ...fields })
const option = (fields: JsonObject = {}) => ({ type: 3, name: 'email', description: 'Whom', ...fields })
const withOptions = (...options: JsonObject[]) => command({ options })
const sub = (name: string, ...options: JsonObject[]) => ({ type: 1, name, description: 'a', options })
const rules = (body: unknown, isGuildCommand = false) =>
  commandBreaches(body, isGuildCommand).map((breach) => breach.rule)

describe('what Discord takes as a command', () => {
  it.each<[string, JsonObject]>([
    ['a plain one', command()],
    ['one in another script', command({ name: 'приглашение', name_localizations: { de: 'einladen' } })],
    [
      'one for administrators',
      command({ default_member_permissions: '0', contexts: [0], integration_types: [0] }),
    ],
    ['a user menu with spaces and capitals', { name: 'Invite to Plex', type: 2 }],
    [
      '25 options, required first',
      withOptions(...list(25, (index) => option({ name: `o${index}`, required: index < 3 }))),
    ],
    [
      'groups of subcommands',
      withOptions({ type: 2, name: 'more', description: 'a', options: [sub('a', option())] }, sub('b')),
    ],
    [
      '25 choices',
      withOptions(option({ choices: list(25, (index) => ({ name: `${index}`, value: `${index}` })) })),
    ],
    ['numbers with bounds', withOptions(option({ type: 4, min_value: 1, max_value: 2 }))],
  ])('%s', (_what, body) => {
    expect(rules(body)).toEqual([])
  })
})

describe('what Discord refuses in a command', () => {
  it.each<[string, JsonObject]>([
    ['command.name', command({ name: 'Invite' })],
    ['command.name', command({ name: 'in vite' })],
    ['command.name', command({ name: letters(33) })],
    ['command.name', { description: 'a' }],
    ['command.description', { name: 'a' }],
    ['command.description', command({ description: letters(101) })],
    ['command.unknown-key', command({ permission: '0' })],
    ['command.type', command({ type: 9 })],
    ['command.contexts', command({ contexts: [] })],
    ['command.default_member_permissions', command({ default_member_permissions: 'admin' })],
    ['command.name_localizations', command({ name_localizations: { de: 'Einladen' } })],
    ['locale', command({ name_localizations: { german: 'einladen' } })],
    ['command.menu-description', { name: 'Invite', type: 2, description: 'a' }],
    ['command.menu-options', { name: 'Invite', type: 2, options: [option()] }],
    [
      'command.characters',
      withOptions(
        ...list(25, (index) =>
          option({
            name: `o${index}`,
            choices: list(4, (one) => ({ name: `${one}`, value: `${one}${letters(90)}` })),
          }),
        ),
      ),
    ],
    ['options.count', withOptions(...list(26, (index) => option({ name: `o${index}` })))],
    ['options.names-unique', withOptions(option(), option())],
    ['options.names-unique', withOptions(option({ name_localizations: { de: 'b' } }), option({ name: 'b' }))],
    ['options.required-first', withOptions(option(), option({ name: 'b', required: true }))],
    ['options.required-first', withOptions(sub('a', option(), option({ name: 'b', required: true })))],
    ['options.mixed', withOptions(option(), sub('a'))],
    ['option.nesting', withOptions(sub('a', sub('b')))],
    ['option.nesting', withOptions({ type: 2, name: 'a', description: 'a', options: [option()] })],
    ['option.group-empty', withOptions({ type: 2, name: 'a', description: 'a' })],
    ['option.type', withOptions(option({ type: 12 }))],
    ['option.name', withOptions(option({ name: 'E-Mail' }))],
    ['option.description', withOptions(option({ description: '' }))],
    ['option.unknown-key', withOptions(option({ min_value: 1 }))],
    ['option.unknown-key', withOptions(option({ type: 6, choices: [] }))],
    [
      'option.choices',
      withOptions(option({ choices: list(26, (index) => ({ name: `${index}`, value: `${index}` })) })),
    ],
    [
      'choices.names-unique',
      withOptions(
        option({
          choices: [
            { name: 'a', value: '1' },
            { name: 'a', value: '2' },
          ],
        }),
      ),
    ],
    ['choice.name', withOptions(option({ choices: [{ name: letters(101), value: '1' }] }))],
    ['choice.value', withOptions(option({ choices: [{ name: 'a', value: letters(101) }] }))],
    ['choice.value', withOptions(option({ choices: [{ name: 'a', value: 1 }] }))],
    ['choice.value', withOptions(option({ type: 4, choices: [{ name: 'a', value: 1.5 }] }))],
    [
      'option.autocomplete-choices',
      withOptions(option({ autocomplete: true, choices: [{ name: 'a', value: '1' }] })),
    ],
    ['option.min-max', withOptions(option({ type: 4, min_value: 3, max_value: 2 }))],
    ['option.min-max', withOptions(option({ min_length: 3, max_length: 2 }))],
  ])('%s: %j', (rule, body) => {
    expect(rules(body)).toContain(rule)
  })

  it('command.global-only: contexts of a guild command', () => {
    expect(rules(command({ contexts: [0] }), true)).toEqual(['command.global-only'])
  })

  it.each([
    [1, 101],
    [2, 16],
    [3, 16],
    [4, 2],
  ])('commands.count: of type %i there are %i', (type, count) => {
    const all = list(count, (index) => ({ type, name: `c${index}` }))
    expect(commandsTogether(all).map((breach) => breach.rule)).toEqual(['commands.count'])
    expect(commandsTogether(all.slice(1))).toEqual([])
  })

  it('commands.names-unique: a name twice among one type', () => {
    expect(commandsTogether([{ name: 'a' }, { name: 'a' }]).map((one) => one.rule)).toEqual([
      'commands.names-unique',
    ])
    expect(commandsTogether([{ name: 'a' }, { name: 'a', type: 2 }])).toEqual([])
  })
})

describe('what Discord refuses as choices of an autocomplete', () => {
  it.each<[string, unknown]>([
    ['choices.choices', { choices: list(26, (index) => ({ name: `${index}`, value: `${index}` })) }],
    ['choices.choices', {}],
    ['choice.name', { choices: [{ name: '', value: 'a' }] }],
    ['choice.name', { choices: [{ name: letters(101), value: 'a' }] }],
    ['choice.value', { choices: [{ name: 'a', value: letters(101) }] }],
    ['choice.value', { choices: [{ name: 'a', value: 7 }] }],
    ['choice.unknown-key', { choices: [{ name: 'a', value: 'a', label: 'a' }] }],
  ])('%s', (rule, data) => {
    expect(choicesBreaches(data, 3).map((breach) => breach.rule)).toContain(rule)
  })

  it('nothing at all is fine', () => {
    expect(choicesBreaches({ choices: [] }, 3)).toEqual([])
  })
})

describe('which answer fits which interaction', () => {
  const command = { type: 2, hasMessage: false }
  const press = { type: 3, hasMessage: true }
  const typing = { type: 4, hasMessage: false }
  const submit = { type: 5, hasMessage: false }
  const submitFromMessage = { type: 5, hasMessage: true }
  it.each([
    ['a command', command, [4, 5, 9]],
    ['a press', press, [4, 5, 6, 7, 9]],
    ['an autocomplete', typing, [8]],
    ['a modal', submit, [4, 5]],
    ['a modal opened from a message', submitFromMessage, [4, 5, 6, 7]],
  ])('%s', (_what, to, fitting) => {
    const types = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, undefined]
    expect(types.filter((type) => callbackMisfit(type, to) === undefined)).toEqual(fitting)
  })
})
