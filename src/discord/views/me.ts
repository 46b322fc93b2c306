import type { Refusal } from '../../sharing/refusal.ts'
import type { ForgetOutcome } from '../../sharing/use-cases/forget.ts'
import type { LeaveOutcome, LeaveQuestion } from '../../sharing/use-cases/leave.ts'
import type { OwnData, OwnStatus } from '../../sharing/use-cases/own-data.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { day, listed, plain, relative } from '../text.ts'
import { buttons, danger, dismissButton } from './buttons.ts'
import { accessWords, personName } from './describe.ts'
import { refusalView } from './refusal.ts'
import { unsettledWords } from './settling.ts'
import { stateWords } from './users.ts'

/** One's own state; the reader is the person himself. */
export function ownStatusView({ link, accesses, libraries }: OwnStatus): Reply {
  const account = link
    ? `Your Plex account here is ${personName(link.who)}.`
    : 'I do not know your Plex account.'
  const lines = accesses.map(({ serverName, state, access, confirmedAt, endsAt }) => {
    const server = serverName === undefined ? '' : ` on **${plain(serverName)}**`
    const of = access === undefined ? '' : `: ${accessWords(access, libraries)}`
    const seen = confirmedAt ? `, as plex.tv confirmed ${relative(confirmedAt)}` : ''
    const ends = endsAt ? `; it ends on ${day(endsAt)}` : ''
    return `• ${stateWords[state]}${of}${server}${seen}${ends}`
  })
  return {
    content: [
      account,
      ...(lines.length > 0 ? ['Your access through me:', ...lines] : ['I have shared nothing with you.']),
      '`/me export` gives you everything I keep about you, `/me leave` gives your access back, `/me forget` deletes what I keep.',
    ].join('\n'),
    components: [],
  }
}

export function leaveQuestionView(question: LeaveQuestion | Refusal): Reply {
  if (question.outcome === 'refused') return refusalView(question)
  const { shares, libraries, draftId } = question
  const what = listed(
    shares.map(
      ({ share, serverName }) => `${accessWords(share.access, libraries)} on **${plain(serverName)}**`,
    ),
  )
  return {
    content: `Give back ${what}? Your access ends at once. To get it again, you have to be invited anew.`,
    components: [
      buttons(danger('Give it back', routes.leaveConfirm.id({ draft: draftId })), dismissButton('Keep it')),
    ],
  }
}

export function leftView(result: LeaveOutcome): Reply {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result)
    case 'left':
      return {
        content: `You no longer have access to ${listed(result.serverNames.map((name) => `**${plain(name)}**`))}; plex.tv has confirmed it. \`/me forget\` deletes what I keep about you; until then a manager can give the same access back for 30 days.`,
        components: [],
      }
    default:
      return { content: unsettledWords(result, 'give your access back'), components: [] }
  }
}

export function forgetView(result: ForgetOutcome | Refusal): Reply {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result)
    case 'nothingKnown':
      return { content: 'I keep nothing about you, so there was nothing to delete.', components: [] }
    case 'accessFirst':
      return {
        content:
          'You still have access through me, or something about it is under way, and access that nobody remembers could not be ended. Nothing was deleted. Give it back first, then run `/me forget` again.',
        components: [
          buttons(
            danger('Give my access back', routes.leaveConfirm.id({ draft: result.leaveDraftId })),
            dismissButton('Keep it'),
          ),
        ],
      }
    case 'confirmForget':
      return {
        content:
          'Delete everything I keep about you: your Plex account, and the history of your access? It cannot be undone, and nobody can restore your access afterwards. Decisions that you made about others keep your Discord id.',
        components: [
          buttons(
            danger('Delete it all', routes.forgetConfirm.id({ draft: result.draftId })),
            dismissButton('Keep it'),
          ),
        ],
      }
    case 'forgotten':
      return {
        content: `Deleted: your Plex account and every record about you. ${
          result.isScrubbed
            ? 'No trace is left in my database’s files.'
            : 'Traces in my database’s own log go with its next cleaning, within a day.'
        } Backups that the owner made before are not mine to reach; where he restores one, I delete you from it again. What plex.tv and Discord keep is up to them.`,
        components: [],
      }
    default:
      return result satisfies never
  }
}

export function exportView({ data, exportedAt }: OwnData): Reply {
  return {
    content:
      'Here is everything I keep about you in this Discord server. Only you can see this message; keep the file to yourself.',
    components: [],
    files: [
      {
        name: `usherr-${exportedAt.toISOString().slice(0, 10)}.json`,
        contentType: 'application/json',
        data: `${JSON.stringify(data, undefined, 2)}\n`,
      },
    ],
  }
}
