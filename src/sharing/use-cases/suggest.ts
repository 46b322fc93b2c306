import { type Actor, may } from '../policy.ts'
import type { KnownServer, Share } from '../ports.ts'
import { unambiguousTitle } from '../resolve-libraries.ts'
import { isCalled, whoValue } from './find-access.ts'
import { namesOf } from './list-people.ts'
import { type Ports, settingsOf } from './ports.ts'

export interface Suggestion {
  name: string
  value: string
}

/** Discord shows at most this many, and each name and value has at most 100 characters. */
const mostSuggestions = 25
const longest = 100

/**
 * Completes the last piece of a comma list of libraries. Answered from what was last read, however old: a keystroke
 * never costs a request to plex.tv, and the typed list is resolved afresh when the command is run.
 */
export async function suggestLibraries(
  ports: Ports,
  actor: Actor,
  typed: string,
  server?: string,
): Promise<Suggestion[]> {
  const { bindings, sets } = await settingsOf(ports, actor.guildId)
  if (!may(actor, 'request', bindings) && !may(actor, 'settings', bindings)) return []
  const known = ports.connections.known(actor.guildId)
  const [sharing] = server === undefined ? known : known.filter((each) => isCalled(each, server))
  const libraries = sharing?.lastRead().libraries ?? []
  const cut = typed.lastIndexOf(',') + 1
  const before = typed.slice(0, cut).trim()
  const piece = typed.slice(cut).trim().toLowerCase()
  const chosen = before
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '')
  const pieces = [
    ...sets.map((set) => ({ text: set.name, hint: 'set' })),
    ...libraries.map((library) => ({ text: unambiguousTitle(library, libraries), hint: library.type })),
    ...(before === '' ? [{ text: 'all', hint: 'every library, future ones too' }] : []),
  ]
  return pieces
    .filter(({ text }) => text.toLowerCase().includes(piece) && !chosen.includes(text.toLowerCase()))
    .map(({ text, hint }) => {
      const value = before === '' ? text : `${before} ${text}`
      return { name: cutTo(`${value} (${hint})`), value }
    })
    .filter(({ value }) => value.length <= longest)
    .slice(0, mostSuggestions)
}

/** People of the guild's server, pending ones too, and those of the Plex Home for whom that is a right. */
export async function suggestPeople(
  ports: Ports,
  actor: Actor,
  typed: string,
  { home }: { home: boolean } = { home: false },
): Promise<Suggestion[]> {
  const { bindings } = await settingsOf(ports, actor.guildId)
  if (!may(actor, 'see-people', bindings)) return []
  const known = ports.connections.known(actor.guildId)
  const seesEmails = may(actor, 'see-emails', bindings)
  const wanted = typed.trim().toLowerCase()
  const areSeveral = known.length > 1
  return [
    ...known.flatMap((sharing) => shareSuggestions(sharing, seesEmails, areSeveral)),
    ...(home && may(actor, 'home', bindings) ? known.flatMap(homeSuggestions) : []),
  ]
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .slice(0, mostSuggestions)
}

function shareSuggestions(sharing: KnownServer, seesEmails: boolean, areSeveral: boolean): Suggestion[] {
  const { pending = [], active = [] } = sharing.lastRead()
  return [...pending, ...active].map((share) => ({
    name: cutTo(describe(share, seesEmails, areSeveral ? sharing.serverName : undefined)),
    value: whoValue.share(share.id),
  }))
}

function describe(share: Share, seesEmails: boolean, serverName: string | undefined): string {
  const { name, email } = namesOf(share.who, share.title)
  const shown =
    name || (seesEmails ? (email ?? '') : '') || `an address without an account (share ${share.id})`
  const more = [
    seesEmails && name !== '' ? email : undefined,
    share.status === 'pending' ? 'pending' : undefined,
    serverName,
  ]
  const details = more.filter((each) => each !== undefined && each !== '')
  return details.length === 0 ? shown : `${shown} (${details.join(', ')})`
}

function homeSuggestions(sharing: KnownServer): Suggestion[] {
  const users = sharing.lastRead().home ?? []
  return users
    .filter((user) => !user.admin)
    .map((user) => ({ name: cutTo(`${user.title} (Plex Home)`), value: whoValue.home(user) }))
}

/** The guild's servers, for whoever may ask for anything. */
export async function suggestServers(ports: Ports, actor: Actor, typed: string): Promise<Suggestion[]> {
  const { bindings } = await settingsOf(ports, actor.guildId)
  if (!may(actor, 'request', bindings) && !may(actor, 'settings', bindings)) return []
  const known = ports.connections.known(actor.guildId)
  const hasNamesake = ({ serverName, serverId }: KnownServer) =>
    known.some((other) => other.serverId !== serverId && isCalled(other, serverName))
  return known
    .filter(({ serverName }) => serverName.toLowerCase().includes(typed.trim().toLowerCase()))
    .map((sharing) => {
      const { serverName, serverId } = sharing
      return hasNamesake(sharing)
        ? { name: cutTo(`${serverName} (${serverId.slice(0, 8)})`), value: serverId as string }
        : { name: cutTo(serverName), value: serverName.length <= longest ? serverName : serverId }
    })
    .slice(0, mostSuggestions)
}

const cutTo = (text: string) => (text.length <= longest ? text : `${text.slice(0, longest - 1)}…`)
