import type { GuildId, MemberId, PersonId, ServerId, ShareId } from '../lib/ids.ts'
import type { LibraryAccess } from './library-access.ts'
import type { Want } from './person.ts'

/**
 * What somebody has begun and not yet confirmed. Buttons carry only its id, so nothing is trusted from them, and it
 * is in the store, so a restart in between loses nothing.
 */
export type Draft = { schema: 1; id: string; guildId: GuildId; expiresAt: Date } & DraftOf

export type DraftOf =
  | {
      is: 'revoke'
      by: MemberId
      serverId: ServerId
      shareId: ShareId
      mode: 'remove' | 'suspend'
      reason?: string
    }
  | { is: 'removeFromHome'; by: MemberId; serverId: ServerId; accountId: string; title: string }
  | { is: 'change'; by: MemberId; serverId: ServerId; shareId: ShareId; access?: LibraryAccess }
  /** What `/audit` was asked for. */
  | { is: 'audit'; by: MemberId; who?: string; actor?: MemberId; after?: Date }
  /** What `/sync` showed, in the order of its buttons. */
  | {
      is: 'sync'
      by: MemberId
      serverId: ServerId
      keys: readonly string[]
      /** Whom the brakes held back then. */
      held: readonly PersonId[]
    }
  /** A member asks for access and is yet to say which Plex account is his. */
  | { is: 'request'; by: MemberId; serverId: ServerId; access: LibraryAccess; note?: string }
  /** A reviewer is about to approve something else than was asked for. */
  | {
      is: 'review'
      by: MemberId
      serverId: ServerId
      requestId: string
      access?: LibraryAccess
      durationMs?: number
    }
  /** Somebody signs in at Plex in his browser, for the guild's sake. */
  | { is: 'signIn'; by: MemberId; signInId: string; address: string; linkEndsAt: Date }
  /** The shares that others made and that are about to be adopted, as they were shown. */
  | { is: 'importShares'; by: MemberId; serverId: ServerId; keys: readonly string[] }
  /** The libraries that are meant where none is named are being ticked. */
  | { is: 'defaultLibraries'; by: MemberId; serverId: ServerId; access?: LibraryAccess }
  /** What was just done and can be taken back, by whoever may do such a thing. */
  | { is: 'undo'; by: MemberId; serverId: ServerId; personId: PersonId; about: string; of: Want['to'] }
  /** A member is about to give his access back, or to have his data deleted. */
  | { is: 'leave'; memberId: MemberId }
  | { is: 'forget'; memberId: MemberId }
  /** A member was invited whose Plex account nobody knows: he is asked for it. */
  | {
      is: 'askAccount'
      memberId: MemberId
      by: MemberId
      serverId: ServerId
      access: LibraryAccess
      downloads?: boolean
      durationMs?: number
      reason?: string
    }

/** Interaction tokens live 15 minutes, so a confirmation lives no longer; a question to a member may wait a week. */
export const draftLifeMs = {
  confirmation: 15 * 60_000,
  undo: 10 * 60_000,
  /** As long as plex.tv's own link lives. */
  signIn: 30 * 60_000,
  question: 7 * 24 * 60 * 60_000,
}

export function lifeOf({ is }: Pick<DraftOf, 'is'>): number {
  if (is === 'askAccount') return draftLifeMs.question
  if (is === 'signIn') return draftLifeMs.signIn
  return is === 'undo' ? draftLifeMs.undo : draftLifeMs.confirmation
}

export const draftKey = (guildId: GuildId, id: string) => `${guildId}:${id}`
