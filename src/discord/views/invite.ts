import { sameAccess } from '../../sharing/library-access.ts'
import type { NoticeOutcome } from '../../sharing/ports.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import { whoValue } from '../../sharing/use-cases/find-access.ts'
import type { RequestMade } from '../../sharing/use-cases/request-access.ts'
import type { InviteOutcome } from '../../sharing/use-cases/share-with.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { day, plain, relative } from '../text.ts'
import { button, buttons, primary, undoRow } from './buttons.ts'
import { accessWords, personName, withMaskedAddress } from './describe.ts'
import { refusalInDirectMessage, refusalView } from './refusal.ts'
import { requestMadeView } from './requests.ts'
import { unsettledWords } from './settling.ts'

/** What an invitation came to. The address is shown only to who typed it or may see addresses. */
export function inviteView(answer: InviteOutcome | RequestMade | Refusal, seesAddress: boolean): Reply {
  if (answer.outcome === 'refused') return refusalView(answer)
  if ('request' in answer) return requestMadeView(answer)
  const result = seesAddress ? answer : { ...answer, who: withMaskedAddress(answer.who) }
  switch (result.outcome) {
    case 'invited':
      return {
        content: invited(result),
        components: undoRow(result.undo && routes.undoShare.id({ draft: result.undo })),
      }
    case 'alreadyHas':
      return alreadyHas(result)
    case 'asked':
      return asked(result)
    default: {
      const deed = `share ${accessWords(result.access, result.libraries)} of ${plain(result.serverName)} with ${personName(result.who)}`
      return { content: unsettledWords(result, deed, result.librariesReadAt), components: [] }
    }
  }
}

function invited(result: Extract<InviteOutcome, { outcome: 'invited' }>): string {
  const { event, who, libraries, memberId } = result
  const access = accessWords(event.access, libraries)
  const whom = memberId === undefined ? personName(who) : `${personName(who)} (<@${memberId}>)`
  const pending = event.status === 'pending'
  const what = pending
    ? `Invited ${whom} to ${access} on **${plain(result.serverName)}**. plex.tv sends the invitation by e-mail; access begins when it is accepted.`
    : `${whom} now has ${access} on **${plain(result.serverName)}**. Plex knew this account already, so there is nothing to accept.`
  const ends = result.endsAt ? ` It ends by itself on ${day(result.endsAt)}.` : ''
  const unnamed = event.access === undefined ? ' Check the libraries with `/users`.' : ''
  return `${what}${ends}${unnamed}${noticeWords(result.notice, pending)}${formerWords(result)}`
}

/** An invitation is a new share: what somebody had before comes back only with a restore. */
function formerWords({ formerly, libraries }: Extract<InviteOutcome, { outcome: 'invited' }>): string {
  if (!formerly) return ''
  const filter = formerly.isSuspended ? 'suspended' : 'ended'
  return `\nThis person had ${accessWords(formerly.access, libraries)} before; this is a new share, without the restrictions of then. To give exactly that back instead, press Undo, open the person in \`/users filter:${filter}\` and press Restore.`
}

/** An undelivered message never undoes what was done, and the moderator learns of it. */
function noticeWords(notice: NoticeOutcome | undefined, isPending: boolean): string {
  switch (notice) {
    case undefined:
      return ''
    case 'delivered':
      return isPending
        ? ' I sent the steps for accepting as a direct message.'
        : ' I told them in a direct message.'
    case 'closed':
      return `\nTheir direct messages are closed, so I could not tell them: please do.${isPending ? ' They have to sign in to Plex with that address and then open the invitation.' : ''}`
    case 'failed':
      return '\nDiscord did not take my direct message to them: please tell them yourself.'
    default:
      return notice satisfies never
  }
}

function alreadyHas(result: Extract<InviteOutcome, { outcome: 'alreadyHas' }>): Reply {
  const { share, libraries, access } = result
  const whom = personName(result.who)
  const has = accessWords(share.access, libraries)
  if (share.status === 'pending') {
    const waiting = result.since
      ? `has been waiting since ${day(result.since)} (${relative(result.since)})`
      : 'is still waiting'
    const next = result.asWished
      ? 'Nothing was sent again; they have to accept it in the e-mail from Plex or in the Plex web app.'
      : 'You named other libraries, and Plex cannot change a pending invitation: cancel it with the button and invite again.'
    return {
      content: `${whom} is already invited to ${has}; the invitation ${waiting}. ${next}`,
      components: [
        buttons(button('Cancel the invitation', routes.revokeOpen.id({ who: whoValue.share(share.id) }))),
      ],
    }
  }
  if (result.asWished) {
    return { content: `${whom} already has ${has}, so there was nothing to do.`, components: [] }
  }
  const all = share.access && sameAccess(share.access, { kind: 'all' })
  return {
    content: `${whom} already has ${has}. You named ${accessWords(access, libraries)}; nothing was changed${all ? ', because that would take access away' : ''}. Use the button to change it.`,
    components: [
      buttons(primary('Change libraries', routes.librariesOpen.id({ who: whoValue.share(share.id) }))),
    ],
  }
}

function asked(result: Extract<InviteOutcome, { outcome: 'asked' }>): Reply {
  const member = result.memberId === undefined ? 'this member' : `<@${result.memberId}>`
  const what = `I do not know the Plex account of ${member} yet, so nobody has been invited so far.`
  return result.notice === 'delivered'
    ? {
        content: `${what} I have asked them in a direct message; the invitation to ${accessWords(result.access, result.libraries)} goes out as soon as they answer. The question stays open for a week.`,
        components: [],
      }
    : {
        content: `${what} Their direct messages are closed. Ask them for the address of their Plex account, then run \`/invite\` again with \`email\` and \`member\`.`,
        components: [],
      }
}

/** What the member himself is told after he has named his account. */
export function accountAnsweredView(result: InviteOutcome | Refusal): Reply {
  switch (result.outcome) {
    case 'refused':
      return result.reason === 'draftGone'
        ? {
            content:
              'This invitation is not open any more: it was dealt with, it has expired, or whoever invited you may not do so any longer. Ask them for a new one.',
          }
        : refusalInDirectMessage(result)
    case 'invited':
      return {
        content:
          result.event.status === 'pending'
            ? 'Thank you. The invitation is on its way to you by e-mail from Plex; I have sent you the steps as well.'
            : 'Thank you. You have access now: open Plex, and the server is among your sources.',
      }
    case 'alreadyHas':
      return {
        content:
          result.share.status === 'pending'
            ? 'Thank you. You are invited already: accept the invitation in the e-mail from Plex.'
            : 'Thank you. This account has access already.',
      }
    case 'asked':
      return { content: 'Thank you.' }
    default:
      return { content: `Thank you. ${unsettledWords(result, 'invite you')}` }
  }
}
