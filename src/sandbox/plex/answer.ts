import type { PlexRequest } from './request.ts'
import { type JsonObject, v2Xml } from './v2-value.ts'
import { document, element, textElement } from './xml.ts'

export interface Answer {
  status: number
  contentType: string | null
  body: string | Buffer
  headers?: Readonly<Record<string, string>>
}

/** v1 speaks XML whatever the Accept header says. */
export const xml = (status: number, root: string): Answer => ({
  status,
  contentType: 'application/xml; charset=utf-8',
  body: document(root),
})

export const json = (status: number, text: string): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: text,
})

export const noContent: Answer = { status: 204, contentType: null, body: '' }

/** v2 speaks JSON where it is asked for, and XML by default. */
export function v2(request: PlexRequest, status: number, name: string, value: JsonObject): Answer {
  return wantsJson(request) ? json(status, JSON.stringify(value)) : xml(status, v2Xml(name, value))
}

export function wantsJson(request: PlexRequest): boolean {
  return request.header('accept')?.includes('json') === true
}

/** `<Response code="0">` is success; any other code is the status. */
export const response = (status: number, text: string): Answer =>
  xml(status, element('Response', { code: status < 300 ? 0 : status, status: text }))

/** The oldest form of an error: a text in an element. */
export const textError = (status: number, text: string): Answer =>
  xml(status, element('errors', {}, [textElement('error', text)]))

export interface ErrorItem {
  code: number
  message?: string
  field?: string
  /** What the body says; it need not be what HTTP says. `null`: it says nothing. */
  status?: number | null
}

/** v2's errors, in the form that was asked for. */
export function errors(request: PlexRequest, status: number, ...items: ErrorItem[]): Answer {
  return wantsJson(request) ? jsonErrors(status, ...items) : xmlErrors(status, ...items)
}

export function jsonErrors(status: number, ...items: ErrorItem[]): Answer {
  return json(status, JSON.stringify({ errors: items.map((item) => facts(item, status)) }))
}

export function xmlErrors(status: number, ...items: ErrorItem[]): Answer {
  return xml(
    status,
    element(
      'errors',
      {},
      items.map((item) => element('error', facts(item, status))),
    ),
  )
}

const facts = (item: ErrorItem, httpStatus: number) => ({
  code: item.code,
  ...(item.message === undefined ? {} : { message: item.message }),
  ...(item.field === undefined ? {} : { field: item.field }),
  ...(item.status === null ? {} : { status: item.status ?? httpStatus }),
})

export const notFound = (request: PlexRequest): Answer =>
  errors(request, 404, { code: 1002, message: 'The requested resource or endpoint could not be found' })

export const v1NotFound = textError(404, 'Not found')

export const html = (status: number, body: string): Answer => ({
  status,
  contentType: 'text/html; charset=UTF-8',
  body,
})

export const railsNotFound = html(
  404,
  `<!DOCTYPE html>
<html>
<head>
  <title>The page you were looking for doesn't exist (404)</title>
</head>
<body>
  <div class="dialog">
    <h1>The page you were looking for doesn't exist.</h1>
  </div>
</body>
</html>
`,
)

export const goneText = 'This endpoint was deprecated and removed'
