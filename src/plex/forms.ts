import { PlexError } from './errors.ts'

/** One way to ask plex.tv for something. The name is for the memory of what is retired. */
export interface Form<T> {
  name: string
  ask(): Promise<T>
}

/** For each base address, the forms that plex.tv has retired, as this process found out. */
const retired = new Map<string, Set<string>>()

/**
 * Asks in the newest form, and in an older one where plex.tv no longer (or not yet) knows the newer.
 * 405 and 410 retire a form for as long as the process lives. A 404 may also mean that only the row is missing: then
 * the older form is asked, and only if it succeeds was the newer one retired.
 * @throws PlexError of the newest form where every form says 404, else of the last one asked
 */
export async function inFirstWorkingForm<T>(baseUrl: string, forms: readonly Form<T>[]): Promise<T> {
  const gone = retiredAt(baseUrl)
  const known = forms.filter((form) => !gone.has(form.name))
  // All are retired: one is asked all the same, since its answer says so best.
  const asked = known.length > 0 ? known : forms.slice(-1)
  const missing: { form: Form<T>; error: PlexError }[] = []
  let last: PlexError | undefined
  for (const form of asked) {
    try {
      const value = await form.ask()
      for (const { form: older } of missing) gone.add(older.name)
      return value
    } catch (error) {
      if (!(error instanceof PlexError)) throw error
      if (error.kind === 'gone') gone.add(form.name)
      // A page under 404 means that there is no such route at all, but says it less clearly.
      else if (error.status === 404 && (error.kind === 'notFound' || error.kind === 'unexpected'))
        missing.push({ form, error })
      else throw error
      last = error
    }
  }
  throw missing[0]?.error ?? last ?? new Error('no form was given')
}

/** The forms that plex.tv was found to have retired while others still answered, or all of them. */
export const retiredForms = (baseUrl: string): readonly string[] => [...retiredAt(baseUrl)]

function retiredAt(baseUrl: string): Set<string> {
  const known = retired.get(baseUrl) ?? new Set<string>()
  retired.set(baseUrl, known)
  return known
}
