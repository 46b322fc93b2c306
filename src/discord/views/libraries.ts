import type { LibraryAccess } from '../../sharing/library-access.ts'
import { sameAccess } from '../../sharing/library-access.ts'
import type { Library, Share } from '../../sharing/ports.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import { unambiguousTitle } from '../../sharing/resolve-libraries.ts'
import type { ChangeOutcome, ChangeQuestion } from '../../sharing/use-cases/change-libraries.ts'
import type { LibraryList } from '../../sharing/use-cases/list-libraries.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { count, listed, moment, plain } from '../text.ts'
import { buttons, dismissButton, primary, undoRow } from './buttons.ts'
import { accessWords, because, recordWords } from './describe.ts'
import { librarySelects, typeNames } from './library-selects.ts'
import { capitalised, refusalView } from './refusal.ts'
import { unsettledWords } from './settling.ts'
import { shownName } from './users.ts'

/** What can be shared, by type, and what the asking member has of it. */
export function librariesView(result: LibraryList | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { libraries, sets, serverName, counts, old } = result
  const types = [...new Set(libraries.map((library) => library.type))]
  const lines = types.map((type) => {
    const ofType = libraries.filter((library) => library.type === type)
    const titles = ofType.map((library) => {
      const people = counts?.get(library.id)
      return `**${plain(unambiguousTitle(library, libraries), 60)}**${people === undefined ? '' : ` (${count(people, 'person', 'people')})`}`
    })
    return `${typeNames[type] ?? plain(type, 20)}: ${listed(titles.slice(0, 30))}`
  })
  const setLines = sets.map(
    (set) =>
      `Set **${plain(set.name)}**: ${accessWords({ kind: 'some', libraries: set.libraries }, libraries)}`,
  )
  return {
    content: [
      `**${plain(serverName)}** has ${count(libraries.length, 'library', 'libraries')}.`,
      ...(old
        ? [
            `${capitalised(because(old.trouble.kind))}, so this is the list as I read it on ${moment(old.readAt)}; it may have changed since.`,
          ]
        : []),
      ...lines,
      ...setLines,
      mineWords(result.mine, libraries),
    ].join('\n'),
  }
}

function mineWords(mine: LibraryList['mine'], libraries: readonly Library[]): string {
  if (mine === 'notLinked') return 'I do not know your Plex account, so I cannot say which of them you have.'
  if (mine === 'nothing') return 'You have none of them.'
  if (mine === 'unknown')
    return 'plex.tv did not answer clearly, so I cannot say just now which of them you have.'
  const access = accessWords(mine.access, libraries)
  return mine.status === 'active'
    ? `You have ${access}.`
    : `You are invited to ${access}; accept the invitation in the e-mail from Plex or in the Plex web app.`
}

/** The libraries of one share to tick and untick, with the difference and a Save button once there is one. */
export function changeView(question: ChangeQuestion | Refusal, seesEmails: boolean): Reply {
  if (question.outcome === 'refused') return refusalView(question)
  const { share, libraries, chosen, draftId, recordedAt } = question
  const name = shownName(share.who, share.title, seesEmails)
  const difference = differenceWords(share, chosen, libraries)
  const selects = librarySelects(libraries, chosen, (part) =>
    routes.librariesChoose.id({ draft: draftId, part }),
  )
  const canSave = difference !== undefined && chosen !== undefined
  return {
    content: [
      `${recordWords(recordedAt)}${name} has ${accessWords(share.access, libraries)} on **${plain(question.serverName)}**.`,
      chosen === undefined
        ? share.access === undefined
          ? 'plex.tv did not say which libraries these are. Tick all that the person shall have.'
          : 'Nothing is ticked, and nobody can have a share of nothing. Tick at least one library, or end the access with `/revoke`.'
        : (difference ?? 'Tick or untick libraries; nothing is sent until you save.'),
    ].join('\n'),
    components: [
      ...selects,
      buttons(
        ...(canSave ? [primary('Save', routes.librariesSave.id({ draft: draftId }))] : []),
        dismissButton(),
      ),
    ],
  }
}

/** What would come and go, or nothing where all stays as it is. */
function differenceWords(
  share: Share,
  chosen: LibraryAccess | undefined,
  libraries: readonly Library[],
): string | undefined {
  if (!chosen || (share.access && sameAccess(share.access, chosen))) return undefined
  const ids = (access: LibraryAccess | undefined) =>
    access?.kind === 'all' ? libraries.map((library) => library.id) : (access?.libraries ?? [])
  const had = ids(share.access)
  const has = ids(chosen)
  const title = (id: string) => {
    const library = libraries.find((each) => each.id === id)
    return library ? `**${plain(library.title, 60)}**` : `library #${id}`
  }
  const added = has.filter((id) => !had.includes(id)).map(title)
  const removed = had.filter((id) => !has.includes(id)).map(title)
  return [
    'Not saved yet.',
    ...(added.length > 0 ? [`+ ${listed(added)}`] : []),
    ...(removed.length > 0 ? [`− ${listed(removed)}`] : []),
    ...(share.access?.kind === 'all'
      ? [
          'So far this share takes in every library, future ones too. After saving, new libraries are no longer included.',
        ]
      : []),
  ].join('\n')
}

export function changedView(result: ChangeOutcome, seesEmails: boolean): Reply {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result)
    case 'changed': {
      const name = shownName(result.share.who, result.share.title, seesEmails)
      return {
        content: `${name} now has ${accessWords(result.access, result.libraries)} on **${plain(result.serverName)}**; plex.tv has confirmed it.`,
        components: undoRow(result.undo && routes.undoChange.id({ draft: result.undo })),
      }
    }
    case 'unchanged':
      return { content: 'That is what is so already; nothing was sent.', components: [] }
    default:
      return { content: unsettledWords(result, 'change these libraries'), components: [] }
  }
}
