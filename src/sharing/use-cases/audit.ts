import type { MemberId } from '../../lib/ids.ts'
import type { AccessRequest } from '../access-request.ts'
import { type AuditEntry, trailOf, withoutEmails } from '../audit.ts'
import { readDuration } from '../duration.ts'
import { findPerson } from '../find-person.ts'
import { personKeysOf } from '../people.ts'
import { after, type Person } from '../person.ts'
import { type Actor, may } from '../policy.ts'
import type { Library } from '../ports.ts'
import { readRecipient } from '../recipient.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { keepDraft, knownLibraries, mayNot, type Ports, readDraft, settingsOf } from './ports.ts'

export interface AuditWish {
  /** Whom it is about: as autocomplete fills it in, a name, an address, or a mention. */
  who?: string
  /** Who did it. */
  actor?: MemberId
  /** How far back, as a length of time: "30d". */
  since?: string
  page?: number
}

export interface AuditTrail {
  outcome: 'audit'
  /** Newest first. Without addresses where the reader may not see them. */
  entries: readonly AuditEntry[]
  libraries: readonly Library[]
  seesEmails: boolean
  page: number
  /** Remembers what was asked for, for the other pages and the export. */
  draftId: string
}

/** Who did what, when and why. */
export async function readAudit(ports: Ports, actor: Actor, wish: AuditWish): Promise<AuditTrail | Refusal> {
  const denied = await mayNot(ports, actor, 'audit')
  if (denied) return denied
  const sinceMs = wish.since === undefined ? undefined : readDuration(wish.since)
  if (wish.since !== undefined && sinceMs === undefined)
    return refuse({ reason: 'badDuration', typed: wish.since })
  const asked = {
    ...(wish.who === undefined ? {} : { who: wish.who }),
    ...(wish.actor === undefined ? {} : { actor: wish.actor }),
    ...(sinceMs === undefined ? {} : { after: after(ports.clock.now(), -sinceMs) }),
  }
  const draft = await keepDraft(ports, actor.guildId, { is: 'audit', by: actor.memberId, ...asked })
  return trail(ports, actor, asked, draft.id, wish.page ?? 0)
}

/** Another page of the same trail, or all of it for the export. Rights are asked again. */
export async function rereadAudit(
  ports: Ports,
  actor: Actor,
  press: { draftId: string; page: number },
): Promise<AuditTrail | Refusal> {
  const denied = await mayNot(ports, actor, 'audit')
  if (denied) return denied
  const draft = await readDraft(ports, actor.guildId, press.draftId, 'audit')
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.by !== actor.memberId) return refuse({ reason: 'notYours' })
  return trail(ports, actor, draft, draft.id, press.page)
}

async function trail(
  ports: Ports,
  { guildId, ...rest }: Actor,
  asked: { who?: string; actor?: MemberId; after?: Date },
  draftId: string,
  page: number,
): Promise<AuditTrail> {
  const { bindings } = await settingsOf(ports, guildId)
  const seesEmails = may({ guildId, ...rest }, 'see-emails', bindings)
  const everybody = await ports.people.list(personKeysOf(guildId))
  const persons = asked.who === undefined ? everybody : meant(everybody, asked.who, seesEmails)
  const all = await ports.requests.list(personKeysOf(guildId))
  const requests = asked.who === undefined ? all : meantRequests(all, persons, asked.who, seesEmails)
  const entries = trailOf(persons, requests)
    .filter(({ at }) => asked.after === undefined || at >= asked.after)
    .filter(({ by }) => asked.actor === undefined || by === asked.actor)
    .map((entry) => (seesEmails ? entry : withoutEmails(entry)))
  const libraries = knownLibraries(ports, guildId)
  return { outcome: 'audit', entries, libraries, seesEmails, page, draftId }
}

const mention = /^<@!?(\d+)>$/u

/** An address finds somebody only for who may see addresses: else the trail would tell whose it is. */
function meant(persons: readonly Person[], typed: string, seesEmails: boolean): readonly Person[] {
  const [, share] = /^share:(\d+)$/u.exec(typed.trim()) ?? []
  if (share !== undefined) return persons.filter((person) => hadShare(person, share))
  const [, member] = mention.exec(typed.trim()) ?? []
  if (member !== undefined) return persons.filter((person) => person.memberId === member)
  const read = readRecipient(typed)
  if (!read.ok || ('email' in read.who && !seesEmails)) return []
  const found = findPerson(read.who, persons)
  if (found.kind === 'found') return [found.value]
  return found.kind === 'ambiguous' ? found.candidates : []
}

/** Those that were made in one of these names, or for one of these people. */
function meantRequests(
  requests: readonly AccessRequest[],
  persons: readonly Person[],
  typed: string,
  seesEmails: boolean,
): AccessRequest[] {
  const [, member] = mention.exec(typed.trim()) ?? []
  const read = readRecipient(typed)
  const who = read.ok && ('username' in read.who || seesEmails) ? read.who : undefined
  return requests.filter((request) => {
    const forWhom = request.forMember ?? request.memberId
    return (
      forWhom === member ||
      (who !== undefined && findPerson(who, [request]).kind === 'found') ||
      persons.some((each) => each.memberId === forWhom || findPerson(request.who, [each]).kind === 'found')
    )
  })
}

function hadShare({ seen, history }: Person, shareId: string): boolean {
  return (
    ('shareId' in seen && seen.shareId === shareId) ||
    history.some((event) => event.what === 'vanished' && event.shareId === shareId)
  )
}
