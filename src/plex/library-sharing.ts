import type { Clock } from '../lib/clock.ts'
import { type AccountId, id, type LibraryId, type ServerId } from '../lib/ids.ts'
import { type Log, silentLog } from '../lib/log.ts'
import { ok, problem, type Result } from '../lib/result.ts'
import type { LibraryAccess } from '../sharing/library-access.ts'
import type {
  HomeUser,
  Invitation,
  LastRead,
  Library,
  LibrarySharing,
  Owner,
  Reading,
  ReadOptions,
  Share,
  ShareAnswer,
  SharesReading,
  Trouble,
} from '../sharing/ports.ts'
import { readAccount } from './api/account.ts'
import { type HomeUserRow, readHomeUsers, removeHomeUser } from './api/home.ts'
import { readSentInvitations, withdrawInvitation } from './api/invitations.ts'
import { readLibraries } from './api/libraries.ts'
import { readServers, type Server } from './api/servers.ts'
import type { ShareRow } from './api/share-row.ts'
import {
  changeShare,
  createShare,
  deleteShare,
  readAcceptedShares,
  readPendingShares,
  type ShareList,
  type ShareRecipient,
} from './api/shares.ts'
import { PlexError, type PlexFailure } from './errors.ts'
import { findServer, type ServerProblem } from './find-server.ts'
import { type PlexConnection, PlexHttp } from './http.ts'
import { KeptReading } from './kept-reading.ts'
import { outcomeOf } from './outcome.ts'
import { accessOf, shareOf } from './share.ts'
import { type ToldShares, toldShares } from './told-shares.ts'

export interface LibrarySharingOptions extends Omit<PlexConnection, 'token'> {
  token: string
  /** The machine identifier or the name of an owned server; may be left out where the account owns only one. */
  server?: string | undefined
  clock: Clock
  /** How long lists are kept: 60 s. */
  keepMs?: number | undefined
  log?: Log | undefined
}

export type ConnectProblem =
  /** plex.tv could not be asked, or does not accept the token. Try again, or link anew. */
  { kind: 'trouble'; trouble: Trouble } | ServerProblem

/** What `createLibrarySharing` gives: the port, and its end. */
export interface ConnectedSharing extends LibrarySharing {
  /** Frees the connections to plex.tv. */
  close(): void
}

/**
 * Looks the account and the server up (two requests) and speaks for both from then on. After a failure nothing is
 * left open, and the caller may simply call it again.
 */
export async function createLibrarySharing(
  options: LibrarySharingOptions,
): Promise<Result<ConnectedSharing, ConnectProblem>> {
  const http = new PlexHttp(options)
  const answers = await outcomeOf(() => Promise.all([readAccount(http), readServers(http)]))
  const connected = answers.ok ? connect(options, http, ...answers.value) : trouble(answers.problem)
  if (!connected.ok) http.close()
  return connected
}

const trouble = (cause: Trouble) => problem<ConnectProblem>({ kind: 'trouble', trouble: cause })

function connect(
  options: LibrarySharingOptions,
  http: PlexHttp,
  account: Awaited<ReturnType<typeof readAccount>>,
  servers: readonly Server[],
): Result<ConnectedSharing, ConnectProblem> {
  const found = findServer(servers, options.server?.trim() ?? '')
  if (!found.ok) return found
  const owner: Owner = {
    accountId: id<AccountId>(account.id),
    username: account.username ?? account.title ?? '',
    email: account.email ?? '',
  }
  return ok(new PlexLibrarySharing(options, http, owner, found.value, servers))
}

/** A server of the lists that is not known yet is asked for so often. */
const askForServersEveryMs = 10 * 60_000

class PlexLibrarySharing implements ConnectedSharing {
  readonly serverId: ServerId
  readonly serverName: string
  readonly owner: Owner
  readonly #http: PlexHttp
  readonly #log: Log
  readonly #libraries: KeptReading<readonly Library[]>
  readonly #clock: Clock
  readonly #owned: Set<ServerId>
  readonly #pending: KeptReading<Pick<ToldShares, 'shares' | 'untold'>>
  readonly #active: KeptReading<Pick<ToldShares, 'shares' | 'untold'>>
  readonly #home: KeptReading<readonly HomeUser[]>
  #serversAskedAt: number

  constructor(
    options: LibrarySharingOptions,
    http: PlexHttp,
    owner: Owner,
    server: Server,
    servers: readonly Server[],
  ) {
    this.serverId = server.id
    this.serverName = server.name
    this.owner = owner
    this.#http = http
    this.#log = options.log ?? silentLog
    this.#clock = options.clock
    this.#owned = new Set(servers.filter(({ owned }) => owned).map((each) => each.id))
    this.#serversAskedAt = options.clock.now().getTime()
    const kept = <T>(ask: () => Promise<T>) => new KeptReading(ask, options.clock, options.keepMs ?? 60_000)
    this.#libraries = kept(() => this.#askLibraries())
    this.#pending = kept(async () => this.#told(await readPendingShares(http, server.id), 'pending'))
    this.#active = kept(async () => this.#told(await readAcceptedShares(http, server.id), 'active'))
    this.#home = kept(async () => (await readHomeUsers(http)).map(toHomeUser))
  }

  close(): void {
    this.#http.close()
  }

  libraries({ fresh }: ReadOptions = {}): Promise<Result<Reading<readonly Library[]>, Trouble>> {
    return outcomeOf(() => this.#libraries.read(fresh))
  }

  shares(status: Share['status'], { fresh }: ReadOptions = {}): Promise<Result<SharesReading, Trouble>> {
    const list = status === 'pending' ? this.#pending : this.#active
    return outcomeOf(async () => {
      const { value, readAt } = await list.read(fresh)
      return { value: value.shares, untold: value.untold, readAt }
    })
  }

  home({ fresh }: ReadOptions = {}): Promise<Result<Reading<readonly HomeUser[]>, Trouble>> {
    return outcomeOf(() => this.#home.read(fresh))
  }

  lastRead(): LastRead {
    const [pending, active] = [this.#pending.last()?.value, this.#active.last()?.value]
    return {
      libraries: this.#libraries.last()?.value,
      librariesReadAt: this.#libraries.last()?.readAt,
      pending: pending?.shares,
      active: active?.shares,
      untold: (pending?.untold.length ?? 0) + (active?.untold.length ?? 0),
      home: this.#home.last()?.value,
    }
  }

  async share({ to, access, downloads, settings }: Invitation): Promise<Result<ShareAnswer, Trouble>> {
    const asked = await this.#write<ShareAnswer | { row: ShareRow | undefined }>(
      async () => ({
        row: await createShare(this.#http, this.serverId, {
          to: recipientOf(to),
          libraries: access.kind === 'all' ? 'all' : access.libraries,
          settings: { ...settings, ...(downloads === undefined ? {} : { allowSync: downloads }) },
        }),
      }),
      answerInPlaceOf,
    )
    if (!asked.ok) return asked
    if ('kind' in asked.value) return ok(asked.value)

    const { row } = asked.value
    if (row && isSomebodyElse(row, to)) return this.#undo(row)
    const share = row && row.server === this.serverId ? shareOf(row, access) : undefined
    if (share) this.#note(share)
    else this.#outdate()
    return ok({ kind: 'shared', ...(share && { share }) })
  }

  async changeLibraries(share: Share, access: LibraryAccess): Promise<Result<Share | undefined, Trouble>> {
    if (share.status === 'pending')
      return refused('stillPending', 'a pending share keeps the libraries it was sent with')
    if (access.kind === 'all') {
      // How plex.tv would be told is not known: an empty list is "all" to some of its forms and "none" to others.
      return share.access?.kind === 'all'
        ? ok(share)
        : refused('allNeedsNewShare', 'all libraries can be given only with a new share')
    }
    const changed = await this.#write(() =>
      changeShare(this.#http, this.serverId, share.id, access.libraries, share.settings),
    )
    if (!changed.ok) return changed
    const now = changed.value?.id === share.id ? accessOf(changed.value) : undefined
    if (now === undefined) {
      this.#outdate()
      return ok(undefined)
    }
    const as = { ...share, access: now }
    this.#note(as)
    return ok(as)
  }

  async end({
    id: share,
    status,
    who,
  }: Pick<Share, 'id' | 'status' | 'who'>): Promise<Result<void, Trouble>> {
    const ended = await this.#write(async () => {
      try {
        await deleteShare(this.#http, this.serverId, share)
      } catch (error) {
        if (status !== 'pending' || !(error instanceof PlexError) || error.kind !== 'notFound') throw error
        await this.#withdraw(who, error)
      }
    })
    if (!ended.ok) return ended
    for (const list of [this.#pending, this.#active])
      list.edit(({ shares, untold }) => ({ shares: shares.filter((each) => each.id !== share), untold }))
    return ended
  }

  async removeFromHome(accountId: AccountId): Promise<Result<void, Trouble>> {
    const removed = await this.#write(() => removeHomeUser(this.#http, accountId))
    if (removed.ok) this.#home.edit((users) => users.filter((user) => user.accountId !== accountId))
    else this.#home.outdate()
    // Whether his shares stay is not documented.
    this.#outdate()
    return removed
  }

  /** A pending share without a row of its own is an invitation; it is withdrawn as the list of them names it. */
  async #withdraw(who: Share['who'], notFound: PlexError): Promise<void> {
    const invitations = await readSentInvitations(this.#http).catch((error: unknown) => {
      // That list may be retired. Then there is nothing to add to the first answer.
      if (error instanceof PlexError && (error.kind === 'gone' || error.kind === 'notFound')) return []
      throw error
    })
    const email = who.email?.toLowerCase()
    const [invitation, another] = invitations.filter(
      (each) =>
        each.server === true &&
        each.Server.some(
          ({ machineIdentifier, name }) =>
            (machineIdentifier ?? this.serverId) === this.serverId && name === this.serverName,
        ) &&
        (each.id === who.accountId || (email !== undefined && each.id.toLowerCase() === email)),
    )
    if (!invitation || another) throw notFound
    await withdrawInvitation(this.#http, invitation)
  }

  async #askLibraries(): Promise<readonly Library[]> {
    const rows = await readLibraries(this.#http, this.serverId)
    if (rows.length === 0) {
      // plex.tv shows none for a healthy server now and then; to believe it would take everybody's access away.
      throw new PlexError({
        failure: { kind: 'unexpected', excerpt: 'no library at all' },
        method: 'GET',
        route: 'libraries',
        mayHaveHappened: false,
      })
    }
    return rows.map((row) => ({ ...row, id: id<LibraryId>(row.id) }))
  }

  /** What a list shows of this server. What in it could not be told is said, here and in the log. */
  async #told(list: ShareList, status: Share['status']): Promise<ToldShares> {
    const isUnknown = ({ server }: ShareRow) => server !== undefined && !this.#owned.has(id<ServerId>(server))
    if (list.others.some(isUnknown)) await this.#askForNewServers()
    const told = toldShares(list, status, { here: this.serverId, owned: this.#owned })
    if (told.untold.length > 0) {
      this.#log.warn(
        { serverId: this.serverId, status, ...told.counts },
        'plex.tv lists shares that cannot be told apart; they are left out, and nobody is believed gone who may be one',
      )
    }
    return told
  }

  /** A server that was set up since: its shares stand in the lists too, and are not ours. */
  async #askForNewServers(): Promise<void> {
    const now = this.#clock.now().getTime()
    if (Math.abs(now - this.#serversAskedAt) < askForServersEveryMs) return
    this.#serversAskedAt = now
    const servers = await readServers(this.#http).catch((error: unknown) => {
      // Then they stay unknown, and their rows are such that could not be told.
      if (error instanceof PlexError) return []
      throw error
    })
    for (const { id: server, owned } of servers) if (owned) this.#owned.add(server)
  }

  /**
   * The account that plex.tv took is not the one that was meant: a user name that changed hands. What was shared is
   * taken back at once.
   */
  async #undo(row: ShareRow): Promise<Result<never, Trouble>> {
    const undone = await this.#write(async () => {
      if (row.id !== undefined) await deleteShare(this.#http, this.serverId, row.id)
    })
    this.#outdate()
    const isUndone = undone.ok && row.id !== undefined
    this.#log.error(
      { serverId: this.serverId, shareId: row.id, isUndone },
      'plex.tv shared with somebody else than was asked',
    )
    return refused(
      'wrongPerson',
      isUndone
        ? 'plex.tv took another account than was meant; the share is taken back'
        : `plex.tv took another account than was meant, and share ${row.id ?? 'of unknown id'} could not be taken back: end it at app.plex.tv`,
    )
  }

  /** Carries out a write; whatever becomes of it unclearly, the lists are asked for anew. */
  async #write<T>(
    send: () => Promise<T>,
    otherwise: (failure: PlexFailure) => T | undefined = () => undefined,
  ): Promise<Result<T, Trouble>> {
    const outcome = await outcomeOf(async () => {
      try {
        return await send()
      } catch (error) {
        const answer = error instanceof PlexError ? otherwise(error.failure) : undefined
        this.#outdate()
        if (answer === undefined) throw error
        return answer
      }
    })
    return outcome
  }

  /** A share as plex.tv has just said that it is: it stands in one list and in no other. */
  #note(share: Share): void {
    const [its, other] =
      share.status === 'pending' ? [this.#pending, this.#active] : [this.#active, this.#pending]
    its.edit(({ shares, untold }) => {
      const isThere = shares.some((each) => each.id === share.id)
      const now = isThere ? shares.map((each) => (each.id === share.id ? share : each)) : [...shares, share]
      return { shares: now, untold }
    })
    other.edit(({ shares, untold }) => ({ shares: shares.filter((each) => each.id !== share.id), untold }))
  }

  #outdate(): void {
    this.#pending.outdate()
    this.#active.outdate()
  }
}

/** What plex.tv means by two of its refusals of a new share. */
function answerInPlaceOf(failure: PlexFailure): ShareAnswer | undefined {
  if (failure.kind === 'alreadyDone') return { kind: 'alreadySharing' }
  if (failure.kind === 'noSuchAccount') return { kind: 'noSuchAccount' }
  return undefined
}

const recipientOf = (to: Invitation['to']): ShareRecipient =>
  'accountId' in to ? { invitedId: to.accountId } : { invitedEmail: 'email' in to ? to.email : to.username }

/**
 * By account id, or by user name where that was all. An address is not compared: it may belong to an account that
 * shows another one, and plex.tv has looked it up itself.
 */
function isSomebodyElse({ person }: ShareRow, to: Invitation['to']): boolean {
  if ('accountId' in to) return person.accountId !== undefined && person.accountId !== to.accountId
  if ('email' in to) return false
  return person.username !== undefined && person.username.toLowerCase() !== to.username.trim().toLowerCase()
}

const toHomeUser = (row: HomeUserRow): HomeUser => ({
  accountId: id<AccountId>(row.id),
  title: row.friendlyName ?? row.title ?? row.username ?? '',
  ...(row.username !== undefined && { username: row.username }),
  ...(row.email !== undefined && { email: row.email }),
  admin: row.admin === true,
  managed: row.restricted === true,
  ...(row.restrictionProfile !== undefined && { restrictionProfile: row.restrictionProfile }),
  hasPin: row.protected === true,
})

/** A refusal of ours, before or after plex.tv was asked. What was wanted has certainly not happened. */
const refused = (code: string, message: string) =>
  problem<Trouble>({ kind: 'rejected', mayHaveHappened: false, code, message })
