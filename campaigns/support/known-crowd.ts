import {
  type AccountId,
  type GuildId,
  id,
  type LibraryId,
  type MemberId,
  type ServerId,
  type ShareId,
} from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { harborId } from '../../src/sandbox/plex/world.ts'
import { deliver, type Guards } from '../../src/sharing/deliver.ts'
import type { DriftRecord } from '../../src/sharing/drift-record.ts'
import { someLibraries } from '../../src/sharing/library-access.ts'
import { adopted } from '../../src/sharing/note.ts'
import { personKey } from '../../src/sharing/people.ts'
import { decide, newPerson, type Person, sending, unclear } from '../../src/sharing/person.ts'
import { betweenReadsMs } from '../../src/sharing/plan.ts'
import type { LibrarySharing, Share } from '../../src/sharing/ports.ts'
import { compareAndNote, compareEveryMs } from '../../src/sharing/use-cases/compare.ts'
import type { Ports } from '../../src/sharing/use-cases/ports.ts'
import type { VirtualClock } from './clocks.ts'
import type { Listed } from './share-lists.ts'

/** What somebody of the crowd is in the middle of when the list comes. */
export type Role = 'known' | 'ending' | 'inviting'

/** Everybody on the list is in the records, which are plain rows in memory: the comparison and the engine are the real ones. */
export interface KnownCrowd {
  keys: readonly string[]
  /** The records as they were before anything was read. */
  before(at: number): Person
  now(at: number): Person
  /** Puts everything back, and somebody into the middle of something. */
  begin(at: number, role: Role): void
  /** One comparison, and the interval after it. Says whether it came to an end. */
  compare(): Promise<boolean>
  /** Somebody was not shown: the next comparison might believe it. */
  isAnybodyMissed(): boolean
  /** The engine looks for the one who is in the middle of something, and again where he was not shown. The same. */
  deliver(at: number): Promise<boolean>
  alerts(): number
}

const guildId = id<GuildId>('1')
const by = id<MemberId>('4')
const settleMs = 120_000

export function knownCrowd(
  people: readonly Listed[],
  sharing: LibrarySharing,
  clock: VirtualClock,
  guards: Guards,
): KnownCrowd {
  const beginning = clock.now()
  const known = people.map((each, n) => {
    const share = shareOf(each)
    const person = newPerson({
      id: id(`person${n}`),
      guildId,
      serverId: id<ServerId>(harborId),
      who: share.who,
    })
    return adopted(person, share, { id: `adopted ${n}`, by }, beginning)
  })
  const keys = known.map(personKey)
  const base = new Map(known.map((person, n) => [keys[n] ?? '', person]))
  let rows = new Map(base)
  let drift: DriftRecord | undefined
  let alerts = 0
  clock.pass(10 * 60_000)

  const ports: Pick<Ports, 'people' | 'drift' | 'clock' | 'log' | 'guards' | 'settleMs'> = {
    people: {
      get: async (key: string) => rows.get(key),
      list: async () => [...rows.values()],
      update: async (key: string, change: (current: Person | undefined) => Person | undefined) => {
        const next = change(rows.get(key))
        if (next) rows.set(key, next)
        return rows.get(key)
      },
      // The comparison lists and updates, the engine gets and updates; neither asks for more.
    } as unknown as Ports['people'],
    drift: {
      get: async () => drift,
      update: async (_: string, change: (current: DriftRecord | undefined) => DriftRecord | undefined) => {
        drift = change(drift) ?? drift
        return drift
      },
    } as unknown as Ports['drift'],
    clock,
    log: { ...silentLog, error: () => void alerts++ },
    settleMs,
    guards,
  }
  const keyAt = (at: number) => keys[at] ?? ''
  const must = (person: Person | undefined) => {
    if (!person) throw new Error('there is nobody')
    return person
  }
  return {
    keys,
    before: (at) => must(base.get(keyAt(at))),
    now: (at) => must(rows.get(keyAt(at))),
    begin(at, role) {
      rows = new Map(base)
      drift = undefined
      alerts = 0
      if (role !== 'known') rows.set(keyAt(at), inTheMiddle(must(base.get(keyAt(at))), role, clock.now()))
    },
    async compare() {
      const compared = await compareAndNote(ports, sharing, guildId)
      clock.pass(compareEveryMs + 1)
      return compared.ok
    },
    isAnybodyMissed: () => drift !== undefined && drift.missing.length > 0,
    async deliver(at) {
      for (let look = 0; look < 3; look++) {
        const person = await deliver(ports, sharing, keyAt(at))
        const progress = person?.intent?.progress
        if (progress?.is === 'unclear' && progress.trouble !== undefined)
          return progress.trouble === 'incomplete'
        if (progress?.is !== 'unclear' || progress.absentReads === 0) return true
        clock.pass(Math.max(settleMs, betweenReadsMs(settleMs)) + 1)
      }
      return true
    },
    alerts: () => alerts,
  }
}

const shareOf = ({ shareId, accountId, username, email, libraries: [first, ...rest] }: Listed): Share => ({
  id: id<ShareId>(shareId),
  status: 'active',
  who: { accountId: id<AccountId>(accountId), username, email },
  access: someLibraries([id<LibraryId>(first), ...rest.map((each) => id<LibraryId>(each))]),
  settings: {},
})

/** Something was sent for him and it is unclear what came of it; the settle window is over. */
function inTheMiddle(person: Person, role: Exclude<Role, 'known'>, now: Date): Person {
  const access = 'access' in person.seen ? person.seen.access : undefined
  if (!access) throw new Error('nobody is known without libraries')
  const { history: _, ...rest } = person
  const begun: Person = role === 'ending' ? person : { ...rest, seen: { is: 'nothing' }, history: [] }
  const want =
    role === 'ending' ? ({ to: 'end', mode: 'remove' } as const) : ({ to: 'share', access } as const)
  return unclear(sending(decide(begun, { id: 'decision', want, by }, now, settleMs), now), now, {})
}
