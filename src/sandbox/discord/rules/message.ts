import { type JsonObject, listIn, numberIn, textIn } from '../json.ts'
import { messageFlag } from '../numbers.ts'
import { type At, type Breach, below, report, start } from './breach.ts'
import { messageComponents } from './components.ts'
import { embed, embedsTogether } from './embed.ts'
import { allowedMentions } from './mentions.ts'
import { anything, type Check, listOf, snowflake, text, thing, truth, whole } from './shape.ts'

/** Where a message's body is on its way to; each place allows other fields and flags. */
export type MessagePlace =
  | 'channel'
  | 'channel-edit'
  | 'reply'
  | 'defer'
  | 'update'
  | 'follow-up'
  | 'webhook-edit'

/** What an edit changes: the parts that decide whether the result is still a message. */
export interface Before {
  content: string
  embeds: readonly unknown[]
  components: readonly unknown[]
  attachments: readonly unknown[]
  flags: number
}

/**
 * Everything wrong with a message's body. `files` is the number of files beside it, `path` where the body
 * stands in the request (`data` in a callback).
 * @see https://docs.discord.com/developers/resources/message#create-message
 */
export function messageBreaches(
  body: JsonObject,
  place: MessagePlace,
  { before, files = 0, path = '' }: { before?: Before; files?: number; path?: string } = {},
): Breach[] {
  const at = start('message', path)
  shapes[place](body, at)
  flagsFit(body, place, at)
  const usesV2 = isV2(body) || (before !== undefined && isV2(before))
  if (body.components !== undefined && body.components !== null) {
    messageComponents(body.components, usesV2, below(at, 'components'))
  }
  embedsTogether(body.embeds, at)
  if (usesV2) onlyComponents(body, before, at)
  if (place !== 'defer') notEmpty(body, before, files, at)
  return at.breaches
}

const shared = {
  content: text(2000),
  embeds: listOf(embed, 10),
  components: anything,
  allowed_mentions: allowedMentions,
  flags: whole(0, 2 ** 31 - 1),
  attachments: listOf(
    thing({
      noun: 'attachment',
      fields: {
        id: anything,
        filename: text(1024, 1),
        description: text(1024),
        title: text(1024),
        duration_secs: anything,
        waveform: anything,
        is_spoiler: truth,
        url: anything,
        size: anything,
        proxy_url: anything,
        content_type: anything,
      },
      required: ['id'],
    }),
    10,
  ),
  poll: anything,
  // discord.js sends `tts` and `enforce_nonce` with everything, edits too.
  tts: truth,
  enforce_nonce: truth,
}

const nonce: Check = (value, at) => {
  if (typeof value === 'number' && Number.isInteger(value)) return
  text(25)(value, at)
}

const created = { ...shared, nonce }
const message = (fields: Record<string, Check>): Check => thing({ noun: 'message', fields })
const shapes: Readonly<Record<MessagePlace, Check>> = {
  channel: message({
    ...created,
    message_reference: thing({
      noun: 'message-reference',
      fields: {
        message_id: snowflake,
        channel_id: snowflake,
        guild_id: snowflake,
        fail_if_not_exists: truth,
        type: whole(0, 1),
      },
    }),
    sticker_ids: listOf(snowflake, 3),
    shared_client_theme: anything,
  }),
  'channel-edit': message(shared),
  reply: message(created),
  defer: message(created),
  update: message(created),
  'follow-up': message({
    ...created,
    username: text(80),
    avatar_url: anything,
    thread_name: text(100),
    applied_tags: anything,
  }),
  'webhook-edit': message({ ...created, username: text(80), avatar_url: anything }),
}

const settable: Readonly<Record<MessagePlace, number>> = {
  channel: flag('suppressEmbeds', 'suppressNotifications', 'voiceMessage', 'componentsV2'),
  'channel-edit': flag('suppressEmbeds', 'componentsV2'),
  reply: flag('suppressEmbeds', 'suppressNotifications', 'voiceMessage', 'ephemeral', 'componentsV2'),
  // A deferred answer takes no other flag. discord.js sends EPHEMERAL or none.
  defer: flag('ephemeral'),
  update: flag('suppressEmbeds', 'componentsV2'),
  'follow-up': flag('suppressEmbeds', 'suppressNotifications', 'voiceMessage', 'ephemeral', 'componentsV2'),
  'webhook-edit': flag('suppressEmbeds', 'componentsV2'),
}

function flagsFit(body: JsonObject, place: MessagePlace, at: At): void {
  const wrong = (numberIn(body.flags) ?? 0) & ~settable[place]
  if (wrong === 0) return
  const names = Object.entries(messageFlag).filter(([, bit]) => (wrong & bit) !== 0)
  const named = names.map(([name]) => name).join(', ') || `${wrong}`
  report(below(at, 'flags'), `cannot be set here: ${named}`, `message.flags-${place}`)
}

/** With the V2 flag the components are the whole message, and the flag stays. */
function onlyComponents(body: JsonObject, before: Before | undefined, at: At): void {
  const flags = numberIn(body.flags)
  if (before !== undefined && isV2(before) && flags !== undefined && !isV2({ flags })) {
    report(below(at, 'flags'), 'IS_COMPONENTS_V2 cannot be taken back', 'message.v2-stays')
  }
  const content = body.content === undefined ? before?.content : body.content
  const embeds = body.embeds === undefined ? before?.embeds : body.embeds
  const rule = 'message.v2-alone'
  if ((textIn(content) ?? '') !== '') report(below(at, 'content'), 'no content with IS_COMPONENTS_V2', rule)
  if (listIn(embeds).length > 0) report(below(at, 'embeds'), 'no embeds with IS_COMPONENTS_V2', rule)
  if (body.poll) report(below(at, 'poll'), 'no poll with IS_COMPONENTS_V2', rule)
  if (listIn(body.sticker_ids).length > 0) {
    report(below(at, 'sticker_ids'), 'no stickers with IS_COMPONENTS_V2', rule)
  }
}

function notEmpty(body: JsonObject, before: Before | undefined, files: number, at: At): void {
  const after = <T>(field: keyof Before & string, was: T | undefined): unknown =>
    body[field] === undefined ? was : body[field]
  const hasSomething =
    (textIn(after('content', before?.content)) ?? '').trim() !== '' ||
    listIn(after('embeds', before?.embeds)).length > 0 ||
    listIn(after('components', before?.components)).length > 0 ||
    files > 0 ||
    (before !== undefined && listIn(after('attachments', before.attachments)).length > 0) ||
    Boolean(body.poll) ||
    listIn(body.sticker_ids).length > 0
  if (!hasSomething) report(at, 'Cannot send an empty message', 'message.empty', 50006)
}

const isV2 = (body: { readonly flags?: unknown }): boolean =>
  ((numberIn(body.flags) ?? 0) & messageFlag.componentsV2) !== 0

function flag(...names: (keyof typeof messageFlag)[]): number {
  return names.reduce((bits, name) => bits | messageFlag[name], 0)
}
