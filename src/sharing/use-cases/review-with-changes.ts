import type { LibraryId } from '../../lib/ids.ts'
import type { AccessRequest } from '../access-request.ts'
import { draftKey } from '../drafts.ts'
import { allLibraries, type LibraryAccess, someLibraries } from '../library-access.ts'
import type { Actor } from '../policy.ts'
import type { Library } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { libraryParts } from './change-libraries.ts'
import { librariesToDecideBy } from './libraries-to-decide-by.ts'
import { keepDraft, type Ports, readDraft, requestOf } from './ports.ts'
import { type CardPress, openForReview, refused } from './review-request.ts'

/** A request with what would be granted instead: the picture of the reviewer's panel. */
export interface ReviewPanel {
  outcome: 'panel'
  request: AccessRequest
  draftId: string
  /** Absent where nothing is ticked. */
  access?: LibraryAccess
  durationMs?: number
  libraries: readonly Library[]
  serverName: string
}

/**
 * Discord has five rows: three selects of libraries, one for the length of time, one for the buttons. What somebody has
 * already stays, so it is not there to be ticked.
 */
export function reviewParts(libraries: readonly Library[], { has }: Pick<AccessRequest, 'has'>) {
  const had: readonly LibraryId[] = has?.access.kind === 'some' ? has.access.libraries : []
  return libraryParts(libraries.filter(({ id }) => !had.includes(id))).slice(0, 3)
}

/** Approve with changes was pressed: what was asked for stands there to be changed. */
export async function openReviewPanel(
  ports: Ports,
  actor: Actor,
  press: CardPress,
): Promise<ReviewPanel | Refusal> {
  const opened = await openForReview(ports, actor, press)
  if (opened.outcome === 'refused') return opened
  const { request } = opened
  const { access, durationMs } = request.wanted
  const { serverId } = request
  const draft = await keepDraft(ports, actor.guildId, {
    is: 'review',
    by: actor.memberId,
    serverId,
    requestId: request.id,
    access,
    ...(durationMs === undefined ? {} : { durationMs }),
  })
  return panel(ports, request, draft.id, request.wanted)
}

/** Something was ticked or chosen in the panel. Nothing is granted before it is confirmed. */
export async function changeReviewPanel(
  ports: Ports,
  actor: Actor,
  press: { draftId: string } & ({ part: number; ticked: readonly string[] } | { lasts: number | 'forever' }),
): Promise<ReviewPanel | Refusal> {
  const { guildId, memberId } = actor
  const draft = await readDraft(ports, guildId, press.draftId, 'review')
  if (!draft) return refused(ports, actor, { draftId: press.draftId }, refuse({ reason: 'draftGone' }))
  const no = (problem: Refusal) => refused(ports, actor, { requestId: draft.requestId }, problem)
  if (draft.by !== memberId) return no(refuse({ reason: 'notYours' }))
  const request = await requestOf(ports, guildId, draft.requestId)
  if (!request) return no(refuse({ reason: 'requestGone' }))
  const offered = await librariesNow(ports, request)
  if ('outcome' in offered) return offered

  const kept = await ports.drafts.update(draftKey(guildId, draft.id), (current) => {
    if (current?.is !== 'review') return undefined
    const { access, durationMs, ...rest } = current
    if ('lasts' in press) {
      if (request.has) return undefined
      const lasts = press.lasts === 'forever' ? {} : { durationMs: press.lasts }
      return { ...rest, ...(access ? { access } : {}), ...lasts }
    }
    const ticked = tickedAccess(access, press, request, offered.libraries)
    return {
      ...rest,
      ...(ticked ? { access: ticked } : {}),
      ...(durationMs === undefined ? {} : { durationMs }),
    }
  })
  if (kept?.is !== 'review') return refuse({ reason: 'draftGone' })
  const { access, durationMs } = kept
  return panel(ports, request, kept.id, {
    ...(access ? { access } : {}),
    ...(durationMs === undefined ? {} : { durationMs }),
  })
}

function tickedAccess(
  before: LibraryAccess | undefined,
  { part, ticked }: { part: number; ticked: readonly string[] },
  request: AccessRequest,
  libraries: readonly Library[],
): LibraryAccess | undefined {
  const had = before?.kind === 'all' ? libraries.map(({ id }) => id) : (before?.libraries ?? [])
  const shown = (reviewParts(libraries, request)[part] ?? []).map(({ id }) => id)
  const now = [...had.filter((id) => !shown.includes(id)), ...shown.filter((id) => ticked.includes(id))]
  // "All, future ones too" stays while every one is ticked, and nobody gets it by ticking.
  if (request.wanted.access.kind === 'all' && libraries.every(({ id }) => now.includes(id)))
    return allLibraries
  return someLibraries(now.filter((id) => libraries.some((library) => library.id === id)))
}

async function librariesNow(
  ports: Ports,
  { guildId, serverId }: AccessRequest,
): Promise<{ libraries: readonly Library[]; serverName: string } | Refusal> {
  const connection = await ports.connections.toDecide(guildId, serverId)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const { serverName } = connection.value
  const reading = await librariesToDecideBy(connection.value)
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  return { libraries: reading.value.value, serverName }
}

async function panel(
  ports: Ports,
  request: AccessRequest,
  draftId: string,
  chosen: { access?: LibraryAccess; durationMs?: number },
): Promise<ReviewPanel | Refusal> {
  const offered = await librariesNow(ports, request)
  if ('outcome' in offered) return offered
  const { access, durationMs } = chosen
  return {
    outcome: 'panel',
    request,
    draftId,
    ...offered,
    ...(access ? { access } : {}),
    ...(durationMs === undefined ? {} : { durationMs }),
  }
}
