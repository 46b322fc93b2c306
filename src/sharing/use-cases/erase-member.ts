import type { GuildId, MemberId, PersonId } from '../../lib/ids.ts'
import { requestKey } from '../access-request.ts'
import { type Draft, draftKey } from '../drafts.ts'
import { personKey } from '../people.ts'
import { slotKey } from '../requests.ts'
import { ownPersons } from './own-persons.ts'
import type { Ports } from './ports.ts'

export type ErasePorts = Pick<Ports, 'people' | 'links' | 'drafts' | 'requests' | 'waiting' | 'counters'>
export interface MemberOfGuild {
  guildId: GuildId
  memberId: MemberId
}

/**
 * Takes every row about a member out of the store: persons with their history, requests, counts, what was begun, and the
 * link. Doing it twice is harmless. Whether it may be done is for others to ask; plex.tv and Discord are not touched.
 */
export async function eraseMember(ports: ErasePorts, member: MemberOfGuild): Promise<void> {
  const { guildId, memberId } = member
  for (const person of await ownPersons(ports, member)) {
    await ports.people.remove(personKey(person))
    await erasePersonsDrafts(ports, guildId, person.id)
  }
  for (const request of ports.requests.ofMember(guildId, memberId)) {
    await ports.requests.remove(requestKey(request))
    await ports.waiting.remove(slotKey(guildId, request.serverId, memberId))
  }
  await ports.counters.remove(`${guildId}:requests:${memberId}`)
  await ports.links.unlink(guildId, memberId)
  await eraseDrafts(
    ports,
    guildId,
    (draft) =>
      ('memberId' in draft && draft.memberId === memberId) ||
      (draft.is === 'request' && draft.by === memberId),
  )
}

export const erasePersonsDrafts = (ports: Pick<Ports, 'drafts'>, guildId: GuildId, personId: PersonId) =>
  eraseDrafts(ports, guildId, (draft) => draft.is === 'undo' && draft.personId === personId)

async function eraseDrafts(
  { drafts }: Pick<Ports, 'drafts'>,
  guildId: GuildId,
  isMeant: (draft: Draft) => boolean,
): Promise<void> {
  for (const draft of await drafts.list(`${guildId}:`)) {
    if (isMeant(draft)) await drafts.remove(draftKey(guildId, draft.id))
  }
}
