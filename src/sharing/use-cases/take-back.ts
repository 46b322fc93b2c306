import type { MemberId } from '../../lib/ids.ts'
import { deliver } from '../deliver.ts'
import type { LibraryAccess } from '../library-access.ts'
import { personKey } from '../people.ts'
import { decide, owingInvitation, type Person } from '../person.ts'
import type { Library, LibrarySharing, NoticeOutcome, PlexIdentity, SharingSettings } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { NoWayBack, Reversal } from '../reversal.ts'
import type { Ports } from './ports.ts'
import { type Settled, settled } from './settled.ts'
import { tellInvited, tellOutcomeLater } from './tell.ts'

export type TakenBack = { who: PlexIdentity; serverName: string; libraries: readonly Library[] } & (
  | {
      outcome: 'takenBack'
      event: Extract<Settled, { outcome: 'done' }>['event']
      /** What the way back led to; nothing where access ended. */
      access: LibraryAccess | undefined
      /** plex.tv gave the share other restrictions than it had before. */
      restrictionsDiffer: boolean
      notice?: NoticeOutcome
    }
  | Exclude<Settled, { outcome: 'done' } | Refusal>
)

export interface WayBack {
  id: string
  by: MemberId
  /** Asked again in the person's turn: what was decided meanwhile counts. */
  reversal(person: Person): Reversal
}

/** Goes back to what a person had, by the same road as any decision: durable first, then plex.tv, then its word. */
export async function takeBack(
  ports: Ports,
  sharing: LibrarySharing,
  { guildId, id }: Person,
  way: WayBack,
): Promise<TakenBack | Refusal> {
  const key = personKey({ guildId, id })
  let because: NoWayBack | undefined
  const decideNow = (current: Person | undefined) => {
    because = undefined
    if (!current) return undefined
    // The same press delivered twice, or a second one: it has been decided, and what came of it is told again.
    if (current.history.some((event) => event.about === way.id)) return undefined
    const reversal = way.reversal(current)
    if (!reversal.ok) {
      because = reversal.because
      return undefined
    }
    const { want, had } = reversal
    const decision = { id: way.id, want, by: way.by, ...(had === undefined ? {} : { had }) }
    const decided = decide(current, decision, ports.clock.now(), ports.settleMs)
    return want.to === 'share' ? owingInvitation(decided, way.id) : decided
  }
  const person = await deliver(ports, sharing, key, () => ports.people.update(key, decideNow))
  if (because !== undefined) return refuse({ reason: 'cannotGoBack', because })
  if (!person) return refuse({ reason: 'cannotGoBack', because: 'changedSince' })

  const { serverName } = sharing
  const about = { who: person.who, serverName, libraries: sharing.lastRead().libraries ?? [] }
  const result = settled(person, way.id)
  switch (result.outcome) {
    case 'refused':
      return result
    case 'done': {
      const { event } = result
      const isShared = event.what === 'shared'
      const notice = isShared ? await tellInvited(ports, sharing, person, way.id) : undefined
      return {
        ...about,
        outcome: 'takenBack',
        event,
        access: 'access' in event ? event.access : undefined,
        restrictionsDiffer: !hasItsSettings(person, way.id),
        ...(notice === undefined ? {} : { notice }),
      }
    }
    case 'queued':
    case 'unclear':
      await tellOutcomeLater(ports, key, {
        intentId: way.id,
        by: way.by,
        ...(person.memberId === undefined ? {} : { memberId: person.memberId }),
      })
      return { ...about, ...result }
    default:
      return { ...about, ...result }
  }
}

/** Whether plex.tv shows the share with the settings it was to have back. Those that it did not name are not judged. */
function hasItsSettings({ seen, history }: Person, about: string): boolean {
  const decided = history.find((event) => event.what === 'decided' && event.about === about)
  const wanted: SharingSettings =
    decided?.what === 'decided' && decided.want.to === 'share' ? (decided.want.settings ?? {}) : {}
  const shown: SharingSettings = 'settings' in seen ? (seen.settings ?? {}) : {}
  return Object.entries(wanted).every(
    ([name, value]) => !(name in shown) || String(shown[name] ?? '') === String(value ?? ''),
  )
}
