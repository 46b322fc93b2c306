/**
 * The last filter of everything that is written: it looks at the finished line, so it does not matter by which way a
 * secret got into it. Works on plain text and on JSON, which stays JSON.
 */
export interface Redaction {
  /** This exact value, also as JSON, URL and base64 write it, is never printed from now on. */
  registerSecret(value: string): void
  redact(line: string): string
}

/** Anything shorter would be found everywhere. */
const shortestSecret = 6

export function createRedaction(): Redaction {
  const forms = new Set<string>()
  let exact: RegExp | undefined

  return {
    registerSecret(value) {
      if (value.length < shortestSecret) return
      for (const form of formsOf(value)) forms.add(form)
      // The longest first: a secret may be a part of another.
      const longestFirst = [...forms].sort((a, b) => b.length - a.length)
      exact = new RegExp(longestFirst.map(literally).join('|'), 'g')
    },

    redact(line) {
      let text = exact ? line.replace(exact, '[secret]') : line
      for (const { shape, shown } of tokenShapes) text = text.replace(shape, shown)
      return hideAddresses(text)
    },
  }
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  return [
    value,
    // JSON in JSON in JSON: each layer escapes the one below once more.
    ...[1, 2, 3, 4].map((layers) => jsonEscaped(value, layers)),
    encodeURIComponent(value),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ]
}

function jsonEscaped(value: string, layers: number): string {
  const once = JSON.stringify(value).slice(1, -1)
  return layers === 1 ? once : jsonEscaped(once, layers - 1)
}

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** What tokens look like, for those that nobody registered. Every pattern runs in linear time. */
const tokenShapes: readonly { shape: RegExp; shown: string }[] = [
  // `X-Plex-Token: …`, `authToken="…"`, `access_token=…`, `{"token":"…"}`, `"Authorization":"Bot …"`, JSON in JSON.
  {
    shape:
      /((?:x-plex-token|[a-z_-]{0,20}token|authorization|client_secret|password)(?:\\{0,3}["'])?\s{0,3}(?:[:=]|%3D)\s{0,3}(?:\\{0,3}["'])?(?:(?:bot|bearer|basic)\s)?)[\w.~+/=-]{8,}/gi,
    shown: '$1[secret]',
  },
  // A Discord bot token: the application's id in base64, a time, a signature.
  { shape: /[MNO][\w-]{22,28}\.[\w-]{5,8}\.[\w-]{27,}/g, shown: '[secret]' },
  // A JSON web token.
  { shape: /eyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]{4,}/g, shown: '[secret]' },
  // An interaction's token answers for the bot for 15 minutes; it begins with "interaction:" in base64.
  { shape: /aW50ZXJhY3Rpb246[\w+/=-]{8,}/g, shown: '[secret]' },
  { shape: /((?:interactions|webhooks)\/\d{15,20}\/)[\w.~-]{16,}/g, shown: '$1[secret]' },
  // A user and a password in an address.
  { shape: /(\b[a-z][a-z0-9+]{1,20}:\/\/)[^\s/@"'\\]{1,200}@/gi, shown: '$1[secret]@' },
]

/** JSON's escapes are matched first and kept: in `\nalice@…` the `n` is not Alice's. */
const escapeOrAddress =
  /\\(?:u[0-9a-f]{4}|.)|[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/giu

/** Every e-mail address becomes a word that says so. */
export function hideAddresses(text: string): string {
  if (!text.includes('@') && !text.includes('%40')) return text
  return text.replace(escapeOrAddress, (found) => (found.startsWith('\\') ? found : '[e-mail]'))
}
