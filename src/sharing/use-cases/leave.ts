import { incomplete } from '../absence.ts'
import { draftKey } from '../drafts.ts'
import { findPerson } from '../find-person.ts'
import type { Person } from '../person.ts'
import type { Actor } from '../policy.ts'
import type { Library, LibrarySharing, Share } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { decideOnShare } from './decide-on-share.ts'
import { findAccess, whoValue } from './find-access.ts'
import { hasAccess, ownPersons } from './own-persons.ts'
import { keepDraft, knownLibraries, type Ports, readDraft } from './ports.ts'
import type { Settled } from './settled.ts'

/** What the member would give back, for him to confirm. */
export interface LeaveQuestion {
  outcome: 'confirmLeave'
  shares: readonly { share: Share; serverName: string }[]
  libraries: readonly Library[]
  draftId: string
}

/** Everybody may give back what the bot shared with him: no right is needed for that. */
export async function askToLeave(ports: Ports, actor: Actor): Promise<LeaveQuestion | Refusal> {
  const opened = await openOwn(ports, actor)
  if (opened.outcome === 'refused') return opened
  const { owned } = opened
  const { guildId, memberId } = actor
  const draft = await keepDraft(ports, guildId, { is: 'leave', memberId })
  return {
    outcome: 'confirmLeave',
    shares: owned.map(({ share, sharing: { serverName } }) => ({ share, serverName })),
    libraries: knownLibraries(ports, guildId),
    draftId: draft.id,
  }
}

export type LeaveOutcome =
  | { outcome: 'left'; serverNames: readonly string[] }
  | Exclude<Settled, { outcome: 'done' }>

/** The confirmation was pressed: done only when plex.tv shows it. What cannot be settled now is told later. */
export async function leave(
  ports: Ports,
  actor: Actor,
  press: { id: string; draftId: string },
): Promise<LeaveOutcome> {
  const { guildId, memberId } = actor
  const draft = await readDraft(ports, guildId, press.draftId, 'leave')
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.memberId !== memberId) return refuse({ reason: 'notYours' })
  const opened = await openOwn(ports, actor)
  if (opened.outcome === 'refused') return opened
  const { owned } = opened
  let open: LeaveOutcome | undefined
  for (const { share, sharing } of owned) {
    const decision = {
      id: `${press.id} ${share.id}`,
      want: { to: 'end' as const, mode: 'remove' as const },
      by: memberId,
      reason: 'given back by the member',
    }
    const result = await decideOnShare(ports, sharing, guildId, share, decision)
    if (result.outcome !== 'done') open ??= result
  }
  if (open?.outcome !== 'refused') await ports.drafts.remove(draftKey(guildId, draft.id))
  return open ?? { outcome: 'left', serverNames: [...new Set(owned.map((each) => each.sharing.serverName))] }
}

/** His shares as plex.tv shows them, on every server of the guild. */
async function openOwn(ports: Ports, actor: Actor) {
  const persons = await ownPersons(ports, actor)
  const owned: { share: Share; sharing: LibrarySharing }[] = []
  for (const person of persons) {
    if (!hasAccess(person)) continue
    const connection = await ports.connections.of(actor.guildId, person.serverId)
    if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
    const sharing = connection.value
    const found = await shareOf(ports, sharing, person)
    if (found.outcome === 'refused' && found.reason !== 'unknownPerson') return found
    if (found.outcome === 'found' && found.found.is === 'share')
      owned.push({ share: found.found.share, sharing })
  }
  if (owned.length === 0) return refuse({ reason: 'nothingOfYours' })
  return { outcome: 'opened', owned } as const
}

async function shareOf(ports: Ports, sharing: LibrarySharing, { seen, who }: Person) {
  const now = ports.clock.now()
  if ('shareId' in seen)
    return findAccess(sharing, whoValue.share(seen.shareId), now, { isPendingFine: true })
  const { pending = [], active = [], untold } = sharing.lastRead()
  const found = findPerson(who, [...pending, ...active])
  if (found.kind === 'found') {
    return findAccess(sharing, whoValue.share(found.value.id), now, { isPendingFine: true })
  }
  return untold > 0
    ? refuse({ reason: 'plexTrouble', trouble: incomplete })
    : refuse({ reason: 'unknownPerson', typed: '' })
}
