/**
 * Every text that comes from people or from plex.tv goes through here before Discord sees it: control, bidirectional
 * and invisible characters are taken out, markdown, mentions and links lose their effect, and it is cut.
 * (`allowed_mentions` is none on every message besides.)
 */
export function plain(text: string, most = 80): string {
  const shown = visible(text)
  const short = [...shown].length > most ? `${[...shown].slice(0, most - 1).join('')}…` : shown
  return defused(escaped(short))
}

function visible(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
    .replace(/ {2,}/gu, ' ')
    .trim()
}

/**
 * The label of an option in a select, where nothing is formatted. Discord takes 1 to 100 characters and refuses the
 * whole message where one is blank: a title of fillers and blanks is called `otherwise`.
 */
export function label(text: string, otherwise: string): string {
  const shown = visible(text)
  const isBlank = shown.replace(/[\s\u115f\u1160\u2800\u3164\uffa0]/gu, '') === ''
  // Cutting may split a pair of surrogates; half of one is no character.
  return isBlank ? otherwise : shown.slice(0, 100).replace(/[\ud800-\udbff]$/, '')
}

/**
 * A backslash before every character that starts formatting, and before what makes a heading, a quote or a list at
 * the start of a line. (`escapeMarkdown` of discord.js leaves brackets and the inside of code blocks as they are.)
 */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_~|[\]()]/gu, '\\$&')
    .replace(/^([-+>#]|\d+\.)/u, (start) => (/^\d/u.test(start) ? `${start.slice(0, -1)}\\.` : `\\${start}`))
}

/** A zero-width space takes the meaning from what Discord would otherwise make of it: mentions, links, tags. */
function defused(text: string): string {
  return text
    .replace(/@(?=everyone|here)/giu, `@${nothing}`)
    .replace(/</gu, `<${nothing}`)
    .replace(/:\/\//gu, `:${nothing}//`)
    .replace(/(discord(?:app)?)\.(gg|com)/giu, `$1${nothing}.$2`)
    .replace(/\bwww\./giu, `www${nothing}.`)
}
const nothing = '\u200b'

/** An address for those who may not see it: enough to recognise one's own. */
export function maskedEmail(email: string): string {
  const [local = '', domain = ''] = email.split('@')
  const dot = domain.lastIndexOf('.')
  return `${local.slice(0, 1)}•••@${domain.slice(0, 1)}•••${dot < 0 ? '' : domain.slice(dot)}`
}

/** "one library", "3 libraries". */
export function count(many: number, one: string, more: string): string {
  return many === 1 ? `one ${one}` : `${many} ${more}`
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[], word = 'and'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`
}

/** A time that every reader sees in his own zone: "in 2 minutes". */
export const relative = (time: Date) => `<t:${Math.floor(time.getTime() / 1000)}:R>`
/** A moment that every reader sees in his own zone. */
export const moment = (time: Date) => `<t:${Math.floor(time.getTime() / 1000)}:f>`
/** A date that every reader sees in his own zone. */
export const day = (time: Date) => `<t:${Math.floor(time.getTime() / 1000)}:D>`
