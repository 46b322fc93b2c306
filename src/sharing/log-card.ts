import type { ChannelId, GuildId } from '../lib/ids.ts'
import { type AuditEntry, nameless, trailOf, withoutEmails } from './audit.ts'
import type { DriftRecord, Held } from './drift-record.ts'
import type { LibraryAccess } from './library-access.ts'
import { accessOf, type Person, type PersonState, stateOf } from './person.ts'
import type { Library, PlexIdentity } from './ports.ts'

/** What hangs in the log channel: one card a person, and one for each thing that needs a human. No address is in it. */
export type LogCard =
  | {
      is: 'person'
      subject: PlexIdentity
      memberId?: string
      state: PersonState
      access: LibraryAccess | undefined
      endsAt?: Date
      /** The latest, oldest first. */
      entries: readonly AuditEntry[]
      libraries: readonly Library[]
    }
  | { is: 'alert'; what: 'vanished' | 'ends'; held: Held | undefined }

/** Which message shows a card, and which state of it: what differs from that is still owed to the channel. */
export interface LogCardRecord {
  schema: 1
  key: string
  guildId: GuildId
  channelId: ChannelId
  messageId: string
  shown: number
}

/** A card as it should be now. `version` changes whenever it does. */
export interface DueCard {
  key: string
  version: number
  at: Date
  card: LogCard
}

const latest = 6

/** Nobody without a history has a card; neither has anybody to whom nothing happened since the channel was set. */
export function personCard(person: Person, since: Date, libraries: readonly Library[]): DueCard | undefined {
  const last = person.history.at(-1)
  if (!last || last.at < since) return undefined
  const { memberId, endsAt, seen, suspended } = person
  return {
    key: `${person.guildId}:${person.id}`,
    version: person.version,
    at: last.at,
    card: {
      is: 'person',
      subject: nameless(person.who),
      ...(memberId === undefined ? {} : { memberId }),
      state: stateOf(person),
      access: accessOf(seen) ?? suspended,
      ...(endsAt === undefined ? {} : { endsAt }),
      entries: trailOf([person]).slice(0, latest).reverse().map(withoutEmails),
      libraries,
    },
  }
}

/** What the brakes hold back; once that is settled the card says so, and where there was none nothing is said. */
export function alertCards(record: DriftRecord, isShown: (key: string) => boolean): DueCard[] {
  const { guildId, serverId, halted, endsHeld, nextAt } = record
  const each = [
    { what: 'vanished' as const, held: halted },
    { what: 'ends' as const, held: endsHeld },
  ]
  return each.flatMap(({ what, held }) => {
    const key = `${guildId}:alert-${what}-${serverId}`
    if (!held && !isShown(key)) return []
    // A later count of the same alert is another state of the same card.
    const version = held ? held.at.getTime() + held.count : 0
    return [{ key, version, at: held?.at ?? nextAt, card: { is: 'alert' as const, what, held } }]
  })
}
