import type { Refusal } from '../../sharing/refusal.ts'
import type { SetupChecked, SetupFinding } from '../../sharing/use-cases/setup-check.ts'
import type { Reply } from '../reply.ts'
import { count, plain } from '../text.ts'
import { observingWords, resumeRow } from './observing.ts'
import { refusalView } from './refusal.ts'
import { nextWords } from './setup-next.ts'
import { testedWords } from './setup-plex.ts'
import { roleMentions } from './setup-roles.ts'

/** Everything that was tried, each line fine or with what to do about it. */
export function setupCheckedView(result: SetupChecked | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const lines = result.findings.flatMap(findingWords)
  const problems = lines.filter((line) => line.startsWith('✗')).length
  return {
    content: [
      problems === 0 ? '**All is well.**' : `**${count(problems, 'problem', 'problems')}.**`,
      ...lines,
      nextWords(result.next),
    ].join('\n'),
    components: result.findings.some(({ about }) => about === 'restored') ? [resumeRow()] : [],
  }
}

function findingWords(finding: SetupFinding): string[] {
  switch (finding.about) {
    case 'restored':
      return [`✗ I only look on: ${observingWords(finding.restored)} An administrator presses **Resume**.`]
    case 'server':
      return [testedWords(finding.tested)]
    case 'noServer':
      return ['✗ No Plex server is connected for this Discord server: `/setup plex`.']
    case 'places': {
      const { serverName, used, reported } = finding
      const near = used >= reported * 0.9
      return [
        `${near ? '⚠️' : '✓'} **${plain(serverName)}** is shared with ${count(used, 'person', 'people')}, those of the Plex Home included${near ? `; Plex is reported to stop at about ${reported} for one account` : ''}.`,
      ]
    }
    case 'usualLibraries':
      if (finding.gone > 0) {
        return [
          `✗ ${count(finding.gone, 'library', 'libraries')} of the usual ones no longer on the server: \`/setup libraries\` chooses anew.`,
        ]
      }
      return finding.kept > 0
        ? [`✓ ${count(finding.kept, 'library is', 'libraries are')} meant where none is named.`]
        : ['• No usual libraries: every `/invite` has to name some. `/setup libraries` changes that.']
    case 'roles':
      return rolesWords(finding)
    case 'channel':
      return [channelWords(finding)]
    default:
      return finding satisfies never
  }
}

function rolesWords({ bound, gone, above }: Extract<SetupFinding, { about: 'roles' }>): string[] {
  if (bound === 0) {
    return [
      '• No role has a level: only those who may manage this Discord server can use me. `/setup roles`.',
    ]
  }
  return [
    `✓ ${count(bound, 'role has', 'roles have')} a level.`,
    ...(gone.length > 0
      ? [
          `✗ ${count(gone.length, 'role that has a level is', 'roles that have a level are')} no more: \`/setup roles\` and choose anew.`,
        ]
      : []),
    ...(above.length > 0
      ? [
          `• My own role stands below ${roleMentions(above)}. I give out no roles, so everything works; Discord would only stop me from giving out those.`,
        ]
      : []),
  ]
}

function channelWords({ which, channelId, missing }: Extract<SetupFinding, { about: 'channel' }>): string {
  const what = which === 'reviewers' ? 'Requests' : 'What happens'
  if (channelId === undefined) {
    return which === 'reviewers'
      ? '• Requests have no channel, so nobody can use `/request`. `/setup channels` chooses one.'
      : '• There is no log channel; that is optional.'
  }
  if (missing === 'all') {
    return `✗ ${what}: the channel <#${channelId}> is gone, or I cannot see it. \`/setup channels\` chooses another; or give my role *View Channels* and *Send Messages* there.`
  }
  if (missing.length > 0) {
    return `✗ ${what}: in <#${channelId}> my role lacks ${missing.map((right) => `*${right}*`).join(' and ')}. Allow it under Edit Channel → Permissions.`
  }
  return `✓ ${what}: I may write in <#${channelId}>.`
}
