import { incomplete, lookForShare } from '../absence.ts'
import { draftKey } from '../drafts.ts'
import { sameAccess } from '../library-access.ts'
import { personKey } from '../people.ts'
import { accessOf, type Person, type Want } from '../person.ts'
import type { Actor, Capability } from '../policy.ts'
import type { LibrarySharing } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { undoOf } from '../reversal.ts'
import { mayNot, type Ports, readDraft } from './ports.ts'
import { type TakenBack, takeBack } from './take-back.ts'

/** Whoever may do a thing may take it back. */
const capabilityFor = { share: 'invite', change: 'change', end: 'revoke' } as const satisfies Record<
  Want['to'],
  Capability
>

export type UndoOutcome = { of: Want['to'] } & TakenBack

/**
 * Takes back what was just done. Only whoever did it may, or who may end access; rights are those of this press. It is
 * itself a decision about the person, under an id made from the first one's: pressed twice, it is decided once.
 */
export async function undo(
  ports: Ports,
  actor: Actor,
  press: { draftId: string },
): Promise<UndoOutcome | Refusal> {
  const { guildId, memberId } = actor
  const draft = await readDraft(ports, guildId, press.draftId, 'undo')
  if (!draft) return refuse({ reason: 'undoOver' })
  const denied = await mayNot(ports, actor, capabilityFor[draft.of])
  if (denied) return denied
  if (draft.by !== memberId && (await mayNot(ports, actor, 'revoke'))) return refuse({ reason: 'notYours' })

  const person = await ports.people.get(personKey({ guildId, id: draft.personId }))
  if (!person) return refuse({ reason: 'cannotGoBack', because: 'changedSince' })
  const connection = await ports.connections.of(guildId, person.serverId)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  const meddled = draft.of === 'change' ? await wasChangedInPlex(sharing, person) : undefined
  if (meddled) return meddled

  const outcome = await takeBack(ports, sharing, person, {
    id: `undo ${draft.about}`,
    actor,
    reversal: (current) => undoOf(current, draft.about, ports.clock.now()),
  })
  if (outcome.outcome !== 'refused') await ports.drafts.remove(draftKey(guildId, draft.id))
  return outcome.outcome === 'refused' ? outcome : { of: draft.of, ...outcome }
}

/** Whether somebody changed the libraries in Plex itself since: a change would overwrite that unseen. */
async function wasChangedInPlex(sharing: LibrarySharing, person: Person): Promise<Refusal | undefined> {
  const reading = await sharing.shares('active', { fresh: true })
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const { who, seen } = person
  const shareId = 'shareId' in seen ? seen.shareId : undefined
  const found = lookForShare({ who, shareId }, reading.value)
  if (found.kind === 'untold') return refuse({ reason: 'plexTrouble', trouble: incomplete })
  const access = found.kind === 'found' ? found.value.access : undefined
  const expected = accessOf(seen)
  const isSame = access && expected && sameAccess(access, expected)
  return isSame ? undefined : refuse({ reason: 'cannotGoBack', because: 'changedSince' })
}
