import { PlexError } from '../errors.ts'

/** An id for a JSON body: as a number, as plex.tv's own pages send it, where a number can say it exactly. */
export function number(id: string): number | string {
  const value = Number(id)
  return Number.isSafeInteger(value) && String(value) === id ? value : id
}

/**
 * An id for a path. What is no number is refused before anything is sent: an empty one would name all rows at once.
 * @throws PlexError `rejected`
 */
export function shareNumber(id: string): string {
  if (/^\d+$/u.test(id)) return id
  throw new PlexError({
    failure: { kind: 'rejected' },
    method: '',
    route: 'not sent',
    details: [{ code: 'malformedId', message: 'an id of plex.tv is a number' }],
    mayHaveHappened: false,
  })
}
