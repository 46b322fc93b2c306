import type { GuildId, MemberId } from '../../lib/ids.ts'
import { draftKey } from '../drafts.ts'
import { permissionFor } from '../grant-limits.ts'
import type { LibraryAccess } from '../library-access.ts'
import type { Actor } from '../policy.ts'
import type { LibrarySharing, NoticeOutcome } from '../ports.ts'
import { isOwner, readRecipient } from '../recipient.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { librariesToDecideBy } from './libraries-to-decide-by.ts'
import { keepDraft, type Ports, readDraft, settingsOf } from './ports.ts'
import { type InviteOutcome, shareWith } from './share-with.ts'

export interface Question {
  memberId: MemberId
  access: LibraryAccess
  downloads?: boolean
  durationMs?: number
  reason?: string
}

/** A member was invited whose Plex account nobody knows: he is asked for it, and the wish waits in the store. */
export async function askForAccount(
  ports: Ports,
  sharing: LibrarySharing,
  actor: Actor,
  { memberId, access, downloads, durationMs, reason }: Question,
): Promise<{ outcome: 'asked'; notice: NoticeOutcome; draftId: string }> {
  const { guildId } = actor
  const { id: draftId } = await keepDraft(ports, guildId, {
    is: 'askAccount',
    memberId,
    by: actor.memberId,
    serverId: sharing.serverId,
    access,
    ...(downloads === undefined ? {} : { downloads }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(reason === undefined ? {} : { reason }),
  })
  const ask = { guildId, serverName: sharing.serverName, draftId }
  return { outcome: 'asked', notice: await ports.notifier.askForAccount(memberId, ask), draftId }
}

/** The member answered. He alone may, and whoever invited him must still be allowed to at this moment. */
export async function answerAccount(
  ports: Ports,
  press: { id: string; guildId: GuildId; memberId: MemberId; draftId: string; typed: string },
): Promise<InviteOutcome | Refusal> {
  const { guildId, memberId } = press
  const draft = await readDraft(ports, guildId, press.draftId, 'askAccount')
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.memberId !== memberId) return refuse({ reason: 'notYours' })
  const inviter = await ports.members.actor(guildId, draft.by)
  if (!inviter || !(await mayStillGrant(ports, inviter, draft))) return refuse({ reason: 'draftGone' })

  const connection = await ports.connections.toDecide(guildId, draft.serverId)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  const read = readRecipient(press.typed)
  if (!read.ok) return refuse({ reason: 'badRecipient', problem: read.problem, typed: press.typed })
  if (isOwner(read.who, sharing.owner)) return refuse({ reason: 'theOwner' })
  const reading = await librariesToDecideBy(sharing)
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })

  const { access, downloads, durationMs, reason } = draft
  const { value: libraries, old } = reading.value
  const outcome = await shareWith(ports, sharing, {
    id: press.id,
    guildId,
    by: draft.by,
    who: read.who,
    memberId,
    access,
    libraries,
    serverName: sharing.serverName,
    ...(old && { librariesReadAt: old.readAt }),
    ...(downloads === undefined ? {} : { downloads }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(reason === undefined ? {} : { reason }),
  })
  if (outcome.outcome !== 'refused') await ports.drafts.remove(draftKey(guildId, press.draftId))
  return outcome
}

/** He invited directly, or approved a request: by one of the two he has to be able to grant it still. */
async function mayStillGrant(
  ports: Ports,
  inviter: Actor,
  { access, durationMs }: Question,
): Promise<boolean> {
  const grant = { access, ...(durationMs === undefined ? {} : { durationMs }) }
  const settings = await settingsOf(ports, inviter.guildId)
  const invites = permissionFor(inviter, 'invite', grant, settings)
  if (invites.is === 'permitted' && !invites.needsReview) return true
  return permissionFor(inviter, 'review', grant, settings).is === 'permitted'
}
