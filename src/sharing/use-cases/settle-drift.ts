import { incomplete } from '../absence.ts'
import { draftKey } from '../drafts.ts'
import { driftKey, noDrift } from '../drift-record.ts'
import { allLibraries, type LibraryAccess } from '../library-access.ts'
import { adopted, vanished } from '../note.ts'
import { personKey } from '../people.ts'
import { accessOf, newPerson, type Person } from '../person.ts'
import type { Actor } from '../policy.ts'
import type { LibrarySharing, Share } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { addedBy, countAdded } from './change-libraries.ts'
import { type Comparison, compare } from './compare.ts'
import { decideOnShare } from './decide-on-share.ts'
import { countGrant, grantRightOf } from './grant-right.ts'
import { mayNot, type Ports, readDraft } from './ports.ts'
import type { Settled } from './settled.ts'
import { type InviteOutcome, shareWith } from './share-with.ts'
import { membersLeft, previewSync, type SyncItem, type SyncPreview } from './sync.ts'

export type Remedy = 'fix' | 'adopt' | 'ignore'

/** What came of a press on one difference, and what is left. */
export interface DriftSettled {
  outcome: 'settled'
  remedy: Remedy
  item: SyncItem
  /** How fixing stands at plex.tv, where something was sent. */
  sent?: Exclude<Settled, Refusal> | InviteOutcome
  rest: SyncPreview | Refusal
}
export type DriftOutcome = DriftSettled | { outcome: 'noLongerSo'; rest: SyncPreview | Refusal } | Refusal

export interface DriftPress {
  id: string
  draftId: string
  /** Which of the differences that were shown. */
  at: number
  remedy: Remedy
}

/**
 * A difference is settled the way somebody chose: *fix* makes plex.tv as the records say, *adopt* makes the records as
 * plex.tv says, *ignore* shows it no more. plex.tv is read anew first: what is not so any more is not acted upon.
 */
export async function settleDrift(ports: Ports, actor: Actor, press: DriftPress): Promise<DriftOutcome> {
  const denied = await mayNot(ports, actor, 'change')
  if (denied) return denied
  const { guildId } = actor
  const draft = await readDraft(ports, guildId, press.draftId, 'sync')
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.by !== actor.memberId) return refuse({ reason: 'notYours' })
  const connection = await ports.connections.of(guildId, draft.serverId)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  const item = await stillSo(ports, actor, sharing, draft.keys[press.at] ?? '')
  if (item && 'outcome' in item) return item
  if (!item)
    return { outcome: 'noLongerSo', rest: await previewSync(ports, actor, { server: draft.serverId }) }

  const done = await carryOut(ports, actor, sharing, press, item)
  if (done?.outcome === 'refused') return done
  await ports.drafts.remove(draftKey(guildId, draft.id))
  const rest = await previewSync(ports, actor, { server: draft.serverId })
  return { outcome: 'settled', remedy: press.remedy, item, ...(done ? { sent: done } : {}), rest }
}

async function stillSo(
  ports: Ports,
  { guildId }: Actor,
  sharing: LibrarySharing,
  key: string,
): Promise<SyncItem | Refusal | undefined> {
  const compared = await compare(ports, sharing, guildId, { fresh: true })
  if (!compared.ok) return refuse({ reason: 'plexTrouble', trouble: compared.problem })
  const found = compared.value.drift.find((each) => each.key === key)
  if (found) return found
  if (isInDoubt(key, compared.value)) return refuse({ reason: 'plexTrouble', trouble: incomplete })
  if (!key.startsWith('left ')) return undefined
  const meant = compared.value.persons.filter(
    (person) => key === `left ${person.id} ${person.memberId ?? ''}`,
  )
  const [left] = await membersLeft(ports, guildId, { ...compared.value, persons: meant })
  return left
}

/** "No longer so" is not said of somebody, or of a share, that a row which could not be told may be. */
function isInDoubt(key: string, { inDoubt, read }: Comparison): boolean {
  const [what, about = ''] = key.split(' ')
  return what === 'share'
    ? read.untold.some(({ id }) => id === undefined || id === about)
    : inDoubt.some(({ id }) => id === about)
}

/** Nothing where only the records were changed. */
async function carryOut(
  ports: Ports,
  actor: Actor,
  sharing: LibrarySharing,
  { id, remedy }: DriftPress,
  item: SyncItem,
): Promise<Settled | InviteOutcome | undefined> {
  const { guildId, memberId: by } = actor
  if (remedy === 'ignore') {
    const empty = noDrift(guildId, sharing.serverId, ports.clock.now())
    await ports.drift.update(driftKey(guildId, sharing.serverId), (record = empty) =>
      record.ignored.includes(item.key) ? undefined : { ...record, ignored: [...record.ignored, item.key] },
    )
    return undefined
  }
  switch (item.kind) {
    case 'unknownShare':
      // A share that others made is taken over or left alone; ending it is `/revoke`'s affair.
      return remedy === 'adopt' ? adopt(ports, actor, sharing, id, item.share, undefined) : undefined
    case 'librariesDiffer':
      return remedy === 'adopt'
        ? adopt(ports, actor, sharing, id, item.share, item.believed)
        : change(ports, actor, sharing, id, item.share, item.believed)
    case 'notShown': {
      if (remedy === 'fix') return shareAgain(ports, actor, sharing, id, item.person)
      const now = ports.clock.now()
      const { version } = item.person
      await ports.people.update(personKey(item.person), (current) =>
        current?.version === version ? vanished(current, now, { id, by }) : undefined,
      )
      return undefined
    }
    case 'memberLeft':
      return remedy === 'fix' ? end(ports, actor, sharing, id, item.share) : undefined
    default:
      return item satisfies never
  }
}

/**
 * What is in the records counts as given: who may not grant it may not adopt it either. It gives nobody anything that
 * he has not, so it takes no place of a week's.
 */
export async function adopt(
  ports: Ports,
  actor: Actor,
  { serverId }: LibrarySharing,
  decisionId: string,
  share: Share,
  believed: LibraryAccess | undefined,
): Promise<Refusal | undefined> {
  const { guildId, memberId: by } = actor
  // What plex.tv does not name may be everything.
  const added = addedBy(believed, share.access ?? allLibraries)
  const right = added && (await grantRightOf(ports, actor, 'change', { access: added }))
  if (right?.outcome === 'refused') return right
  if (right?.needsReview) return refuse({ reason: 'needsReview' })

  const known = await ports.people.find(guildId, serverId, { shareId: share.id, who: share.who })
  const id = known?.id ?? ports.people.idFor(guildId, serverId, share.who)
  const now = ports.clock.now()
  await ports.people.update(personKey({ guildId, id }), (current) => {
    const person: Person = current ?? newPerson({ id, guildId, serverId, who: share.who })
    return person.intent ? undefined : adopted(person, share, { id: decisionId, by }, now)
  })
  return undefined
}

/** What is given back counts as a grant, within the limits of whoever presses. */
async function change(
  ports: Ports,
  actor: Actor,
  sharing: LibrarySharing,
  id: string,
  share: Share,
  access: LibraryAccess,
): Promise<Settled> {
  if (share.status === 'pending') return refuse({ reason: 'stillPending' })
  const counted = await countAdded(ports, actor, id, share, access)
  if (counted.outcome === 'refused') return counted
  const { guildId, memberId: by } = actor
  const decision = { id, want: { to: 'change' as const, access }, by, reason: 'as it was before' }
  const outcome = await decideOnShare(ports, sharing, guildId, share, decision)
  if (outcome.outcome === 'refused') await counted.undo()
  return outcome
}

async function end(
  ports: Ports,
  actor: Actor,
  sharing: LibrarySharing,
  id: string,
  share: Share,
): Promise<Settled> {
  const denied = await mayNot(ports, actor, 'revoke')
  if (denied) return denied
  const want = { to: 'end' as const, mode: 'remove' as const }
  const decision = { id, want, by: actor.memberId, reason: 'left this Discord server' }
  return decideOnShare(ports, sharing, actor.guildId, share, decision)
}

/** The same invitation once more, by the same way as `/invite`: with the libraries and the end that there were. */
async function shareAgain(
  ports: Ports,
  actor: Actor,
  sharing: LibrarySharing,
  id: string,
  person: Person,
): Promise<InviteOutcome | Refusal> {
  const denied = await mayNot(ports, actor, 'invite')
  if (denied) return denied
  const reading = await sharing.libraries()
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const libraries = reading.value.value
  const access = accessOf(person.seen)
  if (!access) {
    const offered = libraries.map((library) => library.title)
    return refuse({ reason: 'badLibraries', problem: { problem: 'empty' }, offered })
  }
  const restMs = person.endsAt && person.endsAt.getTime() - ports.clock.now().getTime()
  const lasting = restMs !== undefined && restMs > 0 ? { durationMs: restMs } : {}
  const right = await grantRightOf(ports, actor, 'invite', { access, ...lasting })
  if (right.outcome === 'refused') return right
  if (right.needsReview) return refuse({ reason: 'needsReview' })
  const counted = await countGrant(ports, actor, right.permits, id)
  if (counted.outcome === 'refused') return counted
  const outcome = await shareWith(ports, sharing, {
    id,
    guildId: actor.guildId,
    by: actor.memberId,
    who: person.who,
    access,
    libraries,
    serverName: sharing.serverName,
    ...(person.memberId === undefined ? {} : { memberId: person.memberId }),
    ...(counted.durationMs === undefined ? {} : { durationMs: counted.durationMs }),
    reason: 'was no longer there',
  })
  if (outcome.outcome === 'refused' || outcome.outcome === 'alreadyHas') await counted.undo()
  return outcome
}
