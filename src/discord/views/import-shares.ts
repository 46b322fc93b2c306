import type { Refusal } from '../../sharing/refusal.ts'
import type { Imported, ImportPreview, LinkQuestion } from '../../sharing/use-cases/import-shares.ts'
import { ActionRowBuilder, UserSelectMenuBuilder } from '../builders.ts'
import type { Reply, Row } from '../reply.ts'
import { routes } from '../routes.ts'
import { count, plain } from '../text.ts'
import { button, buttons, dismissButton, primary } from './buttons.ts'
import { accessWords } from './describe.ts'
import { refusalView } from './refusal.ts'
import { shownName } from './users.ts'

/** So many are named in a preview; the rest is counted. */
const mostNamed = 15

/** What would be taken over from Plex, before anything is. */
export function importPreviewView(result: ImportPreview | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { shares, known, serverName, libraries, draftId, seesEmails } = result
  const server = `**${plain(serverName)}**`
  if (shares.length === 0) {
    return {
      content: `Nothing to take over: all ${count(known, 'share', 'shares')} of ${server} that Plex shows are known here already. \`/users filter:unlinked\` shows who is not linked to a member.`,
      components: [],
    }
  }
  const lines = shares
    .slice(0, mostNamed)
    .map(
      (share) =>
        `• ${shownName(share.who, share.title, seesEmails)}: ${accessWords(share.access, libraries, 3)}${share.status === 'pending' ? ', not accepted yet' : ''}`,
    )
  const more = shares.length - lines.length
  return {
    content: [
      `${count(shares.length, 'share', 'shares')} of ${server} ${shares.length === 1 ? 'was' : 'were'} made outside of me${known === 0 ? '' : `; ${known} more ${known === 1 ? 'is' : 'are'} known already`}.`,
      ...lines,
      ...(more > 0 ? [`…and ${count(more, 'more', 'more')}.`] : []),
      'Taking them over changes nothing at Plex and for nobody: I only note who has what, so that it can be changed, given an end or linked to a member.',
    ].join('\n'),
    components: [
      buttons(
        primary(
          shares.length === 1 ? 'Take it over' : `Take over all ${shares.length}`,
          routes.importShares.id({ draft: draftId }),
        ),
        dismissButton(),
      ),
    ],
  }
}

export function importedView(result: Imported | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { adopted, refused, seesEmails, serverName, next } = result
  const question = linkQuestionView(next)
  return {
    ...question,
    content: [
      `Taken over: ${count(adopted, 'share', 'shares')} of **${plain(serverName)}**. Nothing was changed at Plex.`,
      ...refused
        .slice(0, 5)
        .map(
          ({ share, because }) =>
            `✗ ${shownName(share.who, share.title, seesEmails)}: ${refusalView(because).content}`,
        ),
      ...(refused.length > 5 ? [`✗ …and ${refused.length - 5} more.`] : []),
      question.content,
    ].join('\n'),
  }
}

/** Whose a share is: one after the other, with a select of members. `problem`: why the last choice was not taken. */
export function linkQuestionView(result: LinkQuestion | Refusal, problem?: Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { person, serverName, left, linked, seesEmails } = result
  const done = linked === undefined ? [] : [`Linked to <@${linked}>.`]
  const trouble = problem ? [`✗ ${refusalView(problem).content}`] : []
  if (!person) {
    return {
      content: [...done, ...trouble, 'Everybody who has access is linked to a member, or was left out.'].join(
        '\n',
      ),
      components: [],
    }
  }
  const on = serverName === undefined ? '' : ` on **${plain(serverName)}**`
  return {
    content: [
      ...done,
      ...trouble,
      `Which member is ${shownName(person.who, undefined, seesEmails)}${on}?${left > 0 ? ` ${count(left, 'person', 'people')} after this one.` : ''} Whoever is linked sees his access in \`/me\`, and is found by \`/access\`.`,
    ].join('\n'),
    components: [memberRow(person.id), buttons(skip(person.id), dismissButton('Done'))],
  }
}

const skip = (person: string) => button('Leave unlinked', routes.importSkip.id({ person }))

function memberRow(person: string): Row {
  const menu = new UserSelectMenuBuilder()
    .setCustomId(routes.importLink.id({ person }))
    .setPlaceholder('The member')
  return new ActionRowBuilder<UserSelectMenuBuilder>().addComponents(menu).toJSON()
}
