import { ok, problem } from '../../lib/result.ts'
import { because, type Reading } from './check.ts'
import type { Examination } from './examination.ts'
import type { SignIn } from './plex-readings.ts'
import { signInNames } from './sign-in-names.ts'

/** Every sign-in that can be asked with, by its name; why there is none is the affair of the check `plex-token`. */
export async function eachSignIn(
  examined: Examination,
): Promise<Reading<readonly { signIn: SignIn; name: string }[]>> {
  const [signIns, identifier] = await Promise.all([examined.plex.signIns(), examined.plex.clientIdentifier()])
  if (!signIns.ok) return signIns
  if (signIns.value.length === 0) return ok([])
  if (!identifier.ok) return identifier
  if (identifier.value === undefined) return problem(because('plex-token'))
  // Discord says what the guilds are called; plex.tv need not wait for that.
  for (const signIn of signIns.value) examined.plex.reads(signIn).catch(() => {})
  const nameOf = await signInNames(examined)
  return ok(signIns.value.map((signIn) => ({ signIn, name: nameOf(signIn) })))
}
