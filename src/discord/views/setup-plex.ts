import type { Actor } from '../../sharing/policy.ts'
import type { Rules } from '../../sharing/rules.ts'
import type { SignInOutcome, SignInWaiting } from '../../sharing/use-cases/setup-plex.ts'
import type { TestedServer } from '../../sharing/use-cases/setup-state.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { count, listed, plain, relative } from '../text.ts'
import { button, buttons, linkButton, primary } from './buttons.ts'
import { because } from './describe.ts'
import { noConnectionWords, refusalView } from './refusal.ts'
import { nextWords } from './setup-next.ts'

/** A sign-in at Plex, and what came of it. */
export function signInView(result: SignInOutcome): Reply {
  switch (result.outcome) {
    case 'refused':
      return refusalView(result)
    case 'signIn':
      return waitingView(result)
    case 'signInExpired':
      return {
        content:
          'This sign-in was not completed in time, or it was denied. Nothing was changed. Get a new link and sign in with the Plex account that owns the server.',
        components: [buttons(primary('Get a new link', routes.setupPlexAgain.id({})))],
      }
    case 'ownsNoServer':
      return {
        content: `**${plain(result.username)}** owns no Plex server, and only the owner of a server can share it. I have signed out of that account again and kept nothing of it. Sign in with the account that owns the server; in Plex it is the one that shows *Settings* of the server.`,
        components: [buttons(primary('Get a new link', routes.setupPlexAgain.id({})))],
      }
    case 'plexLinked': {
      const { username, owned, tested, next } = result
      const chosen = tested.length > 0
      return {
        content: [
          `Linked as **${plain(username)}**. I keep the sign-in encrypted; you can end it at any time at plex.tv under *Authorized devices*, where it is called Usherr.`,
          ...tested.map(testedWords),
          ...(chosen ? [] : [`This account owns ${listed(owned.map(({ name }) => `**${plain(name)}**`))}.`]),
          nextWords(next),
        ].join('\n'),
        components: [],
      }
    }
    default:
      return result satisfies never
  }
}

/** The same, and it changes by itself when the person has signed in, or the link is over. */
export function signInLater(result: SignInOutcome, actor: Actor, rules: Rules): Reply {
  const reply = signInView(result)
  if (result.outcome !== 'signIn') return reply
  const { draftId } = result
  return {
    ...reply,
    async later(stop) {
      const then = await rules.watchPlexSignIn(actor, { draftId }, stop)
      return then && signInView(then)
    },
  }
}

function waitingView({ address, expiresAt, draftId, isStillWaiting }: SignInWaiting): Reply {
  const step = isStillWaiting
    ? 'Plex says that nobody has signed in with this link yet.'
    : 'Sign in with the Plex account that **owns** the server you want to share.'
  return {
    content: `${step} The button opens Plex’s own page; your password stays there. This message changes when you are done. The link expires ${relative(expiresAt)}, and it is for you: whoever signs in with it gives this Discord server the power to share that account’s servers.`,
    components: [
      buttons(
        linkButton('Sign in with Plex', address),
        button('I have signed in', routes.setupPlexCheck.id({ draft: draftId })),
      ),
    ],
  }
}

/** How a server came out when it was tried. */
export function testedWords(tested: TestedServer): string {
  switch (tested.is) {
    case 'fine':
      return `✓ **${plain(tested.serverName)}** answers, with ${count(tested.libraries, 'library', 'libraries')}; it belongs to ${plain(tested.owner)}.`
    case 'unreadable':
      return `✗ **${plain(tested.serverName)}**: its libraries could not be read, because ${because(tested.trouble.kind)}. If the server is switched off, start it; then try \`/setup check\`.`
    case 'notConnected':
      return `✗ ${noConnectionWords(tested.problem)}`
    default:
      return tested satisfies never
  }
}
