import { setImmediate as othersTurn } from 'node:timers/promises'
import type { z } from 'zod'
import { PlexError, type PlexErrorDetail } from './errors.ts'
import type { Listed } from './fields.ts'
import { judge } from './judge.ts'
import { scrub } from './scrub.ts'
import { BadXml, parseXml, type XmlDocument, type XmlElement } from './xml.ts'
import { parseLargeXml } from './xml-thread.ts'

/** What came back for one request, with what an error about it may say. */
export interface PlexAnswer {
  method: string
  route: string
  status: number
  body: string
  /** Whether the request could have changed something. */
  isWrite: boolean
}

/**
 * Reads an answer by a schema. JSON is handed over as it is; of XML the schema gets `{ '<root>': element }`, so that
 * a schema names the root it accepts and neither an HTML page nor an odd JSON reads as an empty list.
 * @throws PlexError `unexpected` for anything that is not wholly what the schema says
 */
export async function readAnswer<T>(answer: PlexAnswer, schema: z.ZodType<T>): Promise<T> {
  return checked(answer, await readContent(answer), schema)
}

/**
 * Reads a long list: all of it or, if one row is of another shape, nothing. `unread` is how many rows it must have
 * besides. It is checked in short bites, between
 * which others get their turn: a thousand rows at once would keep everybody waiting for 30 ms.
 * @throws PlexError `unexpected`
 */
export async function readList<T>(
  answer: PlexAnswer,
  list: z.ZodType<Listed>,
  row: z.ZodType<T>,
): Promise<{ rows: T[]; unread: number }> {
  const read: T[] = []
  const { rows: contents, unread } = await readAnswer(answer, list)
  // Parsing the text is one piece that cannot be cut: others get their turn before the rows are looked at.
  await othersTurn()
  let biteBegan = performance.now()
  for (const content of contents) {
    read.push(checked(answer, content, row))
    if (performance.now() - biteBegan < biteMs) continue
    await othersTurn()
    biteBegan = performance.now()
  }
  return { rows: read, unread }
}

const biteMs = 5

function checked<T>(answer: PlexAnswer, content: unknown, schema: z.ZodType<T>): T {
  const read = schema.safeParse(content)
  if (read.success) return read.data
  throw unreadable(answer, `of another shape at ${read.error.issues[0]?.path.join('.') || 'its root'}`)
}

/** For writes whose answer proves nothing: a success may be empty, but an error in a success's clothes is an error. */
export async function acceptAnswer(answer: PlexAnswer): Promise<unknown> {
  return answer.body.trim() === '' ? undefined : readContent(answer)
}

/** From this size on XML is read in another thread: 200 kB take 22 ms, in which nobody gets an answer. */
const largeXml = 100_000

/** The first byte decides: plex.tv answers XML where JSON was asked for, and labels it as JSON or text. */
async function readContent(answer: PlexAnswer): Promise<unknown> {
  const { body } = answer
  const first = body.trimStart()[0]
  if (first === '<') {
    const document = await xmlOf(answer)
    const content = { [`<${document.root}>`]: document.element }
    refuseErrorsInDisguise(answer, content)
    return content
  }
  if (first === '{' || first === '[') {
    const content = jsonOf(body)
    if (content === undefined) throw unreadable(answer, 'not JSON')
    refuseErrorsInDisguise(answer, content)
    return content
  }
  throw unreadable(answer, first === undefined ? 'empty' : scrub(body, 80))
}

async function xmlOf(answer: PlexAnswer): Promise<XmlDocument> {
  try {
    const document = answer.body.length > largeXml ? await parseLargeXml(answer.body) : parseXml(answer.body)
    // A well-formed page would pass for the answer to a write, where the content matters little.
    if (document.root.toLowerCase() === 'html') throw new BadXml('a page')
    return document
  } catch (error) {
    if (error instanceof BadXml) throw unreadable(answer, error.message)
    throw error
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

export function unreadable(answer: PlexAnswer, excerpt: string): PlexError {
  const { method, route, status, isWrite } = answer
  return new PlexError({
    failure: { kind: 'unexpected', excerpt },
    method,
    route,
    status,
    // It was a success that we cannot read.
    mayHaveHappened: isWrite,
  })
}

/** `<Response code="400">` and `{"errors":[...]}` under HTTP 200. `code="0"` means success. */
function refuseErrorsInDisguise(answer: PlexAnswer, content: unknown): void {
  const details = errorsIn(content)
  if (details === undefined) return
  const claimed = Number(details[0]?.code)
  const status = claimed >= 400 && claimed < 600 ? claimed : answer.status
  const failure = judge({ status, body: answer.body, details, until: new Date(0) })
  throw new PlexError({ ...answer, failure, details, mayHaveHappened: answer.isWrite && status < 400 })
}

/** plex.tv's error entries in a body of whatever form; an empty list where it says nothing or is a page. */
export function errorDetails(body: string): PlexErrorDetail[] {
  const text = body.trimStart()
  // Errors are short; a long refusal is a page, and nothing for the parser.
  if (text.length > 20_000) return []
  try {
    if (text.startsWith('<')) {
      const { root, element } = parseXml(text)
      return errorsIn({ [`<${root}>`]: element }) ?? []
    }
    return errorsIn(JSON.parse(text)) ?? []
  } catch {
    return []
  }
}

/** `undefined` where the content is no error. */
function errorsIn(content: unknown): PlexErrorDetail[] | undefined {
  if (!isRecord(content)) return undefined
  const { '<errors>': errors, '<Response>': response } = content
  if (isElement(errors)) return listOf(errors.error).map(detailOf)
  if (isElement(response)) {
    const { code, status } = response
    return code === '0' ? undefined : [detailOf({ code, message: status })]
  }
  if (Array.isArray(content.errors)) return content.errors.map(detailOf)
  if (typeof content.error === 'string') return [detailOf({ message: content.error })]
  return undefined
}

function detailOf(entry: unknown): PlexErrorDetail {
  if (!isRecord(entry)) return {}
  const text = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? scrub(String(value)) || undefined : undefined
  const code = text(entry.code)
  const message = text(entry.message) ?? text(entry['#text'])
  const field = text(entry.field)
  return { ...(code && { code }), ...(message && { message }), ...(field && { field }) }
}

const listOf = (children: XmlElement[string] | undefined) => (Array.isArray(children) ? children : [])
const isElement = (value: unknown): value is XmlElement => isRecord(value)
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
