import { randomBytes } from 'node:crypto'
import type { Gateway } from './gateway.ts'
import type { Interaction } from './interaction.ts'
import { type JsonObject, textIn } from './json.ts'
import { interaction as interactionType } from './numbers.ts'
import type { State } from './state.ts'
import { fieldsOf, type Place } from './where.ts'
import type { WorldUser } from './world.ts'

interface Doing {
  type: number
  data: JsonObject
  place: Place
  /** The message's own form, for components and modals that came from one. */
  message?: JsonObject
  focusedOptionType?: number | undefined
}

/** Sends what a person did to the bot, with every field that Discord sends. Synchronous: it is on its way on return. */
export function dispatch(state: State, gateway: Gateway, user: WorldUser, doing: Doing): Interaction {
  const id = state.newId()
  const { place } = doing
  const token = newToken(id)
  const interaction: Interaction = {
    id,
    token,
    type: doing.type,
    userId: user.id,
    guildId: place.kind === 'guild' ? place.guild.id : undefined,
    channelId: place.channelId,
    sourceMessageId: textIn(doing.message?.id),
    focusedOptionType: doing.focusedOptionType,
    isFromCommand: doing.type === interactionType.command,
    ...untouched(state),
  }
  const payload: JsonObject = {
    id,
    application_id: state.world.application.id,
    type: doing.type,
    token,
    version: 1,
    ...fieldsOf(state, user, place),
    data: doing.data,
    ...(doing.message === undefined ? {} : { message: doing.message }),
  }
  send(state, gateway, interaction, payload)
  return interaction
}

/** Any payload at all, for trying what the bot survives. An id and a token are given where they are missing. */
export function dispatchRaw(
  state: State,
  gateway: Gateway,
  user: WorldUser,
  payload: JsonObject,
): Interaction {
  const id = textIn(payload.id) ?? state.newId()
  const token = textIn(payload.token) ?? newToken(id)
  const message = payload.message
  const interaction: Interaction = {
    id,
    token,
    type: Number(payload.type),
    userId: user.id,
    guildId: textIn(payload.guild_id),
    channelId: textIn(payload.channel_id) ?? '0',
    sourceMessageId:
      typeof message === 'object' && message !== null && 'id' in message ? String(message.id) : undefined,
    focusedOptionType: undefined,
    isFromCommand: payload.type === interactionType.command,
    ...untouched(state),
  }
  send(state, gateway, interaction, { id, token, ...payload })
  return interaction
}

function send(state: State, gateway: Gateway, interaction: Interaction, payload: JsonObject): void {
  state.forgetTheOldest()
  state.interactions.set(interaction.id, interaction)
  state.interactionsByToken.set(interaction.token, interaction)
  const { times, change } = state.nextDelivery
  state.nextDelivery = { times: 1 }
  const changed = change === undefined ? payload : change(payload)
  for (let time = 0; time < times; time++) {
    interaction.deliveries += gateway.dispatchInteraction(changed, interaction.guildId)
  }
  interaction.dispatchedAtMs = performance.now()
  state.payloads.set(interaction, changed)
}

/** The same interaction once more, as Discord's gateway sometimes does. */
export function dispatchAgain(state: State, gateway: Gateway, interaction: Interaction): void {
  const payload = state.payloads.get(interaction)
  if (payload !== undefined) {
    interaction.deliveries += gateway.dispatchInteraction(payload, interaction.guildId)
  }
}

const untouched = (state: State) => ({
  createdAt: state.now(),
  dispatchedAtMs: performance.now(),
  deliveries: 0,
  ack: undefined,
  originalId: undefined,
  followUpIds: [],
  first: undefined,
  modal: undefined,
  choices: undefined,
  refusedWith: undefined,
})

/** Shaped like Discord's: base64 of `interaction:`, the id and something random. */
const newToken = (id: string): string =>
  Buffer.from(`interaction:${id}:${randomBytes(48).toString('base64url')}`).toString('base64url')
