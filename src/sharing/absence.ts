import type { ShareId } from '../lib/ids.ts'
import { contradicts, type FoundPerson, findPerson, isNameless, namesInCommon } from './find-person.ts'
import type { PlexIdentity, Share, SharesReading, Trouble, UntoldRow } from './ports.ts'

/**
 * When somebody who is not shown is not there. "plex.tv does not show him" proves something only where no row can be
 * his: a list with rows that could not be told is believed for whom it shows, and for whom it cannot mean.
 */

/** A person, and the share that he was last known to have. */
export interface Sought {
  who: PlexIdentity
  shareId?: ShareId | undefined
}

type Shown = Pick<SharesReading, 'value' | 'untold'>

/** `untold`: he is not shown, but a row may be his. That is "could not find out", and never "nobody". */
export type FoundShare = FoundPerson<Share> | { kind: 'untold' }

/**
 * A person's share in a reading: by the share's own id where it is known, for the address may become another one on
 * acceptance; else by who he is. Two accounts that answer to one name are nobody: nothing is done to either.
 */
export function lookForShare(sought: Sought, shown: Shown): FoundShare {
  const same = sought.shareId === undefined ? undefined : shown.value.find(({ id }) => id === sought.shareId)
  if (same && !contradicts(sought.who, same.who)) return { kind: 'found', value: same }
  const found = findPerson(sought.who, shown.value)
  return found.kind === 'none' && mayBeIn(sought, shown) ? { kind: 'untold' } : found
}

/** Whether somebody who is not found in a reading may be in it all the same. */
export const mayBeIn = (sought: Sought, { value, untold }: Shown) =>
  untold.some((row) => mayBe(sought, row)) ||
  value.some((share) => isMisread(sought, share) || isNobodys(sought, share))

/** A share does not change hands, and an address has one account at a time: one that shows another is misread. */
const isMisread = ({ who, shareId }: Sought, share: Share) =>
  (share.id === shareId || sameAddress(who, share.who)) && contradicts(who, share.who)

/** A share that names nobody is his if it is the one that he was known to have; if none was known, it may be. */
const isNobodys = ({ shareId }: Sought, { who }: Share) => shareId === undefined && isNameless(who)

const sameAddress = (a: PlexIdentity, b: PlexIdentity) =>
  a.email !== undefined && a.email.trim().toLowerCase() === b.email?.trim().toLowerCase()

/**
 * A row is somebody else's where it has a name that he has too, and none of these is the same. One that has nothing in
 * common to compare may be anybody's; one that has his share's id, or any name of his, may be his whatever else it says.
 */
function mayBe({ who, shareId }: Sought, row: UntoldRow): boolean {
  if (shareId !== undefined && row.id === shareId) return true
  const { same, other } = namesInCommon(who, row.who)
  return same > 0 || other === 0
}

/** Whether a row has the id of this share, whosever it seems to be. */
export const isListed = (share: ShareId, { value, untold }: Shown) =>
  [...value, ...untold].some(({ id }) => id === share)

/** Whether a share of which nothing but the id is known may be a row that could not be told. */
export const mayHide = (share: ShareId, { untold }: Pick<Shown, 'untold'>) =>
  untold.some(({ id }) => id === undefined || id === share)

/** What is said where a list cannot tell, as one would say that it cannot be read. */
export const incomplete: Trouble = { kind: 'incomplete', mayHaveHappened: false }
