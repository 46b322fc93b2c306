import type { GuildId, ServerId } from '../lib/ids.ts'
import { mostRemovals } from '../sharing/brake.ts'
import { driftKey, type Held, noDrift } from '../sharing/drift-record.ts'
import { decideEnd, isDue } from '../sharing/end-date.ts'
import { personKey, personKeysOf } from '../sharing/people.ts'
import type { Ports } from '../sharing/use-cases/ports.ts'

type ExpirePorts = Pick<Ports, 'people' | 'drift' | 'clock' | 'settleMs' | 'log' | 'guards'>

/**
 * Ends the access whose time has come; `deliver-owed` then carries it out and retries until plex.tv confirms it.
 * Where more would end at once than the brake allows (a clock that jumped), nothing ends until somebody says so.
 */
export async function expire(ports: ExpirePorts): Promise<void> {
  const now = ports.clock.now()
  const due = ports.people.unsettled().filter((person) => isDue(person, now))
  const held = (await ports.drift.list('')).filter((record) => record.endsHeld)
  const places = new Map(
    [...due, ...held].map(({ guildId, serverId }) => [driftKey(guildId, serverId), { guildId, serverId }]),
  )
  for (const { guildId, serverId } of places.values()) {
    const here = due.filter((person) => person.guildId === guildId && person.serverId === serverId)
    if (await isHeldBack(ports, guildId, serverId, here.length)) continue
    for (const person of here) {
      await ports.people.update(personKey(person), (current) =>
        current && isDue(current, now) ? decideEnd(current, 'expiry', now, ports.settleMs) : undefined,
      )
    }
  }
}

/** Whether so many ends at once need a human. It is remembered for `/sync`, and said once. */
async function isHeldBack(
  ports: ExpirePorts,
  guildId: GuildId,
  serverId: ServerId,
  count: number,
): Promise<boolean> {
  const key = driftKey(guildId, serverId)
  const before = (await ports.drift.get(key))?.endsHeld
  if (count === 0 && !before) return false
  const everybody = (await ports.people.list(personKeysOf(guildId))).filter(
    ({ serverId: server, seen }) => server === serverId && (seen.is === 'active' || seen.is === 'pending'),
  )
  const now = ports.clock.now()
  const most = mostRemovals(everybody.length)
  const held: Held | undefined =
    count > most && ports.guards?.brake !== 'off' ? { at: before?.at ?? now, count, most } : undefined
  if (held || before) {
    await ports.drift.update(key, (current = noDrift(guildId, serverId, now)) => {
      const { endsHeld: _, ...record } = current
      return held ? { ...record, endsHeld: held } : record
    })
  }
  if (held && !before) {
    ports.log.error(
      { guildId, serverId, count, limit: most },
      'too many end dates have come at once; none is carried out until somebody looks with /sync',
    )
  }
  return held !== undefined
}
