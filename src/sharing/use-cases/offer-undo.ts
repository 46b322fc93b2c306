import type { Intent, Person } from '../person.ts'
import { undoOf } from '../reversal.ts'
import { keepDraft, type Ports } from './ports.ts'

/** Keeps the way back from what has just come out, for 10 minutes; nothing where there is none. */
export async function offerUndo(
  ports: Ports,
  person: Person | undefined,
  { id: about, by }: Pick<Intent, 'id' | 'by'>,
): Promise<{ undo?: string }> {
  if (!person || by === 'expiry' || !undoOf(person, about, ports.clock.now()).ok) return {}
  const decided = person.history.findLast((event) => event.what === 'decided')
  if (!decided) return {}
  const { guildId, serverId, id: personId } = person
  const draft = await keepDraft(ports, guildId, {
    is: 'undo',
    by,
    serverId,
    personId,
    about,
    of: decided.want.to,
  })
  return { undo: draft.id }
}
