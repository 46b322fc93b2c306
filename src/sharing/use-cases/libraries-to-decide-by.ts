import { ok, type Result } from '../../lib/result.ts'
import type { Library, LibrarySharing, Reading, Trouble } from '../ports.ts'
import { isOutOfReach } from '../remembered-server.ts'

/** The libraries as they are, or as they were read last where plex.tv is out of reach: then `old` says why. */
export interface KnownLibraries extends Reading<readonly Library[]> {
  old?: OldLibraries
}
export interface OldLibraries {
  trouble: Trouble
  readAt: Date
}

/**
 * What a wish is resolved against. An older list is enough to keep a wish by, for it is compared with the newest before
 * anything is sent; it is not enough to say that there is no such library.
 */
export async function librariesToDecideBy(
  sharing: Pick<LibrarySharing, 'libraries' | 'lastRead'>,
): Promise<Result<KnownLibraries, Trouble>> {
  const reading = await sharing.libraries()
  if (reading.ok || !isOutOfReach(reading.problem)) return reading
  const { libraries: value, librariesReadAt: readAt } = sharing.lastRead()
  if (!value || !readAt) return reading
  return ok({ value, readAt, old: { trouble: reading.problem, readAt } })
}
