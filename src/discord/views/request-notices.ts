import { closingDecision, type Effect } from '../../sharing/access-request.ts'
import type { RequestNews, RequestQuestion } from '../../sharing/ports.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { plain } from '../text.ts'
import { buttons, primary } from './buttons.ts'
import { effectWords } from './request-card.ts'
import { grantWords, publicSubject, publicText } from './request-words.ts'

/**
 * How somebody's request ended, for whoever made it. A direct message stays where it is: no address stands in it, not even
 * one that a reviewer wrote.
 */
export function requestClosedNotice({ request, serverName, libraries }: RequestNews): Reply {
  const server = `**${plain(serverName, 60)}**`
  const whose =
    request.forMember === request.memberId
      ? `Your request for ${request.has ? 'more libraries on' : 'access to'} ${server}`
      : request.has
        ? `Your wish for more libraries for ${publicSubject(request)} on ${server}`
        : `Your wish to invite ${publicSubject(request)} to ${server}`
  const decision = closingDecision(request)
  switch (request.state) {
    case 'approved':
      return {
        content:
          `${whose} was approved: ${grantWords(request.wanted, libraries)}. ${request.effect ? newsWords(request.effect.came, request.forMember === request.memberId) : ''}`.trimEnd(),
      }
    case 'denied': {
      const reason =
        decision?.verdict === 'deny' && decision.reason !== undefined
          ? ` The reason given: “${publicText(decision.reason, 500)}”`
          : ' No reason was given.'
      return { content: `${whose} was denied, so nothing has changed for you.${reason}` }
    }
    case 'expired':
      return {
        content: `${whose} has expired: nobody decided within 14 days. Nothing has changed. Make it again with \`/request\` if you still want it.`,
      }
    case 'withdrawn':
      return { content: `${whose} is withdrawn.` }
    case 'waiting':
      return { content: `${whose} is waiting for a reviewer.` }
    default:
      return request.state satisfies never
  }
}

/** What an approval came to, for the person who asked for himself, or for somebody else. */
function newsWords(came: Effect['came'], isOwn: boolean): string {
  switch (came) {
    case 'alreadyHas':
      return 'But this Plex account has access already, so nothing was sent. If it is yours, ask a reviewer to tie it to you.'
    case 'failed':
      return 'But it could not be carried out. Please ask a reviewer what to do.'
    case 'notAllowed':
      return 'But the right to it was lost in the meantime, so nothing was sent. Please ask a reviewer.'
    case 'kept':
      return 'plex.tv cannot be reached just now; it is carried out as soon as that works.'
    case 'unclear':
      return 'plex.tv gave no clear answer; I look again and finish it.'
    case 'invited':
    case 'active':
    case 'asked':
    case 'hasAll':
      return `${effectWords(came)}.`
    case 'changed':
      if (!isOwn) return `${effectWords(came)}.`
      return 'Open Plex: it is there beside what you had, and for as long as your access lasts.'
    case 'libraryGone':
      return 'But a library of it is no longer on the server, so nothing was sent. Ask again without it.'
    case 'shareGone':
      if (!isOwn) return `${effectWords(came)}.`
      return 'But your access has ended in the meantime, so nothing was added. Ask for access again with `/request`.'
    case 'stillPending':
      if (!isOwn) return `${effectWords(came)}.`
      return 'But your invitation is not accepted yet, and Plex cannot change it before, so nothing was added. Accept it, then ask again with `/request`.'
    case 'librariesUnknown':
      return 'But plex.tv did not say which libraries are there, so nothing was added. Please ask a reviewer what to do.'
    default:
      return came satisfies never
  }
}

export function requestQuestionNotice({ request, serverName, by, text }: RequestQuestion): Reply {
  return {
    content: `<@${by}> asks about your request for access to **${plain(serverName, 60)}**: “${publicText(text, 1_000)}”\nYour answer is shown to the reviewers; the request goes on waiting.`,
    components: [
      buttons(primary('Answer', routes.requestReplyAsk.id({ guild: request.guildId, request: request.id }))),
    ],
  }
}
