import { type JsonObject, objectIn, objectsIn, textIn } from '../json.ts'
import { type At, below, report } from './breach.ts'
import { address, anything, listOf, text, thing, truth, whole } from './shape.ts'

/** One embed of a message. Limits: 256, 4,096, 25 fields, 256/1,024, 2,048, 256. @see https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
export const embed = thing({
  noun: 'embed',
  fields: {
    title: text(256),
    type: anything,
    description: text(4096),
    url: address(2048, ['http:', 'https:']),
    timestamp: (value, at) => {
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) report(at, 'must be an ISO instant')
    },
    color: whole(0, 0xffffff),
    footer: thing({
      noun: 'embed-footer',
      fields: { text: text(2048), icon_url: address(2048), proxy_icon_url: anything },
    }),
    image: thing({ noun: 'embed-image', fields: media() }),
    thumbnail: thing({ noun: 'embed-thumbnail', fields: media() }),
    video: anything,
    provider: anything,
    author: thing({
      noun: 'embed-author',
      fields: {
        name: text(256),
        url: address(2048, ['http:', 'https:']),
        icon_url: address(2048),
        proxy_icon_url: anything,
      },
    }),
    fields: listOf(
      thing({
        noun: 'embed-field',
        fields: { name: text(256, 1), value: text(1024, 1), inline: truth },
        required: ['name', 'value'],
      }),
      25,
    ),
  },
})

/** 6,000 characters over all embeds of a message together, trimmed. */
export function embedsTogether(embeds: unknown, at: At): void {
  const total = objectsIn(embeds).reduce((sum, one) => sum + charactersOf(one), 0)
  if (total > 6000) {
    report(below(at, 'embeds'), `all embeds together may have 6000 characters, have ${total}`, 'embeds.total')
  }
}

function charactersOf(one: JsonObject): number {
  const parts = [one.title, one.description, objectIn(one.footer).text, objectIn(one.author).name]
  for (const field of objectsIn(one.fields)) parts.push(field.name, field.value)
  return parts.reduce<number>((sum, part) => sum + [...(textIn(part) ?? '').trim()].length, 0)
}

function media() {
  return { url: address(2048), proxy_url: anything, height: anything, width: anything, description: anything }
}
