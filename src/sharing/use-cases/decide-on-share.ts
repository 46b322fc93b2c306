import type { GuildId, MemberId } from '../../lib/ids.ts'
import { deliver } from '../deliver.ts'
import { personKey } from '../people.ts'
import { decide, type Intent, newPerson, observed, type Person } from '../person.ts'
import type { LibrarySharing, Share } from '../ports.ts'
import { offerUndo } from './offer-undo.ts'
import type { Ports } from './ports.ts'
import { type Settled, settled } from './settled.ts'
import { tellOutcomeLater } from './tell.ts'

export interface ShareDecision extends Pick<Intent, 'id' | 'want' | 'reason'> {
  by: MemberId
  /** The share is not what plex.tv shows now but what the bot has recorded: it confirms nothing. */
  isRecorded?: boolean
  /** Asked in the person's turn: where it holds, nothing is decided. */
  unless?: (person: Person) => boolean
  /** The member who is told as well, where it comes out only later. */
  tells?: MemberId
}

/**
 * Somebody decided about a share that plex.tv shows: what it shows is noted, the decision is made durable, and it is
 * carried out as far as it can be now. What cannot be settled now is told to him later.
 */
export async function decideOnShare(
  ports: Ports,
  sharing: LibrarySharing,
  guildId: GuildId,
  share: Share,
  { unless, tells, isRecorded = false, ...decision }: ShareDecision,
): Promise<Settled> {
  const { serverId } = sharing
  const known = await ports.people.find(guildId, serverId, { shareId: share.id, who: share.who })
  const id = known?.id ?? ports.people.idFor(guildId, serverId, share.who)
  const key = personKey({ guildId, id })
  const now = ports.clock.now()
  const decideNow = (current: Person | undefined) => {
    const person = current ?? newPerson({ id, guildId, serverId, who: share.who })
    if (unless?.(person)) return undefined
    return decide(isRecorded ? person : observed(person, share, now), decision, now, ports.settleMs)
  }
  const person = await deliver(ports, sharing, key, () => ports.people.update(key, decideNow))
  const result = settled(person, decision.id)
  if (result.outcome === 'done') return { ...result, ...(await offerUndo(ports, person, decision)) }
  if (result.outcome === 'queued' || result.outcome === 'unclear') {
    await tellOutcomeLater(ports, key, {
      intentId: decision.id,
      by: decision.by,
      ...(tells === undefined ? {} : { memberId: tells }),
    })
  }
  return result
}
