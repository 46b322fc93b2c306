import { z } from 'zod'
import type { ServerId } from '../../lib/ids.ts'
import { container, type Listed, xmlListing, xmlRoot } from '../fields.ts'
import { inFirstWorkingForm } from '../forms.ts'
import type { PlexHttp } from '../http.ts'
import { acceptAnswer, type PlexAnswer, readAnswer, readList, unreadable } from '../parse.ts'
import { number, shareNumber } from './numbers.ts'
import { readV2Pending } from './pending-invitations.ts'
import { type ShareRow, v1Share, v2ListedShare, v2Share } from './share-row.ts'

/** Whom to share with. plex.tv takes user names where it asks for addresses. */
export type ShareRecipient = { invitedId: string } | { invitedEmail: string }

/** The libraries of a new share; `all` includes every later one. */
export type ShareLibraries = readonly [string, ...string[]] | 'all'

/** What a list shows of one server, and what else stands in it. */
export interface ShareList {
  /** Those who left, and those whose share was taken back, are not among them. */
  rows: ShareRow[]
  /** Rows of another server or of none that they name, and such of which is not known whether they were taken back. */
  others: ShareRow[]
  /** How many more rows there must be. */
  unread: number
}

/**
 * The accepted shares of one server: one request, however many people.
 * @throws PlexError
 */
export async function readAcceptedShares(http: PlexHttp, server: ServerId): Promise<ShareList> {
  const list = await inFirstWorkingForm(http.baseUrl, [
    { name: 'v2 owned/accepted', ask: () => readV2List(http, 'accepted') },
    { name: 'v1 shared_servers', ask: () => readV1List(http, server, (row) => row.accepted) },
  ])
  return sorted(list, server)
}

/**
 * The pending shares of one server. v1's list is the last resort: it may leave some of them out.
 * @throws PlexError
 */
export async function readPendingShares(http: PlexHttp, server: ServerId): Promise<ShareList> {
  const list = await inFirstWorkingForm(http.baseUrl, [
    { name: 'v2 owned/pending', ask: () => readV2List(http, 'pending') },
    { name: 'v2 invites/owned/pending', ask: () => readV2Pending(http) },
    { name: 'v1 shared_servers', ask: () => readV1List(http, server, (row) => !row.accepted) },
  ])
  return sorted(list, server)
}

type Rows = Omit<ShareList, 'others'>

function sorted({ rows, unread }: Rows, server: ServerId): ShareList {
  const present = rows.filter((row) => row.ended !== true)
  const isHere = (row: ShareRow) => row.server === server && row.ended === false
  return { rows: present.filter(isHere), others: present.filter((row) => !isHere(row)), unread }
}

/** One share. @throws PlexError `notFound` where there is none */
export async function readShare(
  http: PlexHttp,
  server: ServerId,
  share: string,
): Promise<ShareRow | undefined> {
  const answer = await http.send({
    method: 'GET',
    route: '/api/servers/{mid}/shared_servers/{share}',
    path: { mid: server, share: shareNumber(share) },
    accept: 'xml',
  })
  const rows = await readAnswer(answer, v1Answer(server))
  return rows.find((row) => row.id === share)
}

/**
 * Shares a server. Sent once: a repetition would be refused, or be a second share.
 * The row is what plex.tv made of it; it may be for another person or other libraries than were asked for.
 * @throws PlexError `alreadyDone`, `noSuchAccount` and the rest
 */
export function createShare(
  http: PlexHttp,
  server: ServerId,
  wish: {
    to: ShareRecipient
    libraries: ShareLibraries
    settings: Readonly<Record<string, unknown>>
  },
): Promise<ShareRow | undefined> {
  return inFirstWorkingForm(http.baseUrl, [
    { name: 'v2 share', ask: () => createV2(http, server, wish) },
    { name: 'v1 share', ask: () => createV1(http, server, wish) },
  ])
}

type Wish = Parameters<typeof createShare>[2]

async function createV2(http: PlexHttp, server: ServerId, { to, libraries, settings }: Wish) {
  const answer = await http.send({
    method: 'POST',
    host: 'clients',
    route: '/api/v2/shared_servers',
    json: {
      machineIdentifier: server,
      ...('invitedId' in to ? { invitedId: number(to.invitedId) } : to),
      librarySectionIds: sectionIds(libraries),
      settings,
    },
  })
  return readOptionalRow(answer, v2Answer, (row) => row)
}

/** v1 also makes a friend of the person. Its settings are strings, and it wants them even when there are none. */
async function createV1(http: PlexHttp, server: ServerId, { to, libraries, settings }: Wish) {
  const answer = await http.send({
    method: 'POST',
    route: '/api/servers/{mid}/shared_servers',
    path: { mid: server },
    accept: 'xml',
    json: {
      server_id: server,
      shared_server: {
        library_section_ids: sectionIds(libraries),
        ...('invitedId' in to ? { invited_id: number(to.invitedId) } : { invited_email: to.invitedEmail }),
      },
      sharing_settings: Object.fromEntries(
        Object.entries(settings).flatMap(([name, value]) => v1Setting(name, value)),
      ),
    },
  })
  return readOptionalRow(answer, v1Answer(server), firstOf)
}

/**
 * Replaces the libraries of an accepted share by others; never by none, which plex.tv may read as "all". v2 wants the
 * settings with it, and gets them as they were read.
 * @throws PlexError
 */
export function changeShare(
  http: PlexHttp,
  server: ServerId,
  share: string,
  libraries: readonly [string, ...string[]],
  settings: Readonly<Record<string, unknown>>,
): Promise<ShareRow | undefined> {
  const path = { mid: server, share: shareNumber(share) }
  const ids = sectionIds(libraries)
  return inFirstWorkingForm(http.baseUrl, [
    {
      name: 'v2 change',
      ask: async () =>
        readOptionalRow(
          await http.send({
            method: 'POST',
            host: 'clients',
            route: '/api/v2/shared_servers/{share}',
            path,
            json: { settings, librarySectionIds: ids },
          }),
          v2Answer,
          (row) => row,
        ),
    },
    {
      name: 'v1 change',
      ask: async () =>
        readOptionalRow(
          await http.send({
            method: 'PUT',
            route: '/api/servers/{mid}/shared_servers/{share}',
            path,
            accept: 'xml',
            json: { server_id: server, shared_server: { library_section_ids: ids } },
          }),
          v1Answer(server),
          firstOf,
        ),
    },
  ])
}

/** Ends one share of one server. The person keeps the shares of other servers. @throws PlexError `notFound` */
export async function deleteShare(http: PlexHttp, server: ServerId, share: string): Promise<void> {
  const path = { mid: server, share: shareNumber(share) }
  const answer = await inFirstWorkingForm(http.baseUrl, [
    {
      name: 'v2 end',
      ask: () =>
        http.send({ method: 'DELETE', host: 'clients', route: '/api/v2/shared_servers/{share}', path }),
    },
    {
      name: 'v1 end',
      ask: () =>
        http.send({
          method: 'DELETE',
          route: '/api/servers/{mid}/shared_servers/{share}',
          path,
          accept: 'xml',
        }),
    },
  ])
  await acceptAnswer(answer)
}

/** The whole list of one status over all servers of the owner. */
async function readV2List(http: PlexHttp, status: 'accepted' | 'pending'): Promise<Rows> {
  const answer = await http.send({
    method: 'GET',
    host: 'clients',
    route: `/api/v2/shared_servers/owned/${status}`,
  })
  const list = await readList(answer, v2List, v2ListedShare)
  const isNameless = (row: ShareRow) => row.id === undefined || row.server === undefined
  // One odd row is one that cannot be told; nothing but odd ones is a form that we do not know.
  if (list.rows.length > 0 && list.rows.every(isNameless))
    throw unreadable(answer, 'no row with id and server')
  return list
}

async function readV1List(
  http: PlexHttp,
  server: ServerId,
  isMeant: (row: ShareRow) => boolean,
): Promise<Rows> {
  const answer = await http.send({
    method: 'GET',
    route: '/api/servers/{mid}/shared_servers',
    path: { mid: server },
    accept: 'xml',
  })
  const { rows, unread } = await readList(answer, v1List, v1Share(server))
  return { rows: rows.filter(isMeant), unread }
}

/** The row in the answer to a write, if it is there: some forms answer nothing, or a mere "done". */
async function readOptionalRow<T>(
  answer: PlexAnswer,
  schema: z.ZodType<T>,
  pick: (read: T) => ShareRow | undefined,
): Promise<ShareRow | undefined> {
  const content = await acceptAnswer(answer)
  const read = schema.safeParse(content)
  return read.success ? pick(read.data) : undefined
}

const v2List = z.union([
  z.array(z.unknown()).transform((rows): Listed => ({ rows, unread: 0 })),
  xmlListing('sharedServers', 'sharedServer'),
])
const v1List = xmlListing('MediaContainer', 'SharedServer')
const v2Answer = z.union([xmlRoot('sharedServer', v2Share), v2Share])
const v1Answer = (server: string) => container('SharedServer', v1Share(server))
const firstOf = ([row]: ShareRow[]) => row

/** An empty list is how plex.tv is told "all, and all that come": it must never come about by accident. */
const sectionIds = (libraries: ShareLibraries) => (libraries === 'all' ? [] : libraries.map(number))
/** Strings throughout; a filter that is not set (`null` in v2) is left out. */
function v1Setting(name: string, value: unknown): [string, string][] {
  if (typeof value === 'boolean') return [[name, value ? '1' : '0']]
  return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : []
}
