import { someLibraries } from '../../sharing/library-access.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import type { UsualLibraries } from '../../sharing/use-cases/setup-libraries.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { listed, plain } from '../text.ts'
import { button, buttons, dismissButton, primary } from './buttons.ts'
import { accessWords } from './describe.ts'
import { librarySelects } from './library-selects.ts'
import { refusalView } from './refusal.ts'
import { nextWords } from './setup-next.ts'

/** The libraries that are meant where none is named, to tick; what is ticked can get a name as well. */
export function usualLibrariesView(result: UsualLibraries | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { draftId, serverName, libraries, ticked, kept, sets, saved, next } = result
  const access = someLibraries(ticked)
  const now = someLibraries(kept)
  const isSaved = ticked.length === kept.length && ticked.every((library) => kept.includes(library))
  return {
    content: [
      ...(saved?.as === 'usual' ? ['Saved.'] : []),
      ...(saved?.as === 'set' ? [`Saved as the set **${plain(saved.name, 40)}**.`] : []),
      now
        ? `Where nobody names a library, ${accessWords(now, libraries)} of **${plain(serverName)}** are meant.`
        : `Where nobody names a library of **${plain(serverName)}**, I ask for one. Tick those that are usually meant; “all” is never assumed.`,
      ...(isSaved ? [] : ['Not saved yet.']),
      ...(sets.length > 0 ? [`Sets: ${listed(sets.map((set) => `**${plain(set.name, 40)}**`))}.`] : []),
      nextWords(next),
    ].join('\n'),
    components: [
      ...librarySelects(libraries, access, (part) => routes.setupLibrariesTick.id({ draft: draftId, part })),
      buttons(
        primary('Save as the usual ones', routes.setupLibrariesSave.id({ draft: draftId })).setDisabled(
          isSaved,
        ),
        button('Save as a named set', routes.setupSetAsk.id({ draft: draftId })).setDisabled(!access),
        dismissButton('Done'),
      ),
    ],
  }
}
