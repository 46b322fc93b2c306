import { TextInputStyle } from 'discord-api-types/v10'
import { LabelBuilder, ModalBuilder, TextInputBuilder } from '../builders.ts'
import { defineModalOpener } from '../define.ts'
import { routes } from '../routes.ts'
import { questionField } from './review-question.ts'

/** Ask, on a card: what the reviewer wants to know. Rights are asked when it is sent. */
export default defineModalOpener({
  route: routes.reviewQuestionAsk,
  open: (params) =>
    new ModalBuilder()
      .setCustomId(routes.reviewQuestion.id(params))
      .setTitle('Ask the person')
      .addLabelComponents(
        new LabelBuilder()
          .setLabel('Your question')
          .setTextInputComponent(
            new TextInputBuilder()
              .setCustomId(questionField)
              .setStyle(TextInputStyle.Paragraph)
              .setMaxLength(500),
          ),
      )
      .toJSON(),
})
