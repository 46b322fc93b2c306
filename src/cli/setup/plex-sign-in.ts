import { readAccount } from '../../plex/api/account.ts'
import { createLink, type LinkOutcome, waitForLink } from '../../plex/api/links.ts'
import { readServers } from '../../plex/api/servers.ts'
import { type Credentials, signIn } from '../../plex/api/sign-in.ts'
import type { PlexError } from '../../plex/errors.ts'
import { Cancelled } from '../asker.ts'
import type { PlexAccess } from '../plex-access.ts'
import { plexProblemWords } from '../plex-words.ts'
import type { SetupGround } from './ground.ts'
import type { MadeSignIns } from './made-sign-ins.ts'

/** An account that is signed in, and the servers that are its own. */
export interface PlexOwner {
  token: string
  username: string
  servers: readonly { serverId: string; name: string }[]
}

export type SignInWay = 'link' | 'password' | 'later'

export interface PlexGround extends SetupGround {
  plex: PlexAccess
  signIns: MadeSignIns
}

export function chooseWay({ asker }: SetupGround): Promise<SignInWay> {
  return asker.choose('How do you want to sign in at Plex?', [
    { value: 'link', label: 'With a link in the browser', hint: 'no password comes near Usherr' },
    { value: 'password', label: 'With user name and password' },
    { value: 'later', label: 'Later, in Discord with /setup plex' },
  ])
}

/** The token of somebody who signed in by this way, or nothing where he wants another one. */
export const signInBy = (way: 'link' | 'password', ground: PlexGround): Promise<string | undefined> =>
  way === 'link' ? byLink(ground) : byPassword(ground)

/** Whose token it is. Its own 401 is the one answer that proves it dead. */
export async function ownerOf(
  token: string,
  { plex, stopped }: PlexGround,
): Promise<{ is: 'known'; owner: PlexOwner } | { is: 'unknown'; why: PlexError }> {
  const asked = await plex.ask(async (http) => {
    const account = await readAccount(http)
    return { account, servers: await readServers(http) }
  }, token)
  if (stopped.aborted) throw new Cancelled()
  if (!asked.ok) return { is: 'unknown', why: asked.problem }
  const { account, servers } = asked.value
  return {
    is: 'known',
    owner: {
      token,
      username: account.username || account.title || account.email || '',
      servers: servers.filter(({ owned }) => owned).map(({ id, name }) => ({ serverId: id, name })),
    },
  }
}

async function byLink({ plex, signIns, asker, say, stopped }: PlexGround): Promise<string | undefined> {
  for (;;) {
    const link = await plex.ask((http) => createLink(http, 'long'))
    if (stopped.aborted) throw new Cancelled()
    if (!link.ok) {
      say(plexProblemWords(link.problem))
      if (await asker.confirm('Try again?')) continue
      return undefined
    }
    say(
      `Open this in a browser on any machine, and sign in as the owner of the Plex server:\n${link.value.address}`,
    )
    const outcome = await asker.until('Waiting for you to sign in there', async (signal) => {
      const over = await plex.ask((http) => waitForLink(http, link.value, signal))
      // Put away here, for whoever waits may be gone.
      if (over.ok && over.value.kind === 'signedIn') signIns.made(over.value.token)
      return over
    })
    if (stopped.aborted) throw new Cancelled()
    if (outcome.ok && outcome.value.kind === 'signedIn') return outcome.value.token
    say(outcome.ok ? notSignedIn(outcome.value) : plexProblemWords(outcome.problem))
    if (!(await asker.confirm('Make a new link?'))) return undefined
  }
}

const notSignedIn = ({ kind }: LinkOutcome) =>
  kind === 'expired'
    ? 'The link is over: it was refused, used up, or too old. Nobody was signed in.'
    : 'No longer waiting. Nobody was signed in.'

/** After so many wrong ones in a row plex.tv may soon take none from this address. */
const wrongOnesUntilWarned = 3

async function byPassword(ground: PlexGround): Promise<string | undefined> {
  const { asker, say } = ground
  let credentials: Credentials | undefined
  for (let wrongOnes = 0; ; ) {
    credentials ??= {
      login: (await asker.text('Plex user name or e-mail address', { check: isNotEmpty })).trim(),
      password: await asker.secret('Password (it is not shown)'),
      rememberMe: true,
    }
    const tried = await trySignIn(credentials, ground)
    if (tried.ok) return tried.value
    const { kind } = tried.problem
    if (kind === 'needsVerificationCode') {
      if (credentials.verificationCode !== undefined) say('plex.tv did not accept this code.')
      const code = await asker.text('The code that your authenticator shows', { check: isNotEmpty })
      credentials = { ...credentials, verificationCode: code.replaceAll(/\s/gu, '') }
      continue
    }
    say(plexProblemWords(tried.problem))
    if (kind === 'signInBlocked') return undefined
    if (kind === 'wrongCredentials') {
      credentials = undefined
      wrongOnes += 1
      if (wrongOnes >= wrongOnesUntilWarned) {
        say(
          'After some more wrong ones plex.tv takes no password from this address for hours. The link is the safer way.',
        )
      }
    }
    if (!(await asker.confirm('Try again?'))) return undefined
  }
}

async function trySignIn(credentials: Credentials, { plex, signIns, stopped }: PlexGround) {
  const tried = await plex.ask((http) => signIn(http, credentials))
  if (tried.ok) signIns.made(tried.value)
  if (stopped.aborted) throw new Cancelled()
  return tried
}

const isNotEmpty = (text: string) =>
  text.trim() === '' ? 'Please type it, or press Ctrl+C to stop.' : undefined
