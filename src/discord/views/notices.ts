import type { FailureReason } from '../../sharing/person.ts'
import type { AccountAsk, InvitedNews, OutcomeNews } from '../../sharing/ports.ts'
import type { Reply } from '../reply.ts'
import { routes } from '../routes.ts'
import { listed, maskedEmail, plain } from '../text.ts'
import { buttons, primary } from './buttons.ts'
import { personName, withMaskedAddress } from './describe.ts'
import { plexRefused } from './refusal.ts'

/** The steps that trip people up, in their order. */
export function invitedNotice({ serverName, status, who, libraryTitles }: InvitedNews): Reply {
  const libraries =
    libraryTitles === 'all'
      ? 'all libraries'
      : listed(libraryTitles.slice(0, 15).map((title) => `**${plain(title, 60)}**`))
  const server = `**${plain(serverName)}**`
  if (status === 'active') {
    return {
      content: `You now have ${libraries} on the Plex server ${server}. There is nothing to accept: open Plex, and the server is among your sources.`,
    }
  }
  // A direct message stays where it is, so it holds no address: its owner recognises the masked one.
  const account = who.email
    ? `the address that Plex writes to (${plain(maskedEmail(who.email), 80)})`
    : personName(withMaskedAddress(who))
  return {
    content: [
      `You are invited to ${libraries} on the Plex server ${server}. Four steps:`,
      `1. Sign in at https://app.plex.tv with ${account}. No account yet? Make one there with exactly that address.`,
      '2. If the account is new, confirm the address with the e-mail that Plex sends.',
      '3. Then open the invitation: in the e-mail from Plex, or in Plex under your account picture, “Manage library access”.',
      '4. Accept it. The server appears among your sources; if not, sign out and in again.',
    ].join('\n'),
  }
}

/** Where it was not plex.tv that refused, the reason has a next step of its own. */
const ownReasons: readonly FailureReason[] = ['libraryGone', 'serverLost']

export function outcomeNotice({ serverName, subject, came, because }: OutcomeNews): Reply {
  const whom = personName(withMaskedAddress(subject))
  const server = `**${plain(serverName)}**`
  switch (came) {
    case 'shared':
      return { content: `Settled: ${whom} is invited to ${server} now, as you wished earlier.` }
    case 'changed':
      return { content: `Settled: the libraries of ${whom} on ${server} are now as you wished earlier.` }
    case 'ended':
      return { content: `Settled: ${whom} no longer has access to ${server}; plex.tv has confirmed it.` }
    case 'refused':
      if (because && ownReasons.includes(because)) {
        return {
          content: `Settled, but not as you wished: what you decided about ${whom} on ${server} could not be carried out. ${plexRefused(because)}`,
        }
      }
      return {
        content: `Settled, but not as you wished: plex.tv refused what you decided about ${whom} on ${server}. Look with \`/users\` and try again.`,
      }
    case 'waitsForSignIn':
      return {
        content: `Not settled yet: what you decided about ${whom} on ${server} is kept, but plex.tv no longer accepts the owner’s sign-in. An administrator signs in again with \`/setup plex\` (or the person who runs me gives me a new \`PLEX_TOKEN\`); then it is carried out and you hear of it. Nobody needs to repeat it.`,
      }
    case 'parked':
      return {
        content: `I have stopped trying to carry out what you decided about ${whom} on ${server}: plex.tv never confirmed it. Look at it in the Plex web app, or run the command again.`,
      }
    default:
      return came satisfies never
  }
}

export function accountAskNotice({ guildId, serverName, draftId }: AccountAsk): Reply {
  return {
    content: `You are to be invited to the Plex server **${plain(serverName)}**. Which Plex account is yours? Press the button and give its e-mail address or user name; only the people who manage that server see it.`,
    components: [
      buttons(primary('Tell my Plex account', routes.accountAsk.id({ guild: guildId, draft: draftId }))),
    ],
  }
}
