import { messageForm } from './forms.ts'
import type { JsonObject } from './json.ts'
import { editedMessage, type Message, newMessage, type SentFile } from './message.ts'
import { intent } from './numbers.ts'
import { nobody, pingsOf } from './rules/mentions.ts'
import type { State } from './state.ts'

interface Posting {
  channelId: string
  guildId: string | undefined
  authorId?: string
  /** Given for everything that answers an interaction. */
  interactionId?: string
  ephemeral?: boolean
  onlyFor?: string
  isLoading?: boolean
  nonce?: string
  reference?: string
  mayMentionEveryone?: boolean
}

/** Puts a new message where it belongs and tells those who may see it. The rules have passed the body. */
export function post(
  state: State,
  { mayMentionEveryone = false, authorId = state.world.bot.id, ...posting }: Posting,
  body: JsonObject,
  files: readonly SentFile[] = [],
): Message {
  const author = state.userById(authorId)
  const plain = newMessage(
    {
      ...posting,
      id: state.newId(),
      author: { id: authorId, username: author?.username ?? authorId, bot: author?.bot ?? false },
      createdAt: state.now().toISOString(),
    },
    body,
    files,
  )
  const message = { ...plain, pings: pingsOf(body, posting.interactionId !== undefined, mayMentionEveryone) }
  state.put(message)
  tell(state, 'MESSAGE_CREATE', message)
  state.watch.changed()
  return message
}

/** Makes a message's next state. The first content of a deferred answer rings like a new message, other edits do not. */
export function edit(
  state: State,
  before: Message,
  body: JsonObject,
  files: readonly SentFile[] = [],
): Message {
  const message = {
    ...editedMessage(before, body, files, state.now()),
    pings: before.isLoading ? pingsOf(body, true, false) : nobody,
  }
  state.put(message)
  tell(state, 'MESSAGE_UPDATE', message)
  state.watch.changed()
  return message
}

export function remove(state: State, message: Message): void {
  state.remove(message)
  if (!message.ephemeral) {
    const place = message.guildId === undefined ? {} : { guild_id: message.guildId }
    state.events.tell(
      'MESSAGE_DELETE',
      { id: message.id, channel_id: message.channelId, ...place },
      { guildId: message.guildId, intent: intentFor(message) },
    )
  }
  state.watch.changed()
}

/** Nobody is told of an ephemeral message over the gateway. */
function tell(state: State, name: string, message: Message): void {
  if (message.ephemeral) return
  const place = message.guildId === undefined ? {} : { guild_id: message.guildId }
  state.events.tell(
    name,
    { ...messageForm(state, message), ...place },
    { guildId: message.guildId, intent: intentFor(message) },
  )
}

const intentFor = (message: Message): number =>
  message.guildId === undefined ? intent.directMessages : intent.guildMessages
