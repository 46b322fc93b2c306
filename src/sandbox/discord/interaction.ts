import type { Component, Message } from './message.ts'

/** One interaction's life, from the dispatch on. Changed by the routes, read by the handle. */
export interface Interaction {
  readonly id: string
  readonly token: string
  readonly type: number
  readonly userId: string
  readonly guildId: string | undefined
  readonly channelId: string
  /** The message that the pressed component, or the component that opened the submitted modal, sits on. */
  readonly sourceMessageId: string | undefined
  /** For an autocomplete: the type of the option that is being typed. */
  readonly focusedOptionType: number | undefined
  readonly isFromCommand: boolean
  /** By the injected clock. */
  readonly createdAt: Date
  /** By `performance.now()`, right after the dispatch was written. */
  dispatchedAtMs: number
  /** How often it was sent to a connected bot. */
  deliveries: number
  ack: Acknowledgement | undefined
  /** The message that `@original` means: the answer, or for types 6 and 7 the source message. */
  originalId: string | undefined
  followUpIds: string[]
  /** The first thing that was there to read: the reply, or what filled a deferred one. */
  first: Message | undefined
  modal: Modal | undefined
  choices: readonly { name: string; value: string | number }[] | undefined
  /** What was said to the bot instead, the last one. */
  refusedWith: string | undefined
}

export interface Acknowledgement {
  readonly type: number
  readonly ephemeral: boolean
  readonly at: Date
  /** From the dispatch written to the callback received. */
  readonly ms: number
}

/** A modal as the person sees it. */
export interface Modal {
  readonly customId: string
  readonly title: string
  readonly components: readonly Component[]
  /** Who it was shown to, where, and from which message. */
  readonly shownTo: string
  readonly guildId: string | undefined
  readonly channelId: string
  readonly sourceMessageId: string | undefined
}

/** The token dies unless the first answer comes within 3 s (`State.acknowledgeWithinMs`); afterwards it lives for so long. */
export const tokenLivesMs = 15 * 60_000
