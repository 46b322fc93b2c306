import type { GuildId, MemberId, PersonId, ServerId, ShareId } from '../lib/ids.ts'
import type { Person } from './person.ts'
import type { Documents, PlexIdentity } from './ports.ts'

/** The persons of all guilds. A key begins with the guild, so that no guild can name another's. */
export interface People extends Documents<Person> {
  /** The person whom one of these names: by share, by account, by address, by member; in this order. */
  find(guildId: GuildId, serverId: ServerId, by: PersonNames): Promise<Person | undefined>
  /** Those to whom something is still owed: a decision not confirmed, a notice not delivered, an end that will come. */
  unsettled(): readonly Person[]
  /** The id under which somebody new is kept: a keyed hash of what he is called, the same every time. */
  idFor(guildId: GuildId, serverId: ServerId, who: PlexIdentity): PersonId
}
export interface PersonNames {
  shareId?: ShareId
  who?: PlexIdentity
  memberId?: MemberId
}

export const personKey = (person: Pick<Person, 'guildId' | 'id'>) => `${person.guildId}:${person.id}`
/** What comes from a button may be anything; ids are keyed hashes in base64url. */
export const isPersonId = (text: string) => /^[\w-]{1,64}$/u.test(text)
/** What the keys of all persons of a guild begin with. */
export const personKeysOf = (guildId: GuildId) => `${guildId}:`
