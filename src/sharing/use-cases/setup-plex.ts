import type { ServerId } from '../../lib/ids.ts'
import { type Draft, draftKey } from '../drafts.ts'
import { noConnections, withAccount, withServersOf } from '../guild-connections.ts'
import { after } from '../person.ts'
import type { Actor } from '../policy.ts'
import type { PlexOwner } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { SetupStep } from '../setup-step.ts'
import { keepDraft, mayNot, type Ports, readDraft } from './ports.ts'
import { setupStepOf, type TestedServer, testServers } from './setup-state.ts'

/** A link is open in somebody's browser, or was. */
export type SignInWaiting = {
  outcome: 'signIn'
  address: string
  expiresAt: Date
  draftId: string
  /** Plex was asked, and nobody has signed in yet. */
  isStillWaiting?: true
}
export interface PlexLinked {
  outcome: 'plexLinked'
  username: string
  owned: readonly { serverId: ServerId; name: string }[]
  /** What of it the guild uses now; one owned server is used without being asked for. */
  tested: readonly TestedServer[]
  next: SetupStep
}
export type SignInOutcome =
  | SignInWaiting
  | { outcome: 'signInExpired' }
  | PlexLinked
  /** Only who owns a server can share it: the sign-in has been ended again. */
  | { outcome: 'ownsNoServer'; username: string }
  | Refusal

/** Begins a sign-in for the guild: whoever completes it in his browser gives the guild the servers of his account. */
export async function beginPlexSignIn(ports: Ports, actor: Actor): Promise<SignInOutcome> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const link = await ports.plexAccounts.beginSignIn()
  if (!link.ok) return refuse({ reason: 'plexTrouble', trouble: link.problem })
  const { id: signInId, address, expiresAt } = link.value
  const draft = await keepDraft(ports, actor.guildId, {
    is: 'signIn',
    by: actor.memberId,
    signInId,
    address,
    linkEndsAt: expiresAt,
  })
  return { outcome: 'signIn', address, expiresAt, draftId: draft.id }
}

/** Asks Plex whether the sign-in has been completed; it may be asked any number of times, after a restart too. */
export async function checkPlexSignIn(
  ports: Ports,
  actor: Actor,
  { draftId }: { draftId: string },
): Promise<SignInOutcome> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const draft = await readDraft(ports, actor.guildId, draftId, 'signIn')
  if (!draft) return { outcome: 'signInExpired' }
  if (draft.by !== actor.memberId) return refuse({ reason: 'notYours' })
  const signIn = await ports.plexAccounts.checkSignIn(draft.signInId)
  if (!signIn.ok) return refuse({ reason: 'plexTrouble', trouble: signIn.problem })
  switch (signIn.value.is) {
    case 'waiting': {
      const { address, linkEndsAt } = draft
      return { outcome: 'signIn', address, expiresAt: linkEndsAt, draftId, isStillWaiting: true }
    }
    case 'expired':
      await ports.drafts.remove(draftKey(actor.guildId, draftId))
      return { outcome: 'signInExpired' }
    case 'signedIn':
      return takeAccount(ports, actor, draft, signIn.value.token)
    default:
      return signIn.value satisfies never
  }
}

/** How often Plex is asked while somebody signs in. @see ../../plex/api/links.ts */
const askEveryMs = 2_000
/** An answer in Discord can be changed for 15 minutes; who takes longer presses the button. */
const watchMs = 14 * 60_000

/**
 * Watches a sign-in until something comes of it: what the message becomes then, or nothing where somebody else has
 * answered it, or the process stops. Trouble on the way is no answer, and it goes on asking.
 */
export async function watchPlexSignIn(
  ports: Ports,
  actor: Actor,
  { draftId }: { draftId: string },
  stop: AbortSignal,
): Promise<SignInOutcome | undefined> {
  const until = after(ports.clock.now(), watchMs)
  for (;;) {
    await ports.clock.wait(askEveryMs, stop)
    if (stop.aborted) return undefined
    const draft = await readDraft(ports, actor.guildId, draftId, 'signIn')
    if (!draft && ports.clock.now() < until) return undefined
    const outcome = await checkPlexSignIn(ports, actor, { draftId })
    const isTrouble = outcome.outcome === 'refused' && outcome.reason === 'plexTrouble'
    if (outcome.outcome !== 'signIn' && !isTrouble) return outcome
    if (ports.clock.now() >= until) return outcome
  }
}

type SignInDraft = Extract<Draft, { is: 'signIn' }>

async function takeAccount(
  ports: Ports,
  actor: Actor,
  draft: SignInDraft,
  token: string,
): Promise<SignInOutcome> {
  const { guildId, memberId: linkedBy } = actor
  const whose = await ports.plexAccounts.whose(token)
  if (!whose.ok) return refuse({ reason: 'plexTrouble', trouble: whose.problem })
  const { accountId, username, servers } = whose.value
  if (servers.length === 0) {
    if (!(await isUsedElsewhere(ports, token))) await ports.plexAccounts.signOut(token)
    await ports.drafts.remove(draftKey(guildId, draft.id))
    return { outcome: 'ownsNoServer', username }
  }
  const linkedAt = ports.clock.now()
  await ports.connectionRecords.update(guildId, (current = noConnections(guildId)) => {
    const account = { accountId, username, token, linkedBy, linkedAt }
    return withServersOf(withAccount(current, account), accountId, used(current, whose.value))
  })
  await ports.drafts.remove(draftKey(guildId, draft.id))
  ports.log.info({ guildId, memberId: linkedBy, count: servers.length }, 'A Plex account was linked')
  const tested = await testServers(ports, guildId)
  return {
    outcome: 'plexLinked',
    username,
    owned: servers,
    tested,
    next: await setupStepOf(ports, guildId),
  }
}

/** The only server, or those that were used before and are still the account's. */
function used({ servers }: ReturnType<typeof noConnections>, owner: PlexOwner) {
  if (owner.servers.length === 1) return owner.servers
  const before = new Set(servers.map(({ serverId }) => serverId))
  return owner.servers.filter(({ serverId }) => before.has(serverId))
}

/** plex.tv gives one installation one token of an account: another guild may live by it. */
export async function isUsedElsewhere(
  ports: Pick<Ports, 'connectionRecords'>,
  token: string,
  butFor?: string,
): Promise<boolean> {
  const records = await ports.connectionRecords.list('')
  return records.some(
    ({ guildId, accounts }) => guildId !== butFor && accounts.some((account) => account.token === token),
  )
}
