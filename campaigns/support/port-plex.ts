import { type AccountId, id, type LibraryId, type ServerId, type ShareId } from '../../src/lib/ids.ts'
import { ok, problem, type Result } from '../../src/lib/result.ts'
import {
  accountById,
  homeOf,
  isActive,
  isPending,
  serverById,
  shareById,
  sharesOwnedBy,
  tokenRecord,
} from '../../src/sandbox/plex/look-up.ts'
import { changeShare, createShare, endShare } from '../../src/sandbox/plex/sharing.ts'
import type { PlexState } from '../../src/sandbox/plex/state.ts'
import { harborId, owner, ownerToken, type PlexShare, type PlexWorld } from '../../src/sandbox/plex/world.ts'
import { allLibraries, type LibraryAccess, someLibraries } from '../../src/sharing/library-access.ts'
import type {
  HomeUser,
  LastRead,
  LibrarySharing,
  Reading,
  Share,
  ShareAnswer,
  Trouble,
} from '../../src/sharing/ports.ts'
import type { VirtualClock } from './clocks.ts'
import type { Mortal } from './mortal.ts'
import type { Random } from './random.ts'

/** What may befall one request. Rates from 0 to 1; of the write rates at most one befalls a write. */
export interface PlexFaults {
  failBefore: number
  resetAfter: number
  badGatewayAfter: number
  lateCommit: number
  rateLimited: number
  unreachable: number
  readFails: number
  readLags: number
  /** A late commit is at most so much late. */
  lateByAtMostMs: number
  /** A list that lags is at most so old. */
  lagsByAtMostMs: number
}

/** The mix of the promise: at most 90 seconds between a request and a list that shows it, in a window of 120. */
export const harsh: PlexFaults = {
  failBefore: 0.1,
  resetAfter: 0.15,
  badGatewayAfter: 0.05,
  lateCommit: 0.1,
  rateLimited: 0.03,
  unreachable: 0.03,
  readFails: 0.05,
  readLags: 0.1,
  lateByAtMostMs: 60_000,
  lagsByAtMostMs: 30_000,
}
export const calm: PlexFaults = {
  ...{ failBefore: 0, resetAfter: 0, badGatewayAfter: 0, lateCommit: 0, rateLimited: 0, unreachable: 0 },
  ...{ readFails: 0, readLags: 0, lateByAtMostMs: 0, lagsByAtMostMs: 0 },
}

/** plex.tv itself, which outlives our processes. */
export interface PortPlex {
  state: PlexState
  clock: VirtualClock
  random: Random
  faults: PlexFaults
}

/** Which server is spoken for, and by whose token. */
export interface Via {
  serverId: string
  token: string
  /** Hears of every request, before it is sent. */
  asks?(): void
}
const viaTheOwner: Via = { serverId: harborId, token: ownerToken }

/**
 * `LibrarySharing` at the level of the port, on the state and the deeds of the pretend plex.tv, without sockets: for
 * schedules by the thousand. The client, its parsing and real connections are in the part that kills real processes.
 */
export function sharingAt(plex: PortPlex, process: Mortal, via: Via = viaTheOwner): LibrarySharing {
  const { state, clock, random } = plex
  const { serverId } = via
  const last: LastRead = {
    libraries: undefined,
    pending: undefined,
    active: undefined,
    home: undefined,
    untold: 0,
  }
  const server = serverById(state.world, serverId)
  const account = accountById(state.world, server?.ownerId ?? owner.id)
  if (!server || !account) throw new Error('there is no such server')

  /** plex.tv does what the token may: nothing of one that was signed out, nothing at somebody else's server. */
  function turnedAway(): ReturnType<typeof trouble> | undefined {
    const known = tokenRecord(state.world, via.token)
    if (!known || known.dead !== null) return trouble('unauthorised', false)
    const now = serverById(state.world, serverId)
    return now?.ownerId === known.accountId ? undefined : trouble('notFound', false)
  }

  async function write<T>(deed: () => Result<T, Trouble>): Promise<Result<T, Trouble>> {
    process.assertAlive()
    via.asks?.()
    await undefined
    const refused = turnedAway()
    if (refused) return refused
    // The process may be dead by now; what it sent is on its way all the same.
    clock.pass(random.below(1_500))
    const { faults } = plex
    const draw = random.fraction()
    let bound = faults.failBefore
    if (draw < bound) return answered(trouble('serverError', true))
    bound += faults.rateLimited
    if (draw < bound) {
      const until = new Date(clock.now().getTime() + 1_000 * (1 + random.below(300)))
      return answered(problem({ kind: 'rateLimited', mayHaveHappened: false, until }))
    }
    bound += faults.unreachable
    if (draw < bound) return answered(trouble('unreachable', false))
    bound += faults.lateCommit
    if (draw < bound) {
      clock.later(random.below(faults.lateByAtMostMs), () => void deed())
      return answered(trouble('timedOut', true))
    }
    const outcome = deed()
    bound += faults.resetAfter
    if (draw < bound) return answered(trouble('unreachable', true))
    bound += faults.badGatewayAfter
    if (draw < bound) return answered(trouble('serverError', true))
    return answered(outcome)
  }

  async function answered<T>(answer: T): Promise<T> {
    if (process.isAlive) process.crashPoint('after the request is written')
    await undefined
    process.assertAlive()
    return answer
  }

  async function read<T>(of: (world: PlexWorld) => T): Promise<Result<Reading<T>, Trouble>> {
    process.assertAlive()
    via.asks?.()
    clock.pass(random.below(500))
    await undefined
    process.assertAlive()
    const refused = turnedAway()
    if (refused) return refused
    const draw = random.fraction()
    const { readFails, readLags, lagsByAtMostMs } = plex.faults
    if (draw < readFails) return trouble('serverError', false)
    const now = clock.now()
    const shown =
      draw < readFails + readLags ? state.asOf(now.getTime() - random.below(lagsByAtMostMs)) : state.world
    return ok({ value: of(shown), readAt: now })
  }

  const sharing: LibrarySharing = {
    serverId: id<ServerId>(serverId),
    serverName: server.name,
    owner: {
      accountId: id<AccountId>(String(account.id)),
      username: account.username ?? '',
      email: account.email ?? '',
    },
    async libraries() {
      via.asks?.()
      const refused = turnedAway()
      if (refused) return refused
      const value = librariesOf(state.world, serverId)
      last.libraries = value
      return ok({ readAt: clock.now(), value })
    },
    async shares(status) {
      const reading = await read((world) => sharesIn(world, status, serverId))
      if (!reading.ok) return reading
      last[status] = reading.value.value
      return ok({ ...reading.value, untold: [] })
    },
    async home() {
      via.asks?.()
      const refused = turnedAway()
      if (refused) return refused
      const value = homeUsersOf(state.world, account.id)
      last.home = value
      return ok({ readAt: clock.now(), value })
    },
    lastRead: () => ({ ...last }),

    share: ({ to, access }) =>
      write<ShareAnswer>(() => {
        const server = serverById(state.world, serverId)
        if (!server) return trouble('notFound', false)
        const made = createShare(state, {
          server,
          to: 'accountId' in to ? Number(to.accountId) : 'email' in to ? to.email : to.username,
          libraryIds: access.kind === 'all' ? [] : access.libraries.map(Number),
          settings: {},
          makesFriends: true,
        })
        if (!('refused' in made)) return ok({ kind: 'shared', share: shareOf(state.world, made) })
        if (made.refused === 'already sharing') return ok({ kind: 'alreadySharing' })
        return made.refused === 'no such account' ? ok({ kind: 'noSuchAccount' }) : trouble('rejected', false)
      }),
    changeLibraries: (share, access) =>
      write<Share | undefined>(() => {
        const row = shareById(state.world, Number(share.id))
        if (!row || !isActive(row)) return trouble('notFound', false)
        const changed = changeShare(state, row, {
          libraryIds: access.kind === 'all' ? [] : access.libraries.map(Number),
        })
        return 'refused' in changed ? trouble('rejected', false) : ok(shareOf(state.world, changed))
      }),
    end: (share) =>
      write<void>(() => {
        const row = shareById(state.world, Number(share.id))
        if (!row || (!isActive(row) && !isPending(row))) return trouble('notFound', false)
        endShare(state, row)
        return ok(undefined)
      }),
    removeFromHome: async () => trouble('notFound', false),
  }
  return sharing
}

const trouble = (kind: Trouble['kind'], mayHaveHappened: boolean) =>
  problem<Trouble>({ kind, mayHaveHappened })

const librariesOf = (world: PlexWorld, serverId: string) =>
  (serverById(world, serverId)?.libraries ?? []).map(({ id: library, type, title }) => ({
    id: id<LibraryId>(String(library)),
    type,
    title,
  }))

function homeUsersOf(world: PlexWorld, ownerId: number): HomeUser[] {
  return (homeOf(world, ownerId)?.memberIds ?? []).map((member) => {
    const { title = '', managed = false } = accountById(world, member) ?? {}
    return { accountId: id<AccountId>(String(member)), title, admin: false, managed, hasPin: false }
  })
}

export function sharesIn(world: PlexWorld, status: Share['status'], serverId = harborId): Share[] {
  const ownerId = serverById(world, serverId)?.ownerId ?? owner.id
  return sharesOwnedBy(world, ownerId)
    .filter((share) => share.machineIdentifier === serverId)
    .filter(status === 'pending' ? isPending : isActive)
    .map((share) => shareOf(world, share))
}

function shareOf(world: PlexWorld, share: PlexShare): Share {
  const account = accountById(world, share.invitedId)
  const email = account?.email ?? share.invitedEmail
  return {
    id: id<ShareId>(String(share.id)),
    status: isPending(share) ? 'pending' : 'active',
    who: {
      ...(account ? { accountId: id<AccountId>(String(account.id)) } : {}),
      ...(account?.username ? { username: account.username } : {}),
      ...(email ? { email } : {}),
    },
    access: accessOf(share),
    settings: {},
  }
}

function accessOf(share: PlexShare): LibraryAccess | undefined {
  return share.allLibraries
    ? allLibraries
    : someLibraries(share.libraryIds.map((each) => id<LibraryId>(String(each))))
}
