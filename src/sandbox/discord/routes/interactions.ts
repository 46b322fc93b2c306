import { messageForm } from '../forms.ts'
import type { Interaction } from '../interaction.ts'
import { type JsonObject, listIn, numberIn, objectIn, objectsIn, textIn } from '../json.ts'
import { asComponents, type Message } from '../message.ts'
import { callback, messageFlag } from '../numbers.ts'
import { edit, post } from '../posting.ts'
import { refusals } from '../refusal.ts'
import { callbackMisfit } from '../rules/callback.ts'
import { choicesBreaches } from '../rules/choices.ts'
import { type MessagePlace, messageBreaches } from '../rules/message.ts'
import { modalBreaches } from '../rules/modal.ts'
import type { State } from '../state.ts'
import { type Answer, type BotRequest, bodyOf, done, given, insist, type Route } from './route.ts'

/** The first answer to an interaction. @see https://docs.discord.com/developers/interactions/receiving-and-responding */
export const interactionRoutes: Route[] = [
  { method: 'POST', path: 'interactions/:id/:token/callback', auth: 'none', answer: acknowledge },
]

function acknowledge(
  state: State,
  request: BotRequest,
  { id, token }: Readonly<Record<string, string>>,
): Answer {
  const interaction = state.interactions.get(id ?? '')
  if (interaction === undefined || interaction.token !== token) throw refusals.unknownInteraction()
  try {
    inTimeAndOnce(state, request, interaction)
    const body = bodyOf(request)
    const type = numberIn(body.type)
    const misfit = callbackMisfit(type, {
      type: interaction.type,
      hasMessage: interaction.sourceMessageId !== undefined,
    })
    if (misfit !== undefined) insist(state, request, [{ rule: 'callback.type', path: 'type', says: misfit }])
    for (const key of Object.keys(body).filter((one) => one !== 'type' && one !== 'data')) {
      insist(state, request, [{ rule: 'callback.unknown-key', path: key, says: 'no such field' }])
    }
    const message = carryOut(state, request, interaction, type ?? 0, objectIn(body.data))
    interaction.ack = {
      type: type ?? 0,
      ephemeral: message?.ephemeral ?? false,
      at: state.now(),
      ms: request.receivedAtMs - interaction.dispatchedAtMs,
    }
    state.watch.changed()
    if (request.query.get('with_response') !== 'true') return done
    return given(responseForm(state, interaction, type ?? 0, message))
  } catch (error) {
    interaction.refusedWith = String(error)
    state.watch.changed()
    throw error
  }
}

/** By the injected clock and by the real one; whichever says so first. */
export function isOverdue(state: State, interaction: Interaction, atMs = performance.now()): boolean {
  return (
    interaction.ack === undefined &&
    (state.now().getTime() - interaction.createdAt.getTime() > state.acknowledgeWithinMs ||
      atMs - interaction.dispatchedAtMs > state.acknowledgeWithinMs)
  )
}

function inTimeAndOnce(state: State, request: BotRequest, interaction: Interaction): void {
  if (isOverdue(state, interaction, request.receivedAtMs)) {
    state.broke(
      'interaction.acknowledged-late',
      request.label,
      `the first answer came after ${state.acknowledgeWithinMs} ms`,
    )
    throw refusals.unknownInteraction()
  }
  if (interaction.ack !== undefined) {
    // Delivered twice, or to two processes with one token: the second answer is then nobody's mistake.
    if (interaction.deliveries < 2) {
      state.broke(
        'interaction.acknowledged-twice',
        request.label,
        `was answered with ${interaction.ack.type} before`,
      )
    }
    throw refusals.alreadyAcknowledged()
  }
}

function carryOut(
  state: State,
  request: BotRequest,
  interaction: Interaction,
  type: number,
  data: JsonObject,
): Message | undefined {
  const check = (place: MessagePlace, before?: Message) =>
    insist(
      state,
      request,
      messageBreaches(data, place, {
        path: 'data',
        files: request.files.length,
        ...(before === undefined ? {} : { before }),
      }),
    )
  switch (type) {
    case callback.reply:
    case callback.deferReply: {
      const isLoading = type === callback.deferReply
      check(isLoading ? 'defer' : 'reply')
      const ephemeral = ((numberIn(data.flags) ?? 0) & messageFlag.ephemeral) !== 0
      const message = post(
        state,
        {
          channelId: interaction.channelId,
          guildId: interaction.guildId,
          interactionId: interaction.id,
          ephemeral,
          isLoading,
          ...(ephemeral ? { onlyFor: interaction.userId } : {}),
        },
        isLoading ? { flags: data.flags } : data,
        request.files,
      )
      interaction.originalId = message.id
      if (!isLoading) interaction.first = message
      return message
    }
    case callback.deferUpdate:
    case callback.update: {
      const source = state.messages.get(interaction.sourceMessageId ?? '')
      if (source === undefined) throw refusals.unknownMessage()
      interaction.originalId = source.id
      if (type === callback.deferUpdate) return source
      check('update', source)
      interaction.first = edit(state, source, data, request.files)
      return interaction.first
    }
    case callback.choices:
      insist(state, request, choicesBreaches(data, interaction.focusedOptionType ?? 3))
      interaction.choices = objectsIn(listIn(data.choices)).map((one) => ({
        name: textIn(one.name) ?? '',
        value: numberIn(one.value) ?? textIn(one.value) ?? '',
      }))
      return undefined
    case callback.modal:
      insist(state, request, modalBreaches(data))
      interaction.modal = {
        customId: textIn(data.custom_id) ?? '',
        title: textIn(data.title) ?? '',
        components: asComponents(data.components),
        shownTo: interaction.userId,
        guildId: interaction.guildId,
        channelId: interaction.channelId,
        sourceMessageId: interaction.sourceMessageId,
      }
      return undefined
    default:
      // `callbackMisfit` has refused every other type.
      return undefined
  }
}

function responseForm(state: State, interaction: Interaction, type: number, message: Message | undefined) {
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      ...(message === undefined
        ? {}
        : {
            response_message_id: message.id,
            response_message_loading: message.isLoading,
            response_message_ephemeral: message.ephemeral,
          }),
    },
    ...(message === undefined || type === callback.deferUpdate
      ? { resource: { type } }
      : { resource: { type, message: messageForm(state, message) } }),
  }
}
