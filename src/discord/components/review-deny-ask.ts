import { TextInputStyle } from 'discord-api-types/v10'
import { LabelBuilder, ModalBuilder, TextInputBuilder } from '../builders.ts'
import { defineModalOpener } from '../define.ts'
import { routes } from '../routes.ts'
import { reasonField } from './review-deny.ts'

/** Deny, on a card: asks for the reason first. Rights are asked when it is sent. */
export default defineModalOpener({
  route: routes.reviewDenyAsk,
  open: (params) =>
    new ModalBuilder()
      .setCustomId(routes.reviewDeny.id(params))
      .setTitle('Deny this request')
      .addLabelComponents(
        new LabelBuilder()
          .setLabel('Why? The person is told; may stay empty')
          .setTextInputComponent(
            new TextInputBuilder()
              .setCustomId(reasonField)
              .setStyle(TextInputStyle.Paragraph)
              .setMaxLength(500)
              .setRequired(false),
          ),
      )
      .toJSON(),
})
