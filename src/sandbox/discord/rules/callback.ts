import { callback, interaction } from '../numbers.ts'

/**
 * Why this type of answer does not fit this type of interaction; `undefined` when it does. 6 and 7 need a message to
 * change, so a modal's submit takes them only when the modal was opened from one.
 * @see https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object
 */
export function callbackMisfit(type: unknown, to: { type: number; hasMessage: boolean }): string | undefined {
  switch (type) {
    case callback.reply:
    case callback.deferReply:
      return to.type === interaction.autocomplete ? 'an autocomplete is answered with choices' : undefined
    case callback.deferUpdate:
    case callback.update:
      return to.hasMessage ? undefined : 'there is no message to update'
    case callback.choices:
      return to.type === interaction.autocomplete ? undefined : 'choices answer an autocomplete only'
    case callback.modal:
      if (to.type === interaction.modalSubmit) return 'a modal cannot follow a modal'
      return to.type === interaction.autocomplete ? 'an autocomplete is answered with choices' : undefined
    default:
      return `is no type of answer that the pretend Discord knows: ${type}`
  }
}
