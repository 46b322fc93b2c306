import type { MemberId } from '../lib/ids.ts'
import { accessOf, observed, type Person, type PersonEvent } from './person.ts'
import type { Share } from './ports.ts'
import type { Note } from './reconcile.ts'

/** What the entries are about that no decision of ours brought about. */
const comparison = 'comparison'

/** Takes note of what plex.tv shows, in the person's document and in the trail. Nothing is sent for it. */
export function noted(person: Person, note: Note, now: Date): Person {
  switch (note.kind) {
    case 'accepted':
      return withEvent(observed(person, note.share, now), {
        what: 'accepted',
        at: now,
        about: comparison,
        ...accessField(note.share),
      })
    case 'reappeared':
      return withEvent(observed(person, note.share, now), {
        what: 'reappeared',
        at: now,
        about: comparison,
        status: note.share.status,
        ...accessField(note.share),
      })
    case 'seen':
      return observed(person, note.share, now)
    case 'vanished':
      return vanished(person, now)
    default:
      return note satisfies never
  }
}

/** plex.tv shows the person no longer; `decision` where somebody said to believe it. The end date stays, unused. */
export function vanished(person: Person, now: Date, decision?: { id: string; by: MemberId }): Person {
  if (!('shareId' in person.seen)) return person
  const before = accessOf(person.seen)
  return withEvent(observed(person, undefined, now), {
    what: 'vanished',
    at: now,
    about: decision?.id ?? comparison,
    shareId: person.seen.shareId,
    ...(decision ? { by: decision.by } : {}),
    ...(before ? { before } : {}),
  })
}

/** Somebody took over what plex.tv shows. The same press delivered twice adopts once. */
export function adopted(
  person: Person,
  share: Share,
  decision: { id: string; by: MemberId | 'import' },
  now: Date,
): Person {
  if (person.history.some((event) => event.about === decision.id)) return person
  const before = accessOf(person.seen)
  const isAnother = !('shareId' in person.seen && person.seen.shareId === share.id)
  const current = isAnother ? withoutOldEnd(person, now) : person
  return withEvent(observed(current, share, now), {
    what: 'adopted',
    at: now,
    about: decision.id,
    by: decision.by,
    status: share.status,
    ...accessField(share),
    ...(before ? { before } : {}),
  })
}

/** Somebody entitled said which member this is. */
export function linkedTo(
  person: Person,
  to: MemberId,
  decision: { id: string; by: MemberId },
  now: Date,
): Person {
  return {
    ...withEvent(person, { what: 'linked', at: now, about: decision.id, by: decision.by, to }),
    memberId: to,
    version: person.version + 1,
  }
}

/** The end of a share that is gone, and has come, is not the end of the one that plex.tv shows now. */
export function withoutOldEnd(person: Person, now: Date): Person {
  const { endsAt, ...rest } = person
  return endsAt === undefined || endsAt > now ? person : rest
}

const accessField = ({ access }: Share) => (access ? { access } : {})

function withEvent(person: Person, event: PersonEvent): Person {
  return { ...person, history: [...person.history, event] }
}
