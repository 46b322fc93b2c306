import { Cannot } from './cannot.ts'
import { commandData, commandFor, type OptionValues } from './command-input.ts'
import { buttonOn, seenBy, selectOn, valuesFor } from './component-input.ts'
import { dispatch, dispatchRaw } from './dispatch.ts'
import { messageForm } from './forms.ts'
import type { Gateway } from './gateway.ts'
import { answerWithinMs, handleOf, type InteractionHandle } from './handle.ts'
import type { Modal } from './interaction.ts'
import type { JsonObject } from './json.ts'
import type { Message } from './message.ts'
import { type ModalValues, modalData } from './modal-input.ts'
import { commandType, interaction } from './numbers.ts'
import { post } from './posting.ts'
import { Resolved } from './resolved.ts'
import type { State } from './state.ts'
import { type Place, placeFor, placeOfChannel, type Where } from './where.ts'
import type { WorldUser } from './world.ts'

/**
 * What a human does in Discord's client. What the client would not let him do (an unknown command, a value that is not
 * among the choices, a disabled button, somebody else's ephemeral message) throws `Cannot`.
 */
export interface PretendPerson {
  readonly id: string
  readonly username: string
  /** The language of his client; may be set. */
  locale: string
  /** `slash('settings roles', { role: { role: 'Member' } })`. Resolves when it has been sent. */
  slash(words: string, options?: OptionValues, where?: Where): Promise<InteractionHandle>
  /** What is offered while `focused` is being typed: `autocomplete('invite', { libraries: 'mov' }, 'libraries')`. */
  autocomplete(
    words: string,
    options: OptionValues,
    focused: string,
    where?: Where,
  ): Promise<readonly { name: string; value: string | number }[]>
  press(message: Message, labelOrCustomId: string): Promise<InteractionHandle>
  /** Values or labels of a string select; user names, role names, channel names of the others. */
  select(
    message: Message,
    placeholderOrCustomId: string,
    values: string | readonly string[],
  ): Promise<InteractionHandle>
  submit(modal: Modal, values?: ModalValues): Promise<InteractionHandle>
  userMenu(name: string, targetUsername: string, where?: Where): Promise<InteractionHandle>
  messageMenu(name: string, message: Message): Promise<InteractionHandle>
  says(content: string, where?: Where): Promise<Message>
  rawInteraction(payload: JsonObject): Promise<InteractionHandle>
}

export function personOf(state: State, gateway: Gateway, user: WorldUser): PretendPerson {
  const handle = (doing: Parameters<typeof dispatch>[3]) =>
    handleOf(state, gateway, dispatch(state, gateway, user, doing))
  const resolvedIn = (place: Place) => new Resolved(state, place.kind === 'guild' ? place.guild : undefined)

  return {
    id: user.id,
    username: user.username,
    get locale() {
      return user.locale
    },
    set locale(value) {
      user.locale = value
    },
    async slash(words, options = {}, where) {
      const place = placeFor(state, user, where)
      const { data } = commandData(state, words, options, place)
      return handle({ type: interaction.command, data, place })
    },
    async autocomplete(words, options, focused, where) {
      const place = placeFor(state, user, where)
      const { data, focusedType } = commandData(state, words, options, place, focused)
      const typing = dispatch(state, gateway, user, {
        type: interaction.autocomplete,
        data,
        place,
        focusedOptionType: focusedType,
      })
      await handleOf(state, gateway, typing).acknowledged()
      return state.watch.until(
        () => typing.choices,
        answerWithinMs,
        () => 'no choices',
      )
    },
    async press(message, labelOrCustomId) {
      const now = seenBy(state, user, message)
      const button = buttonOn(now, labelOrCustomId)
      return handle({
        type: interaction.component,
        data: { component_type: button.type, custom_id: button.custom_id, id: button.id },
        place: placeOfChannel(state, user, now.channelId),
        message: messageForm(state, now),
      })
    },
    async select(message, placeholderOrCustomId, values) {
      const now = seenBy(state, user, message)
      const select = selectOn(now, placeholderOrCustomId)
      const place = placeOfChannel(state, user, now.channelId)
      const resolved = resolvedIn(place)
      return handle({
        type: interaction.component,
        data: {
          component_type: select.type,
          custom_id: select.custom_id,
          id: select.id,
          values: valuesFor(select, [values].flat(), resolved),
          ...resolved.field(),
        },
        place,
        message: messageForm(state, now),
      })
    },
    async submit(modal, values = {}) {
      if (modal.shownTo !== user.id) throw new Cannot(`${user.username} was not shown "${modal.title}"`)
      const place = placeOfChannel(state, user, modal.channelId)
      const resolved = resolvedIn(place)
      const source = state.messages.get(modal.sourceMessageId ?? '')
      return handle({
        type: interaction.modalSubmit,
        data: {
          custom_id: modal.customId,
          components: modalData(modal, values, resolved),
          ...resolved.field(),
        },
        place,
        ...(source === undefined ? {} : { message: messageForm(state, source) }),
      })
    },
    async userMenu(name, targetUsername, where) {
      const place = placeFor(state, user, where)
      const command = commandFor(state, name, commandType.user, place)
      const resolved = resolvedIn(place)
      const target = resolved.user(targetUsername)
      if (target === undefined) throw new Cannot(`there is nobody called ${targetUsername}`)
      return handle({
        type: interaction.command,
        data: { id: command.id, name, type: command.type, target_id: target, ...resolved.field() },
        place,
      })
    },
    async messageMenu(name, message) {
      const now = seenBy(state, user, message)
      const place = placeOfChannel(state, user, now.channelId)
      const command = commandFor(state, name, commandType.message, place)
      return handle({
        type: interaction.command,
        data: {
          id: command.id,
          name,
          type: command.type,
          target_id: now.id,
          resolved: { messages: { [now.id]: messageForm(state, now) } },
        },
        place,
      })
    },
    async says(content, where) {
      const place = placeFor(state, user, where)
      const guildId = place.kind === 'guild' ? place.guild.id : undefined
      return post(state, { channelId: place.channelId, guildId, authorId: user.id }, { content })
    },
    async rawInteraction(payload) {
      return handleOf(state, gateway, dispatchRaw(state, gateway, user, payload))
    },
  }
}
