import type { PersonId } from '../../lib/ids.ts'
import { isPersonId, personKey } from '../people.ts'
import type { Actor } from '../policy.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { restoreOf } from '../reversal.ts'
import { mayNot, type Ports } from './ports.ts'
import { type TakenBack, takeBack } from './take-back.ts'

/**
 * Gives somebody back what he had: a suspended person at any time, a revoked one for 30 days. Whoever may end access
 * may give it back, within the limits of what his roles may grant.
 */
export async function restore(
  ports: Ports,
  actor: Actor,
  press: { id: string; personId: PersonId },
): Promise<TakenBack | Refusal> {
  const denied = await mayNot(ports, actor, 'revoke')
  if (denied) return denied
  if (!isPersonId(press.personId)) return refuse({ reason: 'cannotGoBack', because: 'changedSince' })
  const { guildId } = actor
  // The key begins with the actor's own guild: another one's person is nobody here.
  const person = await ports.people.get(personKey({ guildId, id: press.personId }))
  if (!person) return refuse({ reason: 'cannotGoBack', because: 'changedSince' })
  const connection = await ports.connections.of(guildId, person.serverId)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  return takeBack(ports, connection.value, person, {
    id: press.id,
    actor,
    reversal: (current) => restoreOf(current, ports.clock.now()),
  })
}
