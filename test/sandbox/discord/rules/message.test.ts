import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/sandbox/discord/json.ts'
import { type MessagePlace, messageBreaches } from '../../../../src/sandbox/discord/rules/message.ts'

const v2 = 1 << 15
const rules = (body: JsonObject, place: MessagePlace = 'channel', before?: JsonObject) =>
  messageBreaches(body, place, {
    ...(before === undefined
      ? {}
      : { before: { content: '', embeds: [], components: [], attachments: [], flags: 0, ...before } }),
  }).map((breach) => breach.rule)

const letters = (count: number) => 'x'.repeat(count)
const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const button = (fields: JsonObject = {}) => ({ type: 2, style: 1, label: 'Go', custom_id: 'go', ...fields })
const row = (...components: JsonObject[]) => ({ type: 1, components })
const options = (count: number) => list(count, (index) => ({ label: `L${index}`, value: `${index}` }))
const select = (fields: JsonObject = {}) => ({ type: 3, custom_id: 'choose', options: options(3), ...fields })
const withButton = (fields: JsonObject) => ({ components: [row(button(fields))] })
const withSelect = (fields: JsonObject) => ({ components: [row(select(fields))] })
const words = (content: string) => ({ type: 10, content })
const inV2 = (...components: JsonObject[]) => ({ flags: v2, components })

describe('what Discord takes', () => {
  it.each<[string, JsonObject]>([
    ['content to its limit', { content: letters(2000) }],
    ['2,000 smileys, each one character', { content: '😀'.repeat(2000) }],
    ['ten embeds', { embeds: list(10, () => ({ title: 'a' })) }],
    [
      'an embed to its limits',
      { embeds: [{ title: letters(256), description: letters(4096), footer: { text: letters(1500) } }] },
    ],
    [
      'five rows of five buttons',
      { components: list(5, (r) => row(...list(5, (c) => button({ custom_id: `${r}${c}` })))) },
    ],
    ['a select of 25', withSelect({ options: options(25), max_values: 25, min_values: 0 })],
    ['a link button', { components: [row({ type: 2, style: 5, label: 'Go', url: 'https://example.org' })] }],
    ['a button with an emoji alone', withButton({ label: null, emoji: { name: '✅' } })],
    [
      'an entity select',
      { components: [row({ type: 6, custom_id: 'a', default_values: [{ id: '1', type: 'role' }] })] },
    ],
    ['40 components with V2', inV2(...list(40, (index) => words(`${index}`)))],
    ['4,000 characters with V2', inV2(words(letters(2000)), words(letters(2000)))],
    [
      'every V2 component',
      inV2(
        {
          type: 17,
          accent_color: 1,
          components: [words('a'), row(button()), { type: 14, divider: true, spacing: 2 }],
        },
        { type: 9, components: [words('b')], accessory: button({ custom_id: 'b' }) },
        {
          type: 9,
          components: [words('c')],
          accessory: { type: 11, media: { url: 'https://example.org/a.png' } },
        },
        { type: 12, items: [{ media: { url: 'attachment://a.png' } }] },
        { type: 13, file: { url: 'attachment://a.csv' } },
      ),
    ],
    [
      'mentions allowed by name and kind',
      { content: 'a', allowed_mentions: { parse: ['users'], roles: ['1'] } },
    ],
  ])('%s', (_what, body) => {
    expect(rules(body)).toEqual([])
  })
})

describe('what Discord refuses in a message', () => {
  it.each<[string, JsonObject]>([
    ['message.empty', {}],
    ['message.empty', { content: '  ' }],
    ['message.content', { content: letters(2001) }],
    ['message.content', { content: 5 }],
    ['message.unknown-key', { content: 'a', contents: 'b' }],
    ['message.embeds', { embeds: list(11, () => ({ title: 'a' })) }],
    ['message.rows', { components: list(6, (index) => row(button({ custom_id: `${index}` }))) }],
    ['message.component-place', { components: [button()] }],
    ['message.component-place', { components: [words('a')] }],
    ['message.component-place', inV2(button())],
    ['message.components', { content: 'a', components: {} }],
    ['message.components-total', inV2({ type: 17, components: list(40, (index) => words(`${index}`)) })],
    ['message.text-total', inV2(words(letters(2001)), words(letters(2000)))],
    ['message.v2-alone', { ...inV2(words('a')), content: 'b' }],
    ['message.v2-alone', { ...inV2(words('a')), embeds: [{ title: 'b' }] }],
    ['message.v2-alone', { ...inV2(words('a')), sticker_ids: ['1'] }],
    ['message.v2-alone', { ...inV2(words('a')), poll: {} }],
    ['message.flags-channel', { content: 'a', flags: 64 }],
    ['message.nonce', { content: 'a', nonce: letters(26) }],
    ['allowed-mentions.conflict', { content: 'a', allowed_mentions: { parse: ['users'], users: ['1'] } }],
    ['allowed-mentions.parse', { content: 'a', allowed_mentions: { parse: ['all'] } }],
    ['allowed-mentions.users', { content: 'a', allowed_mentions: { users: list(101, String) } }],
    ['allowed-mentions.unknown-key', { content: 'a', allowed_mentions: { user: [] } }],
    ['component.custom_id-unique', { components: [row(button(), button())] }],
    ['component.id-unique', inV2({ ...words('a'), id: 4 }, { ...words('b'), id: 4 })],
    ['row.buttons', { components: [row(...list(6, (index) => button({ custom_id: `${index}` })))] }],
    ['row.empty', { components: [row()] }],
    ['row.select-alone', { components: [row(select(), button())] }],
    ['row.content', { components: [row(words('a'))] }],
    ['section.content', inV2({ type: 9, components: [button()], accessory: button() })],
    ['section.accessory', inV2({ type: 9, components: [words('a')] })],
    ['section.components', inV2({ type: 9, components: list(4, () => words('a')), accessory: button() })],
    ['container.content', inV2({ type: 17, components: [{ type: 17, components: [words('a')] }] })],
    ['container.accent_color', inV2({ type: 17, accent_color: 2 ** 24, components: [words('a')] })],
    ['gallery.items', inV2({ type: 12, items: [] })],
    ['file.url', inV2({ type: 13, file: { url: 'https://example.org' } })],
    ['text-display.content', inV2(words(''))],
  ])('%s: %j', (rule, body) => {
    expect(rules(body)).toContain(rule)
  })

  it.each<[string, JsonObject]>([
    ['button.label', { label: letters(81) }],
    ['button.custom_id', { custom_id: letters(101) }],
    ['button.custom_id', { custom_id: '' }],
    ['button.custom_id', { custom_id: null }],
    ['button.face', { label: null }],
    ['button.url', { url: 'https://example.org' }],
    ['button.link', { style: 5, url: 'https://example.org' }],
    ['button.link', { style: 5, custom_id: null }],
    ['button.url', { style: 5, custom_id: null, url: `https://example.org/${letters(500)}` }],
    ['button.url', { style: 5, custom_id: null, url: 'javascript:1' }],
    ['button.premium', { style: 6, custom_id: null, label: null }],
    ['button.premium', { style: 6, sku_id: '1' }],
    ['button.style', { style: 7 }],
    ['button.unknown-key', { customId: 'a' }],
    ['emoji.name', { emoji: { name: letters(33) } }],
  ])('%s: a button with %j', (rule, fields) => {
    expect(rules(withButton(fields))).toContain(rule)
  })

  it.each<[string, JsonObject]>([
    ['select.options', { options: options(26) }],
    ['select.options', { options: [] }],
    ['select.options', { options: null }],
    ['select.custom_id', { custom_id: letters(101) }],
    ['select.placeholder', { placeholder: letters(151) }],
    ['select.min-max', { min_values: 2 }],
    ['select.min_values', { min_values: -1 }],
    ['select.max_values', { max_values: 26 }],
    ['select.max_values', { max_values: 4 }],
    ['select.values-unique', { options: [...options(1), ...options(1)] }],
    ['select.defaults', { options: options(2).map((one) => ({ ...one, default: true })) }],
    ['select.unknown-key', { default_values: [] }],
    ['select-option.label', { options: [{ label: letters(101), value: 'a' }] }],
    ['select-option.label', { options: [{ label: '', value: 'a' }] }],
    ['select-option.value', { options: [{ label: 'a', value: letters(101) }] }],
    ['select-option.description', { options: [{ label: 'a', value: 'a', description: letters(101) }] }],
    ['select-option.unknown-key', { options: [{ label: 'a', value: 'a', selected: true }] }],
    ['select.channel_types', { type: 8, options: null, channel_types: [99] }],
    ['default-value.type', { type: 5, options: null, default_values: [{ id: '1', type: 'role' }] }],
    [
      'select.defaults',
      { type: 5, options: null, default_values: list(2, (id) => ({ id: `${id}`, type: 'user' })) },
    ],
  ])('%s: a select with %j', (rule, fields) => {
    expect(rules(withSelect(fields))).toContain(rule)
  })

  it.each<[string, JsonObject]>([
    ['embed.title', { title: letters(257) }],
    ['embed.description', { description: letters(4097) }],
    ['embed.url', { title: 'a', url: 'nowhere' }],
    ['embed.color', { color: 2 ** 24 }],
    ['embed.timestamp', { timestamp: 'yesterday' }],
    ['embed.fields', { fields: list(26, () => ({ name: 'a', value: 'b' })) }],
    ['embed.unknown-key', { titel: 'a' }],
    ['embed-field.name', { fields: [{ name: letters(257), value: 'a' }] }],
    ['embed-field.value', { fields: [{ name: 'a', value: letters(1025) }] }],
    ['embed-field.value', { fields: [{ name: 'a', value: '' }] }],
    ['embed-footer.text', { footer: { text: letters(2049) } }],
    ['embed-author.name', { author: { name: letters(257) } }],
    ['embed-image.url', { image: { url: 'file:///a' } }],
  ])('%s: an embed with %j', (rule, embed) => {
    expect(rules({ embeds: [embed] })).toContain(rule)
  })

  it('embeds.total: more than 6,000 characters over all embeds', () => {
    const embeds = [{ description: letters(4000) }, { description: letters(2001) }]
    expect(rules({ embeds })).toEqual(['embeds.total'])
  })
})

describe('what depends on the place', () => {
  it.each<[MessagePlace, number, boolean]>([
    ['reply', 64, true],
    ['follow-up', 64, true],
    ['defer', 64, true],
    ['defer', 64 | v2, false],
    ['update', 64, false],
    ['webhook-edit', 64, false],
    ['webhook-edit', v2, true],
    ['channel-edit', v2, true],
    ['channel-edit', 64, false],
    ['channel', 4096, true],
  ])('%s with the flags %i is allowed: %s', (place, flags, isAllowed) => {
    const body = (flags & v2) === 0 ? { content: 'a', flags } : { flags, components: [words('a')] }
    expect(rules(body, place).includes(`message.flags-${place}`)).toBe(!isAllowed)
  })

  it('an edit may leave everything as it is, but not nothing', () => {
    expect(rules({}, 'webhook-edit', { content: 'a' })).toEqual([])
    expect(rules({ content: '' }, 'webhook-edit', { content: 'a' })).toEqual(['message.empty'])
    expect(rules({ components: [] }, 'channel-edit', { components: [row(button())] })).toEqual([
      'message.empty',
    ])
    expect(rules({ content: null }, 'channel-edit', { content: 'a', embeds: [{}] })).toEqual([])
  })

  it('the V2 flag stays, and needs what was there to be taken away', () => {
    const components = [words('a')]
    expect(rules({ flags: 0 }, 'webhook-edit', { flags: v2, components })).toEqual(['message.v2-stays'])
    expect(rules({ content: 'a' }, 'webhook-edit', { flags: v2, components })).toEqual(['message.v2-alone'])
    expect(rules({ components }, 'webhook-edit', { flags: v2, components })).toEqual([])
    expect(rules({ flags: v2, components }, 'channel-edit', { content: 'a' })).toEqual(['message.v2-alone'])
    expect(rules({ flags: v2, components, content: null }, 'channel-edit', { content: 'a' })).toEqual([])
  })

  it('a message reference belongs to channels only', () => {
    const body = { content: 'a', message_reference: { message_id: '1' } }
    expect(rules(body)).toEqual([])
    expect(rules(body, 'reply')).toEqual(['message.unknown-key'])
  })

  it('files are content, and a path says where the body stands', () => {
    expect(messageBreaches({}, 'reply', { files: 1 })).toEqual([])
    expect(messageBreaches({ content: letters(2001) }, 'reply', { path: 'data' })[0]?.path).toBe(
      'data.content',
    )
  })
})
