import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createAccount } from './accounts.ts'
import { carryOut } from './carry-out.ts'
import { deliver } from './deliver.ts'
import { Faults } from './faults.ts'
import type { LedgerEntry } from './ledger.ts'
import { accountNamed, isActive, isFor, isPending } from './look-up.ts'
import { readRequest } from './request.ts'
import { entryOf, isMeant, type RequestEntry, type WhichRequests } from './request-entry.ts'
import { router } from './router.ts'
import { routes } from './routes/all.ts'
import { linkPin } from './routes/pins.ts'
import { acceptShare, leaveShare } from './sharing.ts'
import { PlexState } from './state.ts'
import { type PlexAccount, type PlexWorld, plexWorld } from './world.ts'

export interface PretendPlex {
  /** `http://127.0.0.1:port`: both hosts of plex.tv in one. */
  readonly url: string
  /** As it is now. It is never changed in place: what was read stays what it was. */
  readonly world: PlexWorld
  readonly ledger: readonly LedgerEntry[]
  readonly requests: readonly RequestEntry[]
  /** How many TCP connections were made. */
  readonly connectionsMade: number
  readonly faults: Faults
  /** How many requests came, or how many of some kind. */
  count(which?: WhichRequests): number
  /** Resolves when the `nth` request of a kind has come in; those that came before count. */
  arrival(which: WhichRequests, nth?: number): Promise<RequestEntry>
  /** Resolves when every request that came in has been carried out, whether or not somebody still waits for it. */
  settled(): Promise<void>
  /** Changes the world from outside: a library more, a server gone. Not in the ledger. */
  change(change: (world: PlexWorld) => PlexWorld): void
  /**
   * A person accepts all that waits for this address or user name. An address without an account gets one; with
   * `as` it is accepted with that account, whose address may be another.
   */
  accept(who: string, options?: { as?: string }): PlexAccount
  /** The person gives back what was shared with him. Returns how many shares. */
  leave(who: string): number
  /** What the person does in the browser with the code of a sign-in. `false` where the code is dead. */
  approvePin(code: string, username: string): boolean
  createAccount(wanted: Partial<PlexAccount> & { username: string; email: string }): PlexAccount
  close(): Promise<void>
}

/** Starts a plex.tv of its own on 127.0.0.1, at a port that is free. */
export async function startPretendPlex(
  options: { world?: PlexWorld; now?: () => Date } = {},
): Promise<PretendPlex> {
  const state = new PlexState(options.world ?? plexWorld(), options.now ?? (() => new Date()))
  const requests: RequestEntry[] = []
  const arrivals: { which: WhichRequests; left: number; resolve: (entry: RequestEntry) => void }[] = []
  const inProgress = new Set<Promise<void>>()
  const sockets = new Set<Socket>()
  const closing = new AbortController()
  const find = router(routes)
  let connectionsMade = 0
  let port = 0

  const waitMs = (ms: number) => wait(ms, undefined, { signal: closing.signal })
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    const work = serve(message, response).catch((error: unknown) => {
      if (!closing.signal.aborted) response.destroy(error instanceof Error ? error : undefined)
    })
    inProgress.add(work)
    void work.finally(() => inProgress.delete(work))
  })
  server.on('connection', (socket) => {
    connectionsMade++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })

  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        port = (server.address() as AddressInfo).port // A TCP server that listens has one: node:net.
        resolve()
      })
    })
  const hangUp = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  const faults = new Faults(state, { down: hangUp, up: listen })

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message)
    faults.doWhatIsDue()
    const match = find(request.method, request.path)
    const entry = entryOf(request, match?.route.path, requests.length + 1, state.now())
    requests.push(entry)
    announce(entry)
    const delivery = await carryOut({ request, match, entry, state, faults, wait: waitMs })
    entry.status = 'answer' in delivery ? delivery.answer.status : 'cut'
    await deliver(response, delivery, entry.number, waitMs)
  }

  function announce(entry: RequestEntry): void {
    for (const arrival of [...arrivals]) {
      if (!isMeant(arrival.which, entry) || --arrival.left > 0) continue
      arrivals.splice(arrivals.indexOf(arrival), 1)
      arrival.resolve(entry)
    }
  }

  await listen()
  const url = `http://127.0.0.1:${port}`

  return {
    url,
    get world() {
      faults.doWhatIsDue()
      return state.world
    },
    get ledger() {
      faults.doWhatIsDue()
      return state.ledger
    },
    requests,
    get connectionsMade() {
      return connectionsMade
    },
    faults,
    count: (which) =>
      which === undefined ? requests.length : requests.filter((e) => isMeant(which, e)).length,
    arrival(which, nth = 1) {
      const come = requests.filter((entry) => isMeant(which, entry))
      const already = come[nth - 1]
      if (already) return Promise.resolve(already)
      return new Promise((resolve) => arrivals.push({ which, left: nth - come.length, resolve }))
    },
    async settled() {
      while (inProgress.size > 0) await Promise.all(inProgress)
    },
    change: (change) => state.commit(change(state.world)),
    accept(who, { as } = {}) {
      const account =
        accountNamed(state.world, as ?? who) ??
        createAccount(state, { email: as ?? who, username: (as ?? who).split('@')[0] ?? who })
      const waiting = state.world.shares.filter(
        (share) =>
          isPending(share) &&
          (isFor(share, account) || share.invitedEmail?.toLowerCase() === who.toLowerCase()),
      )
      if (waiting.length === 0) throw new Error(`Nothing waits for ${who}.`)
      for (const share of waiting) acceptShare(state, share, account)
      return account
    },
    leave(who) {
      const account = accountNamed(state.world, who)
      const shares = account
        ? state.world.shares.filter((share) => isActive(share) && isFor(share, account))
        : []
      for (const share of shares) leaveShare(state, share)
      return shares.length
    },
    approvePin(code, username) {
      const account = accountNamed(state.world, username)
      if (!account) throw new Error(`Nobody is called ${username}.`)
      return linkPin(state, code, account.id, 'any')
    },
    createAccount: (wanted) => createAccount(state, wanted),
    async close() {
      closing.abort()
      faults.clear()
      await hangUp()
      await Promise.all(inProgress)
    },
  }
}
