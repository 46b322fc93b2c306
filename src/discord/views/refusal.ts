import type { FailureReason } from '../../sharing/person.ts'
import type { Capability } from '../../sharing/policy.ts'
import type { ConnectionProblem, Trouble } from '../../sharing/ports.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import type { LibrariesProblem } from '../../sharing/resolve-libraries.ts'
import type { NoWayBack } from '../../sharing/reversal.ts'
import type { Reply } from '../reply.ts'
import { listed, moment, plain, relative } from '../text.ts'
import { because, personName, withMaskedAddress } from './describe.ts'
import { observingWords, resumeRow } from './observing.ts'
import { endWords } from './request-card.ts'
import { durationWords } from './request-words.ts'

/** What a refusal says: what happened (nothing was changed), why, and the next step. */
export function refusalView(refusal: Refusal): Reply {
  const components = refusal.reason === 'observing' ? [resumeRow()] : []
  return { content: words(refusal), components }
}

/** In a direct message nobody has rights, so there is nothing to press. */
export const refusalInDirectMessage = (refusal: Refusal): Reply => ({
  ...refusalView(refusal),
  components: [],
})

function words(refusal: Refusal): string {
  switch (refusal.reason) {
    case 'notAllowed':
      return notAllowed(refusal.capability, refusal.askRoles)
    case 'nobodyNamed':
      return 'Nobody was named, so nobody was invited. Say who with `email` (an e-mail address or a Plex user name) or with `member`.'
    case 'badRecipient':
      return badRecipient(refusal)
    case 'badLibraries':
      return `${oldListWords(refusal)}${badLibraries(refusal.problem, refusal.offered)} Nothing was changed.`
    case 'badDuration':
      return `“${plain(refusal.typed)}” is not a length of time that I understand, so nothing was changed. Write for example \`12h\`, \`30d\`, \`2w\`, \`3m\` (months) or \`1y\`.`
    case 'theOwner':
      return 'That is the owner of the Plex server, who has everything already. Nothing was changed.'
    case 'emailTaken':
      return 'This Plex account belongs to another member of this Discord server already, so nothing was changed. If that is wrong, ask a manager to look at both with `/users`.'
    case 'memberHasAccount':
      return `<@${refusal.memberId}> is linked to another Plex account already (${personName(withMaskedAddress(refusal.who))}), so nothing was changed. Choose another member, or leave this one unlinked.`
    case 'unknownPerson':
      return `Nobody called “${plain(refusal.typed)}” has access or a pending invitation, so nothing was changed. Choose somebody from the list that appears while you type, or look with \`/users\`.`
    case 'ambiguousPerson':
      return `“${plain(refusal.typed)}” fits ${refusal.choices.length} different Plex accounts (${listed(refusal.choices.map((who) => plain(who.username ?? '?')))}), so I touched none of them. Choose one from the list that appears while you type.`
    case 'onSeveralServers':
      return `“${plain(refusal.typed)}” has access to several servers (${named(refusal.servers)}), and you may mean only one of them, so nothing was changed. Say which with \`server\`, or choose from the list that appears while you type.`
    case 'channelNotUsable':
      return refusal.missing === 'all'
        ? `I cannot see <#${refusal.channelId}>, so nothing was changed. Give my role *View Channels* and *Send Messages* there (Edit Channel → Permissions), then choose it again.`
        : `I may not use <#${refusal.channelId}>: my role lacks ${listed(refusal.missing.map((right) => `*${right}*`))} there. Nothing was changed. Allow it under Edit Channel → Permissions, then choose the channel again.`
    case 'noPlexAccount':
      return 'No Plex account is linked for this Discord server yet, so there is no server to choose. Begin with `/setup plex`.'
    case 'stillPending':
      return 'This invitation has not been accepted yet, and Plex cannot change the libraries of a pending one. Nothing was changed. Cancel it with `/revoke` and invite again with `/invite` and the libraries you want.'
    case 'draftGone':
      return 'This has been dealt with already, or it was left for too long. Nothing was changed just now. Run the command again if it is still wanted.'
    case 'notYours':
      return 'Somebody else began this, so only that person can finish it. Nothing was changed.'
    case 'beyondLimits':
      return refusal.limit === 'libraries'
        ? `Your role may grant only ${refusal.sets.length === 0 ? 'nothing' : `the libraries of ${listed(refusal.sets.map((set) => `“${plain(set, 40)}”`))}`}, and this is more, so nothing was done. Leave the other libraries out, or ask an administrator; \`/settings roles\` says what a role may grant.`
        : `Your role may grant at most ${durationWords(refusal.longestMs)}, and this is longer, so nothing was done. Choose a shorter time, or ask an administrator.`
    case 'limitReached':
      return refusal.what === 'requestsPerDay'
        ? `You have made as many requests today as a member may, so none was made now. You can ask again ${relative(refusal.again)}.`
        : `Your role has granted as much this week as it may, so nothing was done. You can again ${relative(refusal.again)}, or ask somebody else who may.`
    case 'needsReview':
      return 'What your role adds needs a review, so nothing was changed. You may take libraries away; for more, ask a reviewer.'
    case 'accountInUse':
      return 'This Plex account has access already, or belongs to another member, so no request was made. If it is yours, ask a manager to link it to you.'
    case 'unknownSet':
      return `There is no set “${plain(refusal.typed, 40)}”, so nothing was saved. ${refusal.sets.length === 0 ? 'There are none yet: make one with `/settings sets`.' : `There are ${listed(refusal.sets.map((set) => `“${plain(set, 40)}”`))}.`} Say \`any\` to take this limit away.`
    case 'noReviewers':
      return 'Nobody has said where requests go, so none was made. Ask an administrator to name the reviewers’ channel with `/settings channels`, then ask again.'
    case 'requestGone':
      return 'I know no such request here, so nothing was done. It may have been deleted, or belong to another Discord server.'
    case 'requestClosed':
      return `Too late, so nothing was changed: this request ${endWords(refusal.request)}.`
    case 'oldCard': {
      const [card] = refusal.cards
      const where = card ? ` Use the one in <#${card.channelId}>.` : ''
      return `This is not a card of that request any more, so nothing was done.${where}`
    }
    case 'ownRequest':
      return 'This request is your own, or for your own Plex account, and nobody decides on his own. Nothing was done; another reviewer has to.'
    case 'votedAlready':
      return 'You have approved this already, and everybody counts once. Nothing was changed; it waits for another reviewer.'
    case 'libraryGone':
      return 'A library of this request is no longer on the server, so nothing was decided. Use **Approve with changes** to choose others, or deny it.'
    case 'nothingOfYours':
      return 'I have shared nothing with you on this Plex server, so there is nothing to give back. Nothing was changed. If you have access all the same, it was given in Plex itself: leave it in the Plex web app under “Manage library access”.'
    case 'undoOver':
      return 'An undo works once, and for 10 minutes; this one is over, and nothing was changed just now. Look at what is so with `/users`; somebody whose access was ended can be restored there for 30 days.'
    case 'cannotGoBack':
      return cannotGoBack(refusal.because)
    case 'observing':
      return `Nothing was done: ${observingWords(refusal.restored)} An administrator has to look at what differs and confirm: with **Resume** here, or in \`/settings show\`. Looking, settings, \`/me export\` and \`/me forget\` work meanwhile.`
    case 'noConnection':
      return noConnectionWords(refusal.problem)
    case 'plexTrouble':
      return plexTrouble(refusal.trouble)
    case 'plexRefused':
      return plexRefused(refusal.because)
    default:
      return refusal satisfies never
  }
}

function cannotGoBack(because: NoWayBack): string {
  switch (because) {
    case 'changedSince':
      return 'Something newer has been decided about this person, or changed in Plex itself, so I do not go back behind it. Nothing was changed. Look at what is so with `/users`.'
    case 'librariesUnknown':
      return 'plex.tv never said which libraries this person had, and I do not guess. Nothing was changed. Share them anew with `/invite`.'
    case 'allNeedsNewShare':
      return 'This person had all libraries, future ones too, and Plex takes that only with a new share. Nothing was changed. End the access with `/revoke`, then run `/invite` with `libraries: all`.'
    case 'endedMeanwhile':
      return 'This access would have ended by itself by now, so I do not give it back. Nothing was changed. Use `/invite` with a new `duration`.'
    case 'tooLongAgo':
      return 'This access ended more than 30 days ago, so I do not give it back by a button. Nothing was changed. Use `/invite`.'
    default:
      return because satisfies never
  }
}

const doing: Record<Capability, string> = {
  request: 'ask for access and see what can be shared',
  invite: 'invite people',
  review: 'review requests',
  'see-people': 'see who has access',
  change: 'change somebody’s libraries',
  revoke: 'end somebody’s access',
  home: 'manage the Plex Home',
  audit: 'read the audit trail',
  'see-emails': 'see e-mail addresses',
  settings: 'change my settings',
}

function notAllowed(capability: Capability, askRoles: readonly string[]): string {
  const roles = askRoles.slice(0, 5).map((role) => `<@&${role}>`)
  const who = [...roles, 'anybody who may manage this Discord server']
  return `You may not ${doing[capability]} here (the right \`${capability}\` is missing), so nothing was done. Ask ${listed(who, 'or')}; an administrator gives rights with \`/settings roles\`.`
}

function badRecipient({ problem, typed }: Extract<Refusal, { reason: 'badRecipient' }>): string {
  switch (problem) {
    case 'empty':
      return 'Nobody was named, so nothing was changed. Give an e-mail address or a Plex user name.'
    case 'malformedEmail':
      return `“${plain(typed)}” is not an e-mail address, so nothing was sent. Check it for a typing mistake: it needs a name, an @ and a domain, like \`mira@example.com\`.`
    case 'malformedUsername':
      return `“${plain(typed)}” is neither an e-mail address nor a Plex user name (those have no blanks), so nothing was sent. Check it and try again.`
    default:
      return problem satisfies never
  }
}

/** An older list does not know what was added since: that is said before anything is missed in it. */
function oldListWords({ old }: Extract<Refusal, { reason: 'badLibraries' }>): string {
  if (!old) return ''
  return `${capitalised(because(old.trouble.kind))}, so I go by the libraries as I read them on ${moment(old.readAt)}; whether one was added since I could not find out. Name one of these, or try again in a few minutes. By that list: `
}

function badLibraries(problem: LibrariesProblem, offered: readonly string[]): string {
  const shown = offered.slice(0, 15).map((title) => `“${plain(title, 40)}”`)
  const all = shown.length === 0 ? '' : ` This server has ${listed(shown)}.`
  switch (problem.problem) {
    case 'empty':
      return `No library was named, and I never take that to mean all of them.${all} Name some, separated by commas, or say \`all\`.`
    case 'allWithOthers':
      return '`all` means every library, future ones too, and has to stand alone. Say only `all`, or only the libraries you mean.'
    case 'unknown': {
      const similar = problem.similar.map((library) => `“${plain(library.title, 40)}”`)
      const hint = similar.length > 0 ? ` Did you mean ${listed(similar, 'or')}?` : all
      return `There is no library “${plain(problem.piece)}” on this server.${hint} Choose from the list that appears while you type.`
    }
    case 'ambiguous': {
      const choices = problem.choices.map((choice) =>
        'id' in choice
          ? `**${plain(choice.title, 40)} #${choice.id}** (${plain(choice.type, 20)})`
          : `the set “${plain(choice.name, 40)}”`,
      )
      return `“${plain(problem.piece)}” could be ${listed(choices, 'or')}. Write the one you mean with its number.`
    }
    default:
      return problem satisfies never
  }
}

export function noConnectionWords(problem: ConnectionProblem): string {
  switch (problem.problem) {
    case 'notSetUp':
      return 'No Plex server is connected for this Discord server yet, so nothing was done. Whoever may manage this Discord server connects one with `/setup plex`.'
    case 'serverUnknown':
      return problem.asked === ''
        ? `The Plex account owns several servers (${named(problem.servers)}) and nobody has said which one to use, so nothing was done. An administrator chooses it with \`/setup server\`; where the settings of the environment name the account, the person who runs me names it in \`PLEX_SERVER\`.`
        : `There is no Plex server “${plain(problem.asked)}” here, so nothing was done. ${
            problem.servers.length === 0
              ? 'The Plex account owns no such server; `/setup server` shows which are used.'
              : `I know ${named(problem.servers)}.`
          }`
    case 'serverNotOwned':
      return `The Plex server “${plain(problem.asked)}” belongs to somebody else, and only its owner can share it; nothing was done. The person who runs me needs the token of the account that owns it${
        problem.servers.length === 0 ? '' : `, or another server: ${named(problem.servers)}`
      }.`
    case 'serverLost':
      return `The Plex server “${plain(problem.name)}” no longer belongs to the account that was linked for it, so nothing was done. An administrator chooses another one with \`/setup server\`, or signs in with the account that owns it now with \`/setup plex\`; everything I know is kept.`
    case 'serverAmbiguous':
      return `The Plex account owns ${problem.serverIds.length} servers called “${plain(problem.asked)}”, so nothing was done. The person who runs me has to put the identifier of the right one into \`PLEX_SERVER\`: ${listed(
        problem.serverIds.map((server) => `\`${server}\``),
        'or',
      )}.`
    case 'trouble':
      return plexTrouble(problem.trouble)
    default:
      return problem satisfies never
  }
}

const named = (servers: readonly string[]) => listed(servers.map((name) => `“${plain(name)}”`))

function plexTrouble(trouble: Trouble): string {
  const what = `${capitalised(because(trouble.kind))}, so I could not find out what is so, and nothing was changed.`
  switch (trouble.kind) {
    case 'unauthorised':
      return `${what} An administrator signs in again with \`/setup plex\` (or the person who runs me gives me a new \`PLEX_TOKEN\`); everything I know is kept.`
    case 'forbidden':
      return `${what} It has to be the token of the account that owns the server; the person who runs me can check it.`
    case 'rateLimited':
      return `${what} Please try again ${trouble.until ? relative(trouble.until) : 'in a few minutes'}.`
    case 'incomplete':
      return `${what} Somebody whom I do not see may be one of them. Look at “Manage library access” in the Plex web app, remove or repair what is odd there, and try again. Everybody whom \`/users\` shows can be managed as always.`
    case 'gone':
      return `${what} The person who runs me should look for a newer version of me.`
    default:
      return `${what} Please try again in a few minutes.`
  }
}

export function plexRefused(reason: FailureReason): string {
  switch (reason) {
    case 'noSuchAccount':
      return 'plex.tv knows no such account, so nobody was invited. Check the spelling; for somebody without a Plex account, use the e-mail address.'
    case 'conflict':
      return 'plex.tv says that this person has a share already, but shows none. Nothing was changed, and I will not try again by myself. Look at “Manage library access” in the Plex web app and remove what is left over there, then invite again.'
    case 'alreadyHasOther':
      return 'This person has access already, with other libraries. Nothing was changed. Use `/libraries` with `who` to change them.'
    case 'shareGone':
      return 'This person has no access any more: it was ended elsewhere in the meantime. Nothing was changed. Invite again with `/invite`.'
    case 'stillPending':
      return 'This invitation has not been accepted yet, and Plex cannot change a pending one. Cancel it with `/revoke` and invite again.'
    case 'rejected':
      return 'plex.tv refused it and nothing was changed. The person who runs me finds plex.tv’s own words in the log.'
    case 'forbidden':
      return 'plex.tv does not allow this to the connected account, and nothing was changed. It has to be the account that owns the server.'
    case 'ambiguous':
      return 'Several Plex accounts fit, so I touched none of them. Choose one from the list that appears while you type.'
    case 'libraryGone':
      return 'A library of this is no longer on the server, so nothing was sent and nothing was changed. Look with `/libraries` and decide again.'
    case 'serverLost':
      return 'The Plex server that it was decided for is not the one that I reach now, so nothing was sent and nothing was changed. An administrator looks with `/setup server`; then decide again.'
    default:
      return reason satisfies never
  }
}

/** plex.tv is a name and stays as it is. */
export const capitalised = (text: string) =>
  text.startsWith('plex.tv') ? text : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
