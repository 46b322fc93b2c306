import { createAccount as createAtPlex, type NewAccount } from '../../plex/api/new-account.ts'
import { signOut } from '../../plex/api/sign-in.ts'
import type { PlexError, PlexErrorDetail } from '../../plex/errors.ts'
import type { Asker, Say } from '../asker.ts'
import type { PlexAccess } from '../plex-access.ts'
import { plexProblemWords } from '../plex-words.ts'

interface Ground {
  asker: Asker
  say: Say
  plex: PlexAccess
}

/** Makes an account for somebody. Its sign-in is ended at once: he signs in himself, with the password he is told. */
export async function createAccount(ground: Ground): Promise<number> {
  const { asker, say, plex } = ground
  say(
    'A new Plex account for somebody who cannot make one himself at https://www.plex.tv/sign-up/. plex.tv sends a message to the address, which he has to confirm.',
  )
  let wanted: NewAccount | undefined
  for (;;) {
    wanted = await askFor(ground, wanted)
    if (!(await asker.confirm(`Make the account ${wanted.username} for ${wanted.email}?`))) {
      say('No account was made.')
      return 1
    }
    const account = wanted
    const made = await plex.ask((http) => createAtPlex(http, account))
    if (made.ok) {
      say(`The account ${account.username} is made.`)
      return endSignIn(made.value, ground)
    }
    const isFinal = sayWhyNot(made.problem, say)
    if (isFinal || !(await asker.confirm('Try again with other values?'))) return 1
  }
}

async function askFor({ asker, say }: Ground, before: NewAccount | undefined): Promise<NewAccount> {
  const email = await asker.text('His e-mail address', {
    ...(before ? { initial: before.email } : {}),
    check: (text) => (/^[^\s@]+@[^\s@]+$/u.test(text.trim()) ? undefined : 'That is no e-mail address.'),
  })
  const username = await asker.text('The user name that he wants', {
    ...(before ? { initial: before.username } : {}),
    check: (text) => (text.trim() === '' ? 'Please type one.' : undefined),
  })
  for (;;) {
    const password = await asker.secret('A password (it is not shown)')
    const again = await asker.secret('The same password again')
    if (password !== '' && password === again) {
      return { email: email.trim(), username: username.trim(), password }
    }
    say(password === again ? 'An account needs a password.' : 'The two are not the same. Once more:')
  }
}

/** Nothing of it is kept or shown: it is the other person's. */
async function endSignIn(token: string, { say, plex }: Ground): Promise<number> {
  const out = await plex.ask(signOut, token)
  if (out.ok || out.problem.kind === 'unauthorised') {
    say('The sign-in that came with it is ended; Usherr kept nothing of it. Invite it with /invite.')
    return 0
  }
  say(
    'The sign-in that came with it could not be ended. Nothing of it was kept, but ask him to remove the device “Usherr” at https://app.plex.tv, Settings → Authorized Devices.',
  )
  return 1
}

/** Says it, and whether other values would change nothing. */
function sayWhyNot(error: PlexError, say: Say): boolean {
  if (error.mayHaveHappened) {
    say(
      `${plexProblemWords(error)}\nSo it is not known whether the account was made. Before trying again, see whether plex.tv has sent a message to the address, or sign in with it at https://app.plex.tv.`,
    )
    return true
  }
  if (error.kind === 'rateLimited') {
    say(
      `plex.tv makes no more accounts for this address for now. ${plexProblemWords(error)} Or he makes it himself at https://www.plex.tv/sign-up/. No account was made.`,
    )
    return true
  }
  if (error.kind === 'rejected' && error.details.length > 0) {
    say(`plex.tv refused, and no account was made:\n${error.details.map(fieldWords).join('\n')}`)
    return false
  }
  say(`${plexProblemWords(error)} No account was made.`)
  return false
}

const fieldNames: Readonly<Record<string, string>> = {
  email: 'e-mail address',
  username: 'user name',
  password: 'password',
  password_confirmation: 'second password',
}

function fieldWords({ field, message, code }: PlexErrorDetail): string {
  const words = message ?? `refused (${code ?? 'without a reason'})`
  return `  ${field === undefined ? '' : `${fieldNames[field] ?? field}: `}${words}`
}
