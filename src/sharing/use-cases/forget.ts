import { inTurnOf } from '../deliver.ts'
import { personKey } from '../people.ts'
import type { Actor } from '../policy.ts'
import { StoreUnavailable } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { closeRequests } from './close-requests.ts'
import { eraseMember, erasePersonsDrafts } from './erase-member.ts'
import { hasAccess, ownPersons } from './own-persons.ts'
import { keepDraft, type Ports, readDraft } from './ports.ts'

export type ForgetQuestion =
  | { outcome: 'confirmForget'; draftId: string }
  /** Access that nobody remembers could not be ended: it has to be given back first, with the draft of that. */
  | { outcome: 'accessFirst'; leaveDraftId: string }
  | { outcome: 'nothingKnown' }

export async function askToForget(ports: Ports, actor: Actor): Promise<ForgetQuestion> {
  const { guildId, memberId } = actor
  const [link, persons] = await Promise.all([
    ports.links.ofMember(guildId, memberId),
    ownPersons(ports, actor),
  ])
  if (persons.some(hasAccess)) return accessFirst(ports, actor)
  const requests = ports.requests.ofMember(guildId, memberId)
  if (!link && persons.length === 0 && requests.length === 0) return { outcome: 'nothingKnown' }
  const draft = await keepDraft(ports, guildId, { is: 'forget', memberId })
  return { outcome: 'confirmForget', draftId: draft.id }
}

export type ForgetOutcome =
  | {
      outcome: 'forgotten'
      /** Whether the store's files hold no trace any more; if not, the daily cleaning takes it away. */
      isScrubbed: boolean
    }
  | ForgetQuestion

/**
 * Deletes the member's link and every document about him, history and all, and then what the store's files still hold
 * of them. Nothing of his is left but his member id in decisions that he made about others.
 */
export async function forget(
  ports: Ports,
  actor: Actor,
  press: { draftId: string },
): Promise<ForgetOutcome | Refusal> {
  const { guildId, memberId } = actor
  const draft = await readDraft(ports, guildId, press.draftId, 'forget')
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.memberId !== memberId) return refuse({ reason: 'notYours' })

  // What is not going to be deleted is not noted as if it were.
  if ((await ownPersons(ports, actor)).some(hasAccess)) return accessFirst(ports, actor)
  const deleted = { guildId, memberId }
  await ports.deletions.note(deleted, ports.clock.now())
  for (const person of await ownPersons(ports, actor)) {
    const key = personKey(person)
    const isGone = await inTurnOf(ports, key, async () => {
      const now = await ports.people.get(key)
      if (now && hasAccess(now)) return false
      if (now) await ports.people.remove(key)
      return true
    })
    if (!isGone) return accessFirst(ports, actor)
    await erasePersonsDrafts(ports, guildId, person.id)
  }
  await closeRequests(ports, actor)
  await eraseMember(ports, actor)
  await ports.deletions.note(deleted, ports.clock.now())
  return { outcome: 'forgotten', isScrubbed: await scrubbed(ports) }
}

async function accessFirst(ports: Ports, { guildId, memberId }: Actor) {
  const draft = await keepDraft(ports, guildId, { is: 'leave', memberId })
  return { outcome: 'accessFirst', leaveDraftId: draft.id } as const
}

async function scrubbed(ports: Ports): Promise<boolean> {
  try {
    await ports.scrub()
    return true
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    ports.log.warn(
      { error },
      'what was forgotten is still in the log of the database; cleaned with the next round',
    )
    return false
  }
}
