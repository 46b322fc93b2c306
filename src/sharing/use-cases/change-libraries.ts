import type { LibraryId } from '../../lib/ids.ts'
import { type Draft, draftKey } from '../drafts.ts'
import { allLibraries, type LibraryAccess, sameAccess, someLibraries } from '../library-access.ts'
import type { Actor } from '../policy.ts'
import type { Library, Share } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { decideOnShare } from './decide-on-share.ts'
import { cannotRead, findAccessToDecide, whoValue } from './find-access.ts'
import { countGrant, grantRightOf } from './grant-right.ts'
import { librariesToDecideBy } from './libraries-to-decide-by.ts'
import { keepDraft, mayNot, type Ports, readDraft } from './ports.ts'
import type { Settled } from './settled.ts'

/** A share, what is ticked, and what could be: the picture of the select. */
export interface ChangeQuestion {
  outcome: 'choose'
  share: Share
  libraries: readonly Library[]
  serverName: string
  draftId: string
  /** What would be after saving; the same as the share's own where nothing was changed yet. */
  chosen: LibraryAccess | undefined
  /** plex.tv is out of reach: when it last confirmed this share. */
  recordedAt?: Date
}

/** Opens a share for change, its libraries ticked. A pending one cannot be changed at plex.tv, and is said to be so. */
export async function askToChange(
  ports: Ports,
  actor: Actor,
  wish: { who: string; server?: string },
): Promise<ChangeQuestion | Refusal> {
  const opened = await open(ports, actor, wish.who, wish.server)
  if (opened.outcome === 'refused') return opened
  const { share, sharing, libraries, recordedAt } = opened
  const draft = await keepDraft(ports, actor.guildId, {
    is: 'change',
    by: actor.memberId,
    serverId: sharing.serverId,
    shareId: share.id,
    ...(share.access === undefined ? {} : { access: share.access }),
  })
  const { serverName } = sharing
  const chosen = share.access
  return {
    outcome: 'choose',
    share,
    libraries,
    serverName,
    draftId: draft.id,
    chosen,
    ...(recordedAt && { recordedAt }),
  }
}

/** Discord shows 25 options in a select and five rows, of which one is for the buttons. */
const librariesPerPart = 25
const mostParts = 4

/** The libraries as the selects show them: each part is one select. */
export function libraryParts(libraries: readonly Library[]): (readonly Library[])[] {
  const starts = Array.from(
    { length: Math.ceil(libraries.length / librariesPerPart) },
    (_, at) => at * librariesPerPart,
  )
  return starts.slice(0, mostParts).map((start) => libraries.slice(start, start + librariesPerPart))
}

/** Something was ticked or unticked in one of the selects, each of which shows a part of the libraries. */
export async function chooseLibraries(
  ports: Ports,
  actor: Actor,
  press: { draftId: string; part: number; ticked: readonly string[] },
): Promise<ChangeQuestion | Refusal> {
  const draft = await ownDraft(ports, actor, press.draftId)
  if ('outcome' in draft) return draft
  const opened = await open(ports, actor, whoValue.share(draft.shareId), draft.serverId)
  if (opened.outcome === 'refused') return opened
  const { share, sharing, libraries, recordedAt } = opened
  const before =
    draft.access?.kind === 'all' ? libraries.map((library) => library.id) : (draft.access?.libraries ?? [])
  const shown = (libraryParts(libraries)[press.part] ?? []).map((library) => library.id)
  const ticked = shown.filter((library) => press.ticked.includes(library))
  const chosen = chosenAccess(before, { shown, ticked }, share, libraries)
  const kept = await ports.drafts.update(draftKey(actor.guildId, draft.id), (current) => {
    if (current?.is !== 'change') return undefined
    const { access: _, ...rest } = current
    return chosen ? { ...rest, access: chosen } : rest
  })
  if (!kept) return refuse({ reason: 'draftGone' })
  return {
    outcome: 'choose',
    share,
    libraries,
    serverName: sharing.serverName,
    draftId: draft.id,
    chosen,
    ...(recordedAt && { recordedAt }),
  }
}

function chosenAccess(
  before: readonly LibraryId[],
  { shown, ticked }: { shown: readonly LibraryId[]; ticked: readonly LibraryId[] },
  share: Share,
  libraries: readonly Library[],
): LibraryAccess | undefined {
  const now = [...before.filter((library) => !shown.includes(library)), ...ticked]
  const everyOne = libraries.every((library) => now.includes(library.id))
  // Who has "all, future ones too" keeps it while every one is ticked; nobody gets it by ticking.
  if (everyOne && share.access?.kind === 'all') return allLibraries
  return someLibraries(now)
}

export type ChangeOutcome =
  | {
      outcome: 'changed'
      share: Share
      access: LibraryAccess
      libraries: readonly Library[]
      serverName: string
      undo?: string
    }
  | { outcome: 'unchanged' }
  | Exclude<Settled, { outcome: 'done' }>

/** Save was pressed: rights are asked again, the whole new list is sent, and plex.tv's own word is waited for. */
export async function changeLibraries(
  ports: Ports,
  actor: Actor,
  press: { id: string; draftId: string },
): Promise<ChangeOutcome> {
  const draft = await ownDraft(ports, actor, press.draftId)
  if ('outcome' in draft) return draft
  const opened = await open(ports, actor, whoValue.share(draft.shareId), draft.serverId)
  if (opened.outcome === 'refused') return opened
  const { share, sharing, libraries, old, recordedAt } = opened
  // By an older list nothing is dropped: whether it is still there is looked at before it is sent.
  const access = old ? draft.access : draft.access && onlyOffered(draft.access, libraries)
  if (!access) {
    const offered = libraries.map((library) => library.title)
    return refuse({ reason: 'badLibraries', problem: { problem: 'empty' }, offered })
  }
  if (!recordedAt && share.access && sameAccess(share.access, access)) return { outcome: 'unchanged' }
  const counted = await countAdded(ports, actor, press.id, share, access)
  if (counted.outcome === 'refused') return counted
  const { guildId, memberId: by } = actor
  const decision = {
    id: press.id,
    want: { to: 'change' as const, access },
    by,
    isRecorded: recordedAt !== undefined,
  }
  const outcome = await decideOnShare(ports, sharing, guildId, share, decision)
  if (outcome.outcome === 'refused') await counted.undo()
  if (outcome.outcome !== 'refused') await ports.drafts.remove(draftKey(guildId, draft.id))
  if (outcome.outcome !== 'done') return outcome
  const { undo } = outcome
  const { serverName } = sharing
  return { outcome: 'changed', share, access, libraries, serverName, ...(undo === undefined ? {} : { undo }) }
}

/** What a change adds is a grant, within the same limits. What it takes away needs no more than the right to change. */
export async function countAdded(
  ports: Ports,
  actor: Actor,
  id: string,
  share: Share,
  access: LibraryAccess,
) {
  const added = addedBy(share.access, access)
  if (!added) return { outcome: 'counted' as const, undo: async () => {} }
  const right = await grantRightOf(ports, actor, 'change', { access: added })
  if (right.outcome === 'refused') return right
  return right.needsReview ? refuse({ reason: 'needsReview' }) : countGrant(ports, actor, right.permits, id)
}

/** Where plex.tv did not say what was shared so far, everything counts as added. */
export function addedBy(before: LibraryAccess | undefined, access: LibraryAccess): LibraryAccess | undefined {
  if (before?.kind === 'all') return undefined
  if (access.kind === 'all') return access
  return someLibraries(access.libraries.filter((library) => !before?.libraries.includes(library)))
}

async function open(ports: Ports, actor: Actor, who: string, server?: string) {
  const denied = await mayNot(ports, actor, 'change')
  if (denied) return denied
  const found = await findAccessToDecide(ports, actor.guildId, {
    who,
    ...(server === undefined ? {} : { server }),
  })
  if (found.outcome === 'refused') return found
  const { sharing, recordedAt } = found
  if (found.found.is !== 'share') return refuse({ reason: 'unknownPerson', typed: who })
  const { share } = found.found
  // He may have accepted since it was recorded: that is plex.tv's to say.
  if (share.status === 'pending') return recordedAt ? cannotRead(sharing) : refuse({ reason: 'stillPending' })
  const reading = await librariesToDecideBy(sharing)
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  const { value: libraries, old } = reading.value
  return { outcome: 'opened', sharing, share, libraries, old, recordedAt } as const
}

async function ownDraft(
  ports: Ports,
  actor: Actor,
  draftId: string,
): Promise<Extract<Draft, { is: 'change' }> | Refusal> {
  const draft = await readDraft(ports, actor.guildId, draftId, 'change')
  if (!draft) return refuse({ reason: 'draftGone' })
  return draft.by === actor.memberId ? draft : refuse({ reason: 'notYours' })
}

/** A library that the server no longer has is dropped; what is left may be nothing, which is never sent. */
function onlyOffered(access: LibraryAccess, libraries: readonly Library[]): LibraryAccess | undefined {
  if (access.kind === 'all') return access
  const offered = new Set(libraries.map((library) => library.id))
  return someLibraries(access.libraries.filter((library) => offered.has(library)))
}
