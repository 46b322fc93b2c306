import type { Refusal } from '../../sharing/refusal.ts'
import type { ServerChoices } from '../../sharing/use-cases/setup-server.ts'
import { ActionRowBuilder, StringSelectMenuBuilder } from '../builders.ts'
import type { Reply, Row } from '../reply.ts'
import { routes } from '../routes.ts'
import { label, listed, plain } from '../text.ts'
import { because } from './describe.ts'
import { refusalView } from './refusal.ts'
import { nextWords } from './setup-next.ts'
import { testedWords } from './setup-plex.ts'

/** Discord shows so many options in a select. */
const mostShown = 25

/** The owned servers to choose from, and which is meant where none is named. */
export function serversView(result: ServerChoices | Refusal): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { choices, unread, used, tested = [], next } = result
  const unreadWords = unread.map(
    ({ username, trouble }) =>
      `✗ The servers of **${plain(username)}** could not be read, because ${because(trouble.kind)}. What is used of them stays as it is. If it goes on, sign in again with \`/setup plex\`.`,
  )
  const usedWords =
    used.length === 0
      ? 'No server is used here yet. Choose at least one.'
      : `Used here: ${listed(used.map(({ name }) => `**${plain(name)}**`))}.`
  const [first, second] = used
  return {
    content: [
      ...(choices.length === 0 && unread.length === 0
        ? ['The linked account owns no server any more. Sign in with another one: `/setup plex`.']
        : []),
      ...unreadWords,
      usedWords,
      ...(first && second ? [`Where nobody names a server, **${plain(first.name)}** is meant.`] : []),
      ...tested.map(testedWords),
      ...(choices.length > mostShown
        ? [`Only the first ${mostShown} of ${choices.length} owned servers can be shown.`]
        : []),
      nextWords(next),
    ].join('\n'),
    components: [...chooseRow(result), ...firstRow(result)],
  }
}

function chooseRow({ choices }: ServerChoices): Row[] {
  const shown = choices.slice(0, mostShown)
  if (shown.length === 0) return []
  return [
    row(
      new StringSelectMenuBuilder()
        .setCustomId(routes.setupServersChoose.id({}))
        .setPlaceholder('Servers')
        .setMinValues(1)
        .setMaxValues(shown.length)
        .addOptions(
          shown.map(({ serverId, name, username, isChosen }) => ({
            label: label(name, serverId),
            value: serverId,
            description: label(`of ${username}`, 'of the linked account'),
            default: isChosen,
          })),
        ),
    ),
  ]
}

function firstRow({ used }: ServerChoices): Row[] {
  if (used.length < 2) return []
  return [
    row(
      new StringSelectMenuBuilder()
        .setCustomId(routes.setupServerFirst.id({}))
        .setPlaceholder('Meant where none is named')
        .addOptions(
          used.slice(0, mostShown).map(({ serverId, name }, at) => ({
            label: label(name, serverId),
            value: serverId,
            default: at === 0,
          })),
        ),
    ),
  ]
}

const row = (menu: StringSelectMenuBuilder) =>
  new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu).toJSON()
