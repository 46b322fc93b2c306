import type { LibraryId } from '../../lib/ids.ts'
import { lookForShare } from '../absence.ts'
import type { LibrarySet } from '../guild-settings.ts'
import type { LibraryAccess } from '../library-access.ts'
import { type Actor, may } from '../policy.ts'
import type { Library, LibrarySharing } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { librariesToDecideBy, type OldLibraries } from './libraries-to-decide-by.ts'
import { mayNot, type Ports, settingsOf } from './ports.ts'

export interface LibraryList {
  outcome: 'libraries'
  libraries: readonly Library[]
  sets: readonly LibrarySet[]
  serverName: string
  readAt: Date
  /** plex.tv could not be asked, and this is what was read last. */
  old?: OldLibraries
  /** What the asking member has, where the bot knows his Plex account. `unknown`: plex.tv did not say it clearly. */
  mine:
    | 'notLinked'
    | 'nothing'
    | 'unknown'
    | { access: LibraryAccess | undefined; status: 'pending' | 'active' }
  /** How many people have each library; only for those who may see people, and only where it is known. */
  counts?: ReadonlyMap<LibraryId, number>
}

/** What can be shared, and what of it the asking member has. */
export async function listLibraries(
  ports: Ports,
  actor: Actor,
  wish: { server?: string },
): Promise<LibraryList | Refusal> {
  const denied = await mayNot(ports, actor, 'request')
  if (denied) return denied
  const connection = await ports.connections.toDecide(actor.guildId, wish.server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  const [reading, mine] = await Promise.all([
    librariesToDecideBy(sharing),
    accessOfMember(ports, actor, sharing),
  ])
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const { sets, bindings } = await settingsOf(ports, actor.guildId)
  const { value: libraries, readAt, old } = reading.value
  // How many have each is said of now, or not at all.
  const counts = !old && may(actor, 'see-people', bindings) ? countsOf(sharing, libraries) : undefined
  return {
    outcome: 'libraries',
    libraries,
    sets,
    serverName: sharing.serverName,
    readAt,
    ...(old && { old }),
    mine,
    ...(counts === undefined ? {} : { counts }),
  }
}

async function accessOfMember(
  ports: Ports,
  actor: Actor,
  sharing: LibrarySharing,
): Promise<LibraryList['mine']> {
  const link = await ports.links.ofMember(actor.guildId, actor.memberId)
  if (!link) return 'notLinked'
  let mayHave = false
  for (const status of ['active', 'pending'] as const) {
    const reading = await sharing.shares(status)
    if (!reading.ok) return 'unknown'
    const found = lookForShare({ who: link.who }, reading.value)
    if (found.kind === 'found') return { access: found.value.access, status }
    mayHave ||= found.kind !== 'none'
  }
  return mayHave ? 'unknown' : 'nothing'
}

/** Counted from what was last read, without asking plex.tv for it. */
function countsOf(
  sharing: LibrarySharing,
  libraries: readonly Library[],
): Map<LibraryId, number> | undefined {
  const { active, untold } = sharing.lastRead()
  // Too few may be counted where a row could not be told.
  if (!active || untold > 0) return undefined
  const counts = new Map(libraries.map((library) => [library.id, 0]))
  for (const { access } of active) {
    const has = access?.kind === 'all' ? libraries.map((library) => library.id) : (access?.libraries ?? [])
    for (const library of has) counts.set(library, (counts.get(library) ?? 0) + 1)
  }
  return counts
}
