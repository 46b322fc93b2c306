import { personKeysOf } from '../people.ts'
import type { Person } from '../person.ts'
import type { Actor } from '../policy.ts'
import type { Ports } from './ports.ts'

/**
 * What the bot shared with this member. Only this is his: a link may hold an address that somebody merely typed, and
 * whoever types another's address must not come to own that person's access.
 */
export async function ownPersons(
  ports: Pick<Ports, 'people'>,
  { guildId, memberId }: Pick<Actor, 'guildId' | 'memberId'>,
): Promise<readonly Person[]> {
  const all = await ports.people.list(personKeysOf(guildId))
  return all.filter((person) => person.memberId === memberId)
}

/** Whether plex.tv was last seen to share with him, or something is under way. */
export const hasAccess = ({ seen, intent }: Person) =>
  seen.is === 'pending' || seen.is === 'active' || intent !== undefined
