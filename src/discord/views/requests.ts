import type { LibraryId } from '../../lib/ids.ts'
import type { AccessRequest } from '../../sharing/access-request.ts'
import { sameGrant } from '../../sharing/access-request.ts'
import type { LibraryAccess } from '../../sharing/library-access.ts'
import type { Library, NoticeOutcome } from '../../sharing/ports.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import { unambiguousTitle } from '../../sharing/resolve-libraries.ts'
import type { AnswerOutcome, AskOutcome } from '../../sharing/use-cases/ask-requester.ts'
import type { RequestMade, RequestOutcome } from '../../sharing/use-cases/request-access.ts'
import type { ReviewOutcome } from '../../sharing/use-cases/review-request.ts'
import { type ReviewPanel, reviewParts } from '../../sharing/use-cases/review-with-changes.ts'
import { ActionRowBuilder, StringSelectMenuBuilder } from '../builders.ts'
import type { Reply, Row } from '../reply.ts'
import { routes } from '../routes.ts'
import { listed, plain, relative } from '../text.ts'
import { button, buttons, dismissButton, primary, success } from './buttons.ts'
import { accessWords, personName } from './describe.ts'
import { refusalInDirectMessage, refusalView } from './refusal.ts'
import { approvalsWords, effectWords } from './request-card.ts'
import { durationWords, grantWords, publicSubject } from './request-words.ts'

/** What became of a wish for access. */
export function requestView(result: RequestOutcome): Reply {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result)
    case 'requested':
    case 'alreadyWaiting':
      return requestMadeView(result)
    case 'whichAccount':
      return {
        content: `You ask for ${accessWords(result.access, result.libraries)}. Which Plex account is yours? Press the button and give its e-mail address or user name; only the people who manage the server can see it. Then your request goes to the reviewers.`,
        components: [
          buttons(
            primary('Tell my Plex account', routes.requestAccountAsk.id({ draft: result.draftId })),
            dismissButton('Do not ask'),
          ),
        ],
      }
    case 'hasAccess':
      return { content: nothingToAdd(result), components: [] }
    default:
      return result satisfies never
  }
}

function nothingToAdd({
  share,
  because,
  libraries,
  serverName,
}: Extract<RequestOutcome, { outcome: 'hasAccess' }>): string {
  const access = accessWords(share.access, libraries)
  const server = `**${plain(serverName)}**`
  switch (because) {
    case 'hasAll':
      return `You have ${access} on ${server} already, and that is all that you asked for, so no request was made.`
    case 'stillPending':
      return `You are invited to ${access} on ${server} already. Plex cannot change an invitation before it is accepted, so no request was made. Accept it first, in the e-mail from Plex or in Plex under “Manage library access”; if you want more then, ask again with \`/request\`.`
    case 'librariesUnknown':
      return `You have access to ${server} already, but plex.tv did not say to which libraries, so I cannot tell what would be added, and no request was made. Try again later, or ask somebody who manages the server.`
    case 'allNeedsNewShare': {
      const had: readonly LibraryId[] = share.access?.kind === 'some' ? share.access.libraries : []
      const others = libraries.filter(({ id }) => !had.includes(id))
      const next =
        others.length === 0
          ? 'You have every library that there is; for new ones, ask when they are there.'
          : `Ask for the libraries by name: you do not have ${listed(others.slice(0, 12).map(({ title }) => `**${plain(title, 60)}**`))} yet.`
      return `You have ${access} on ${server} already. Plex gives “all libraries, future ones too” only with a new access, so no request was made. ${next}`
    }
    default:
      return because satisfies never
  }
}

export function requestMadeView({ outcome, isOwn, request, libraries, serverName }: RequestMade): Reply {
  const wish = request.has ? 'for more libraries for' : 'to invite'
  const whose =
    request.forMember === request.memberId ? 'Your request' : `Your wish ${wish} ${subjectWords(request)}`
  const what = `${grantWords(request.wanted, libraries)} on **${plain(serverName)}**${moreWords(request, libraries)}`
  const withdraw = [buttons(button('Withdraw', routes.requestWithdraw.id({ request: request.id })))]
  if (outcome === 'alreadyWaiting') {
    return {
      content: `There is a request already, for ${what}: made ${relative(request.askedAt)}, and nobody has decided yet. No second one was made. ${isOwn ? 'Withdraw it if you want to ask for something else.' : `<@${request.memberId}> made it and can withdraw it.`}`,
      components: isOwn ? withdraw : [],
    }
  }
  return {
    content:
      request.cards.length > 0
        ? `${whose} is with the reviewers: ${what}. You get a direct message when it is decided; it closes by itself ${relative(request.expiresAt)}.`
        : `${whose} is kept: ${what}. But I cannot write in the reviewers’ channel, so nobody sees it yet; I try again every minute. Please tell an administrator: \`/settings channels\` names the channel, and I need the right to see it and to write there.`,
    components: withdraw,
  }
}

/** What is asked for in addition ends with what is there. */
function moreWords({ has }: AccessRequest, libraries: readonly Library[]): string {
  return has
    ? `, in addition to ${accessWords(has.access, libraries)}; the end of the access stays as it is`
    : ''
}

/** Whoever asked knows whom he named. */
function subjectWords(request: AccessRequest): string {
  return request.forMember === undefined ? personName(request.who) : publicSubject(request)
}

export function withdrawnView(result: { outcome: 'withdrawn' } | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  return {
    content: 'Your request is withdrawn; nobody can approve it any more. Ask anew with `/request`.',
    components: [],
  }
}

/** What a reviewer is told after his press; the card says the rest to everybody. */
export function reviewedView(result: ReviewOutcome): Reply {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result)
    case 'counted':
      return {
        content: `Your approval is counted: ${approvalsWords(result.approvals, result.needed)}. Nothing is given yet; the request waits for another reviewer.`,
        components: [],
      }
    case 'decided':
      return { content: decidedWords(result), components: [] }
    default:
      return result satisfies never
  }
}

function decidedWords({
  request,
  libraries,
  serverName,
}: Extract<ReviewOutcome, { outcome: 'decided' }>): string {
  const subject = publicSubject(request)
  if (request.state === 'denied') {
    return `Denied: ${subject} gets nothing, and nothing was changed at Plex. ${toldWords(request)}`
  }
  const more = request.has ? ', in addition to what was there' : ''
  const given = `${grantWords(request.wanted, libraries)} on **${plain(serverName)}** for ${subject}${more}`
  const effect = request.effect
    ? `${effectWords(request.effect.came)}.`
    : 'It could not be carried out just now; I try again every minute, and the card shows how it comes out.'
  return `Approved: ${given}. ${effect} ${toldWords(request)}`.trimEnd()
}

function toldWords(request: AccessRequest): string {
  const failed = request.history.some(({ what }) => what === 'noticeFailed')
  if (failed)
    return `The direct messages of <@${request.memberId}> are closed, so I could not tell them: please do.`
  return request.owesNotice ? '' : `<@${request.memberId}> is told in a direct message.`
}

const forever = 'forever'
const dayMs = 86_400_000
const durations = [7, 30, 90, 180, 365].map((days) => days * dayMs)

/** The reviewer's panel: what would be given instead, to be ticked and chosen, and to be confirmed. */
export function reviewPanelView(panel: ReviewPanel | Refusal): Reply {
  if (panel.outcome === 'refused') return refusalView(panel)
  const { request, draftId: draft, access, durationMs, libraries } = panel
  const grant = access && { ...request.wanted, access, durationMs }
  const { has } = request
  const lasting = durationMs === undefined ? 'until it is ended' : `for ${durationWords(durationMs)}`
  const would = access
    ? has
      ? `You would add ${accessWords(access, libraries)}. What is there stays, and so does the end of the access.`
      : `You would give ${accessWords(access, libraries)}, ${lasting}.`
    : 'Nothing is ticked, and nobody can be given nothing. Tick at least one library, or deny the request on its card.'
  const { durationMs: lasts, ...rest } = request.wanted
  const isSame =
    grant !== undefined &&
    access !== undefined &&
    sameGrant(
      { ...rest, access, ...(durationMs === undefined ? {} : { durationMs }) },
      { ...rest, ...(lasts === undefined ? {} : { durationMs: lasts }) },
    )
  return {
    content: [
      `${publicSubject(request)} ${has ? `has ${accessWords(has.access, libraries)} and asks in addition` : 'asks'} for ${grantWords(request.wanted, libraries)} on **${plain(panel.serverName)}**.`,
      would,
      isSame ? 'That is what was asked for.' : 'Nothing is decided before you press the button.',
    ].join('\n'),
    components: [
      ...reviewParts(libraries, request).map((part, at) => libraryRow(part, at, draft, access)),
      ...(has ? [] : [durationRow(draft, durationMs)]),
      buttons(
        success('Approve this', routes.reviewSave.id({ draft })).setDisabled(access === undefined),
        dismissButton('Decide later'),
      ),
    ],
  }
}

function libraryRow(
  part: readonly Library[],
  at: number,
  draft: string,
  access: LibraryAccess | undefined,
): Row {
  const isTicked = ({ id }: Library) =>
    access !== undefined && (access.kind === 'all' || access.libraries.includes(id))
  const menu = new StringSelectMenuBuilder()
    .setCustomId(routes.reviewLibraries.id({ draft, part: String(at) }))
    .setPlaceholder(at === 0 ? 'Libraries' : `Libraries, part ${at + 1}`)
    .setMinValues(0)
    .setMaxValues(part.length)
    .addOptions(
      part.map((library) => ({
        label: unambiguousTitle(library, part).slice(0, 100),
        value: library.id,
        default: isTicked(library),
      })),
    )
  return new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu).toJSON()
}

function durationRow(draft: string, chosen: number | undefined): Row {
  const offered = chosen === undefined || durations.includes(chosen) ? durations : [chosen, ...durations]
  const menu = new StringSelectMenuBuilder()
    .setCustomId(routes.reviewDuration.id({ draft }))
    .setPlaceholder('How long')
    .addOptions(
      { label: 'Until it is ended', value: forever, default: chosen === undefined },
      ...offered.map((ms) => ({ label: durationWords(ms), value: String(ms), default: ms === chosen })),
    )
  return new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu).toJSON()
}

/** What was chosen in the select of lengths; nothing where it is none of those that were offered. */
export function chosenDuration(value: string | undefined): number | 'forever' | undefined {
  if (value === forever) return forever
  const ms = Number(value)
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined
}

export function askedView(result: AskOutcome): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  return { content: askedWords(result.notice, result.request), components: [] }
}

function askedWords(notice: NoticeOutcome, { memberId }: AccessRequest): string {
  return notice === 'delivered'
    ? `<@${memberId}> is asked in a direct message. The question stands on the card, and the answer will too; the request goes on waiting.`
    : `The direct messages of <@${memberId}> are closed, so the question did not arrive. It stands on the card; please ask in a channel. The request goes on waiting.`
}

export function answeredView(result: AnswerOutcome): Reply {
  if (result.outcome === 'refused') return refusalInDirectMessage(result)
  return { content: 'Thank you; the reviewers see your answer. You get a message when it is decided.' }
}
