import type { GuildConnections } from '../sharing/guild-connections.ts'
import { type RememberedServer, rememberedServerKey } from '../sharing/remembered-server.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'
import type { Store } from './open.ts'
import { openPeople } from './people.ts'
import { type Rereadable, remembered } from './remembered.ts'
import { openRequests } from './requests.ts'
import {
  parseConnections,
  parseCounter,
  parseDraft,
  parseDrift,
  parseGuild,
  parseLogCard,
  parsePerson,
  parseRememberedServer,
  parseRequest,
  parseSettings,
  parseWaitingSlot,
} from './shapes.ts'

/** Everything that the rules keep, each kind in its namespace: the store's half of the ports. */
export type StoredPorts = Pick<
  Ports,
  | 'people'
  | 'links'
  | 'settings'
  | 'drafts'
  | 'drift'
  | 'requests'
  | 'waiting'
  | 'counters'
  | 'logCards'
  | 'connectionRecords'
  | 'rememberedServers'
  | 'guilds'
>

export interface OpenDocuments {
  documents: StoredPorts
  /** What is kept in memory, to be read anew where another process has written. */
  kept: readonly Rereadable[]
  /** What every guild was connected with, as it was last written. */
  connected: ReadonlyMap<string, GuildConnections>
  /** What was learnt of every guild's servers, as it was last written. */
  learnt: ReadonlyMap<string, RememberedServer>
}

export async function openDocuments({
  collection,
  keyedHash,
  links,
}: Pick<Store, 'collection' | 'keyedHash' | 'links'>): Promise<OpenDocuments> {
  const [people, requests, connections, servers] = await Promise.all([
    openPeople(collection('people', parsePerson), keyedHash),
    openRequests(collection('requests', parseRequest)),
    remembered(collection('connections', parseConnections), ({ guildId }) => guildId),
    remembered(collection('servers', parseRememberedServer), rememberedServerKey),
  ])
  return {
    documents: {
      people,
      requests,
      links,
      settings: collection('settings', parseSettings),
      drafts: collection('drafts', parseDraft),
      drift: collection('drift', parseDrift),
      waiting: collection('waiting', parseWaitingSlot),
      counters: collection('counters', parseCounter),
      logCards: collection('logcards', parseLogCard),
      connectionRecords: connections.documents,
      rememberedServers: servers.documents,
      guilds: collection('guilds', parseGuild),
    },
    kept: [people, requests, connections, servers],
    connected: connections.known,
    learnt: servers.known,
  }
}
