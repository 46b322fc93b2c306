import type { Refusal } from '../../sharing/refusal.ts'
import type { RevokeOutcome, RevokeQuestion } from '../../sharing/use-cases/revoke.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { plain } from '../text.ts'
import { buttons, danger, dismissButton, undoRow } from './buttons.ts'
import { accessWords, recordWords } from './describe.ts'
import { refusalView } from './refusal.ts'
import { unsettledWords } from './settling.ts'
import { shownName } from './users.ts'

/** Says exactly what would go, and waits. */
export function revokeQuestionView(question: RevokeQuestion | Refusal, seesEmails: boolean): Reply {
  switch (question.outcome) {
    case 'refused':
      return refusalView(question)
    case 'confirmHome': {
      const { user } = question
      const meaning = user.managed
        ? 'It is a managed user, so removing it **destroys it**, with its watch history. This cannot be undone.'
        : 'The account leaves your Plex Home; whether the libraries stay shared is up to plex.tv, so look with `/users` afterwards.'
      return {
        content: `Remove **${plain(user.title)}** from the Plex Home? ${meaning}`,
        components: [confirmRow('Remove from Home', question.draftId)],
      }
    }
    case 'confirmShare': {
      const { share, libraries, serverName, mode, recordedAt } = question
      const record = recordWords(recordedAt)
      const name = shownName(share.who, share.title, seesEmails)
      const access = accessWords(share.access, libraries)
      if (share.status === 'pending') {
        const loses = recordedAt
          ? 'It had not been accepted then; if it has been since, that access ends.'
          : 'It has not been accepted yet, so nobody loses access.'
        return {
          content: `${record}Cancel the invitation of ${name} to ${access} on **${plain(serverName)}**? ${loses}`,
          components: [confirmRow('Cancel the invitation', question.draftId)],
        }
      }
      return mode === 'suspend'
        ? {
            content: `${record}Suspend ${name}: take away ${access} on **${plain(serverName)}** for now? I remember the libraries and the restrictions; open the person in \`/users\` to restore them.`,
            components: [confirmRow('Suspend', question.draftId)],
          }
        : {
            content: `${record}End the access of ${name} to ${access} on **${plain(serverName)}**? Only this one share goes: the Plex account, the friendship and other servers stay as they are.`,
            components: [confirmRow('End access', question.draftId)],
          }
    }
    default:
      return question satisfies never
  }
}

const confirmRow = (label: string, draft: string) =>
  buttons(danger(label, routes.revokeConfirm.id({ draft })), dismissButton())

/** What came of it, once plex.tv has shown it. */
export function revokeView(result: RevokeOutcome, seesEmails: boolean): Reply {
  const undo = result.outcome === 'revoked' ? result.undo : undefined
  return {
    content: words(result, seesEmails),
    components: undoRow(undo && routes.undoEnd.id({ draft: undo })),
  }
}

function words(result: RevokeOutcome, seesEmails: boolean): string {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result).content
    case 'revoked': {
      const { subject, serverName, mode } = result
      const name = shownName(subject.who, subject.title, seesEmails)
      if (subject.status === 'pending') {
        return `The invitation of ${name} is cancelled; plex.tv no longer shows it. Invite again at any time with \`/invite\`.`
      }
      return mode === 'suspend'
        ? `${name} is suspended: plex.tv shows no access to **${plain(serverName)}** any more. Open the person in \`/users filter:suspended\` to give the same libraries back.`
        : `${name} no longer has access to **${plain(serverName)}**; plex.tv has confirmed it. A stream that is running may go on until it is stopped. For 30 days the same access can be restored from \`/users filter:ended\`.`
    }
    case 'removedFromHome':
      return `**${plain(result.title)}** is no longer in the Plex Home; plex.tv has confirmed it.`
    case 'alreadyGone':
      return 'There is nothing left to end: plex.tv shows no such access any more. Nothing was changed just now.'
    default:
      return unsettledWords(result, 'end this access')
  }
}
