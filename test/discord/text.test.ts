import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskedEmail, plain } from '../../src/discord/text.ts'

/** What Discord would act upon if it stood in a message as it is. */
const alive = [
  /@(everyone|here)/iu,
  /<(@[!&]?|#|a?:|t:|\/|id:)/u,
  /https?:\/\//iu,
  /discord(app)?\.(gg|com)/iu,
  /(^|[^\\])[*_~|`]/u,
  /^\s*(#{1,3}|>|-#|[-*+]|\d+\.)\s/mu,
  /\]\(/u,
]
const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '@everyone',
          '@here',
          '<@1>',
          '<@&2>',
          '<#3>',
          '<:a:4>',
          '<t:0:R>',
          '</x:1>',
          'https://evil.example',
        ],
        ...[
          'discord.gg/x',
          'www.evil.example',
          '[a](https://b.example)',
          '# big',
          '> quote',
          '- item',
          '-# small',
        ],
        ...[
          '1. one',
          '**',
          '__',
          '~~',
          '||',
          '`',
          '```',
          '\n',
          '\r\n',
          '\u202e',
          '\u200d',
          '\u0000',
          '\\',
          ' ',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)

describe('text that people or plex.tv wrote', () => {
  test('does nothing in a message, whatever it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = plain(text)
        for (const pattern of alive) expect(shown).not.toMatch(pattern)
        expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      }),
      { numRuns: 3_000, seed: 7 },
    )
  })

  test.each([
    ['Movies', 'Movies'],
    ['Kid’s & Teens <3', 'Kid’s & Teens <\u200b3'],
    ['mira_q', 'mira\\_q'],
    ['Amélie 🎬', 'Amélie 🎬'],
    ['jonas.b', 'jonas.b'],
  ])('%j reads as it is', (text, shown) => {
    expect(plain(text)).toBe(shown)
  })

  test('is cut where it is too long', () => {
    expect(plain('x'.repeat(200), 10)).toBe('xxxxxxxxx…')
  })
})

test('a masked address can be recognised by its owner and by nobody else', () => {
  expect(maskedEmail('mira@example.com')).toBe('m•••@e•••.com')
})
