import type { LibraryAccess } from '../../sharing/library-access.ts'
import type { Library } from '../../sharing/ports.ts'
import { libraryParts } from '../../sharing/use-cases/change-libraries.ts'
import { ActionRowBuilder, StringSelectMenuBuilder } from '../builders.ts'
import type { Row } from '../reply.ts'
import { label } from '../text.ts'

export const typeNames: Record<string, string> = {
  movie: 'Movies',
  show: 'Series',
  artist: 'Music',
  photo: 'Photos',
}

/** Libraries to tick and untick, each part in a select of its own. */
export function librarySelects(
  libraries: readonly Library[],
  ticked: LibraryAccess | undefined,
  customIdOf: (part: string) => string,
): Row[] {
  const isTicked = (library: Library) =>
    ticked?.kind === 'all' || (ticked?.libraries.includes(library.id) ?? false)
  return libraryParts(libraries).map((part, at) => {
    const menu = new StringSelectMenuBuilder()
      .setCustomId(customIdOf(String(at)))
      .setPlaceholder('Libraries')
      .setMinValues(0)
      .setMaxValues(part.length)
      .addOptions(
        part.map((library) => ({
          label: label(library.title, `Library ${library.id}`),
          value: library.id,
          description: `${typeNames[library.type] ?? label(library.type, 'of no type').slice(0, 40)}, #${library.id}`,
          default: isTicked(library),
        })),
      )
    return new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu).toJSON()
  })
}
