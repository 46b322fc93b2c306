/** Writes XML as plex.tv does: two blanks a level, attributes in the order given, everything escaped. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>

export function document(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

/** `null` is an empty attribute, `undefined` is none. Children are written elements, of one line or of several. */
export function element(name: string, attributes: Attributes = {}, children: readonly string[] = []): string {
  let open = `<${name}`
  for (const key in attributes) {
    const value = attributes[key]
    if (value !== undefined) open += ` ${key}="${escaped(written(value))}"`
  }
  if (children.length === 0) return `${open}/>`
  return `${open}>\n${children.map(indented).join('\n')}\n</${name}>`
}

export function textElement(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`
}

const indented = (child: string) => `  ${child.replaceAll('\n', '\n  ')}`

function written(value: string | number | boolean | null): string {
  if (value === null) return ''
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value)
}

/** The apostrophe as a number, as Rails writes it: a reader that knows only the named five stumbles here. */
function escaped(text: string): string {
  return /[&<>"'\n]/u.test(text) ? text.replace(/[&<>"'\n]/gu, (c) => entities[c] ?? c) : text
}
const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\n': '&#10;',
}
