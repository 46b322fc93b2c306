import type { Refusal } from '../../sharing/refusal.ts'
import type { TakenBack } from '../../sharing/use-cases/take-back.ts'
import type { UndoOutcome } from '../../sharing/use-cases/undo.ts'
import type { Reply } from '../reply.ts'
import { plain } from '../text.ts'
import { accessWords } from './describe.ts'
import { capitalised, refusalView } from './refusal.ts'
import { unsettledWords } from './settling.ts'
import { shownName } from './users.ts'

/** What an undo came to. */
export function undoView(result: UndoOutcome | Refusal, seesEmails: boolean): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const said = words(result, seesEmails, 'take this back', result.of === 'share')
  return { content: result.outcome === 'takenBack' ? `Undone. ${said}` : said, components: [] }
}

export function restoredView(result: TakenBack | Refusal, seesEmails: boolean): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const said = words(result, seesEmails, 'give this access back')
  return { content: result.outcome === 'takenBack' ? `Restored. ${said}` : said, components: [] }
}

function words(result: TakenBack, seesEmails: boolean, deed: string, wasInvitation = false): string {
  if (result.outcome !== 'takenBack') return unsettledWords(result, deed)
  const { event, who, serverName } = result
  const name = shownName(who, undefined, seesEmails)
  const server = `**${plain(serverName)}**`
  const access = accessWords(result.access, result.libraries)
  switch (event.what) {
    case 'ended':
      return wasInvitation
        ? `The invitation of ${name} to ${server} is taken back; plex.tv shows no access any more.`
        : `${capitalised(name)} no longer has access to ${server}, and plex.tv has confirmed it.`
    case 'changed':
      return `${capitalised(name)} has ${access} on ${server} again; plex.tv has confirmed it.`
    case 'shared':
      return `${
        event.status === 'active'
          ? `${capitalised(name)} has ${access} on ${server} again; Plex knew this account already, so there is nothing to accept.`
          : `A new invitation of ${name} to ${access} on ${server} was sent: access begins again only when it is accepted.${noticeWords(result)}`
      }${result.restrictionsDiffer ? ' **plex.tv shows other restrictions than before**: check them in the Plex web app.' : ''}`
    default:
      return event satisfies never
  }
}

function noticeWords({ notice }: Extract<TakenBack, { outcome: 'takenBack' }>): string {
  if (notice === undefined) return ''
  return notice === 'delivered'
    ? ' I sent the steps for accepting as a direct message.'
    : ' I could not tell them in a direct message: please do.'
}
