import { ButtonStyle } from 'discord-api-types/v10'
import { ActionRowBuilder, ButtonBuilder } from '../builders.ts'
import type { Row } from '../reply.ts'
import { routes } from '../routes.ts'

export function buttons(...all: ButtonBuilder[]): Row {
  return new ActionRowBuilder<ButtonBuilder>().addComponents(...all).toJSON()
}

export const button = (label: string, customId: string, style = ButtonStyle.Secondary) =>
  new ButtonBuilder().setLabel(label).setCustomId(customId).setStyle(style)
export const danger = (label: string, customId: string) => button(label, customId, ButtonStyle.Danger)
export const success = (label: string, customId: string) => button(label, customId, ButtonStyle.Success)
export const primary = (label: string, customId: string) => button(label, customId, ButtonStyle.Primary)

/** Opens a page in the browser; Discord tells nobody that it was pressed. */
export const linkButton = (label: string, address: string) =>
  new ButtonBuilder().setLabel(label).setStyle(ButtonStyle.Link).setURL(address)

/** The way back, on the answer itself, where there is one. */
export const undoRow = (customId: string | undefined): Row[] =>
  customId === undefined ? [] : [buttons(button('Undo', customId))]

export const dismissButton = (label = 'Leave as is') => button(label, routes.dismiss.id({}))
