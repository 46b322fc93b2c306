import type { GuildId, MemberId } from '../../lib/ids.ts'
import { readDuration } from '../duration.ts'
import type { Actor } from '../policy.ts'
import type { PlexIdentity } from '../ports.ts'
import { isOwner, readRecipient } from '../recipient.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { resolveWish } from '../resolve-libraries.ts'
import { additionTo } from './add-libraries.ts'
import { askForAccount } from './ask-for-account.ts'
import { countGrant, grantRightOf } from './grant-right.ts'
import { librariesToDecideBy } from './libraries-to-decide-by.ts'
import { mayNot, type Ports, settingsOf } from './ports.ts'
import { makeRequest, type RequestMade } from './request-access.ts'
import { alreadyHas, type InviteOutcome, knownShare, shareWith } from './share-with.ts'

export interface InviteWish {
  /** The interaction's id: the same press delivered twice invites once. */
  id: string
  /** An e-mail address or a Plex user name, as typed. */
  email?: string
  member?: MemberId
  /** A comma list of titles, ids and sets; "all" only when said. Without it, what the guild has set as meant then. */
  libraries?: string
  server?: string
  duration?: string
  downloads?: boolean
  reason?: string
}

/** Shares libraries with an e-mail address, a Plex user name or a member. Repeating it is harmless. */
export async function invite(
  ports: Ports,
  actor: Actor,
  wish: InviteWish,
): Promise<InviteOutcome | RequestMade | Refusal> {
  const denied = await mayNot(ports, actor, 'invite')
  if (denied) return denied

  const connection = await ports.connections.toDecide(actor.guildId, wish.server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value

  const who = await whoIsMeant(ports, actor.guildId, wish)
  if ('outcome' in who) return who
  if (isOwner(who.identity, sharing.owner)) return refuse({ reason: 'theOwner' })

  const durationMs = wish.duration === undefined ? undefined : readDuration(wish.duration)
  if (wish.duration !== undefined && durationMs === undefined) {
    return refuse({ reason: 'badDuration', typed: wish.duration })
  }

  const reading = await librariesToDecideBy(sharing)
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const { value: libraries, old } = reading.value
  const settings = await settingsOf(ports, actor.guildId)
  const resolved = resolveWish(wish.libraries, libraries, settings)
  if (!resolved.ok) {
    const offered = libraries.map((library) => library.title)
    return refuse({ reason: 'badLibraries', problem: resolved, offered, ...(old && { old }) })
  }

  const context = {
    who: who.identity,
    ...(who.memberId === undefined ? {} : { memberId: who.memberId }),
    access: resolved.access,
    libraries,
    serverName: sharing.serverName,
    ...(old && { librariesReadAt: old.readAt }),
  }
  const downloads = wish.downloads === undefined ? {} : { downloads: wish.downloads }
  const wanted = {
    access: resolved.access,
    ...downloads,
    ...(durationMs === undefined ? {} : { durationMs }),
  }
  const right = await grantRightOf(ports, actor, 'invite', wanted)
  if (right.outcome === 'refused') return right
  if (right.needsReview) {
    const existing = await knownShare(sharing, who.identity)
    if (existing && 'outcome' in existing) return existing
    const [{ durationMs: longest }] = right.permits
    const request = {
      interaction: wish.id,
      right: 'invite' as const,
      who: who.identity,
      isLinked: who.memberId !== undefined && (wish.email ?? '').trim() === '',
      wanted: { ...wanted, ...(longest === undefined ? {} : { durationMs: longest }) },
      libraries,
      ...(who.memberId === undefined ? {} : { forMember: who.memberId }),
      ...(wish.reason === undefined ? {} : { note: wish.reason }),
    }
    if (!existing) return makeRequest(ports, actor, sharing, request)
    const { guildId } = actor
    const about = { share: existing, who: who.identity, wanted: resolved.access }
    const addition = await additionTo(ports, { guildId, serverId: sharing.serverId }, about)
    // An end date or downloads of its own cannot be added to an access that is there.
    const isForLibraries = wish.duration === undefined && wish.downloads === undefined
    if (addition.is === 'nothing' || !isForLibraries) return alreadyHas(context, existing, undefined)
    const { has, access, who: account } = addition
    return makeRequest(ports, actor, sharing, { ...request, who: account, has, wanted: { access } })
  }
  if (Object.keys(who.identity).length === 0 && who.memberId === undefined) {
    return refuse({ reason: 'nobodyNamed' })
  }
  const counted = await countGrant(ports, actor, right.permits, wish.id)
  if (counted.outcome === 'refused') return counted
  const details = {
    ...downloads,
    ...(counted.durationMs === undefined ? {} : { durationMs: counted.durationMs }),
    ...(wish.reason === undefined ? {} : { reason: wish.reason }),
  }
  if (Object.keys(who.identity).length === 0 && who.memberId !== undefined) {
    const question = { ...context, memberId: who.memberId, ...details }
    return { ...context, ...(await askForAccount(ports, sharing, actor, question)) }
  }
  const outcome = await shareWith(ports, sharing, {
    id: wish.id,
    guildId: actor.guildId,
    by: actor.memberId,
    ...context,
    ...details,
  })
  if (outcome.outcome === 'refused' || outcome.outcome === 'alreadyHas') await counted.undo()
  if (outcome.outcome !== 'invited' || !(await mayNot(ports, actor, 'revoke'))) return outcome
  // Whoever may not restore has no use for it, and need not know what somebody had.
  const { formerly: _, ...rest } = outcome
  return rest
}

/** Whom the options name: what was typed, what the member is linked to, or, if nothing is known, nobody yet. */
async function whoIsMeant(
  ports: Ports,
  guildId: GuildId,
  wish: InviteWish,
): Promise<{ identity: PlexIdentity; memberId?: MemberId } | Refusal> {
  const { email, member } = wish
  if (email !== undefined && email.trim() !== '') {
    const read = readRecipient(email)
    if (!read.ok) return refuse({ reason: 'badRecipient', problem: read.problem, typed: email })
    const memberId =
      member ??
      ('email' in read.who ? (await ports.links.ofEmail(guildId, read.who.email))?.memberId : undefined)
    return { identity: read.who, ...(memberId === undefined ? {} : { memberId }) }
  }
  if (member === undefined) return refuse({ reason: 'nobodyNamed' })
  return { identity: (await ports.links.ofMember(guildId, member))?.who ?? {}, memberId: member }
}
