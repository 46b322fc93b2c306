import { option } from '../numbers.ts'
import { type Breach, below, report, start } from './breach.ts'
import { anything, type Check, listOf, oneOf, text, thing } from './shape.ts'

/** The 32 languages Discord speaks. @see https://docs.discord.com/developers/reference#locales */
export const locales =
  'id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko'.split(
    ' ',
  )

export const localized =
  (each: Check): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null) return report(at, 'must be texts by locale')
    for (const [locale, words] of Object.entries(value)) {
      oneOf(...locales)(locale, { ...below(at, locale), rule: 'locale' })
      if (words !== null) each(words, below(at, locale))
    }
  }

/** One choice of an option of this type; values are texts up to 100 or numbers. */
export const choiceFor = (type: unknown): Check =>
  thing({
    noun: 'choice',
    fields: {
      name: text(100, 1),
      name_localizations: localized(text(100, 1)),
      value: (value, at) => {
        if (type === option.string) return text(100)(value, at)
        if (type === option.integer || type === option.number) {
          if (typeof value !== 'number' || (type === option.integer && !Number.isInteger(value))) {
            report(at, `must be ${type === option.integer ? 'a whole number' : 'a number'}`)
          }
          return
        }
        report(at, 'only text and number options have choices')
      },
    },
    required: ['name', 'value'],
  })

/** The answer to an autocomplete: up to 25 choices of the option's type. */
export function choicesBreaches(data: unknown, type: number): Breach[] {
  const at = start('choices', 'data')
  thing({
    noun: 'choices',
    fields: { choices: listOf(choiceFor(type), 25), title: anything },
    required: ['choices'],
  })(data, at)
  return at.breaches
}
