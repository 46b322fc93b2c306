import { TextInputStyle } from 'discord-api-types/v10'
import { LabelBuilder, ModalBuilder, TextInputBuilder } from '../builders.ts'
import { defineModalOpener } from '../define.ts'
import { routes } from '../routes.ts'
import { nameField } from './setup-set.ts'

/** Save as a named set: asks for the name. Rights are asked when it is sent. */
export default defineModalOpener({
  route: routes.setupSetAsk,
  open: (params) =>
    new ModalBuilder()
      .setCustomId(routes.setupSet.id(params))
      .setTitle('A named set of libraries')
      .addLabelComponents(
        new LabelBuilder()
          .setLabel('Its name, for example Family')
          .setTextInputComponent(
            new TextInputBuilder()
              .setCustomId(nameField)
              .setStyle(TextInputStyle.Short)
              .setMaxLength(40)
              .setRequired(true),
          ),
      )
      .toJSON(),
})
