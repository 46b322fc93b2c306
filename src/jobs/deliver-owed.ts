import { deliver } from '../sharing/deliver.ts'
import { personKey } from '../sharing/people.ts'
import { type FailureReason, type Person, refused } from '../sharing/person.ts'
import type { ConnectionProblem, KnownServer } from '../sharing/ports.ts'
import { knownServer, type Ports } from '../sharing/use-cases/ports.ts'
import { deliverNotice } from '../sharing/use-cases/tell.ts'

/**
 * Carries out what could not be carried out at once, by the same way as a command does: what plex.tv was down for,
 * what was unclear, what a crash interrupted; then tells those who are waiting to hear of it. Nothing is sent on the word
 * of what is remembered: only a connection, which has confirmed the server, carries anything out.
 */
export async function deliverOwed(ports: Ports): Promise<void> {
  for (const person of ports.people.unsettled()) {
    if (person.intent === undefined && person.owed.length === 0) continue
    const connection = await ports.connections.of(person.guildId, person.serverId)
    if (connection.ok) {
      const then = await deliver(ports, connection.value, personKey(person))
      await tellOwed(ports, connection.value, then)
      continue
    }
    const because = whyNever(connection.problem)
    if (!because || !isUntouched(person)) continue
    ports.log.warn(
      { guildId: person.guildId, personId: person.id, reason: because },
      'What was decided cannot be carried out with this connection; whoever decided it is told',
    )
    const then = await ports.people.update(personKey(person), (current) =>
      current && isUntouched(current) && current.intent?.id === person.intent?.id
        ? refused(current, because, ports.clock.now())
        : undefined,
    )
    await tellOwed(ports, knownServer(ports, person) ?? nameless, then)
  }
}

/** Why waiting does not help: plex.tv did answer, and by what it said this server cannot be reached any more. */
function whyNever(why: ConnectionProblem): FailureReason | undefined {
  switch (why.problem) {
    case 'trouble':
      return why.trouble.kind === 'unauthorised' ? 'signInOver' : undefined
    case 'serverUnknown':
    case 'serverNotOwned':
    case 'serverLost':
      return 'serverLost'
    case 'serverAmbiguous':
    case 'notSetUp':
      return undefined
    default:
      return why satisfies never
  }
}

/** Nothing of it has ever been sent. An end stays owed, however long: somebody is to have access no longer. */
function isUntouched({ intent }: Person): boolean {
  return intent?.progress.is === 'decided' && intent.progress.attempts === 0 && intent.want.to !== 'end'
}

const nameless = { serverName: 'Plex', lastRead: () => ({ ...nothingRead }) }
const nothingRead = {
  libraries: undefined,
  pending: undefined,
  active: undefined,
  untold: 0,
  home: undefined,
}

async function tellOwed(
  ports: Ports,
  server: Pick<KnownServer, 'serverName' | 'lastRead'>,
  then: Person | undefined,
): Promise<void> {
  if (!then) return
  const isStillOpen = (about: string) => then.intent?.id === about && then.intent.progress.is !== 'parked'
  for (const notice of then.owed) {
    if (!isStillOpen(notice.about)) await deliverNotice(ports, server, then, notice)
  }
}
