import { id, type PersonId } from '../lib/ids.ts'
import { findPerson } from '../sharing/find-person.ts'
import { type People, type PersonNames, personKey } from '../sharing/people.ts'
import type { Person } from '../sharing/person.ts'
import type { Documents, PlexIdentity } from '../sharing/ports.ts'
import type { KeyedHash } from './index-key.ts'
import { type Rereadable, remembered } from './remembered.ts'

/** The persons, with an index in memory that finds them by what they are called. The rows alone are the truth. */
export async function openPeople(
  documents: Documents<Person>,
  keyedHash: KeyedHash,
): Promise<People & Rereadable> {
  const { documents: kept, known: names, reread } = await remembered(documents, personKey)
  return {
    ...kept,
    reread,
    async find(guildId, serverId, by) {
      const here = [...names.values()].filter(
        (each) => each.guildId === guildId && each.serverId === serverId,
      )
      const known = named(here, by)
      // What the index says is only where to look.
      return known && documents.get(personKey(known))
    },
    unsettled: () =>
      [...names.values()].filter(
        (person) => person.intent !== undefined || person.owed.length > 0 || person.endsAt !== undefined,
      ),
    everybody: () => [...names.values()],
    idFor: (guildId, serverId, who) =>
      id<PersonId>(keyedHash(`person of ${guildId} ${serverId}`, nameOf(who))),
  }
}

function named(persons: readonly Person[], { shareId, who, memberId }: PersonNames): Person | undefined {
  const byShare = shareId && persons.find((each) => 'shareId' in each.seen && each.seen.shareId === shareId)
  if (byShare) return byShare
  const found = who ? findPerson(who, persons) : undefined
  if (found?.kind === 'found') return found.value
  return who || memberId === undefined ? undefined : persons.find((each) => each.memberId === memberId)
}

/** What somebody is called for good: the surest name that was known when he was first decided about. */
function nameOf({ email, username, accountId }: PlexIdentity): string {
  if (email !== undefined) return `email ${email.trim().toLowerCase()}`
  if (username !== undefined) return `username ${username.trim().toLowerCase()}`
  return `account ${accountId ?? ''}`
}
