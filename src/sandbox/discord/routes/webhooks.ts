import { messageForm } from '../forms.ts'
import { type Interaction, tokenLivesMs } from '../interaction.ts'
import { numberIn } from '../json.ts'
import type { Message } from '../message.ts'
import { callback, messageFlag } from '../numbers.ts'
import { edit, post, remove } from '../posting.ts'
import { refusals } from '../refusal.ts'
import { messageBreaches } from '../rules/message.ts'
import type { State } from '../state.ts'
import { type Answer, type BotRequest, bodyOf, done, given, insist, type Route } from './route.ts'

/** What an interaction's token is good for after the first answer: the original message and follow-ups, for 15 minutes. */
export const webhookRoutes: Route[] = [
  { method: 'POST', path: 'webhooks/:application/:token', auth: 'none', answer: followUp },
  { method: 'GET', path: 'webhooks/:application/:token/messages/:message', auth: 'none', answer: read },
  { method: 'PATCH', path: 'webhooks/:application/:token/messages/:message', auth: 'none', answer: change },
  {
    method: 'DELETE',
    path: 'webhooks/:application/:token/messages/:message',
    auth: 'none',
    answer: takeBack,
  },
]

type Parameters = Readonly<Record<string, string>>

function followUp(state: State, request: BotRequest, parameters: Parameters): Answer {
  const interaction = answered(state, request, parameters)
  const body = bodyOf(request)
  const original = state.messages.get(interaction.originalId ?? '')
  // The first follow-up to a deferred answer fills it instead; its own ephemeral flag is overlooked.
  if (original?.isLoading === true && interaction.ack?.type === callback.deferReply) {
    const { flags, ...rest } = body
    const kept = (numberIn(flags) ?? 0) & ~messageFlag.ephemeral
    const filling = kept === 0 ? rest : { ...rest, flags: kept }
    insist(
      state,
      request,
      messageBreaches(filling, 'follow-up', { files: request.files.length, before: original }),
    )
    interaction.first = edit(state, original, filling, request.files)
    state.watch.changed()
    return given(messageForm(state, interaction.first))
  }
  insist(state, request, messageBreaches(body, 'follow-up', { files: request.files.length }))
  const ephemeral = ((numberIn(body.flags) ?? 0) & messageFlag.ephemeral) !== 0
  const message = post(
    state,
    {
      channelId: interaction.channelId,
      guildId: interaction.guildId,
      interactionId: interaction.id,
      ephemeral,
      ...(ephemeral ? { onlyFor: interaction.userId } : {}),
    },
    body,
    request.files,
  )
  interaction.followUpIds.push(message.id)
  interaction.first ??= message
  state.watch.changed()
  return given(messageForm(state, message))
}

function read(state: State, request: BotRequest, parameters: Parameters): Answer {
  return given(messageForm(state, messageOf(state, answered(state, request, parameters), parameters)))
}

function change(state: State, request: BotRequest, parameters: Parameters): Answer {
  const interaction = answered(state, request, parameters)
  const before = messageOf(state, interaction, parameters)
  const body = bodyOf(request)
  insist(state, request, messageBreaches(body, 'webhook-edit', { before, files: request.files.length }))
  const message = edit(state, before, body, request.files)
  interaction.first ??= message
  state.watch.changed()
  return given(messageForm(state, message))
}

function takeBack(state: State, request: BotRequest, parameters: Parameters): Answer {
  remove(state, messageOf(state, answered(state, request, parameters), parameters))
  return done
}

/** The interaction behind a token that may be used: answered first, and not older than 15 minutes. */
function answered(state: State, request: BotRequest, { application, token }: Parameters): Interaction {
  const interaction = state.interactionsByToken.get(token ?? '')
  if (interaction === undefined || application !== state.world.application.id) throw refusals.unknownWebhook()
  if (state.now().getTime() - interaction.createdAt.getTime() > tokenLivesMs) {
    state.broke('interaction.token-expired', request.label, 'an interaction token lives for 15 minutes')
    throw refusals.invalidWebhookToken()
  }
  if (interaction.ack === undefined || interaction.ack.type === callback.choices) {
    state.broke('interaction.not-acknowledged', request.label, 'used before the first answer')
    throw refusals.unknownWebhook()
  }
  return interaction
}

function messageOf(state: State, interaction: Interaction, { message }: Parameters): Message {
  const wanted = message === '@original' ? interaction.originalId : message
  const found = state.messages.get(wanted ?? '')
  const isOwn =
    found !== undefined && (found.id === interaction.originalId || interaction.followUpIds.includes(found.id))
  if (found === undefined || !isOwn) throw refusals.unknownMessage()
  return found
}
