/**
 * Ids are strings that cannot be mixed up: a `LibraryId` is no `ShareId`. plex.tv sends numbers in some answers
 * and digits in others; they are kept as the digits, so nothing is rounded and `007` stays `007`.
 */
declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

/** A Discord guild. */
export type GuildId = Id<'GuildId'>
/** A Discord user, as a member of a guild. */
export type MemberId = Id<'MemberId'>
/** A Discord role. */
export type RoleId = Id<'RoleId'>
/** A Discord channel. */
export type ChannelId = Id<'ChannelId'>
/** A Plex server: its `machineIdentifier`, never the account's and never the numeric `serverId`. */
export type ServerId = Id<'ServerId'>
/** A Plex library: the global section id that sharing asks for, never the server's own section `key`. */
export type LibraryId = Id<'LibraryId'>
/** plex.tv's record of one person on one server; the same before and after acceptance. */
export type ShareId = Id<'ShareId'>
/** A Plex account's numeric id. */
export type AccountId = Id<'AccountId'>
/** One person on one server of one guild: a keyed hash, so that it reveals nobody. */
export type PersonId = Id<'PersonId'>

type AnyId = GuildId | MemberId | RoleId | ChannelId | ServerId | LibraryId | ShareId | AccountId | PersonId

/** Whether a text that came from outside can be an id of Discord's or of ours: it may then be looked up. */
export const isIdLike = (text: string) => /^[\w-]{1,64}$/u.test(text)

/** Brands a string at a border (a parsed answer, a stored row). The border is who guarantees it. */
export const id = <T extends AnyId>(value: string): T => value as T
