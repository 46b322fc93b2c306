/** The fields of a body: JSON, a form, or a multipart form, whatever its type says it is. */
export function readFields(bytes: Buffer, contentType: string): unknown {
  const text = bytes.toString('utf8')
  if (text === '') return undefined
  const boundary = /multipart\/form-data;.*boundary="?(?<boundary>[^";]+)"?/u.exec(contentType)?.groups
    ?.boundary
  if (boundary !== undefined) return nested(partsOf(text, boundary))
  if (contentType.includes('x-www-form-urlencoded')) return nested([...new URLSearchParams(text)])
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function partsOf(text: string, boundary: string): [string, string][] {
  return text.split(`--${boundary}`).flatMap((part): [string, string][] => {
    const at = part.search(/\r?\n\r?\n/u)
    const name = /name="(?<name>[^"]*)"/u.exec(part.slice(0, Math.max(at, 0)))?.groups?.name
    if (at < 0 || name === undefined) return []
    return [
      [
        name,
        part
          .slice(at)
          .replace(/^\r?\n\r?\n/u, '')
          .replace(/\r?\n$/u, ''),
      ],
    ]
  })
}

/** `a[b][]=1&a[b][]=2` is `{ a: { b: ['1', '2'] } }`, as Rails reads it. */
function nested(pairs: readonly (readonly [string, string])[]): Record<string, unknown> {
  const root: Record<string, unknown> = Object.create(null)
  for (const [name, value] of pairs) {
    const path = [...name.matchAll(/^[^[]+|\[[^\]]*\]/gu)].map((match) => match[0].replace(/^\[|\]$/gu, ''))
    put(root, path, value)
  }
  return root
}

function put(into: Record<string, unknown>, path: readonly string[], value: string): void {
  const [key, ...rest] = path
  if (key === undefined) return
  if (rest.length === 0) {
    into[key] = value
  } else if (rest.length === 1 && rest[0] === '') {
    const list = into[key]
    into[key] = Array.isArray(list) ? [...list, value] : [value]
  } else {
    const inner = into[key]
    const next: Record<string, unknown> = isRecord(inner) ? inner : Object.create(null)
    into[key] = next
    put(next, rest, value)
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
