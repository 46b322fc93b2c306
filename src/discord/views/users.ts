import type { PlexIdentity } from '../../sharing/ports.ts'
import type { Refusal } from '../../sharing/refusal.ts'
import {
  namesOf,
  type PeopleFilter,
  type PeopleList,
  type PersonRow,
  whoOf,
} from '../../sharing/use-cases/list-people.ts'
import { ActionRowBuilder, StringSelectMenuBuilder } from '../builders.ts'
import { longestCustomId } from '../custom-id.ts'
import type { Reply, Row } from '../reply.ts'
import { routes } from '../routes.ts'
import { count, day, label, plain, relative } from '../text.ts'
import { button, buttons } from './buttons.ts'
import { accessWords } from './describe.ts'
import { refusalView } from './refusal.ts'

export const peoplePerPage = 10

export interface PageWish {
  filter?: PeopleFilter
  search?: string
  /** Where one was named. */
  server?: string
  page: number
}

/** What is left for a search in the custom id of the button to the next page, each character in its encoded length. */
const longestSearch = (isServerNamed: boolean) =>
  longestCustomId -
  routes.peoplePage.id({
    filter: 'unsettled',
    page: '9999',
    search: '',
    // A machine identifier has 40 characters.
    server: isServerNamed ? 's'.repeat(40) : '',
  }).length

/** As much of what was typed as every page can be searched by: all of it, unless it is long and not ASCII. */
export function searchable(typed: string, isServerNamed: boolean): string {
  let left = longestSearch(isServerNamed)
  const whole = [...typed].filter((character) => !/\p{Cs}/u.test(character))
  const fits = whole.filter((character) => {
    left -= encodeURIComponent(character).length
    return left >= 0
  })
  return fits.join('')
}

/** One page of people, a select to open one of them, and the way to the other pages. */
export function usersView(result: PeopleList | Refusal, wish: PageWish): Reply {
  if (result.outcome === 'refused') return refusalView(result)
  const { rows, serverName, serverId, libraries, readAt, untold } = result
  const which = `${wish.filter ? ` (${wish.filter})` : ''}${wish.search ? ` matching “${plain(wish.search, 40)}”` : ''}`
  if (rows.length === 0) {
    const next =
      wish.filter || wish.search
        ? 'Try `/users` without filter and search.'
        : 'Invite somebody with `/invite`.'
    const nobody =
      untold > 0
        ? `I cannot say whether anybody${which} is on **${plain(serverName)}**, as of ${relative(readAt)}.`
        : `Nobody${which} on **${plain(serverName)}**, as of ${relative(readAt)}. ${next}`
    return { content: [nobody, ...untoldWords(untold)].join('\n'), components: [] }
  }
  const pages = Math.ceil(rows.length / peoplePerPage)
  const page = Math.min(Math.max(wish.page, 0), pages - 1)
  const shown = rows.slice(page * peoplePerPage, (page + 1) * peoplePerPage)
  const head = `**${plain(serverName)}**: ${count(rows.length, 'person', 'people')}${which}, as of ${relative(readAt)}${pages > 1 ? `, page ${page + 1} of ${pages}` : ''}`
  return {
    content: [head, ...untoldWords(untold), ...shown.map((row) => line(row, libraries))].join('\n'),
    components: [...pick(shown), ...turn(page, pages, wish, serverId)],
  }
}

const untoldWords = (untold: number) =>
  untold === 0
    ? []
    : [
        `⚠️ plex.tv lists ${count(untold, 'more entry', 'more entries')} that I cannot tell apart, so somebody may be missing here. Look at “Manage library access” in the Plex web app.`,
      ]

function line(row: PersonRow, libraries: PeopleList['libraries']): string {
  const member = row.memberId === undefined ? '' : ` <@${row.memberId}>`
  const email = row.email !== undefined && row.name !== '' ? ` (${plain(row.email, 60)})` : ''
  const access = row.state === 'home' ? '' : `: ${accessWords(row.access, libraries, 4)}`
  const since = row.since ? `, ${row.state === 'pending' ? 'invited' : 'since'} ${day(row.since)}` : ''
  const ends = row.endsAt ? `, ends ${relative(row.endsAt)}` : ''
  const drift = row.drift ? ` · ⚠️ ${driftWords[row.drift]}` : ''
  return `${rowName(row)}${email}${member} · ${stateWords[row.state]}${access}${since}${ends}${drift}`
}

const driftWords: Record<NonNullable<PersonRow['drift']>, string> = {
  unknownShare: 'not given by me',
  librariesDiffer: 'other libraries than last confirmed',
  notShown: 'not shown by plex.tv',
}

export const stateWords: Record<PersonRow['state'], string> = {
  unknown: 'unknown',
  approved: 'waiting to be sent',
  sending: 'being sent',
  unclear: 'unclear, will be looked up',
  changing: 'being changed',
  revoking: 'being ended',
  parked: 'needs a look',
  pending: 'pending',
  active: 'active',
  suspended: 'suspended',
  gone: 'ended',
  home: 'Plex Home',
}

export const rowName = (row: PersonRow) =>
  row.name !== '' ? `**${plain(row.name)}**` : `**${plain(row.email ?? hiddenAddress, 60)}**`
const hiddenAddress = 'an address without an account'

/** A person's name for a reader who may, or may not, see addresses. */
export function shownName(who: PlexIdentity, title: string | undefined, seesEmails: boolean): string {
  const { name, email } = namesOf(who, title)
  if (name !== '')
    return seesEmails && email ? `**${plain(name)}** (${plain(email, 60)})` : `**${plain(name)}**`
  return seesEmails && email ? `**${plain(email, 60)}**` : hiddenAddress
}

function pick(rows: readonly PersonRow[]): Row[] {
  const options = rows.flatMap((row) => {
    const value = whoOf(row)
    if (value === undefined) return []
    const nameless = `${hiddenAddress}${row.shareId ? ` (${row.shareId})` : ''}`
    return [
      { label: label(row.name || row.email || '', nameless), value, description: stateWords[row.state] },
    ]
  })
  if (options.length === 0) return []
  const menu = new StringSelectMenuBuilder()
    .setCustomId(routes.peoplePick.id({}))
    .setPlaceholder('Open somebody')
    .addOptions(options)
  return [new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu).toJSON()]
}

function turn(page: number, pages: number, { filter, search, server }: PageWish, serverId: string): Row[] {
  if (pages < 2) return []
  const to = (target: number) =>
    routes.peoplePage.id({
      filter: filter ?? '',
      page: String(target),
      search: search ?? '',
      server: server === undefined ? '' : serverId,
    })
  return [
    buttons(
      button('Previous', to(page - 1)).setDisabled(page === 0),
      button('Next', to(page + 1)).setDisabled(page === pages - 1),
    ),
  ]
}
