import type { Capability } from '../../sharing/policy.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import { type PersonRow, whoOf } from '../../sharing/use-cases/list-people.ts'
import type { PersonShown } from '../../sharing/use-cases/show-person.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { day, listed, plain, relative } from '../text.ts'
import { button, buttons, danger, dismissButton, primary } from './buttons.ts'
import { accessWords } from './describe.ts'
import { historyWords } from './event-words.ts'
import { refusalView } from './refusal.ts'
import { rowName, stateWords } from './users.ts'

/** How much of the history a panel shows; `/audit` has all of it. */
const mostEvents = 6

/** Everything about one person, and what can be done; what the reader may not do is disabled. */
export function personView(
  result: PersonShown | { outcome: 'nobody'; member?: string } | Refusal,
  may: ReadonlySet<Capability>,
): Reply {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result)
    case 'nobody':
      return {
        content:
          result.member === undefined
            ? 'plex.tv shows this person no longer. Nothing was changed; look again with `/users`.'
            : `I know of no access of <@${result.member}>, and no invitation. Invite with \`/invite\`, or look with \`/users filter:unlinked\`.`,
        components: [],
      }
    case 'person':
      return { content: words(result), components: [actions(result, may)] }
    default:
      return result satisfies never
  }
}

function words({ row, history, libraries, alsoOn, now }: PersonShown): string {
  const events = history.slice(-mostEvents).map((event) => `• ${historyWords(event, libraries)}`)
  const { restorable } = row
  return [
    `${rowName(row)}${row.memberId === undefined ? ', not linked to a member' : ` · <@${row.memberId}>`}`,
    ...(row.email !== undefined && row.name !== '' ? [`Address: ${plain(row.email, 60)}`] : []),
    `State: ${stateWords[row.state]}${row.since ? `, since ${day(row.since)}` : ''}`,
    `${row.state === 'gone' ? 'Libraries until then' : 'Libraries'}: ${accessWords(row.access, libraries)}`,
    ...(alsoOn.length > 0
      ? [
          `Also on ${listed(alsoOn.map((name) => `**${plain(name)}**`))}: \`/access\` with \`server\` shows it.`,
        ]
      : []),
    ...(row.endsAt ? [`Ends: ${day(row.endsAt)} (${relative(row.endsAt)})`] : []),
    ...(restorable?.until && restorable.until > now
      ? [`Can be restored until ${day(restorable.until)}`]
      : []),
    ...(events.length > 0 ? ['History:', ...events] : []),
  ].join('\n')
}

function actions({ row, now }: PersonShown, may: ReadonlySet<Capability>) {
  const who = whoOf(row)
  if (row.shareId === undefined || who === undefined) {
    return buttons(...restoreButton(row, now, may), dismissButton('Close'))
  }
  const isPending = row.state === 'pending'
  return buttons(
    primary('Change libraries', routes.librariesOpen.id({ who })).setDisabled(
      isPending || !may.has('change'),
    ),
    ...(isPending ? [] : [button('Suspend', routes.suspendOpen.id({ who })).setDisabled(!may.has('revoke'))]),
    danger(isPending ? 'Cancel the invitation' : 'End access', routes.revokeOpen.id({ who })).setDisabled(
      !may.has('revoke'),
    ),
    dismissButton('Close'),
  )
}

function restoreButton({ personId, restorable }: PersonRow, now: Date, may: ReadonlySet<Capability>) {
  if (personId === undefined || !restorable || (restorable.until && restorable.until <= now)) return []
  return [primary('Restore', routes.restore.id({ person: personId })).setDisabled(!may.has('revoke'))]
}
