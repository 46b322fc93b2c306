import type { AuditEntry } from '../../sharing/audit.ts'
import type { LibraryAccess } from '../../sharing/library-access.ts'
import type { Library } from '../../sharing/ports.ts'

/** An entry as a file has it: plain values, nothing dressed up for Discord. */
interface Row {
  at: string
  username: string
  email: string
  plexAccount: string
  member: string
  what: string
  detail: string
  by: string
  before: string
  after: string
  reason: string
}
const columns: readonly (keyof Row)[] = [
  'at',
  'username',
  'email',
  'plexAccount',
  'member',
  'what',
  'detail',
  'by',
  'before',
  'after',
  'reason',
]

export function auditJson(entries: readonly AuditEntry[], libraries: readonly Library[]): string {
  return JSON.stringify(entries.map(rowMaker(libraries)), undefined, 1)
}

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
export function auditCsv(entries: readonly AuditEntry[], libraries: readonly Library[]): string {
  const rows = entries.map(rowMaker(libraries)).map((row) => columns.map((column) => row[column]))
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** A spreadsheet takes what begins so for a formula: an apostrophe before it makes it text. */
const startsFormula = /^[\s\p{Cf}]*[=+\-@＝＋－＠|%]|^[\t\r\n]/u

function cell(text: string): string {
  const inert = startsFormula.test(text) ? `'${text}` : text
  return `"${inert.replaceAll('"', '""')}"`
}

function rowMaker(libraries: readonly Library[]): (entry: AuditEntry) => Row {
  const titles = new Map(libraries.map(({ id, title }) => [id, title]))
  const words = (access: LibraryAccess | undefined) => {
    if (access === undefined) return ''
    if (access.kind === 'all') return 'all libraries, future ones too'
    return access.libraries.map((id) => titles.get(id) ?? `#${id}`).join('; ')
  }
  return ({ at, subject, memberId, by, reason, deed: { of, event } }) => ({
    at: at.toISOString(),
    username: subject.username ?? '',
    email: subject.email ?? '',
    plexAccount: subject.accountId ?? '',
    member: memberId ?? '',
    what: of === 'request' ? `request ${event.what}` : event.what,
    detail: detailOf(event),
    by: by ?? '',
    before: words('before' in event ? event.before : undefined),
    after: words(afterOf(event)),
    reason: reason ?? '',
  })
}

type Event = AuditEntry['deed']['event']

function detailOf(event: Event): string {
  if (event.what === 'decided') return event.want.to === 'end' ? event.want.mode : event.want.to
  if ('because' in event) return event.because
  if ('came' in event) return event.came
  if ('from' in event) return event.from
  return 'status' in event ? event.status : ''
}

function afterOf(event: Event): LibraryAccess | undefined {
  if (event.what === 'decided') return event.want.to === 'end' ? undefined : event.want.access
  if ('wanted' in event) return event.wanted.access
  if ('grant' in event) return event.grant.access
  return 'access' in event ? event.access : undefined
}
