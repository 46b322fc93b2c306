import type { Deed, LedgerEntry } from './ledger.ts'
import type { PlexShare, PlexToken, PlexWorld } from './world.ts'

/** The one place where the world changes: a deed and its entry in the ledger are one step. */
export class PlexState {
  readonly ledger: LedgerEntry[] = []
  readonly now: () => Date
  failedSignIns = 0
  #world: PlexWorld
  #earlier: { world: PlexWorld; until: number }[] = []
  #ids: { share: number; account: number; pin: number; token: number }

  constructor(world: PlexWorld, now: () => Date) {
    this.#world = world
    this.now = now
    this.#ids = {
      share: world.shares.reduce((highest, share) => Math.max(highest, ordinaryId(share.id)), 30000100) + 1,
      account: world.accounts.reduce((highest, account) => Math.max(highest, account.id), 29000000) + 1,
      pin: 4000000000 + world.pins.length + 1,
      token: 1,
    }
  }

  get world(): PlexWorld {
    return this.#world
  }

  /** What cannot happen twice is checked by the caller; this only writes it down. */
  commit(world: PlexWorld, ...deeds: Deed[]): void {
    const at = this.now()
    this.#earlier.push({ world: this.#world, until: at.getTime() })
    if (this.#earlier.length > remembered) this.#earlier.shift()
    this.#world = world
    for (const deed of deeds) this.ledger.push({ at, ...deed })
  }

  /** The world as it was before the last `writes` deeds. */
  before(writes: number): PlexWorld {
    return this.#earlier.at(-Math.max(writes, 1))?.world ?? this.#earlier[0]?.world ?? this.#world
  }

  /** The world as it was at an instant, as far back as it is remembered. */
  asOf(instant: number): PlexWorld {
    return this.#earlier.find((earlier) => earlier.until > instant)?.world ?? this.#world
  }

  nowIso(): string {
    return `${this.now().toISOString().slice(0, 19)}Z`
  }

  newShareId = () => this.#ids.share++
  newAccountId = () => this.#ids.account++
  newPinId = () => this.#ids.pin++

  /** 20 characters, as the classic tokens have; every secret of the pretence says FAKE. */
  newSecret(what: string): string {
    return `FAKE${what}`.padEnd(20 - 6, '0').slice(0, 14) + String(this.#ids.token++).padStart(6, '0')
  }

  /** The token of an account on a client; it is the same at every sign-in, as at plex.tv. */
  tokenFor(accountId: number, clientIdentifier: string | null): string {
    const known = this.#world.tokens.find(
      (token) =>
        token.accountId === accountId && token.clientIdentifier === clientIdentifier && token.dead === null,
    )
    if (known) return known.token
    const token: PlexToken = { token: this.newSecret('Token'), accountId, clientIdentifier, dead: null }
    // No deed of its own, and nothing that a list shows: it does not count as a write.
    this.#world = { ...this.#world, tokens: [...this.#world.tokens, token] }
    return token.token
  }

  replaceShare(share: PlexShare): PlexWorld {
    return {
      ...this.#world,
      shares: this.#world.shares.map((other) => (other.id === share.id ? share : other)),
    }
  }
}

/** How many worlds can be looked back at. */
const remembered = 200

/** Ids of other ranges, very big ones among them, are a test's own and are not counted on. */
const ordinaryId = (id: number) => (id >= 30_000_000 && id < 31_000_000 ? id : 0)
