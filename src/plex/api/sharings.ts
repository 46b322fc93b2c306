import type { PlexHttp } from '../http.ts'
import { acceptAnswer } from '../parse.ts'
import { number, shareNumber } from './numbers.ts'

/**
 * What a person may do with what is shared with him: downloads, filters and the like. Filters are the strings that
 * plex.tv gave, percent signs and all.
 */
export type SharingSettings = Readonly<Record<string, unknown>>

/**
 * Sets what a person may do, on all servers. In a JSON body: in a query plex.tv's `%2C` would become `%252C`.
 * No answer proves it; read the shares.
 * @throws PlexError
 */
export async function setSharingSettings(
  http: PlexHttp,
  accountId: string,
  settings: SharingSettings,
): Promise<void> {
  await acceptAnswer(
    await http.send({
      method: 'POST',
      host: 'clients',
      route: '/api/v2/sharing_settings',
      json: { settings, invitedId: number(accountId) },
    }),
  )
}

/**
 * Sets single flags (`allowSync` and the like) in the older form. Not for filters: they stand in the query here, and
 * one report says that they are no longer applied.
 * @throws PlexError
 */
export async function setSharingFlags(
  http: PlexHttp,
  accountId: string,
  flags: Readonly<Record<string, boolean>>,
): Promise<void> {
  const query = Object.fromEntries(Object.entries(flags).map(([name, isOn]) => [name, isOn ? '1' : '0']))
  await acceptAnswer(
    await http.send({
      method: 'PUT',
      route: '/api/v2/sharings/{user}',
      path: { user: shareNumber(accountId) },
      query,
    }),
  )
}

/**
 * Ends everything with a person: friendship, and the shares of ALL servers. For one server use `deleteShare`.
 * @param accountId the person's account, never a share's id
 * @throws PlexError `notFound` where nothing connects the two
 */
export async function endEverythingWith(http: PlexHttp, accountId: string): Promise<void> {
  await acceptAnswer(
    await http.send({
      method: 'DELETE',
      route: '/api/v2/sharings/{user}',
      path: { user: shareNumber(accountId) },
    }),
  )
}
