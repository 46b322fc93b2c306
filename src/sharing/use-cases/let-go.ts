import { incomplete } from '../absence.ts'
import { type Draft, draftKey } from '../drafts.ts'
import { driftKey } from '../drift-record.ts'
import { decideEnd, isDue } from '../end-date.ts'
import { vanished } from '../note.ts'
import { personKey } from '../people.ts'
import type { Actor } from '../policy.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { compare } from './compare.ts'
import { mayNot, type Ports, readDraft } from './ports.ts'
import { previewSync, type SyncPreview } from './sync.ts'

export interface LetGo {
  outcome: 'letGo'
  what: 'vanished' | 'ends'
  count: number
  rest: SyncPreview | Refusal
}

/**
 * Somebody looked at what the brake held back and says that it is so: the people are believed to be gone, or their
 * end dates are carried out. Only those whom `/sync` had shown to him, and only where it is still so.
 */
export async function letGo(
  ports: Ports,
  actor: Actor,
  press: { id: string; draftId: string; what: LetGo['what'] },
): Promise<LetGo | Refusal> {
  const denied = await mayNot(ports, actor, press.what === 'ends' ? 'revoke' : 'change')
  if (denied) return denied
  const draft = await readDraft(ports, actor.guildId, press.draftId, 'sync')
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.by !== actor.memberId) return refuse({ reason: 'notYours' })
  const count =
    press.what === 'ends' ? await endThem(ports, actor, draft) : await believe(ports, actor, press.id, draft)
  if (typeof count !== 'number') return count
  await ports.drafts.remove(draftKey(actor.guildId, draft.id))
  return {
    outcome: 'letGo',
    what: press.what,
    count,
    rest: await previewSync(ports, actor, { server: draft.serverId }),
  }
}

type Shown = Pick<Extract<Draft, { is: 'sync' }>, 'held' | 'serverId'>

async function believe(ports: Ports, actor: Actor, id: string, draft: Shown): Promise<number | Refusal> {
  const { guildId, memberId: by } = actor
  const connection = await ports.connections.of(guildId, draft.serverId)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const compared = await compare(ports, connection.value, guildId, { fresh: true })
  if (!compared.ok) return refuse({ reason: 'plexTrouble', trouble: compared.problem })
  const shown = new Set(draft.held)
  const { record, inDoubt } = compared.value
  // Part of what he says could not be looked at: then none of it is done, and it stays held.
  if (inDoubt.some((person) => shown.has(person.id))) {
    return refuse({ reason: 'plexTrouble', trouble: incomplete })
  }
  let count = 0
  for (const item of compared.value.drift) {
    if (item.kind !== 'notShown' || !item.isConfirmed || !shown.has(item.person.id)) continue
    const { version } = item.person
    const now = ports.clock.now()
    await ports.people.update(personKey(item.person), (current) =>
      current?.version === version ? vanished(current, now, { id, by }) : undefined,
    )
    count++
  }
  await ports.drift.update(driftKey(guildId, record.serverId), (current) => {
    if (!current) return undefined
    const { halted: _, ...rest } = current
    return rest
  })
  return count
}

async function endThem(ports: Ports, { guildId, memberId: by }: Actor, draft: Shown): Promise<number> {
  const now = ports.clock.now()
  const shown = new Set(draft.held)
  let count = 0
  for (const person of ports.people.unsettled()) {
    const isHere = person.guildId === guildId && person.serverId === draft.serverId
    if (!isHere || !shown.has(person.id) || !isDue(person, now)) continue
    await ports.people.update(personKey(person), (current) =>
      current && isDue(current, now) ? decideEnd(current, by, now, ports.settleMs) : undefined,
    )
    count++
  }
  await ports.drift.update(driftKey(guildId, draft.serverId), (current) => {
    if (!current) return undefined
    const { endsHeld: _, ...rest } = current
    return rest
  })
  return count
}
