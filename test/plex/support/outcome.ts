import { PlexError, type PlexFailureKind } from '../../../src/plex/errors.ts'

/** The failure that a question ends with. Anything else that it does is a failed test. */
export async function failureOf(asked: Promise<unknown>): Promise<PlexError> {
  const outcome = await asked.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome && outcome.error instanceof PlexError) return outcome.error
  throw new Error(
    `no PlexError but ${'error' in outcome ? String(outcome.error) : JSON.stringify(outcome.value)}`,
  )
}

export const kindOf = async (asked: Promise<unknown>): Promise<PlexFailureKind> =>
  (await failureOf(asked)).kind
