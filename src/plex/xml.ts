import { XMLParser, XMLValidator } from 'fast-xml-parser'

/**
 * An element: its attributes as strings and its children, by name, always as a list. Text stands under `#text`, and
 * markup that is commented out under `#comment`: who counts rows must know that there is one that he cannot read.
 */
export interface XmlElement {
  [name: string]: string | XmlElement[]
}
export interface XmlDocument {
  root: string
  element: XmlElement
}

/** The document is none, or one that must not be read. The message names the reason and quotes nothing. */
export class BadXml extends Error {
  override readonly name = 'BadXml'
}

/**
 * Reads a whole document or throws `BadXml`: what is cut off, has two roots or anything behind the root is no shorter
 * list but no list. No entity that a document declares itself is ever expanded, no value is ever guessed to be a
 * number. Where an attribute and a child have the same name, the attribute wins (sign_in.xml has such).
 */
export function parseXml(text: string): XmlDocument {
  if (/<!(?:DOCTYPE|ENTITY)/iu.test(text)) throw new BadXml('a document type')
  // The parser alone returns the rows before a cut without a word.
  if (XMLValidator.validate(text) !== true) throw new BadXml('not well formed')
  if (!endsWithATag(text)) throw new BadXml('text after the root')

  const [root, ...others] = Object.entries(parsed(text)).filter(
    ([name]) => !name.startsWith('?') && name !== '#comment',
  )
  if (root === undefined || others.length > 0) throw new BadXml('not one root')
  const [name, elements] = root
  if (!Array.isArray(elements) || elements.length !== 1) throw new BadXml('not one root')
  return { root: name, element: plain(elements[0]) }
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  commentPropName: '#comment',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // `&#39;` and other numeric references stay undecoded without it.
  htmlEntities: true,
  // One row must be a list too. The parser asks this for attributes as well.
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
})

function parsed(text: string): Record<string, unknown> {
  try {
    const document: unknown = parser.parse(text)
    if (isRecord(document)) return document
  } catch {
    // Names such as `__proto__`, and nesting beyond the parser's limit. Its message may quote the document.
  }
  throw new BadXml('not readable')
}

/** Parser and validator both let text behind the root pass. Comments may stand there. */
function endsWithATag(text: string): boolean {
  let rest = text.trimEnd()
  while (rest.endsWith('-->')) {
    const start = rest.lastIndexOf('<!--')
    if (start < 0) return false
    rest = rest.slice(0, start).trimEnd()
  }
  return rest.endsWith('>')
}

function plain(value: unknown): XmlElement {
  if (!isRecord(value)) return value === '' || value === undefined ? {} : { '#text': String(value) }
  const element: XmlElement = {}
  for (const [name, content] of Object.entries(value)) {
    if (name.startsWith('@')) element[name.slice(1)] = String(content)
    else if (name === '#text') element[name] = String(content)
    else if (name === '#comment') {
      const markup = asList(content).filter((comment) => String(comment).includes('<'))
      if (markup.length > 0) element[name] = markup.map(plain)
    } else if (!Object.hasOwn(value, `@${name}`)) element[name] = asList(content).map(plain)
  }
  return element
}

const asList = (content: unknown): unknown[] => (Array.isArray(content) ? content : [content])
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
