import type { Draft } from '../drafts.ts'
import { draftKey } from '../drafts.ts'
import type { Actor } from '../policy.ts'
import type { HomeUser, Library, LibrarySharing, Share } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { decideOnShare } from './decide-on-share.ts'
import { findAccess, findAccessToDecide, isUnanswered, recordedShare, whoValue } from './find-access.ts'
import { keepDraft, mayNot, type Ports, readDraft } from './ports.ts'
import type { Settled } from './settled.ts'

export interface RevokeWish {
  who: string
  mode: 'remove' | 'suspend'
  server?: string
  reason?: string
}

/** What would go, for whoever is about to confirm it. Nothing has been done. */
export type RevokeQuestion =
  | {
      outcome: 'confirmShare'
      share: Share
      mode: RevokeWish['mode']
      libraries: readonly Library[]
      serverName: string
      draftId: string
      /** plex.tv is out of reach: when it last confirmed this share. */
      recordedAt?: Date
    }
  | { outcome: 'confirmHome'; user: HomeUser; draftId: string }

/** Finds what is to be ended and asks for a confirmation; removing from Plex Home is another right than ending a share. */
export async function askToRevoke(
  ports: Ports,
  actor: Actor,
  wish: RevokeWish,
): Promise<RevokeQuestion | Refusal> {
  const denied = await mayNot(ports, actor, 'revoke')
  if (denied) return denied
  const found = await findAccessToDecide(ports, actor.guildId, wish)
  if (found.outcome === 'refused') return found
  const { sharing, recordedAt } = found

  const { guildId, memberId: by } = actor
  const { serverId } = sharing
  if (found.found.is === 'home') {
    const { user } = found.found
    const notHome = await mayNot(ports, actor, 'home')
    if (notHome) return notHome
    if (user.admin || user.accountId === sharing.owner.accountId) return refuse({ reason: 'theOwner' })
    const wanted = { by, serverId, accountId: user.accountId, title: user.title }
    const draft = await keepDraft(ports, guildId, { is: 'removeFromHome', ...wanted })
    return { outcome: 'confirmHome', user, draftId: draft.id }
  }
  const { share } = found.found
  const draft = await keepDraft(ports, guildId, {
    is: 'revoke',
    by,
    serverId,
    shareId: share.id,
    mode: wish.mode,
    ...(wish.reason === undefined ? {} : { reason: wish.reason }),
  })
  const libraries = sharing.lastRead().libraries ?? []
  const { serverName } = sharing
  return {
    outcome: 'confirmShare',
    share,
    mode: wish.mode,
    libraries,
    serverName,
    draftId: draft.id,
    ...(recordedAt && { recordedAt }),
  }
}

export type RevokeOutcome =
  | { outcome: 'revoked'; subject: Share; mode: RevokeWish['mode']; serverName: string; undo?: string }
  | { outcome: 'removedFromHome'; title: string }
  | { outcome: 'alreadyGone' }
  | Exclude<Settled, { outcome: 'done' }>

/** The confirmation was pressed: rights are asked again, and it is done only when plex.tv shows that it is. */
export async function revoke(
  ports: Ports,
  actor: Actor,
  press: { id: string; draftId: string },
): Promise<RevokeOutcome> {
  const denied = await mayNot(ports, actor, 'revoke')
  if (denied) return denied
  const { guildId } = actor
  const draft =
    (await readDraft(ports, guildId, press.draftId, 'revoke')) ??
    (await readDraft(ports, guildId, press.draftId, 'removeFromHome'))
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.by !== actor.memberId) return refuse({ reason: 'notYours' })
  const connection = await ports.connections.toDecide(guildId, draft.serverId)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })

  const outcome =
    draft.is === 'revoke'
      ? await endShare(ports, connection.value, press.id, draft)
      : await removeFromHome(ports, actor, connection.value, draft)
  if (outcome.outcome !== 'refused') await ports.drafts.remove(draftKey(guildId, draft.id))
  return outcome
}

async function endShare(
  ports: Ports,
  sharing: LibrarySharing,
  id: string,
  draft: Extract<Draft, { is: 'revoke' }>,
): Promise<RevokeOutcome> {
  const { guildId, shareId, by, mode, reason } = draft
  const typed = whoValue.share(shareId)
  const found = await findAccess(sharing, typed, ports.clock.now(), { isPendingFine: true })
  // The end of a share that is recorded can be kept, and is carried out when plex.tv answers.
  const recorded =
    found.outcome === 'refused' && isUnanswered(found)
      ? await recordedShare(ports, { guildId, serverId: sharing.serverId }, typed)
      : undefined
  if (found.outcome === 'refused' && !recorded)
    return found.reason === 'unknownPerson' ? { outcome: 'alreadyGone' } : found
  const shown = found.outcome === 'found' && found.found.is === 'share' ? found.found.share : undefined
  const share = recorded?.share ?? shown
  if (!share) return { outcome: 'alreadyGone' }
  const decision = {
    id,
    want: { to: 'end' as const, mode },
    by,
    isRecorded: recorded !== undefined,
    ...(reason === undefined ? {} : { reason }),
  }
  const result = await decideOnShare(ports, sharing, guildId, share, decision)
  if (result.outcome !== 'done') return result
  const { undo } = result
  const { serverName } = sharing
  return { outcome: 'revoked', subject: share, mode, serverName, ...(undo === undefined ? {} : { undo }) }
}

async function removeFromHome(
  ports: Ports,
  actor: Actor,
  sharing: LibrarySharing,
  draft: Extract<Draft, { is: 'removeFromHome' }>,
): Promise<RevokeOutcome> {
  const denied = await mayNot(ports, actor, 'home')
  if (denied) return denied
  const before = await sharing.home({ fresh: true })
  if (!before.ok) return refuse({ reason: 'plexTrouble', trouble: before.problem })
  const user = before.value.value.find((each) => each.accountId === draft.accountId)
  if (!user) return { outcome: 'alreadyGone' }
  const removed = await sharing.removeFromHome(user.accountId)
  if (!removed.ok && removed.problem.kind !== 'notFound') {
    return refuse({ reason: 'plexTrouble', trouble: removed.problem })
  }
  const then = await sharing.home({ fresh: true })
  if (!then.ok) return refuse({ reason: 'plexTrouble', trouble: then.problem })
  const still = then.value.value.some((each) => each.accountId === user.accountId)
  return still
    ? refuse({ reason: 'plexRefused', because: 'rejected' })
    : { outcome: 'removedFromHome', title: user.title }
}
