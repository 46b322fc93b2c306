import { id as asId, type MemberId, type PersonId } from '../../lib/ids.ts'
import { draftKey } from '../drafts.ts'
import { findPerson } from '../find-person.ts'
import { linkedTo } from '../note.ts'
import { isPersonId, personKey, personKeysOf } from '../people.ts'
import type { Person } from '../person.ts'
import type { Actor } from '../policy.ts'
import type { Library, LibrarySharing, Share } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { compare } from './compare.ts'
import { keepDraft, knownServer, mayNot, type Ports, readDraft, seesEmails } from './ports.ts'
import { adopt } from './settle-drift.ts'

export interface ImportPreview {
  outcome: 'importPreview'
  /** Shares that exist on plex.tv and that nobody here made or adopted. */
  shares: readonly Share[]
  /** How many of the server's shares are in the records already. */
  known: number
  serverName: string
  libraries: readonly Library[]
  seesEmails: boolean
  draftId: string
}

/** The shares that exist at Plex already and that could be taken into the records. Nothing is changed by looking. */
export async function previewImport(
  ports: Ports,
  actor: Actor,
  wish: { server?: string },
): Promise<ImportPreview | Refusal> {
  const denied = await mayNot(ports, actor, 'change')
  if (denied) return denied
  const { guildId, memberId: by } = actor
  const connection = await ports.connections.of(guildId, wish.server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  const found = await strange(ports, actor, sharing)
  if ('outcome' in found) return found
  const { serverId, serverName } = sharing
  const keys = found.items.map(({ key }) => key)
  const draft = await keepDraft(ports, guildId, { is: 'importShares', by, serverId, keys })
  return {
    outcome: 'importPreview',
    shares: found.items.map(({ share }) => share),
    known: found.total - found.items.length,
    serverName,
    libraries: sharing.lastRead().libraries ?? [],
    seesEmails: await seesEmails(ports, actor),
    draftId: draft.id,
  }
}

export interface Imported {
  outcome: 'imported'
  adopted: number
  /** Those that the presser may not grant, with why. */
  refused: readonly { share: Share; because: Refusal }[]
  seesEmails: boolean
  serverName: string
  next: LinkQuestion
}

/** Takes exactly the shares that were shown, as far as they are there still. Nobody's access changes by it. */
export async function importShares(
  ports: Ports,
  actor: Actor,
  press: { draftId: string },
): Promise<Imported | Refusal> {
  const denied = await mayNot(ports, actor, 'change')
  if (denied) return denied
  const { guildId } = actor
  const draft = await readDraft(ports, guildId, press.draftId, 'importShares')
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.by !== actor.memberId) return refuse({ reason: 'notYours' })
  const connection = await ports.connections.of(guildId, draft.serverId)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const sharing = connection.value
  const found = await strange(ports, actor, sharing)
  if ('outcome' in found) return found

  let adopted = 0
  const refused: { share: Share; because: Refusal }[] = []
  for (const { key, share } of found.items) {
    if (!draft.keys.includes(key)) continue
    // Named after what was shown and not after the press: of two presses at once, the second adopts nothing.
    const because = await adopt(ports, actor, sharing, draft.id, share, undefined)
    if (because) refused.push({ share, because })
    else adopted++
  }
  await ports.drafts.remove(draftKey(guildId, draft.id))
  return {
    outcome: 'imported',
    adopted,
    refused,
    seesEmails: await seesEmails(ports, actor),
    serverName: sharing.serverName,
    next: await questionFrom(ports, actor, { from: '' }),
  }
}

/** Somebody with access of whom it is not known which member he is; nobody where all are linked, or were skipped. */
export interface LinkQuestion {
  outcome: 'whoseIsIt'
  person?: Person
  serverName?: string
  /** How many come after him. */
  left: number
  seesEmails: boolean
  /** Whom the one before was linked to. */
  linked?: MemberId
}

/** Where in the order of ids the question goes on: with this person, or with the one after him. */
type Where = { from: string } | { after: string }

/** The next one of whom it is not known which member he is. */
export async function nextUnlinked(
  ports: Ports,
  actor: Actor,
  where: Where,
): Promise<LinkQuestion | Refusal> {
  const denied = await mayNot(ports, actor, 'change')
  return denied ?? questionFrom(ports, actor, where)
}

/** Ties somebody with access to a member. Neither may be tied to anybody else: who that is right for only a human knows. */
export async function linkShare(
  ports: Ports,
  actor: Actor,
  press: { id: string; personId: string; memberId: MemberId },
): Promise<LinkQuestion | Refusal> {
  const denied = await mayNot(ports, actor, 'change')
  if (denied) return denied
  const { guildId, memberId: by } = actor
  const { id, personId, memberId } = press
  if (!isPersonId(personId)) return refuse({ reason: 'draftGone' })
  // The key begins with the actor's own guild: another one's person is nobody here.
  const person = await ports.people.get(personKey({ guildId, id: asId<PersonId>(personId) }))
  if (!person || (person.memberId !== undefined && person.memberId !== memberId)) {
    return refuse({ reason: 'draftGone' })
  }
  const { who } = person
  const link = await ports.links.ofMember(guildId, memberId)
  if (link && findPerson(who, [link]).kind !== 'found') {
    return refuse({ reason: 'memberHasAccount', memberId, who: link.who })
  }
  const now = ports.clock.now()
  if (!link) {
    const linked = await ports.links.link({ guildId, memberId, who, linkedAt: now, linkedBy: by })
    if (linked === 'taken') return refuse({ reason: 'emailTaken' })
  }
  await ports.people.update(personKey(person), (current) =>
    current && current.memberId === undefined ? linkedTo(current, memberId, { id, by }, now) : undefined,
  )
  return { ...(await questionFrom(ports, actor, { after: personId })), linked: memberId }
}

async function questionFrom(ports: Ports, actor: Actor, where: Where): Promise<LinkQuestion> {
  const { guildId } = actor
  const everybody = await ports.people.list(personKeysOf(guildId))
  const [person, ...rest] = everybody
    .filter(({ memberId, seen }) => memberId === undefined && 'shareId' in seen)
    .filter(({ id }) => ('from' in where ? id >= where.from : id > where.after))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const serverName = person && knownServer(ports, person)?.serverName
  return {
    outcome: 'whoseIsIt',
    left: rest.length,
    seesEmails: await seesEmails(ports, actor),
    ...(person ? { person } : {}),
    ...(serverName === undefined ? {} : { serverName }),
  }
}

/** The shares that nobody here made, those that somebody said to ignore left out. */
async function strange(ports: Ports, { guildId }: Actor, sharing: LibrarySharing) {
  const compared = await compare(ports, sharing, guildId, { fresh: true })
  if (!compared.ok) return refuse({ reason: 'plexTrouble', trouble: compared.problem })
  const { drift, read, record } = compared.value
  const items = drift.flatMap((item) =>
    item.kind === 'unknownShare' && !record.ignored.includes(item.key) ? [item] : [],
  )
  return { items, total: read.pending.length + read.active.length }
}
