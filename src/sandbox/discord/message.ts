import { isObject, type JsonObject, listIn, numberIn, objectsIn, textIn } from './json.ts'
import { messageFlag } from './numbers.ts'
import { nobody, type Pings } from './rules/mentions.ts'

/**
 * A message as it stood at one moment. It never changes: an edit makes the next one, with the same id and a higher
 * `revision`.
 */
export interface Message {
  readonly id: string
  readonly channelId: string
  readonly guildId: string | undefined
  readonly author: { readonly id: string; readonly username: string; readonly bot: boolean }
  readonly content: string
  readonly embeds: readonly JsonObject[]
  readonly components: readonly Component[]
  readonly attachments: readonly Attachment[]
  readonly flags: number
  readonly ephemeral: boolean
  /** For ephemeral messages: the only person who sees it. */
  readonly onlyFor: string | undefined
  /** A deferred answer: "the bot is thinking". */
  readonly isLoading: boolean
  readonly createdAt: string
  readonly editedAt: string | undefined
  readonly revision: number
  readonly pings: Pings
  /** The interaction that it answers. */
  readonly interactionId: string | undefined
  readonly nonce: string | undefined
  readonly reference: string | undefined
}

/** A component of any kind; which fields it has depends on `type`. The rules have looked at it before it gets here. */
export interface Component {
  readonly type: number
  readonly id?: number
  readonly custom_id?: string
  readonly label?: string
  readonly description?: string
  readonly style?: number
  readonly url?: string
  readonly disabled?: boolean
  readonly required?: boolean
  readonly emoji?: { readonly id?: string; readonly name?: string }
  readonly placeholder?: string
  readonly min_values?: number
  readonly max_values?: number
  readonly min_length?: number
  readonly max_length?: number
  readonly options?: readonly SelectOption[]
  readonly default_values?: readonly { readonly id: string; readonly type: string }[]
  readonly channel_types?: readonly number[]
  readonly content?: string
  readonly value?: string
  readonly default?: boolean
  readonly divider?: boolean
  readonly media?: { readonly url: string }
  readonly file?: { readonly url: string }
  readonly items?: readonly { readonly media: { readonly url: string }; readonly description?: string }[]
  readonly components?: readonly Component[]
  readonly component?: Component
  readonly accessory?: Component
}

export interface SelectOption {
  readonly label: string
  readonly value: string
  readonly description?: string
  readonly default?: boolean
  readonly emoji?: { readonly id?: string; readonly name?: string }
}

export interface Attachment {
  readonly id: string
  readonly filename: string
  readonly contentType: string
  readonly size: number
  readonly bytes: Uint8Array
  readonly description?: string
}

/** A file that came beside a body, by the number in its field's name: `files[0]`. */
export interface SentFile {
  readonly id: string
  readonly index: string
  readonly filename: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

type Identity = Pick<Message, 'id' | 'channelId' | 'guildId' | 'author' | 'createdAt'> &
  Partial<Pick<Message, 'ephemeral' | 'onlyFor' | 'isLoading' | 'interactionId' | 'nonce' | 'reference'>>

/** The first state of a message with this body; the rules have passed it. */
export function newMessage(identity: Identity, body: JsonObject, files: readonly SentFile[] = []): Message {
  const ephemeral = identity.ephemeral ?? false
  const marks =
    (ephemeral ? messageFlag.ephemeral : 0) | (identity.isLoading === true ? messageFlag.loading : 0)
  return {
    onlyFor: undefined,
    isLoading: false,
    interactionId: undefined,
    nonce: undefined,
    reference: undefined,
    ...identity,
    ephemeral,
    content: textIn(body.content) ?? '',
    embeds: objectsIn(body.embeds),
    components: asComponents(body.components),
    attachments: attachmentsOf(body, files, []),
    flags: ((numberIn(body.flags) ?? 0) & ~messageFlag.loading) | marks,
    editedAt: undefined,
    revision: 0,
    pings: nobody,
  }
}

/** The message after an edit: fields that the body leaves out stay, `null` empties them. */
export function editedMessage(
  before: Message,
  body: JsonObject,
  files: readonly SentFile[],
  at: Date,
): Message {
  const has = (field: string) => body[field] !== undefined
  const newFlags = numberIn(body.flags) ?? 0
  return {
    ...before,
    content: has('content') ? (textIn(body.content) ?? '') : before.content,
    embeds: has('embeds') ? objectsIn(body.embeds) : before.embeds,
    components: has('components') ? asComponents(body.components) : before.components,
    attachments: attachmentsOf(body, files, before.attachments),
    flags: (before.flags & ~messageFlag.loading) | (newFlags & messageFlag.componentsV2),
    isLoading: false,
    editedAt: at.toISOString(),
    revision: before.revision + 1,
  }
}

/** Gives every component without a number one, as Discord does. */
export function asComponents(components: unknown): readonly Component[] {
  let next = 1
  const give = (value: JsonObject): Component => {
    const id = numberIn(value.id)
    const inside = listIn(value.components).filter(isObject)
    const own = {
      ...withoutNulls(value),
      id: id === undefined || id === 0 ? next++ : id,
      ...(inside.length > 0 ? { components: inside.map(give) } : {}),
      ...(isObject(value.accessory) ? { accessory: give(value.accessory) } : {}),
      ...(isObject(value.component) ? { component: give(value.component) } : {}),
    }
    // The rules for components have refused every other shape before a message is made of it.
    return own as unknown as Component
  }
  return objectsIn(components).map(give)
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
}

/** `attachments` in an edit lists those to keep; files sent along are added; left out, all stay. */
function attachmentsOf(
  body: JsonObject,
  files: readonly SentFile[],
  before: readonly Attachment[],
): readonly Attachment[] {
  const listed = objectsIn(body.attachments)
  const kept =
    body.attachments === undefined
      ? before
      : before.filter((one) => listed.some((entry) => String(entry.id) === one.id))
  const added = files.map((file): Attachment => {
    const entry = listed.find((one) => String(one.id) === file.index)
    const description = textIn(entry?.description)
    return {
      id: file.id,
      filename: textIn(entry?.filename) ?? file.filename,
      contentType: file.contentType,
      size: file.bytes.byteLength,
      bytes: file.bytes,
      ...(description === undefined ? {} : { description }),
    }
  })
  return [...kept, ...added]
}

/** Every component of a list, nested ones too, in reading order. */
export function* componentsIn(components: readonly Component[]): Generator<Component> {
  for (const one of components) {
    yield one
    if (one.components !== undefined) yield* componentsIn(one.components)
    if (one.accessory !== undefined) yield* componentsIn([one.accessory])
    if (one.component !== undefined) yield* componentsIn([one.component])
  }
}
