import type { ChannelId, MemberId, RoleId } from '../lib/ids.ts'
import type { AccessRequest, CardPlace } from './access-request.ts'
import type { BeyondLimits } from './grant-limits.ts'
import type { Restored } from './observation.ts'
import type { FailureReason } from './person.ts'
import type { Capability } from './policy.ts'
import type { ChannelRight, ConnectionProblem, PlexIdentity, Trouble } from './ports.ts'
import type { RecipientProblem } from './recipient.ts'
import type { LibrariesProblem } from './resolve-libraries.ts'
import type { NoWayBack } from './reversal.ts'
import type { OldLibraries } from './use-cases/libraries-to-decide-by.ts'

/** Why nothing was done. Every one has words of its own, with the next step, in `discord/views/refusal.ts`. */
export type Refusal = { outcome: 'refused' } & (
  | { reason: 'notAllowed'; capability: Capability; askRoles: readonly RoleId[] }
  | { reason: 'nobodyNamed' }
  | { reason: 'badRecipient'; problem: RecipientProblem; typed: string }
  | { reason: 'badLibraries'; problem: LibrariesProblem; offered: readonly string[]; old?: OldLibraries }
  | { reason: 'badDuration'; typed: string }
  | { reason: 'theOwner' }
  | { reason: 'emailTaken' }
  | { reason: 'memberHasAccount'; memberId: MemberId; who: PlexIdentity }
  | { reason: 'unknownPerson'; typed: string }
  | { reason: 'ambiguousPerson'; typed: string; choices: readonly PlexIdentity[] }
  | { reason: 'onSeveralServers'; typed: string; servers: readonly string[] }
  | { reason: 'channelNotUsable'; channelId: ChannelId; missing: readonly ChannelRight[] | 'all' }
  | { reason: 'noPlexAccount' }
  | { reason: 'stillPending' }
  | { reason: 'draftGone' }
  | { reason: 'notYours' }
  | ({ reason: 'beyondLimits' } & BeyondLimits)
  | { reason: 'limitReached'; what: 'requestsPerDay' | 'grantsPerWeek'; again: Date }
  | { reason: 'needsReview' }
  | { reason: 'accountInUse' }
  | { reason: 'unknownSet'; typed: string; sets: readonly string[] }
  | { reason: 'noReviewers' }
  | { reason: 'requestGone' }
  | { reason: 'requestClosed'; request: AccessRequest }
  | { reason: 'oldCard'; cards: readonly CardPlace[] }
  | { reason: 'ownRequest' }
  | { reason: 'votedAlready' }
  | { reason: 'libraryGone' }
  | { reason: 'undoOver' }
  | { reason: 'nothingOfYours' }
  | { reason: 'cannotGoBack'; because: NoWayBack }
  | { reason: 'observing'; restored: Restored }
  | { reason: 'noConnection'; problem: ConnectionProblem }
  | { reason: 'plexTrouble'; trouble: Trouble }
  | { reason: 'plexRefused'; because: FailureReason }
)

export const refuse = <const R extends { reason: Refusal['reason'] }>(reason: R) =>
  ({ outcome: 'refused', ...reason }) as const
