import type { GuildId } from '../../lib/ids.ts'
import { ok, problem, type Result } from '../../lib/result.ts'
import { readingWith } from '../deliver.ts'
import { type DriftRecord, driftKey, noDrift } from '../drift-record.ts'
import { noted } from '../note.ts'
import { personKey, personKeysOf } from '../people.ts'
import { after, type Person } from '../person.ts'
import type { LibrarySharing, ReadOptions, Trouble } from '../ports.ts'
import { type Note, type Reconciliation, reconcile, type SharesRead } from '../reconcile.ts'
import type { Ports } from './ports.ts'

/** How often plex.tv is compared with what is known, and how far two readings are apart that have to agree. */
export const compareEveryMs = 15 * 60_000
/** How soon it is tried again where plex.tv could not be read. */
const tryAgainMs = 5 * 60_000

export interface Comparison extends Reconciliation {
  read: SharesRead
  persons: readonly Person[]
  record: DriftRecord
}

type ComparePorts = Pick<Ports, 'people' | 'drift' | 'clock' | 'log' | 'guards'>

/** Compares without changing anything: for whoever wants to look. */
export async function compare(
  ports: ComparePorts,
  sharing: LibrarySharing,
  guildId: GuildId,
  options: ReadOptions = {},
): Promise<Result<Comparison, Trouble>> {
  const { serverId } = sharing
  // Who accepts between the two stands in both lists; the other way round he would stand in neither.
  const pending = await sharing.shares('pending', options)
  if (!pending.ok) return pending
  const active = await sharing.shares('active', options)
  if (!active.ok) return active
  const shown = [pending.value, active.value].map((reading) => readingWith(reading, ports.guards))
  const read = {
    pending: pending.value.value,
    active: active.value.value,
    untold: shown.flatMap(({ untold }) => untold),
    readAt: new Date(Math.min(pending.value.readAt.getTime(), active.value.readAt.getTime())),
  }
  const everybody = await ports.people.list(personKeysOf(guildId))
  const persons = everybody.filter((person) => person.serverId === serverId)
  const record =
    (await ports.drift.get(driftKey(guildId, serverId))) ?? noDrift(guildId, serverId, ports.clock.now())
  const mostGone = ports.guards?.brake === 'off' ? () => Number.POSITIVE_INFINITY : undefined
  return ok({ ...reconcile(read, persons, record, compareEveryMs, mostGone), read, persons, record })
}

/**
 * Compares anew, takes note of what needs nobody, and remembers the rest. What cannot be read changes nothing, nor does
 * it for those who may be in a row that could not be told.
 */
export async function compareAndNote(
  ports: ComparePorts,
  sharing: LibrarySharing,
  guildId: GuildId,
): Promise<Result<Comparison, Trouble>> {
  const { serverId } = sharing
  const key = driftKey(guildId, serverId)
  const remember = (change: (record: DriftRecord) => DriftRecord) =>
    ports.drift.update(key, (current) => change(current ?? noDrift(guildId, serverId, ports.clock.now())))

  const compared = await compare(ports, sharing, guildId, { fresh: true })
  const now = ports.clock.now()
  if (!compared.ok) {
    const { until } = compared.problem
    const nextAt = until && until > now ? until : after(now, tryAgainMs)
    await remember((record) => ({ ...record, nextAt }))
    return problem(compared.problem)
  }
  const { notes, missing, inDoubt, halted, record } = compared.value
  for (const note of notes) await take(ports, note, now)
  if (halted && !record.halted) {
    ports.log.error(
      { guildId, serverId, count: halted.count, limit: halted.most },
      'plex.tv shows far fewer people than before; none of it is believed until somebody looks with /sync',
    )
  }
  await remember(({ halted: since, ...rest }) => ({
    ...rest,
    nextAt: after(now, compareEveryMs),
    missing,
    ...(halted ? { halted: { ...halted, at: since?.at ?? now } } : {}),
    // Who is in doubt is neither gone nor back: what a brake holds stays held.
    ...(!halted && since && inDoubt.length > 0 ? { halted: since } : {}),
  }))
  return compared
}

/** Nobody may have decided anything since the comparison: else it is left for the next one. */
async function take(ports: ComparePorts, note: Note, now: Date): Promise<void> {
  const { person } = note
  await ports.people.update(personKey(person), (current) =>
    current?.version === person.version ? noted(current, note, now) : undefined,
  )
}
