import type { MemberId } from '../../lib/ids.ts'
import { inTurnOf } from '../deliver.ts'
import { personKey } from '../people.ts'
import { type Notice, noticed, owing, type Person, type PersonEvent } from '../person.ts'
import type { KnownServer, LibrarySharing, NoticeOutcome } from '../ports.ts'
import type { Ports } from './ports.ts'

/**
 * Tells an invited member how to accept. It comes after the deed and never stands in its way: what cannot be
 * delivered is remembered and shown to the moderator. Nothing where the person is no member.
 */
export async function tellInvited(
  ports: Ports,
  sharing: LibrarySharing,
  person: Person | undefined,
  about: string,
): Promise<NoticeOutcome | undefined> {
  if (!person?.memberId) return undefined
  const notice: Notice = { kind: 'invited', to: person.memberId, about }
  return deliverNotice(ports, sharing, person, notice)
}

/** Whoever decided something that could not be settled at once, and whoever it is about, are told when it is. */
export async function tellOutcomeLater(
  ports: Ports,
  key: string,
  { intentId, by, memberId }: { intentId: string; by: MemberId; memberId?: MemberId },
): Promise<void> {
  await ports.people.update(key, (person) => {
    if (!person) return undefined
    const owed = owing(person, { kind: 'outcome', to: by, about: intentId })
    return memberId === undefined ? owed : owing(owed, { kind: 'invited', to: memberId, about: intentId })
  })
}

/**
 * Delivers one notice about something that has come out, and remembers how that went. In the person's turn, so that a
 * command and a job do not both tell it; nothing where it is no longer owed.
 */
export function deliverNotice(
  ports: Ports,
  sharing: Pick<KnownServer, 'serverName' | 'lastRead'>,
  of: Person,
  notice: Notice,
): Promise<NoticeOutcome | undefined> {
  const key = personKey(of)
  return inTurnOf(ports, key, async () => {
    const person = await ports.people.get(key)
    const isOwed = person?.owed.some((each) => each.about === notice.about && each.kind === notice.kind)
    if (!person || !isOwed) return undefined
    const event = person.history.findLast((each) => each.about === notice.about && each.what !== 'decided')
    ports.crashPoint?.('before a notice')
    const outcome = await tell(ports, sharing, person, notice, event)
    ports.crashPoint?.('after a notice, before it is stored')
    if (outcome === 'failed') return outcome
    const now = ports.clock.now()
    await ports.people.update(key, (current) =>
      current ? noticed(current, notice, outcome ?? 'delivered', now) : undefined,
    )
    return outcome
  })
}

async function tell(
  ports: Ports,
  sharing: Pick<KnownServer, 'serverName' | 'lastRead'>,
  person: Person,
  notice: Notice,
  event: PersonEvent | undefined,
): Promise<NoticeOutcome | undefined> {
  const { guildId, who, seen } = person
  const came = event?.what
  const { serverName } = sharing
  if (notice.kind === 'invited') {
    if (seen.is !== 'pending' && seen.is !== 'active') return undefined
    if (came !== 'shared' && came !== 'changed') return undefined
    const libraries = sharing.lastRead().libraries ?? []
    const access = seen.access
    const libraryTitles =
      access?.kind === 'some'
        ? libraries.filter((library) => access.libraries.includes(library.id)).map((library) => library.title)
        : 'all'
    return ports.notifier.invited(notice.to, { serverName, guildId, status: seen.is, who, libraryTitles })
  }
  if (
    came === 'shared' ||
    came === 'changed' ||
    came === 'ended' ||
    came === 'refused' ||
    came === 'parked'
  ) {
    const why = event?.what === 'refused' ? { because: event.because } : {}
    return ports.notifier.outcome(notice.to, { guildId, serverName, subject: who, came, ...why })
  }
  return undefined
}
