import { TextInputStyle } from 'discord-api-types/v10'
import { LabelBuilder, ModalBuilder, TextInputBuilder } from '../builders.ts'
import { defineModalOpener } from '../define.ts'
import { routes } from '../routes.ts'
import { replyField } from './request-reply.ts'

/** The button under a question of a reviewer, in a direct message. */
export default defineModalOpener({
  route: routes.requestReplyAsk,
  open: (params) =>
    new ModalBuilder()
      .setCustomId(routes.requestReply.id(params))
      .setTitle('Your answer')
      .addLabelComponents(
        new LabelBuilder()
          .setLabel('Your answer; the reviewers read it')
          .setTextInputComponent(
            new TextInputBuilder()
              .setCustomId(replyField)
              .setStyle(TextInputStyle.Paragraph)
              .setMaxLength(500),
          ),
      )
      .toJSON(),
})
