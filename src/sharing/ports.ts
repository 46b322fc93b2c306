/**
 * What the rules ask of the outside, in the rules' words. `plex/`, `storage/` and `discord/` carry it out;
 * `app.ts` introduces them to each other.
 */
import type {
  AccountId,
  ChannelId,
  GuildId,
  LibraryId,
  MemberId,
  RoleId,
  ServerId,
  ShareId,
} from '../lib/ids.ts'
import type { Result } from '../lib/result.ts'
import type { AccessRequest, CardPlace } from './access-request.ts'
import type { LibraryAccess } from './library-access.ts'
import type { LogCard } from './log-card.ts'
import type { FailureReason } from './person.ts'
import type { Actor } from './policy.ts'

// ---------------------------------------------------------------------------------------------------------------
// plex.tv

/** A library of the server. Titles are not unique; the id is. */
export interface Library {
  id: LibraryId
  /** `movie`, `show`, `artist`, `photo`, or a word that plex.tv adds tomorrow. */
  type: string
  title: string
}

/** The account whose server is shared. */
export interface Owner {
  accountId: AccountId
  username: string
  email: string
}

/** The names by which plex.tv knows somebody. All are optional: an address without an account has only the address. */
export interface PlexIdentity {
  accountId?: AccountId
  username?: string
  email?: string
}

/**
 * Downloads, restrictions and the like, exactly as plex.tv gave them. What we do not edit goes back untouched.
 */
export type SharingSettings = Readonly<Record<string, unknown>>

/** plex.tv's record that a person may use some libraries of one server. */
export interface Share {
  id: ShareId
  /** `pending` until the person accepts. */
  status: 'pending' | 'active'
  who: PlexIdentity
  /** For display only: titles and friendly names can be chosen freely and change. */
  title?: string
  /** `undefined`: plex.tv's answer did not say which libraries; "could not find out" is never "none". */
  access: LibraryAccess | undefined
  settings: SharingSettings
  invitedAt?: Date
  acceptedAt?: Date
}

/** A user of the owner's Plex Home: a full account, or a managed one that lives only there. */
export interface HomeUser {
  accountId: AccountId
  title: string
  username?: string
  email?: string
  admin: boolean
  /** A managed user: removing it destroys it. */
  managed: boolean
  restrictionProfile?: string
  /** Whether a Home PIN is set. */
  hasPin: boolean
}

/** A complete reading of plex.tv, or none at all: a partial one is a trouble. */
export interface Reading<T> {
  value: T
  readAt: Date
}

/**
 * The shares that a list shows. A row that could not be told is nobody's share: nothing is done about it. But somebody
 * who is not among `value` may be meant by it, so his absence is believed only where it cannot be (`absence.ts`).
 */
export interface SharesReading extends Reading<readonly Share[]> {
  untold: readonly UntoldRow[]
}

/** A row without an id, or with somebody else's, or of a server that nobody knows: whatever it says of itself. */
export interface UntoldRow {
  id?: ShareId
  who: PlexIdentity
}

/** Whom an invitation goes to. `accountId` where it is known: user names change hands. */
export type Recipient = { accountId: AccountId } | { email: string } | { username: string }

export interface Invitation {
  to: Recipient
  access: LibraryAccess
  /** `undefined`: as plex.tv does by default. */
  downloads?: boolean
  /** Those of an earlier share that is given back, as they were read. */
  settings?: SharingSettings
}

/** How an invitation came out where plex.tv gave a clear answer. */
export type ShareAnswer =
  /** Carried out. `share` is there where the answer itself carried the record. */
  | { kind: 'shared'; share?: Share }
  /** There is a share with this person (v1: 400 "already sharing"; v2: 422/1999) or he is the owner: read again. */
  | { kind: 'alreadySharing' }
  /** plex.tv knows no such account, or the address is not one. */
  | { kind: 'noSuchAccount' }

/** Why plex.tv did not do what was asked. */
export type TroubleKind =
  | 'unreachable'
  | 'timedOut'
  | 'rateLimited'
  | 'unauthorised'
  | 'forbidden'
  | 'notFound'
  /** The route is gone and no other form of it is left: plex.tv changed. */
  | 'gone'
  | 'rejected'
  | 'serverError'
  /** An answer that cannot be read: HTML, cut off, of another shape. */
  | 'unexpected'
  /** Lists that can be read, with rows that cannot be told: somebody whom they do not show may be one of them. */
  | 'incomplete'

export interface Trouble {
  kind: TroubleKind
  /** Of a write: plex.tv may have carried it out all the same. Always false for a read. */
  mayHaveHappened: boolean
  /** When it makes sense to ask again, where plex.tv said so. */
  until?: Date
  /** plex.tv's own code and words, free of secrets; for the log and the administrator. */
  code?: string
  message?: string
}

/** One owner's one server at plex.tv. Reads are complete or a trouble; a write is sent at most once a call. */
export interface LibrarySharing {
  readonly serverId: ServerId
  /** The server's name for people. */
  readonly serverName: string
  readonly owner: Owner
  /** It is only remembered, for plex.tv is out of reach (`remembered-server.ts`): every question and write is a trouble. */
  readonly standsIn?: true

  /** The libraries that can be shared. `fresh` asks plex.tv whatever is cached. An empty answer is a trouble. */
  libraries(options?: ReadOptions): Promise<Result<Reading<readonly Library[]>, Trouble>>
  /** The shares of this server. Pending and active ones come from separate lists: ask only for what is needed. */
  shares(status: Share['status'], options?: ReadOptions): Promise<Result<SharesReading, Trouble>>
  home(options?: ReadOptions): Promise<Result<Reading<readonly HomeUser[]>, Trouble>>
  /** What was last read, however old, without asking plex.tv: for autocomplete. `undefined` where nothing was read. */
  lastRead(): LastRead

  share(invitation: Invitation): Promise<Result<ShareAnswer, Trouble>>
  /** Replaces the libraries of an active share, its settings untouched. The share as the answer shows it, if it does. */
  changeLibraries(share: Share, access: LibraryAccess): Promise<Result<Share | undefined, Trouble>>
  /** Removes this one share of this one server, or withdraws it while it is pending. `notFound` is a trouble: look. */
  end(share: Pick<Share, 'id' | 'status' | 'who'>): Promise<Result<void, Trouble>>
  /** Removes a user from the Plex Home. A managed user is destroyed by it. */
  removeFromHome(accountId: AccountId): Promise<Result<void, Trouble>>
}

export interface ReadOptions {
  /** Ask plex.tv even where a recent answer is kept. Readings at the same time share one request all the same. */
  fresh?: boolean
}

export interface LastRead {
  libraries: readonly Library[] | undefined
  librariesReadAt?: Date | undefined
  pending: readonly Share[] | undefined
  active: readonly Share[] | undefined
  /** How many rows of the two lists could not be told. */
  untold: number
  home: readonly HomeUser[] | undefined
}

// ---------------------------------------------------------------------------------------------------------------
// The store

/** Documents of one kind, each under one key. A store that fails throws `StoreUnavailable`; it never seems empty. */
export interface Documents<T> {
  get(key: string): Promise<T | undefined>
  /**
   * Changes one document by compare-and-set, in its turn: `change` sees what is stored now and returns what shall
   * be stored, or `undefined` to leave it. It may be called again where another process was faster, so it must be
   * pure. Returns what is stored in the end.
   */
  update(key: string, change: (current: T | undefined) => T | undefined): Promise<T | undefined>
  remove(key: string): Promise<void>
  /** Removes everything whose key begins so; what is written meanwhile may stay. */
  removeAll(prefix: string): Promise<void>
  /** Everything whose key begins so, in the order of the keys. */
  list(prefix: string): Promise<readonly T[]>
}

/** A Discord member's Plex account, as he proved it or as somebody entitled said. */
export interface Link {
  guildId: GuildId
  memberId: MemberId
  who: PlexIdentity
  linkedAt: Date
  /** The member himself, or who linked him: a member, or the command line from another program's file. */
  linkedBy: MemberId | 'import'
}

/** The mapping of Discord members to Plex accounts: one member has one account, one address belongs to one member. */
export interface Links {
  ofMember(guildId: GuildId, memberId: MemberId): Promise<Link | undefined>
  /** By keyed hash: the address itself is nowhere readable in the store. */
  ofEmail(guildId: GuildId, email: string): Promise<Link | undefined>
  /** `taken` where the address belongs to another member of this guild. Replaces the member's earlier link. */
  link(link: Link): Promise<'linked' | 'taken'>
  unlink(guildId: GuildId, memberId: MemberId): Promise<void>
  /** Every link of the guild. */
  forgetGuild(guildId: GuildId): Promise<void>
}

/**
 * Deletions for privacy, noted where a backup of the store does not reach: whatever is restored later, they are carried
 * out again. Noted before anything is removed and again when all of it is, so that no copy made meanwhile escapes.
 */
export interface Deletions {
  /** On the disk when it resolves. Throws `StoreUnavailable`; then nothing may be called deleted. */
  note(deleted: Deleted, at: Date): Promise<void>
  /** Takes away what is older than any copy that is still of use. */
  prune(before: Date): Promise<void>
}
/** A member of a guild or, without one, the whole guild. */
export interface Deleted {
  guildId: GuildId
  memberId?: MemberId
}

/** The store did not answer, or not intelligibly: nothing was learnt and nothing may be concluded. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable'
}

// ---------------------------------------------------------------------------------------------------------------
// People on Discord

/** `closed`: the person takes no messages from the bot (Discord's 50007, 50278). It never stands in an action's way. */
export type NoticeOutcome = 'delivered' | 'closed' | 'failed'

/** Tells people things in direct messages; the words are `discord/views`' affair. */
export interface Notifier {
  /** A member was invited: how to accept, or, where plex.tv accepted at once, where to watch. */
  invited(to: MemberId, news: InvitedNews): Promise<NoticeOutcome>
  /** A decision that had been queued or unclear has come out. */
  outcome(to: MemberId, news: OutcomeNews): Promise<NoticeOutcome>
  /** Asks a member for his Plex account, with a button that leads to the draft. */
  askForAccount(to: MemberId, ask: AccountAsk): Promise<NoticeOutcome>
  /** How somebody's request ended. */
  requestClosed(to: MemberId, news: RequestNews): Promise<NoticeOutcome>
  /** A reviewer wants to know something before he decides; the message has a button to answer. */
  requestQuestion(to: MemberId, question: RequestQuestion): Promise<NoticeOutcome>
}
export interface InvitedNews {
  serverName: string
  guildId: GuildId
  status: Share['status']
  /** The address or name that plex.tv sent the invitation to: the member's own. */
  who: PlexIdentity
  libraryTitles: readonly string[] | 'all'
}
export interface OutcomeNews {
  guildId: GuildId
  serverName: string
  subject: PlexIdentity
  /** `waitsForSignIn`: not yet, and nothing comes of it before somebody signs in again. */
  came: 'shared' | 'changed' | 'ended' | 'refused' | 'parked' | 'waitsForSignIn'
  /** Why it was refused. */
  because?: FailureReason
}
export interface AccountAsk {
  guildId: GuildId
  serverName: string
  draftId: string
}

export interface RequestNews {
  request: AccessRequest
  serverName: string
  libraries: readonly Library[]
}
export interface RequestQuestion {
  request: AccessRequest
  serverName: string
  by: MemberId
  text: string
}

/** The cards on which reviewers see a request and press. They hang in a channel, so no address stands on them. */
export interface ReviewCards {
  /** Hangs it up. Doing it again within minutes hangs up no second one. */
  post(channelId: ChannelId, card: ReviewCard): Promise<CardPosted>
  /** `gone`: the message or its channel is there no more. */
  edit(place: CardPlace, card: ReviewCard): Promise<'edited' | 'gone' | 'failed'>
}
/** `gone`: no such channel; `notWritable`: the bot may not see it or write there. */
export type CardPosted = { posted: CardPlace } | { notPosted: 'gone' | 'notWritable' | 'failed' }
export interface ReviewCard {
  request: AccessRequest
  serverName: string
  libraries: readonly Library[]
  /** The member whom it is for; absent where Discord could not be asked, or no member is named. */
  profile?: MemberProfile
  /** How the member's earlier requests ended. */
  earlier: readonly AccessRequest['state'][]
}

/** Asks Discord who somebody is now: his roles at this moment, not those of a cache. */
export interface Members {
  /** `undefined`: he is no member any more. Throws where Discord cannot be asked. */
  actor(guildId: GuildId, memberId: MemberId): Promise<Actor | undefined>
  /** What a reviewer wants to know of a member; nothing where Discord does not say. */
  profile(guildId: GuildId, memberId: MemberId): Promise<MemberProfile | undefined>
}
export interface MemberProfile {
  memberId: MemberId
  joinedAt?: Date
  roleIds: readonly RoleId[]
}

/** What Discord itself says of a guild, kept up to date by the gateway: nothing is asked for it. */
export interface GuildFacts {
  /** What the bot needs to show cards in a channel and may not do there; `gone`: it is not there, or not to be seen. */
  channel(guildId: GuildId, channelId: ChannelId): { is: 'gone' } | { is: 'there'; missing: ChannelRight[] }
  /** Of these roles: those that are no more, and those that stand above the bot's own. */
  roles(guildId: GuildId, roleIds: readonly RoleId[]): { gone: RoleId[]; above: RoleId[] }
}
/** By the name that Discord's settings show. */
export type ChannelRight = string

/** Tells a guild once what to do first. `nowhere`: there is no channel in which the bot may write. */
export interface Greeter {
  greet(guildId: GuildId): Promise<'greeted' | 'nowhere' | 'failed'>
}

// ---------------------------------------------------------------------------------------------------------------
// Which server a guild uses

/** The owner's servers that a guild may share, and no others. */
export interface Connections {
  /** The guild's first server, or the one of this id or name. Connects first where that has not succeeded yet. */
  of(guildId: GuildId, server?: string): Promise<Result<LibrarySharing, ConnectionProblem>>
  /**
   * The same, to decide about it. Where plex.tv is out of reach and the server has not been connected since the start, it
   * is the server as it was remembered: what is decided is kept, and carried out by a connection alone.
   */
  toDecide(guildId: GuildId, server?: string): Promise<Result<LibrarySharing, ConnectionProblem>>
  /** Every server of the guild, the first one first; empty where none is connected. */
  all(guildId: GuildId): Promise<readonly Result<LibrarySharing, ConnectionProblem>[]>
  /** The guilds that have a server. */
  guildIds(): readonly GuildId[]
  /** Those that are connected now, without asking plex.tv. */
  connected(guildId: GuildId): readonly LibrarySharing[]
  /** Those too that are only remembered, without asking plex.tv: for names, titles and autocomplete. */
  known(guildId: GuildId): readonly KnownServer[]
}
export type KnownServer = Pick<LibrarySharing, 'serverId' | 'serverName' | 'owner' | 'lastRead'>
export type ConnectionProblem =
  | { problem: 'notSetUp' }
  /** `asked` is empty where several servers are owned and none was named. */
  | { problem: 'serverUnknown'; asked: string; servers: readonly string[] }
  /** There is such a server, but it belongs to somebody else. */
  | { problem: 'serverNotOwned'; asked: string; servers: readonly string[] }
  /** The guild was connected with it, and the linked account owns it no longer. */
  | { problem: 'serverLost'; name: string }
  | { problem: 'serverAmbiguous'; asked: string; serverIds: readonly ServerId[] }
  | { problem: 'trouble'; trouble: Trouble }

// ---------------------------------------------------------------------------------------------------------------
// Signing in at Plex

/** Plex accounts that sign in with a link in a browser: no password comes near the bot. */
export interface PlexAccounts {
  beginSignIn(): Promise<Result<SignInLink, Trouble>>
  checkSignIn(signInId: string): Promise<Result<SignIn, Trouble>>
  /** Whose token it is, and the servers that this account owns. */
  whose(token: string): Promise<Result<PlexOwner, Trouble>>
  /** Ends the token, unless the bot's own environment has it. Says whether nothing is left to be ended by hand. */
  signOut(token: string): Promise<boolean>
}
export interface SignInLink {
  id: string
  /** Where the person goes, at most 512 characters. */
  address: string
  expiresAt: Date
}
export type SignIn = { is: 'waiting' } | { is: 'expired' } | { is: 'signedIn'; token: string }
export interface PlexOwner extends Owner {
  servers: readonly { serverId: ServerId; name: string }[]
}

// ---------------------------------------------------------------------------------------------------------------
// The log channel

/** Shows cards in a channel; the words are `discord/views`' affair. */
export interface LogBoard {
  /** Changes the card's message, or posts one where there is none, or none any more. */
  show(channelId: ChannelId, card: LogCard, messageId?: string): Promise<LogBoardAnswer>
}
export type LogBoardAnswer =
  | { is: 'shown'; messageId: string }
  /** The channel is gone, or the bot may not write there: nothing is shown until somebody changes that. */
  | { is: 'gone' | 'notWritable' }
  /** It may work the next time. */
  | { is: 'failed' }
