import type { LibraryAccess } from '../library-access.ts'
import { type Person, type PersonEvent, type PersonState, stateOf } from '../person.ts'
import type { Actor } from '../policy.ts'
import type { Library, Link } from '../ports.ts'
import { endedAccess } from '../reversal.ts'
import { ownPersons } from './own-persons.ts'
import { knownLibraries, knownServer, type Ports } from './ports.ts'

export interface OwnStatus {
  outcome: 'status'
  link: Link | undefined
  accesses: readonly OwnAccess[]
  libraries: readonly Library[]
}
export interface OwnAccess {
  /** Absent while the server is not connected. */
  serverName?: string
  state: PersonState
  access: LibraryAccess | undefined
  /** When plex.tv last showed it. */
  confirmedAt?: Date
  endsAt?: Date
}

/** What the bot knows of the member himself, and what plex.tv last confirmed; plex.tv is not asked. */
export async function ownStatus(ports: Ports, actor: Actor): Promise<OwnStatus> {
  const { guildId, memberId } = actor
  const [link, persons] = await Promise.all([
    ports.links.ofMember(guildId, memberId),
    ownPersons(ports, actor),
  ])
  return {
    outcome: 'status',
    link,
    accesses: persons.map((person) => ownAccess(person, knownServer(ports, person)?.serverName)),
    libraries: knownLibraries(ports, guildId),
  }
}

function ownAccess(person: Person, serverName: string | undefined): OwnAccess {
  const { seen, endsAt } = person
  return {
    ...(serverName === undefined ? {} : { serverName }),
    state: stateOf(person),
    access: 'access' in seen ? seen.access : endedAccess(person),
    ...('confirmedAt' in seen ? { confirmedAt: seen.confirmedAt } : {}),
    ...(endsAt === undefined ? {} : { endsAt }),
  }
}

export interface OwnData {
  outcome: 'exported'
  exportedAt: Date
  /** Everything that is kept about the member in this guild, ready to be written as JSON. */
  data: unknown
}

/** A copy of everything about the member. Who decided is told as a role: other people's ids are not his data. */
export async function exportOwnData(ports: Ports, actor: Actor): Promise<OwnData> {
  const { guildId, memberId } = actor
  const [link, persons, drafts] = await Promise.all([
    ports.links.ofMember(guildId, memberId),
    ownPersons(ports, actor),
    ports.drafts.list(`${guildId}:`),
  ])
  const exportedAt = ports.clock.now()
  const byItself: Readonly<Record<string, string>> = { expiry: 'the end date', import: 'the import' }
  const by = (whoever: string) => (whoever === memberId ? 'you' : (byItself[whoever] ?? 'a moderator'))
  const told = (event: PersonEvent) => {
    const named = 'by' in event ? { ...event, by: by(event.by) } : event
    return 'to' in named ? { ...named, to: by(named.to) } : named
  }
  return {
    outcome: 'exported',
    exportedAt,
    data: {
      exportedAt,
      discordServer: guildId,
      you: memberId,
      plexAccount: link ? { ...link.who, linkedAt: link.linkedAt, linkedBy: by(link.linkedBy) } : null,
      access: persons.map((person) => ({
        plexServer: person.serverId,
        who: person.who,
        state: stateOf(person),
        lastConfirmed: person.seen,
        endsAt: person.endsAt ?? null,
        rememberedLibraries: person.suspended ?? null,
        underWay: person.intent ? { ...person.intent, by: by(person.intent.by) } : null,
        history: person.history.map(told),
      })),
      openQuestions: drafts
        .filter((draft) => 'memberId' in draft && draft.memberId === memberId)
        .map(({ is, expiresAt }) => ({ is, expiresAt })),
    },
  }
}
