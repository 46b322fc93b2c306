import { deliver } from '../deliver.ts'
import { type LibraryAccess, sameAccess } from '../library-access.ts'
import { personKey } from '../people.ts'
import { accessOf, decide, owingInvitation, type Person, type Want } from '../person.ts'
import type { Actor } from '../policy.ts'
import type { Library, LibrarySharing, NoticeOutcome, PlexIdentity, SharingSettings } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { NoWayBack, Reversal } from '../reversal.ts'
import { addedBy } from './change-libraries.ts'
import { type CountedGrant, countGrant, grantRightOf } from './grant-right.ts'
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
  /** Whose rights of this press it needs, and whose limits hold for what comes back. */
  actor: Actor
  /** Asked again in the person's turn: what was decided meanwhile counts. */
  reversal(person: Person): Reversal
}

/** Goes back to what a person had, by the same road as any decision: durable first, then plex.tv, then its word. */
export async function takeBack(
  ports: Ports,
  sharing: LibrarySharing,
  before: Person,
  way: WayBack,
): Promise<TakenBack | Refusal> {
  const { guildId, id } = before
  const by = way.actor.memberId
  const key = personKey({ guildId, id })
  const isDecided = (person: Person) => person.history.some((event) => event.about === way.id)
  const judged = isDecided(before) ? undefined : way.reversal(before)
  if (judged && !judged.ok) return refuse({ reason: 'cannotGoBack', because: judged.because })
  const counted = judged ? await countReturned(ports, before, judged.want, way) : uncounted
  if (counted.outcome === 'refused') return counted

  let because: NoWayBack | undefined
  const decideNow = (current: Person | undefined) => {
    because = undefined
    if (!current) return undefined
    // The same press delivered twice, or a second one: it has been decided, and what came of it is told again.
    if (isDecided(current)) return undefined
    const reversal = way.reversal(current)
    if (!reversal.ok) {
      because = reversal.because
      return undefined
    }
    const { want, had } = reversal
    // Only what the limits were asked about comes back.
    if (!judged || !sameWant(judged.want, want)) {
      because = 'changedSince'
      return undefined
    }
    const decision = { id: way.id, want, by, ...(had === undefined ? {} : { had }) }
    const decided = decide(current, decision, ports.clock.now(), ports.settleMs)
    return want.to === 'share' ? owingInvitation(decided, way.id) : decided
  }
  const person = await deliver(ports, sharing, key, () => ports.people.update(key, decideNow))
  if (because !== undefined || !person) {
    await counted.undo()
    return refuse({ reason: 'cannotGoBack', because: because ?? 'changedSince' })
  }

  const { serverName } = sharing
  const about = { who: person.who, serverName, libraries: sharing.lastRead().libraries ?? [] }
  const result = settled(person, way.id)
  switch (result.outcome) {
    case 'refused':
      await counted.undo()
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
        by,
        ...(person.memberId === undefined ? {} : { memberId: person.memberId }),
      })
      return { ...about, ...result }
    default:
      return { ...about, ...result }
  }
}

const uncounted: CountedGrant = { outcome: 'counted', undo: async () => {} }

/**
 * What comes back is a grant, within the limits of whoever presses: exactly as it was, or not at all. An end needs no
 * more than the right to press.
 */
async function countReturned(
  ports: Ports,
  person: Person,
  want: Want,
  { id, actor }: WayBack,
): Promise<CountedGrant | Refusal> {
  if (want.to === 'end') return uncounted
  const isNew = want.to === 'share'
  const access = isNew ? want.access : addedBy(accessOf(person.seen), want.access)
  if (!access) return uncounted
  const endsAt = isNew ? want.endsAt : undefined
  const durationMs = endsAt && endsAt.getTime() - ports.clock.now().getTime()
  const grant = { access, ...(durationMs === undefined ? {} : { durationMs }) }
  const right = await grantRightOf(ports, actor, isNew ? 'invite' : 'change', grant)
  if (right.outcome === 'refused') return right
  if (right.needsReview) return refuse({ reason: 'needsReview' })
  // A change leaves the end as it is; what is shared anew would last as long as it did, which a role may not allow.
  const [first, ...others] = isNew
    ? right.permits.filter((permit) => permit.durationMs === durationMs)
    : right.permits
  if (first) return countGrant(ports, actor, [first, ...others], id)
  const longestMs = Math.max(...right.permits.map((permit) => permit.durationMs ?? 0))
  return refuse({ reason: 'beyondLimits', limit: 'duration', longestMs })
}

function sameWant(a: Want, b: Want): boolean {
  if (a.to === 'end' || b.to === 'end') return a.to === b.to
  const endOf = (want: Want) => (want.to === 'share' ? want.endsAt?.getTime() : undefined)
  return a.to === b.to && sameAccess(a.access, b.access) && endOf(a) === endOf(b)
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
