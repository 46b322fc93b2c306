import type { LibraryId } from '../../lib/ids.ts'
import { draftKey } from '../drafts.ts'
import { type LibrarySet, saveSet } from '../guild-settings.ts'
import { type LibraryAccess, someLibraries } from '../library-access.ts'
import type { Actor } from '../policy.ts'
import type { Library } from '../ports.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { SetupStep } from '../setup-step.ts'
import { libraryParts } from './change-libraries.ts'
import { changeSettings } from './guild-settings.ts'
import { keepDraft, mayNot, type Ports, readDraft, settingsOf } from './ports.ts'
import { setupStepOf } from './setup-state.ts'

/** The libraries of one server, those ticked that would be meant where none is named. */
export interface UsualLibraries {
  outcome: 'usualLibraries'
  draftId: string
  serverName: string
  libraries: readonly Library[]
  ticked: readonly LibraryId[]
  /** What is kept now, of this server. */
  kept: readonly LibraryId[]
  sets: readonly LibrarySet[]
  /** What was just kept, and under which name where that was a set. */
  saved?: { as: 'usual' } | { as: 'set'; name: string }
  next: SetupStep
}

export async function openUsualLibraries(
  ports: Ports,
  actor: Actor,
  wish: { server?: string },
): Promise<UsualLibraries | Refusal> {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const { guildId } = actor
  const read = await librariesOf(ports, actor, wish.server)
  if (read.outcome === 'refused') return read
  const { defaultLibraries = [] } = await settingsOf(ports, guildId)
  const access = someLibraries(
    defaultLibraries.filter((kept) => read.libraries.some(({ id }) => id === kept)),
  )
  const draft = await keepDraft(ports, guildId, {
    is: 'defaultLibraries',
    by: actor.memberId,
    serverId: read.serverId,
    ...(access ? { access } : {}),
  })
  return shown(ports, actor, draft.id, read, access)
}

/** Something was ticked or unticked. Nothing is kept before it is saved. */
export async function tickUsualLibraries(
  ports: Ports,
  actor: Actor,
  press: { draftId: string; part: number; ticked: readonly string[] },
): Promise<UsualLibraries | Refusal> {
  const opened = await openDraft(ports, actor, press.draftId)
  if (opened.outcome === 'refused') return opened
  const { draft, read } = opened
  const part = (libraryParts(read.libraries)[press.part] ?? []).map(({ id }) => id)
  const before = idsIn(draft.access).filter((id) => !part.includes(id))
  const access = someLibraries([...before, ...part.filter((id) => press.ticked.includes(id))])
  await ports.drafts.update(draftKey(actor.guildId, draft.id), (current) => {
    if (current?.is !== 'defaultLibraries') return undefined
    const { access: _, ...rest } = current
    return access ? { ...rest, access } : rest
  })
  return shown(ports, actor, draft.id, read, access)
}

/** What is ticked is meant from now on where no library of this server is named; nothing ticked: then one must be. */
export async function saveUsualLibraries(
  ports: Ports,
  actor: Actor,
  press: { draftId: string },
): Promise<UsualLibraries | Refusal> {
  const opened = await openDraft(ports, actor, press.draftId)
  if (opened.outcome === 'refused') return opened
  const { draft, read } = opened
  const here = new Set(read.libraries.map(({ id }) => id))
  const saved = await changeSettings(ports, actor, (settings) => {
    const { defaultLibraries = [], ...rest } = settings
    const all = someLibraries([...defaultLibraries.filter((id) => !here.has(id)), ...idsIn(draft.access)])
    return all?.kind === 'some' ? { ...rest, defaultLibraries: all.libraries } : rest
  })
  if (saved.outcome === 'refused') return saved
  return { ...(await shown(ports, actor, draft.id, read, draft.access)), saved: { as: 'usual' } }
}

/** What is ticked gets a name of its own, for `/invite` and for the limits of roles. */
export async function saveTickedAsSet(
  ports: Ports,
  actor: Actor,
  press: { draftId: string; name: string },
): Promise<UsualLibraries | Refusal> {
  const opened = await openDraft(ports, actor, press.draftId)
  if (opened.outcome === 'refused') return opened
  const { draft, read } = opened
  const name = press.name.trim()
  const { access } = draft
  if (access?.kind !== 'some' || name === '') {
    const offered = read.libraries.map((library) => library.title)
    return refuse({ reason: 'badLibraries', problem: { problem: 'empty' }, offered })
  }
  const { libraries } = access
  const saved = await changeSettings(ports, actor, (settings) => saveSet(settings, { name, libraries }))
  if (saved.outcome === 'refused') return saved
  return { ...(await shown(ports, actor, draft.id, read, access)), saved: { as: 'set', name } }
}

async function librariesOf(ports: Ports, { guildId }: Actor, server: string | undefined) {
  const connection = await ports.connections.of(guildId, server)
  if (!connection.ok) return refuse({ reason: 'noConnection', problem: connection.problem })
  const { serverId, serverName } = connection.value
  const reading = await connection.value.libraries()
  if (!reading.ok) return refuse({ reason: 'plexTrouble', trouble: reading.problem })
  return { outcome: 'read', serverId, serverName, libraries: reading.value.value } as const
}
type Read = Exclude<Awaited<ReturnType<typeof librariesOf>>, Refusal>

async function openDraft(ports: Ports, actor: Actor, draftId: string) {
  const denied = await mayNot(ports, actor, 'settings')
  if (denied) return denied
  const draft = await readDraft(ports, actor.guildId, draftId, 'defaultLibraries')
  if (!draft) return refuse({ reason: 'draftGone' })
  if (draft.by !== actor.memberId) return refuse({ reason: 'notYours' })
  const read = await librariesOf(ports, actor, draft.serverId)
  return read.outcome === 'refused' ? read : ({ outcome: 'opened', draft, read } as const)
}

const idsIn = (access: LibraryAccess | undefined): readonly LibraryId[] =>
  access?.kind === 'some' ? access.libraries : []

async function shown(
  ports: Ports,
  { guildId }: Actor,
  draftId: string,
  { serverName, libraries }: Read,
  access: LibraryAccess | undefined,
): Promise<UsualLibraries> {
  const { defaultLibraries = [], sets } = await settingsOf(ports, guildId)
  return {
    outcome: 'usualLibraries',
    draftId,
    serverName,
    libraries,
    ticked: idsIn(access),
    kept: defaultLibraries.filter((kept) => libraries.some(({ id }) => id === kept)),
    sets,
    next: await setupStepOf(ports, guildId),
  }
}
