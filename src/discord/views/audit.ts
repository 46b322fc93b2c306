import type { Refusal } from '../../sharing/refusal.ts'
import type { AuditTrail } from '../../sharing/use-cases/audit.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { count } from '../text.ts'
import { auditCsv, auditJson } from './audit-files.ts'
import { button, buttons } from './buttons.ts'
import { entryWords } from './event-words.ts'
import { refusalView } from './refusal.ts'
import { shownName } from './users.ts'

export const entriesPerPage = 10

/** One page of the trail, newest first, the way to the others, and the export. */
export function auditView(result: AuditTrail | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { entries, libraries, seesEmails, draftId } = result
  if (entries.length === 0) {
    return {
      content: 'Nothing in the trail fits that. Try `/audit` with fewer options, or a longer `since`.',
      components: [],
    }
  }
  const pages = Math.ceil(entries.length / entriesPerPage)
  const page = Math.min(Math.max(result.page, 0), pages - 1)
  const shown = entries.slice(page * entriesPerPage, (page + 1) * entriesPerPage)
  const to = (target: number) => routes.auditPage.id({ draft: draftId, page: String(target) })
  const turn =
    pages < 2
      ? []
      : [
          button('Previous', to(page - 1)).setDisabled(page === 0),
          button('Next', to(page + 1)).setDisabled(page === pages - 1),
        ]
  return {
    content: [
      `${count(entries.length, 'entry', 'entries')}, newest first${pages > 1 ? `, page ${page + 1} of ${pages}` : ''}`,
      ...fitting(
        shown.map((entry) => {
          const member = entry.memberId === undefined ? '' : ` <@${entry.memberId}>`
          return `${shownName(entry.subject, undefined, seesEmails)}${member} ${entryWords(entry, libraries)}`
        }),
      ),
    ].join('\n'),
    components: [buttons(...turn, button('Export', routes.auditExport.id({ draft: draftId })))],
  }
}

/** Discord takes 2,000 characters: what does not fit is said to be missing, not cut off in the middle. */
function fitting(lines: readonly string[]): string[] {
  const most = 1_800
  let used = 0
  const fits = lines.filter((line) => {
    used += line.length + 1
    return used <= most
  })
  const more = lines.length - fits.length
  return more === 0
    ? fits
    : [...fits, `(${more} more on this page are too long to show; **Export** has them)`]
}

/** Discord takes 10 MB a file; so many entries stay well below it. */
const mostExported = 10_000

/** The whole trail that was asked for, as two files. */
export function auditExportView(result: AuditTrail | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const entries = result.entries.slice(0, mostExported)
  const cut =
    entries.length < result.entries.length
      ? ` These are the newest ${mostExported} of ${result.entries.length}; ask with \`since\` for a shorter time.`
      : ''
  const addresses = result.seesEmails
    ? 'They hold e-mail addresses: keep them where others cannot read them.'
    : 'E-mail addresses are left out, because you may not see them.'
  return {
    content: `${count(entries.length, 'entry', 'entries')} of the trail, as CSV for a spreadsheet and as JSON. ${addresses}${cut}`,
    files: [
      { name: 'audit.csv', contentType: 'text/csv', data: auditCsv(entries, result.libraries) },
      { name: 'audit.json', contentType: 'application/json', data: auditJson(entries, result.libraries) },
    ],
  }
}
