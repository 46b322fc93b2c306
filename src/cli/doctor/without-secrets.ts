import { hideAddresses } from '../../ops/redact.ts'
import type { Finding } from './check.ts'
import type { CheckReport } from './examine.ts'

/**
 * The last filter before anything is printed: no secret of this installation, no e-mail address, and no character that
 * a terminal would obey. Names in Discord and at plex.tv are chosen by strangers.
 */
export function withoutSecrets(
  reports: readonly CheckReport[],
  secrets: Iterable<string>,
): readonly CheckReport[] {
  const known = [...secrets].filter((secret) => secret.length >= 6).sort((a, b) => b.length - a.length)
  const clean = (text: string) => {
    const hidden = known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
    return hideAddresses(hidden.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' '))
  }
  const cleaned = (finding: Finding): Finding => ({
    ...finding,
    what: clean(finding.what),
    ...('next' in finding && finding.next !== undefined ? { next: clean(finding.next) } : {}),
  })
  return reports.map((report) => ({ ...report, findings: report.findings.map(cleaned) }))
}
