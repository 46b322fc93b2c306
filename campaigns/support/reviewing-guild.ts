import { type ChannelId, type GuildId, id, type MemberId, type RoleId } from '../../src/lib/ids.ts'
import type { CardPlace } from '../../src/sharing/access-request.ts'
import { bindRole, type GuildSettings, noSettings } from '../../src/sharing/guild-settings.ts'
import type { Actor } from '../../src/sharing/policy.ts'
import type { Documents } from '../../src/sharing/ports.ts'
import type { Rules } from '../../src/sharing/rules.ts'
import { managerOf } from './manager.ts'

/** A guild in which members ask and two reviewers press; `4` manages it. */
export const reviewers = [id<MemberId>('rob'), id<MemberId>('rita')] as const
export const reviewersChannelId = id<ChannelId>('99')
const [memberRole, reviewerRole] = [id<RoleId>('member'), id<RoleId>('reviewer')]

export async function setUpForRequests(settings: Documents<GuildSettings>, guildId: GuildId): Promise<void> {
  const bound = bindRole(bindRole(noSettings(guildId), memberRole, 'member'), reviewerRole, 'reviewer')
  await settings.update(guildId, () => ({ ...bound, reviewersChannelId, requestsPerDay: 1_000 }))
}

export function actorIn(guildId: GuildId, memberId: MemberId): Actor {
  if (memberId === managerOf(guildId).memberId) return managerOf(guildId)
  const roleIds = [reviewers.some((each) => each === memberId) ? reviewerRole : memberRole]
  return { guildId, memberId, roleIds, managesServer: false }
}

export interface Asking {
  id: string
  memberId: MemberId
  /** His Plex account, as he types it when he is asked for it. */
  email: string
}

/** `/request`, and the answer to the question for an account that comes the first time. */
export async function askForAccess(rules: Rules, guildId: GuildId, asking: Asking): Promise<string> {
  const actor = actorIn(guildId, asking.memberId)
  const asked = await rules.requestAccess(actor, { id: asking.id, libraries: 'Movies' })
  if (asked.outcome !== 'whichAccount') return wordOf(asked)
  const press = { id: `${asking.id}, account`, draftId: asked.draftId, typed: asking.email }
  return wordOf(await rules.requestWithAccount(actor, press))
}

/** Told that his request waits: from then on it must not be forgotten. */
export const isToldWaiting = (word: string) => word === 'requested' || word === 'alreadyWaiting'
/** He need not ask again: he has what he would ask for, or plex.tv shows it as his or somebody's. */
export const needNotAsk = (word: string) =>
  isToldWaiting(word) || word === 'hasAccess' || word === 'accountInUse'

export interface CardPressing {
  id: string
  by: MemberId
  does: 'approve' | 'deny'
  requestId: string
  messageId: string
}

/** A reviewer presses on a card. Whoever is told that it is an old one presses the one that is named. */
export async function pressCard(rules: Rules, guildId: GuildId, pressing: CardPressing): Promise<string> {
  const actor = actorIn(guildId, pressing.by)
  const on = (card: CardPlace) => {
    const press = { id: pressing.id, requestId: pressing.requestId, card }
    return pressing.does === 'approve' ? rules.approveRequest(actor, press) : rules.denyRequest(actor, press)
  }
  const first = await on({ channelId: reviewersChannelId, messageId: pressing.messageId })
  const named = first.outcome === 'refused' && first.reason === 'oldCard' ? first.cards[0] : undefined
  return wordOf(named ? await on(named) : first)
}

/** It is decided, by this press or another, or there is nothing to decide about. */
export const needNotPress = (word: string) =>
  word === 'decided' || word === 'requestClosed' || word === 'requestGone'

/** How it came out, and of a refusal why. */
export const wordOf = (answer: { outcome: string } | { outcome: 'refused'; reason: string }) =>
  'reason' in answer ? answer.reason : answer.outcome
