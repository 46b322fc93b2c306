import { deliver } from '../sharing/deliver.ts'
import { personKey } from '../sharing/people.ts'
import { type Person, putOff, refused } from '../sharing/person.ts'
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
    if (isSignInOver(connection.problem)) await sayThatItWaits(ports, person)
    else if (isServerLost(connection.problem)) await giveUp(ports, person)
  }
}

/** plex.tv did answer: with this sign-in it says nothing. What was decided is kept until somebody has signed in again. */
const isSignInOver = (why: ConnectionProblem) =>
  why.problem === 'trouble' && why.trouble.kind === 'unauthorised'

/** plex.tv did answer: the account does not own the server for which it was decided. */
const isServerLost = ({ problem }: ConnectionProblem) =>
  problem === 'serverUnknown' || problem === 'serverNotOwned' || problem === 'serverLost'

/** Whoever waits to hear of it is told once what it waits for: nobody else may know that anything waits. */
async function sayThatItWaits(ports: Ports, person: Person): Promise<void> {
  const { intent, owed, guildId, who: subject } = person
  if (intent?.progress.is !== 'decided' || intent.progress.trouble === 'unauthorised') return
  const { serverName } = knownServer(ports, person) ?? nameless
  for (const { kind, to, about } of owed) {
    if (kind !== 'outcome' || about !== intent.id) continue
    const told = await ports.notifier.outcome(to, { guildId, serverName, subject, came: 'waitsForSignIn' })
    if (told === 'failed') return
  }
  await ports.people.update(personKey(person), (current) =>
    current?.intent?.id === intent.id && current.intent.progress.is === 'decided'
      ? putOff(current, ports.clock.now(), 'unauthorised')
      : undefined,
  )
}

/** What was decided for one server is never sent to another: it has come to nothing, and whoever decided it is told. */
async function giveUp(ports: Ports, person: Person): Promise<void> {
  if (!isUntouched(person)) return
  const { guildId, id: personId } = person
  ports.log.warn({ guildId, personId }, 'The server that something was decided for is not reached any more')
  const then = await ports.people.update(personKey(person), (current) =>
    current && isUntouched(current) && current.intent?.id === person.intent?.id
      ? refused(current, 'serverLost', ports.clock.now())
      : undefined,
  )
  await tellOwed(ports, knownServer(ports, person) ?? nameless, then)
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
