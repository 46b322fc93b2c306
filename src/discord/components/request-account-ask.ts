import { TextInputStyle } from 'discord-api-types/v10'
import { LabelBuilder, ModalBuilder, TextInputBuilder } from '../builders.ts'
import { defineModalOpener } from '../define.ts'
import { routes } from '../routes.ts'
import { accountField } from './account-answer.ts'

/** The button of a member who asks for access and whose Plex account nobody knows. */
export default defineModalOpener({
  route: routes.requestAccountAsk,
  open: (params) =>
    new ModalBuilder()
      .setCustomId(routes.requestAccount.id(params))
      .setTitle('Your Plex account')
      .addLabelComponents(
        new LabelBuilder()
          .setLabel('E-mail address or Plex user name')
          .setTextInputComponent(
            new TextInputBuilder().setCustomId(accountField).setStyle(TextInputStyle.Short).setMaxLength(254),
          ),
      )
      .toJSON(),
})
