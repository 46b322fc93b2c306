import type { Ports } from '../sharing/use-cases/ports.ts'
import type { Store } from './open.ts'
import { openPeople } from './people.ts'
import { openRequests } from './requests.ts'
import {
  parseConnections,
  parseCounter,
  parseDraft,
  parseDrift,
  parseGuild,
  parseLogCard,
  parsePerson,
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
  | 'guilds'
>

export async function openDocuments({
  collection,
  keyedHash,
  links,
}: Pick<Store, 'collection' | 'keyedHash' | 'links'>): Promise<StoredPorts> {
  const [people, requests] = await Promise.all([
    openPeople(collection('people', parsePerson), keyedHash),
    openRequests(collection('requests', parseRequest)),
  ])
  return {
    people,
    requests,
    links,
    settings: collection('settings', parseSettings),
    drafts: collection('drafts', parseDraft),
    drift: collection('drift', parseDrift),
    waiting: collection('waiting', parseWaitingSlot),
    counters: collection('counters', parseCounter),
    logCards: collection('logcards', parseLogCard),
    connectionRecords: collection('connections', parseConnections),
    guilds: collection('guilds', parseGuild),
  }
}
