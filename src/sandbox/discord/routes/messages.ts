import { channelForm, dmForm, messageForm } from '../forms.ts'
import { numberIn, textIn } from '../json.ts'
import type { Message } from '../message.ts'
import { permission } from '../numbers.ts'
import { may, permissionsOf } from '../permissions.ts'
import { edit, post, remove } from '../posting.ts'
import { refusals } from '../refusal.ts'
import { messageBreaches } from '../rules/message.ts'
import { madeAt } from '../snowflake.ts'
import type { DmChannel, State } from '../state.ts'
import type { WorldChannel, WorldGuild } from '../world.ts'
import { type Answer, type BotRequest, bodyOf, done, given, insist, type Route } from './route.ts'

/** Channels and the messages in them, as the bot's token sees them. Ephemeral messages are not there. */
export const messageRoutes: Route[] = [
  { method: 'GET', path: 'channels/:channel', auth: 'bot', answer: readChannel },
  { method: 'POST', path: 'channels/:channel/typing', auth: 'bot', answer: () => done },
  { method: 'GET', path: 'channels/:channel/messages', auth: 'bot', answer: list },
  { method: 'POST', path: 'channels/:channel/messages', auth: 'bot', answer: create },
  { method: 'GET', path: 'channels/:channel/messages/:message', auth: 'bot', answer: read },
  { method: 'PATCH', path: 'channels/:channel/messages/:message', auth: 'bot', answer: change },
  { method: 'DELETE', path: 'channels/:channel/messages/:message', auth: 'bot', answer: takeBack },
]

type Parameters = Readonly<Record<string, string>>

function readChannel(state: State, _request: BotRequest, parameters: Parameters): Answer {
  const place = placeOf(state, parameters)
  if (place.kind === 'dm') {
    const recipient = state.userById(place.dm.userId)
    if (recipient === undefined) throw refusals.unknownChannel()
    return given(dmForm(place.dm, recipient))
  }
  return given(channelForm(place.guild, place.channel))
}

/** Newest first. @see https://docs.discord.com/developers/resources/message#get-channel-messages */
function list(state: State, request: BotRequest, parameters: Parameters): Answer {
  const place = placeOf(state, parameters)
  needs(place, permission.readMessageHistory)
  const before = request.query.get('before')
  const after = request.query.get('after')
  const limit = Number(request.query.get('limit') ?? 50)
  const seen = state
    .messagesIn(parameters.channel ?? '')
    .filter((one) => !one.ephemeral)
    .filter((one) => before === null || BigInt(one.id) < BigInt(before))
    .filter((one) => after === null || BigInt(one.id) > BigInt(after))
  const page = after === null ? seen.slice(-limit) : seen.slice(0, limit)
  return given(page.reverse().map((one) => messageForm(state, one)))
}

function create(state: State, request: BotRequest, parameters: Parameters): Answer {
  const place = placeOf(state, parameters)
  const body = bodyOf(request)
  needs(place, permission.sendMessages)
  if (body.embeds && Array.isArray(body.embeds) && body.embeds.length > 0) {
    needs(place, permission.embedLinks)
  }
  if (request.files.length > 0) needs(place, permission.attachFiles)
  insist(state, request, messageBreaches(body, 'channel', { files: request.files.length }))
  if (place.kind === 'dm') reaches(state, place.dm)
  const channelId = parameters.channel ?? ''
  const nonce = numberIn(body.nonce)?.toString() ?? textIn(body.nonce)
  if (nonce !== undefined && body.enforce_nonce === true) {
    const earlier = sentAlready(state, channelId, nonce)
    if (earlier !== undefined) return given(messageForm(state, earlier))
  }
  const reference = body.message_reference
  const message = post(
    state,
    {
      channelId,
      guildId: place.kind === 'dm' ? undefined : place.guild.id,
      mayMentionEveryone: place.kind === 'guild' && may(place.bits, permission.mentionEveryone),
      ...(nonce === undefined ? {} : { nonce }),
      ...(typeof reference === 'object' && reference !== null && 'message_id' in reference
        ? { reference: String(reference.message_id) }
        : {}),
    },
    body,
    request.files,
  )
  if (nonce !== undefined) {
    state.messageIdsByNonce.set(`${channelId} ${nonce}`, { id: message.id, at: state.now().getTime() })
  }
  return given(messageForm(state, message))
}

/** A nonce is remembered for a few minutes; the documents say no more. */
const nonceLivesMs = 5 * 60_000

function sentAlready(state: State, channelId: string, nonce: string): Message | undefined {
  const earlier = state.messageIdsByNonce.get(`${channelId} ${nonce}`)
  if (earlier === undefined || state.now().getTime() - earlier.at > nonceLivesMs) return undefined
  return state.messages.get(earlier.id)
}

function read(state: State, _request: BotRequest, parameters: Parameters): Answer {
  needs(placeOf(state, parameters), permission.readMessageHistory)
  return given(messageForm(state, messageIn(state, parameters)))
}

const hourMs = 3_600_000

function change(state: State, request: BotRequest, parameters: Parameters): Answer {
  const place = placeOf(state, parameters)
  const before = messageIn(state, parameters)
  if (before.author.id !== state.world.bot.id) throw refusals.cannotEditOthers()
  const body = bodyOf(request)
  if (request.files.length > 0) needs(place, permission.attachFiles)
  insist(state, request, messageBreaches(body, 'channel-edit', { before, files: request.files.length }))
  const isOld = state.now().getTime() - madeAt(before.id).getTime() > hourMs
  if (isOld && state.oldEditsRefusedForSeconds !== undefined) {
    throw refusals.oldEditsReached(state.oldEditsRefusedForSeconds)
  }
  return given(messageForm(state, edit(state, before, body, request.files)))
}

function takeBack(state: State, _request: BotRequest, parameters: Parameters): Answer {
  const place = placeOf(state, parameters)
  const message = messageIn(state, parameters)
  if (message.author.id !== state.world.bot.id) needs(place, permission.manageMessages)
  remove(state, message)
  return done
}

type Place =
  | { kind: 'dm'; dm: DmChannel }
  | { kind: 'guild'; guild: WorldGuild; channel: WorldChannel; bits: bigint }

function placeOf(state: State, { channel: channelId = '' }: Parameters): Place {
  const dm = state.dm(channelId)
  if (dm !== undefined) return { kind: 'dm', dm }
  const found = state.channel(channelId)
  if (found === undefined) throw refusals.unknownChannel()
  const bot = state.member(found.guild, state.world.bot.id)
  if (bot === undefined) throw refusals.missingAccess()
  const bits = permissionsOf(found.guild, bot, found.channel)
  if (!may(bits, permission.viewChannel)) throw refusals.missingAccess()
  return { kind: 'guild', ...found, bits }
}

function needs(place: Place, wanted: bigint): void {
  if (place.kind === 'guild' && !may(place.bits, wanted)) throw refusals.missingPermissions()
}

/** Whether a DM arrives is only told when one is sent, not when the channel is opened. */
function reaches(state: State, dm: DmChannel): void {
  const isNear = state.world.guilds.some((guild) => state.member(guild, dm.userId) !== undefined)
  if (!isNear) throw refusals.noMutualGuild()
  if (state.closedDms.has(dm.userId)) throw refusals.cannotDm()
}

function messageIn(state: State, { channel, message }: Parameters): Message {
  const found = state.messages.get(message ?? '')
  if (found === undefined || found.channelId !== channel || found.ephemeral) throw refusals.unknownMessage()
  return found
}
