import type { AccessRequest, Effect, RequestEvent } from '../../sharing/access-request.ts'
import { askedFor, closingDecision, sameGrant } from '../../sharing/access-request.ts'
import type { MemberProfile, ReviewCard } from '../../sharing/ports.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { count, day, listed, relative } from '../text.ts'
import { button, buttons, danger, success } from './buttons.ts'
import { accessWords } from './describe.ts'
import { grantWords, publicName, publicSubject, publicText } from './request-words.ts'

/** What reviewers see in their channel: who, what, what speaks for and against, and how it ended. */
export function requestCard({ request, serverName, libraries, profile, earlier }: ReviewCard): Reply {
  const asked = askedFor(request)
  const lines = [
    `**Request: ${stateWords[request.state]}** · ${whoWords(request)}`,
    ...wishWords(request, libraries, serverName),
    ...(request.state === 'waiting' && !sameGrant(asked, request.wanted)
      ? [`To be approved now: ${grantWords(request.wanted, libraries)}`]
      : []),
    `Plex account: ${accountWords(request)}`,
    ...(profile ? [profileWords(profile)] : []),
    `Earlier requests: ${earlierWords(earlier)}`,
    ...(request.note === undefined ? [] : [`Note: “${publicText(request.note)}”`]),
    ...request.history.flatMap((event) => eventWords(event, libraries) ?? []).slice(-8),
    ...(request.state === 'waiting'
      ? [`Waits since ${day(request.askedAt)}; it closes by itself ${relative(request.expiresAt)}`]
      : []),
  ]
  return { content: lines.join('\n'), components: request.state === 'waiting' ? [choices(request)] : [] }
}

/** Whoever has access already asks for more: the end of the access is its own, and stays. */
function wishWords(request: AccessRequest, libraries: ReviewCard['libraries'], serverName: string): string[] {
  const { has } = request
  const wish = grantWords(askedFor(request), libraries)
  const server = `**${publicText(serverName, 60)}**`
  if (!has) return [`Wants ${wish} on ${server}`]
  const until = has.endsAt ? `until ${day(has.endsAt)}` : 'without an end date'
  return [
    `Has ${accessWords(has.access, libraries)} on ${server} already, ${until}`,
    `Wants in addition ${wish}; the end of the access stays as it is`,
  ]
}

const stateWords: Record<AccessRequest['state'], string> = {
  waiting: 'waiting',
  approved: 'approved',
  denied: 'denied',
  withdrawn: 'withdrawn',
  expired: 'expired',
}

function choices({ id: request }: AccessRequest) {
  return buttons(
    success('Approve', routes.reviewApprove.id({ request })),
    button('Approve with changes', routes.reviewChanges.id({ request })),
    danger('Deny', routes.reviewDenyAsk.id({ request })),
    button('Ask', routes.reviewQuestionAsk.id({ request })),
  )
}

function whoWords(request: AccessRequest): string {
  return request.right === 'request'
    ? publicSubject(request)
    : `<@${request.memberId}> ${request.has ? 'asks for more for' : 'wants to invite'} ${publicSubject(request)}`
}

/** The card hangs where people may read who may not see addresses: it says what kind of account it is, and no more. */
function accountWords({ who, isLinked }: AccessRequest): string {
  const proof = isLinked ? 'linked to the member' : 'as typed, not proven'
  const name = publicName(who)
  if (name !== undefined) return `**${name}**, ${proof}`
  return Object.keys(who).length === 0
    ? 'not known yet; the member is asked for it after the approval'
    : `an e-mail address, ${proof}`
}

function profileWords({ memberId, joinedAt, roleIds }: MemberProfile): string {
  const parts = [
    `Discord account from ${day(madeAt(memberId))}`,
    ...(joinedAt ? [`joined ${day(joinedAt)}`] : []),
    roleIds.length > 0 ? `roles ${listed(roleIds.slice(0, 8).map((role) => `<@&${role}>`))}` : 'no roles',
  ]
  return parts.join(', ')
}

/** Discord's ids carry the time at which they were made. @see https://discord.com/developers/docs/reference#snowflakes */
function madeAt(snowflake: string): Date {
  return new Date(Number(BigInt(snowflake) >> 22n) + 1_420_070_400_000)
}

function earlierWords(earlier: readonly AccessRequest['state'][]): string {
  if (earlier.length === 0) return 'none'
  const kinds = [...new Set(earlier)].map(
    (state) => `${earlier.filter((each) => each === state).length} ${stateWords[state]}`,
  )
  return `${earlier.length} (${kinds.join(', ')})`
}

function eventWords(event: RequestEvent, libraries: ReviewCard['libraries']): string | undefined {
  switch (event.what) {
    case 'asked':
      return undefined
    case 'approved':
      return `✓ <@${event.by}> approved ${grantWords(event.grant, libraries)} ${relative(event.at)}`
    case 'denied': {
      const reason = event.reason === undefined ? '' : `: “${publicText(event.reason)}”`
      return `✗ <@${event.by}> denied it ${relative(event.at)}${reason}`
    }
    case 'questioned': {
      const unheard = event.notice === 'delivered' ? '' : ' (the direct message did not arrive)'
      return `? <@${event.by}> asks: “${publicText(event.text)}”${unheard}`
    }
    case 'answered':
      return `↳ <@${event.by}> answers: “${publicText(event.text)}”`
    case 'withdrawn':
      return `<@${event.by}> took it back ${relative(event.at)}`
    case 'expired':
      return `Nobody decided in time; it expired ${relative(event.at)}`
    case 'carriedOut':
      return effectWords(event.came)
    case 'noticeFailed':
      return `<@${event.to}> takes no direct messages, so I could not tell them: please do`
    default:
      return event satisfies never
  }
}

/** What an approval came to, without a name. */
export function effectWords(came: Effect['came']): string {
  switch (came) {
    case 'invited':
      return 'The invitation is sent; access begins when it is accepted'
    case 'active':
      return 'Access has begun; plex.tv has confirmed it'
    case 'alreadyHas':
      return 'There is a share with this account already, so nothing was sent; look with `/users`'
    case 'asked':
      return 'The member is asked for the Plex account; the invitation goes out with the answer'
    case 'kept':
      return 'plex.tv cannot be asked just now; it is kept and sent as soon as that works'
    case 'unclear':
      return 'plex.tv gave no clear answer; I look again and finish it'
    case 'failed':
      return 'It came to nothing: plex.tv refused it, or something newer was decided; look with `/users`'
    case 'notAllowed':
      return 'It was not carried out: whoever approved it or asked for it has no right to any more'
    case 'libraryGone':
      return 'Nothing was sent: a library of it is no longer on the server. It has to be asked for anew'
    case 'changed':
      return 'plex.tv has confirmed it; the end of the access stays as it was'
    case 'hasAll':
      return 'All of it was there already, so nothing was sent'
    case 'shareGone':
      return 'Nothing was sent: the access has ended in the meantime, so there is nothing to add to. `/invite` gives a new one'
    case 'stillPending':
      return 'Nothing was sent: the invitation is not accepted yet, and Plex cannot change it before. It can be asked for again after that'
    case 'librariesUnknown':
      return 'Nothing was sent: plex.tv did not say which libraries are there, and I do not guess. Look with `/users`'
    default:
      return came satisfies never
  }
}

/** How a request ended, as the second half of a sentence: "was approved by @rob 2 minutes ago". */
export function endWords(request: AccessRequest): string {
  const decision = closingDecision(request)
  if (decision) {
    return `was ${stateWords[request.state]} by <@${decision.by}> ${relative(decision.at)}, and the first decision counts`
  }
  const taken = request.history.findLast(({ what }) => what === 'withdrawn')
  return taken ? `was withdrawn ${relative(taken.at)}` : `expired ${relative(request.expiresAt)}`
}

export const approvalsWords = (approvals: number, needed: number) =>
  `${count(approvals, 'approval', 'approvals')} of ${needed}`
